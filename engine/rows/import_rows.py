"""Imports, what taking one back did, and what was tidied away, as flat rows."""

from __future__ import annotations

from dataclasses import asdict

from engine.ingest.keeping import Tidied
from engine.ingest.removing import Undone
from engine.ingest.report import ImportReport
from engine.rows.search_rows import Row
from engine.store import Imported

EFFECTS = (
    *("added", "updated", "unchanged", "rejected", "skipped", "observations", "demand", "related"),
    *("comments", "creators", "outcomes"),
)


def imported_row(imported: Imported) -> Row:
    """One import: what came in and what it did."""
    report = asdict(ImportReport.load(imported.report, imported.path, imported.format))
    return {
        "import_id": imported.number,
        "path": imported.path,
        "format": imported.format,
        "hash": imported.digest,
        "imported_at": imported.started_at or None,
        "rows": imported.rows,
        **{name: report[name] for name in EFFECTS},
        "finished": imported.finished,
        "can_undo": imported.journal,
    }


def undone_row(undone: Undone) -> Row:
    """What taking an import back did."""
    return {
        "import_id": undone.imported.number,
        "path": undone.imported.path,
        "removed": undone.removed,
        "restored": undone.restored,
    }


def tidied_row(tidied: Tidied) -> Row:
    """What was let go."""
    row = asdict(tidied)
    return {**row, "names": " | ".join(row["names"])}
