"""Bare numbers in an id column: running numbers of a table, or codes of a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import BadRow
from engine.formats.cells import pick
from engine.formats.ids import note_id, running
from engine.formats.notes import Numbers
from engine.formats.readers.reader import Head, Reader
from engine.formats.readers.table import id_columns
from engine.formats.record import Record, Table
from engine.formats.totals import is_total

_SMALL = 100_000
_SPARSE = 100  # numbers spread wider than this many a row were not counted up


@dataclass(frozen=True, slots=True)
class Numbered:
    """What the bare numbers of a table's ids are, and whether it has no other ids."""

    numbers: Numbers
    alone: bool


def numbered(table: Table, reader: Reader, columns: dict[str, str]) -> Numbered:
    """Looks through the whole table when one of its first rows has a bare number for an id."""
    if reader.kind not in ("note", "page"):
        return Numbered("", False)
    if not any(_number(record, columns)[0] for record in table.first):
        return Numbered("", False)
    return _judged(_number(record, columns) for record in table.again())


def _judged(ids: Iterable[tuple[str, bool]]) -> Numbered:
    smallest, largest, count, others = 10**9, 0, 0, 0
    for number, other in ids:
        others += other
        if number:
            count += 1
            smallest, largest = min(smallest, int(number)), max(largest, int(number))
    dense = largest - smallest < count * _SPARSE
    return Numbered("running" if largest <= _SMALL or dense else "codes", not others)


def _number(record: Record, columns: dict[str, str]) -> tuple[str, bool]:
    """(the bare number that a record has for an id, whether it has a real id)."""
    if record.fault or is_total(record.values):
        return "", False
    head: Head = tuple(record.values)
    cells = pick(record.values, id_columns(head, tuple(columns.items())))
    given = (cells["note_id"], cells["url"], cells["weak_id"])
    try:
        if note_id(*given):
            return "", True
    except BadRow:
        return "", True
    return running(*given), False
