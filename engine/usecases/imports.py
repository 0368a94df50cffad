"""import: exports and rows -> library, with what was rejected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.engine import Engine
from engine.formats import ReadOptions
from engine.ingest.report import ImportReport
from engine.model import Progress, Rejected, quiet
from engine.model import Row as Imported
from engine.rows.note_rows import import_table
from engine.usecases.answer import Answer, state
from engine.usecases.limits import moment
from engine.usecases.search import sort_of

NAMED = 100  # rejected lines that an answer names


def import_options(
    sort: str = "",
    captured: str | None = None,
    columns: Mapping[str, str] | None = None,
    keep_authors: bool = False,
) -> ReadOptions:
    """How an export is read; "" is a crawl whose order nobody knows."""
    known_sort = sort_of(sort) if sort else ""
    return ReadOptions(
        columns=columns or {}, sort=known_sort, captured_at=moment(captured),
        keep_authors=keep_authors,
    )  # fmt: skip


def import_file(
    engine: Engine, path: Path, options: ReadOptions, now: datetime, progress: Progress = quiet
) -> Answer[ImportReport]:
    """Import one export and make it searchable."""
    report = engine.import_file(path, options, now, progress)
    return Answer(import_table([report]), engine.ask(state), report)


def import_rows(
    engine: Engine, name: str, rows: Iterable[Imported], now: datetime
) -> Answer[ImportReport]:
    """Import a stream of rows; `meta` names the first of those that were rejected."""
    rejected: list[dict[str, Any]] = []

    def watched() -> Iterator[Imported]:
        for row in rows:
            if isinstance(row, Rejected) and len(rejected) < NAMED:
                rejected.append({"line": row.line, "reason": row.reason})
            yield row

    report = engine.import_rows(name, watched(), now)
    return Answer(import_table([report]), {**engine.ask(state), "rejected": rejected}, report)
