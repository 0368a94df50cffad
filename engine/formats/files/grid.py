"""Rows of cells, as sheets and separated texts have them -> a table under its header."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.formats.files.mojibake import Mend, mender
from engine.formats.headers import header_row, named
from engine.formats.plain import plain
from engine.formats.record import Meter, Record, Table

LOOKED = 30  # rows among which the header stands
FIRST = 100  # records to look at before saying what a table holds


@dataclass(frozen=True, slots=True)
class Line:
    """A row before its cells have names: its number, and why it cannot be read, if so."""

    number: int
    cells: Sequence[object]
    text: str = ""
    fault: str = ""


Rows = Callable[[Meter], Iterator[Line]]


def grid(
    kind: tuple[str, str], rows: Rows, total: int | None, whole: int, wanted: Collection[str] = ()
) -> Table | None:
    """The table of rows that can be read again and again; None when there are none.

    `kind` is (the way of keeping rows, the table's name); `wanted` are headers the user named.
    """
    top = list(islice(rows(Meter(whole)), LOOKED))
    if not top:
        return None
    mend = mender(" ".join(plain(cell) for line in top for cell in line.cells))
    shown = [[_mended(plain(cell), mend) for cell in line.cells] for line in top]
    place = header_row(shown, wanted)
    header = _trimmed(shown[place])
    keys = named(header, shown[place - 1] if place and _groups(shown[place - 1]) else (), wanted)
    skip = place + 1

    def read(meter: Meter) -> Iterator[Record]:
        return _records(islice(rows(meter), skip, None), keys, header, mend)

    banner = "\n".join(" ".join(filter(None, cells)) for cells in shown[:place])
    first = tuple(islice(read(Meter(whole)), FIRST))
    left = None if total is None else total - top[place].number
    return Table(*kind, (keys,), first, read, left, Meter(whole), banner)


def _groups(cells: Sequence[str]) -> bool:
    """A row of group headers has several; a title or a date above the table is alone."""
    return sum(bool(cell.strip()) for cell in cells) > 1


def _trimmed(cells: list[str]) -> list[str]:
    while len(cells) > 1 and not cells[-1].strip():
        cells = cells[:-1]
    return cells


def _mended(cell: str, mend: Mend | None) -> str:
    return mend(cell) if mend else cell


def _records(
    lines: Iterator[Line], keys: tuple[str, ...], header: list[str], mend: Mend | None
) -> Iterator[Record]:
    width = len(keys)
    for line in lines:
        cells = list(line.cells)
        while len(cells) > width and cells[-1] in ("", None):
            cells.pop()
        if mend:
            cells = [mend(cell) if isinstance(cell, str) else cell for cell in cells]
        if not line.fault and cells == header:
            continue  # a crawler that appends wrote its header again
        fault = line.fault
        if not fault and len(cells) != width:
            fault = f"{len(cells)} cells; the header has {width}"
        values = {} if fault else dict(zip(keys, cells, strict=True))
        yield Record(line.number, values, fault, line.text)
