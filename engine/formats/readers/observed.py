"""Observed pages in the plainest form: keyword, position, note, and when and how they were seen."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

COLUMNS: Columns = {
    "note_id": ("note", "note_id"),
    **{name: (name,) for name in ("keyword", "position", "captured_at", "sort", "filters", "run")},
}


def knows(keys: Keys) -> bool:
    """A place of a note under a keyword, and nothing of the note itself."""
    known = {header for headers in COLUMNS.values() for header in headers}
    return keys <= known and keys >= {"keyword", "position"} and bool(keys & {"note", "note_id"})


READER = notes_reader("observed-{}", knows, COLUMNS)
