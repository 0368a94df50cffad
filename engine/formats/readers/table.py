"""Any table of notes: headers known by their many spellings, or named by the user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from engine.errors import BadFile
from engine.formats.headers import Columns, aliased
from engine.formats.notes import Capture, captured, pick
from engine.formats.readers.noterank import FIELDS
from engine.formats.readers.reader import Keys, Reader
from engine.formats.record import Record
from engine.model import Row

TEXTS = ("title", "body", "tags")


def mapped(columns: Mapping[str, str], heads: tuple[tuple[str, ...], ...]) -> Reader:
    """A reader for the headers the user named, aliases for the rest.

    Raises BadFile when a named header is not in the file or the field is none of ours.
    """
    headers = {key for keys in heads for key in keys}
    for name, header in columns.items():
        if name not in FIELDS:
            raise BadFile(f"{name!r} is no field of a note", f"the fields are {', '.join(FIELDS)}")
        if header not in headers:
            raise BadFile(
                f"{name} = {header!r}: the file has no such header",
                f"its headers are {', '.join(sorted(headers)[:40])}",
            )
    named: Columns = {name: (header,) for name, header in columns.items()}
    return Reader("table-{}", lambda keys: bool(keys), _reading(named))


def _reading(named: Columns) -> Callable[[Record, Capture], Row]:
    def read(record: Record, capture: Capture) -> Row:
        columns = {**_columns(tuple(record.values)), **named}
        return captured(record.line, pick(record.values, columns), capture)

    return read


@lru_cache(maxsize=64)
def _columns(keys: tuple[str, ...]) -> Columns:
    return aliased(keys)


def knows(keys: Keys) -> bool:
    """Any record with something like an id or an address, and something like a text."""
    columns = aliased(sorted(keys))
    named = bool(columns.keys() & {"note_id", "url", "weak_id"})
    return named and bool(columns.keys() & set(TEXTS))


READER = Reader("table-{}", knows, _reading({}))
