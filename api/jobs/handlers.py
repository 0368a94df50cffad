"""What each kind of job does, on an engine of its own: who works never stops who asks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import orjson

from api.jobs.queue import Job, Rows, Tick, Work
from api.schemas.keyword_bodies import PagesBody, VoiceBody
from engine.engine import Engine
from engine.errors import BadInput
from engine.formats import ReadOptions
from engine.model import CHINA
from engine.rows import keyword_rows, trust_rows
from engine.rows.search_rows import import_row


def works(engine: Engine) -> dict[str, Work]:
    """Kind -> its work, over the library of an engine."""
    folder = engine.library.folder

    def importing(job: Job, path: Path, tick: Tick) -> Rows:
        options = ReadOptions(sort=job.parameters.get("sort", ""))
        with Engine.open(folder) as own:
            return [import_row(own.import_file(path, options, datetime.now(CHINA), tick))]

    def calibrating(job: Job, path: Path, tick: Tick) -> Rows:
        pages = PagesBody.model_validate(orjson.loads(path.read_bytes())).observed()
        with Engine.open(folder) as own:
            own.rule_set = engine.rule_set
            pages = pages or list(own.observed().pages)
            if not pages:
                raise BadInput("the library has observed no general page", "send pages")
            found = own.calibrate(pages, None, tick)
            kept = bool(job.parameters.get("keep")) and found.better
            if kept:
                remark = f"Fitted to observed pages.\n{trust_rows.verdict(found)}"
                own.keep_rules(found.rules, remark)
                engine.rule_set = found.rules
            known = trust_rows.calibrated(found)
            return [{**row, "kept": kept, "better": known["better"]}
                    for row in trust_rows.change_table(found)]  # fmt: skip

    def looking(job: Job, path: Path, tick: Tick) -> Rows:
        wanted = VoiceBody.model_validate(orjson.loads(path.read_bytes()))
        with Engine.open(folder) as own:
            own.rule_set = engine.rule_set
            voice = own.visibility(wanted.lines(), wanted.own, wanted.rivals, tick=tick)
            by = job.parameters.get("by", "keyword")
            if by == "keyword":
                return list(keyword_rows.voice_table(voice).rows)
            return list(keyword_rows.total_table(voice.totals(by)).rows)

    return {"import": importing, "calibrate": calibrating, "visibility": looking}
