"""noterank's own export: our field names, tags as a list."""

from __future__ import annotations

from engine.formats.aliases import Columns
from engine.formats.headers import fold
from engine.formats.kinds import Keys
from engine.formats.readers.reader import notes_reader

FIELDS = (
    *("note_id", "kind", "title", "body", "tags", "author", "fans", "published_at"),
    *("likes", "collects", "comments", "shares", "channel", "url", "captured_at"),
    *("keyword", "position", "sort", "run", "declared_brand", "boosted"),
)
COLUMNS: Columns = {("brand" if name == "declared_brand" else name): (name,) for name in FIELDS}
_FOLDED = frozenset(map(fold, FIELDS))


def knows(keys: Keys) -> bool:
    """Our names and no others; a foreign key makes it any other table."""
    return keys <= _FOLDED and "noteid" in keys and bool(keys & {"title", "body", "tags"})


READER = notes_reader("noterank-{}", knows, COLUMNS)
