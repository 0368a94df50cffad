"""import, imports, undo: exports and rows -> library, what came in, and taking it back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.engine import Engine
from engine.errors import BadOption
from engine.formats import ReadOptions
from engine.ingest.removing import Undone
from engine.ingest.report import ImportReport
from engine.model import Progress, Rejected, quiet
from engine.model import Row as ImportedRow
from engine.rows.import_rows import imported_table, undone_table
from engine.rows.note_rows import import_table
from engine.store import Imported
from engine.usecases.answer import Answer, asked, state
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


def namespace(name: str) -> str:
    """A name that may stand before running numbers. Raises BadOption."""
    if not name or re.fullmatch(r"[^\s/:]{1,64}", name):
        return name
    raise BadOption(f"--id-namespace {name!r}", "give a word without blanks, slashes and colons")


def import_file(
    engine: Engine, path: Path, options: ReadOptions, now: datetime, progress: Progress = quiet
) -> Answer[ImportReport]:
    """Import one export and make it searchable."""
    report = engine.import_file(path, options, now, progress)
    return Answer(import_table([report]), engine.ask(state), report)


def import_rows(
    engine: Engine, name: str, rows: Iterable[ImportedRow], now: datetime
) -> Answer[ImportReport]:
    """Import a stream of rows; `meta` names the first of those that were rejected."""
    rejected: list[dict[str, Any]] = []

    def watched() -> Iterator[ImportedRow]:
        for row in rows:
            if isinstance(row, Rejected) and len(rejected) < NAMED:
                rejected.append({"line": row.line, "reason": row.reason})
            yield row

    report = engine.import_rows(name, watched(), now)
    return Answer(import_table([report]), {**engine.ask(state), "rejected": rejected}, report)


def list_imports(engine: Engine) -> Answer[list[Imported]]:
    """What came in and was not taken back, the oldest first."""
    imports, of_state = asked(engine, lambda library: library.store.imports())
    return Answer(imported_table(imports), of_state, imports)


def undo_import(engine: Engine, number: int) -> Answer[Undone]:
    """Take one import back exactly; later ones are kept."""
    undone = engine.undo(number)
    return Answer(undone_table(undone), engine.ask(state), undone)
