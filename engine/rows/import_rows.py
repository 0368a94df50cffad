"""Imports, what taking one back did, and what was tidied away, as flat rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, TypedDict

from engine.ingest.keeping import Tidied
from engine.ingest.removing import Undone
from engine.ingest.report import ImportReport
from engine.rows.column import Column, columns
from engine.rows.table import Table
from engine.store import Imported

EFFECTS = (
    *("added", "updated", "unchanged", "rejected", "skipped", "observations", "demand", "related"),
    *("comments", "creators", "outcomes"),
)
Number = Annotated[int, Column(3, "As `imports` numbers it.")]


class ImportedRow(TypedDict):
    """One import: what came in and what it did."""

    import_id: Number
    path: Annotated[str, Column("search_contents_2026-01-01.jsonl")]
    format: Annotated[str, Column("MediaCrawler")]
    hash: Annotated[str, Column("9b1c04…", "SHA-256 of the file and of how it was read.")]
    imported_at: Annotated[str | None, Column("2026-11-01T09:00:00+08:00")]
    rows: Annotated[int, Column(3)]
    added: Annotated[int, Column(2)]
    updated: Annotated[int, Column(0)]
    unchanged: Annotated[int, Column(0)]
    rejected: Annotated[int, Column(1)]
    skipped: Annotated[int, Column(0)]
    observations: Annotated[int, Column(2)]
    demand: Annotated[int, Column(0)]
    related: Annotated[int, Column(0)]
    comments: Annotated[int, Column(0)]
    creators: Annotated[int, Column(0)]
    outcomes: Annotated[int, Column(0)]
    finished: Annotated[bool, Column(True, "False: the same import goes on where it was.")]
    can_undo: Annotated[bool, Column(True, "False when what it changed was tidied away.")]


class UndoneRow(TypedDict):
    """What taking an import back did to the notes."""

    import_id: Number
    path: Annotated[str, Column("search_contents_2026-01-01.jsonl")]
    removed: Annotated[int, Column(2, "Notes that no other import has.")]
    restored: Annotated[int, Column(1, "Notes as the other imports have them.")]


class TidiedRow(TypedDict):
    """What was let go, or would be."""

    journals: Annotated[int, Column(0, "Imports that can no longer be taken back.")]
    rejected_files: Annotated[int, Column(1)]
    rejected_rows: Annotated[int, Column(12)]
    counts: Annotated[int, Column(0, "Counts of old days.")]
    jobs: Annotated[int, Column(0, "Ended jobs.")]
    bytes: Annotated[int, Column(2048, "Of files.")]
    names: Annotated[str, Column("rejected/notes-5f0c2a9b.jsonl")]


def imported_table(imports: Sequence[Imported]) -> Table:
    """A row an import."""
    return Table.of(ImportedRow, [_imported(imported) for imported in imports])


def undone_table(undone: Undone) -> Table:
    """The one row of an import that was taken back."""
    imported = undone.imported
    values = (imported.number, imported.path, undone.removed, undone.restored)
    return Table.of(UndoneRow, [values])


def tidied_table(tidied: Tidied) -> Table:
    """The one row of a tidying."""
    row = {**asdict(tidied), "names": " | ".join(tidied.names)}
    return Table.of(TidiedRow, [[row[name] for name in columns(TidiedRow)]])


def _imported(imported: Imported) -> tuple[Any, ...]:
    report = asdict(ImportReport.load(imported.report, imported.path, imported.format))
    return (
        imported.number, imported.path, imported.format, imported.digest,
        imported.started_at or None, imported.rows, *(report[name] for name in EFFECTS),
        imported.finished, imported.journal,
    )  # fmt: skip
