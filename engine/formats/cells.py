"""The cells of a row under our field names, read so that a bad one costs itself only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from engine.errors import BadRow
from engine.formats.absence import absent
from engine.formats.aliases import Columns
from engine.formats.headers import unit
from engine.formats.ids import bare, id_in
from engine.formats.plain import plain, shown
from engine.formats.record import encodable
from engine.model import Cell

_T = TypeVar("_T")
_MANY = {"百", "千", "万", "亿", "k", "w"}
_LONGEST = 80  # characters of an unreadable cell that are kept


class Cells:
    """Our field -> the cell as the file holds it, and which cells could not be read.

    `strict`: a cell that cannot be read is a BadRow instead of an unknown value.
    """

    def __init__(
        self, cells: Mapping[str, object], headers: Mapping[str, str], strict: bool = False
    ) -> None:
        self._cells = cells
        self._headers = headers
        self._strict = strict
        self._unreadable: dict[str, str] = {}

    def __getitem__(self, field: str) -> object:
        """The cell; None when the row has none."""
        return self._cells.get(field)

    def header(self, field: str) -> str:
        """What the file calls a field."""
        return self._headers.get(field, field)

    @property
    def unreadable(self) -> tuple[Cell, ...]:
        """(header, cell) of what could not be read."""
        return tuple(self._unreadable.items())

    def read(self, field: str, parse: Callable[[object], _T | None]) -> _T | None:
        """The value of a cell; None, and noted, when it cannot be read. Raises BadRow if strict."""
        cell = self._scaled(field)
        try:
            return parse(cell)
        except BadRow as error:
            if self._strict:
                raise BadRow(f"{field}: {error.reason}") from error
            self.unread(field)
            return None

    def unread(self, field: str) -> None:
        """Note that a cell says something that nobody understood."""
        cell = encodable(plain(self._cells.get(field)))
        if self._strict:
            raise BadRow(f"{field}: {shown(cell)} cannot be read")
        self._unreadable[self.header(field)] = cell[:_LONGEST]

    def _scaled(self, field: str) -> object:
        """A number under 点赞数(万) counts ten thousands."""
        cell = self._cells.get(field)
        of = unit(self._headers.get(field, ""))
        if not of or absent(cell):
            return cell
        text = plain(cell).strip()
        return text if text[-1:] in _MANY else text + of


_PREFERRED: Mapping[str, Callable[[object], object]] = {
    "url": lambda cell: id_in(bare(cell)),  # the link of the note, not that of its picture
    "boost": lambda cell: plain(cell).strip() not in ("0", "0.0"),
}


def _spoken(
    record: Mapping[str, object],
    spelled: tuple[str, ...],
    wanted: Callable[[object], object] | None,
) -> str:
    """The first of some headers whose cell says something; a preferred cell before others."""
    first = ""
    for header in spelled:
        cell = record.get(header)
        if not absent(cell):
            if wanted is None or wanted(cell):
                return header
            first = first or header
    return first


def pick(record: Mapping[str, object], columns: Columns, strict: bool = False) -> Cells:
    """Our field -> the first cell under its headers that says something."""
    cells: dict[str, object] = {}
    headers: dict[str, str] = {}
    for field, spelled in columns.items():
        header = _spoken(record, spelled, _PREFERRED.get(field) if len(spelled) > 1 else None)
        if header:
            cells[field], headers[field] = record[header], header
    return Cells(cells, headers, strict)
