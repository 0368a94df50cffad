"""What each kind of job does, on an engine of its own: who works never stops who asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import orjson

from api.jobs.queue import Job, Rows, Work
from api.schemas.keyword_bodies import PagesBody, VoiceBody
from engine.engine import Engine
from engine.model import CHINA, Progress
from engine.rows.column import Row
from engine.usecases import trust
from engine.usecases.imports import import_file, import_options
from engine.usecases.share_of_voice import share_of_voice


def job_handlers(engine: Engine) -> dict[str, Work]:
    """Kind -> its work, over the library of an engine."""
    folder = engine.library.folder

    def importing(job: Job, path: Path, tick: Progress) -> Rows:
        options = import_options(job.parameters.get("sort", ""))
        with Engine.open(folder) as worker:
            return _rows(import_file(worker, path, options, datetime.now(CHINA), tick).table.rows)

    def calibrating(job: Job, path: Path, tick: Progress) -> Rows:
        wanted = PagesBody.model_validate(orjson.loads(path.read_bytes()))
        with Engine.open(folder) as worker:
            worker.rule_set = engine.rule_set
            keep = bool(job.parameters.get("keep"))
            fitted = trust.calibrate(worker, wanted.question(), keep, tick)
            kept, better = fitted.meta["kept"], fitted.meta["better"]
            if kept:
                engine.rule_set = worker.rule_set
            return [{**row, "kept": kept, "better": better} for row in fitted.table]

    def looking(job: Job, path: Path, tick: Progress) -> Rows:
        wanted = VoiceBody.model_validate(orjson.loads(path.read_bytes()))
        with Engine.open(folder) as worker:
            worker.rule_set = engine.rule_set
            by = job.parameters.get("by", "keyword")
            looked = share_of_voice(worker, wanted.lines(), wanted.brands(), by, progress=tick)
            return _rows(looked.table.rows)

    return {"import": importing, "calibrate": calibrating, "visibility": looking}


def _rows(rows: Sequence[Row]) -> Rows:
    return [dict(row) for row in rows]
