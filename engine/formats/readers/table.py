"""Any table of notes: headers known by their many spellings, or named by the user."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from engine.errors import BadFile
from engine.formats.aliases import ALIASES, Columns
from engine.formats.cells import pick
from engine.formats.headers import FOLDED, named_like, resolved
from engine.formats.kinds import is_note
from engine.formats.notes import Capture, captured
from engine.formats.readers.noterank import FIELDS
from engine.formats.readers.reader import Head, Reader, every, notes_reader, only_read
from engine.formats.record import Record
from engine.model import Row

READER = notes_reader("table-{}", is_note, ALIASES)


def check_fields(columns: Mapping[str, str]) -> None:
    """Raises BadFile when the user names a field that a note does not have."""
    for name in columns:
        if name not in ALIASES and name not in FIELDS:
            raise BadFile(f"{name!r} is no field of a note", f"the fields are {', '.join(FIELDS)}")


def missing(columns: Mapping[str, str], head: Head) -> list[str]:
    """The headers that the user named and a head lacks."""
    return [name for name in columns.values() if not any(named_like(key, name) for key in head)]


def mapped(columns: Mapping[str, str]) -> Reader:
    """A reader for the headers the user named, aliases for the rest."""

    @lru_cache(maxsize=512)
    def resolve(head: Head) -> Columns:
        return {**resolved(head, FOLDED), **_asked(columns, head)}

    def read(record: Record, capture: Capture) -> Row:
        cells = pick(record.values, resolve(tuple(record.values)), capture.options.strict)
        return captured(record.line, cells, capture)

    knows: Callable[[object], bool] = bool
    return Reader("table-{}", "note", knows, read, lambda head: every(only_read(resolve(head))))


def _asked(columns: Mapping[str, str], head: Head) -> Columns:
    """Our field -> the column that the user named: letter by letter, else by meaning."""
    asked: dict[str, tuple[str, ...]] = {}
    for name, header in columns.items():
        like = [key for key in head if named_like(key, header)]
        like.sort(key=lambda key: key != header)
        if like:
            asked["brand" if name == "declared_brand" else name] = (like[0],)
    return asked


@lru_cache(maxsize=256)
def id_columns(head: Head, columns: tuple[tuple[str, str], ...] = ()) -> Columns:
    """The columns of a head that may hold a note's id; `columns` are those the user named."""
    names = {**resolved(head, FOLDED), **_asked(dict(columns), head)}
    wanted = ("note_id", "url", "weak_id")
    return only_read({name: names[name] for name in wanted if name in names})
