"""What a reader is: how it knows its export by the headers, and what it makes of a record."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from engine.formats.aliases import ALIASES, Columns
from engine.formats.cells import pick
from engine.formats.headers import FOLDED, fold, resolved
from engine.formats.kinds import Keys
from engine.formats.notes import Capture, captured
from engine.formats.record import Record
from engine.model import Row, RowKind

Head = tuple[str, ...]  # the headers of a record, as they stand


@dataclass(frozen=True, slots=True)
class Reader:
    """One export format.

    `name` with `{}` for the way the rows are kept ("mediacrawler-{}"). `knows` takes folded
    headers. `read` raises BadRow. `uses`: the columns that it reads of a head. `ordered`: rows of
    a text or sheet stand in page order. `refusal`: (what the file holds, the cure) for exports
    whose rows are of no use here.
    """

    name: str
    kind: RowKind
    knows: Callable[[Keys], bool]
    read: Callable[[Record, Capture], Row]
    uses: Callable[[Head], Collection[str]]
    ordered: bool = False
    refusal: tuple[str, str] | None = None


Resolve = Callable[[Head], Columns]


def resolver(columns: Columns) -> Resolve:
    """What resolves our fields in a head; each head is looked at once."""
    folded = {field: tuple(map(fold, names)) for field, names in columns.items()}

    @lru_cache(maxsize=512)
    def resolve(head: Head) -> Columns:
        return only_read(resolved(head, folded))

    return resolve


def only_read(columns: Columns) -> Columns:
    """A bare `id` is read where nothing better is there."""
    if columns.keys() & {"note_id", "url"}:
        return {field: names for field, names in columns.items() if field != "weak_id"}
    return columns


def every(columns: Columns) -> Collection[str]:
    """The headers of all fields."""
    return {header for names in columns.values() for header in names}


def notes_reader(
    name: str,
    knows: Callable[[Keys], bool],
    columns: Columns,
    ordered: bool = False,
    kind: RowKind = "note",
) -> Reader:
    """A reader of a flat export: each row a note, each field under one of a few headers."""
    resolve = resolver(columns)

    def read(record: Record, capture: Capture) -> Row:
        cells = pick(record.values, resolve(tuple(record.values)), capture.options.strict)
        return captured(record.line, cells, capture, ordered)

    return Reader(name, kind, knows, read, lambda head: every(resolve(head)), ordered)


def vendor(name: str, knows: Callable[[Keys], bool], **changes: tuple[str, ...]) -> Reader:
    """A vendor's table of notes: headers as everywhere, but for some fields that it names alike.

    An empty tuple: what looks like the field means something else in this export.
    """
    columns = {field: changes.get(field, names) for field, names in ALIASES.items()}
    return notes_reader(name, knows, {field: names for field, names in columns.items() if names})


def signs(*names: str) -> Keys:
    """Folded headers, for `knows`."""
    return frozenset(map(fold, names))


ALL = FOLDED  # every field's folded spellings
