"""Note objects as the xhs library and the platform's detail answer give them."""

from __future__ import annotations

from engine.formats.notes import Capture, captured
from engine.formats.readers.note_card import fields_of
from engine.formats.readers.reader import Keys, Reader
from engine.formats.record import Record
from engine.model import Row


def knows(keys: Keys) -> bool:
    """A note with a nested user or nested interactions."""
    nested = keys & {"user", "interact_info", "interactInfo"}
    return bool(nested) and "desc" in keys and bool(keys & {"note_id", "noteId"})


def read(record: Record, capture: Capture) -> Row:
    """A note. Raises BadRow."""
    return captured(record.line, fields_of(record.values), capture)


READER = Reader("xhs-{}", knows, read)
