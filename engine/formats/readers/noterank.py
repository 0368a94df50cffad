"""noterank's own export: our field names, tags as a list."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

FIELDS = (
    *("note_id", "kind", "title", "body", "tags", "author", "fans", "published_at"),
    *("likes", "collects", "comments", "shares", "channel", "url", "captured_at"),
    *("keyword", "position", "sort", "run"),
)
COLUMNS: Columns = {name: (name,) for name in FIELDS}


def knows(keys: Keys) -> bool:
    """Our names and no others; a foreign key makes it any other table."""
    return keys <= set(FIELDS) and "note_id" in keys and bool(keys & {"title", "body", "tags"})


READER = notes_reader("noterank-{}", knows, COLUMNS)
