"""A workbook (xlsx) -> records; the only file that knows python-calamine."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from engine.errors import BadFile
from engine.formats.files.grid import LOOKED, Line, Rows, grid
from engine.formats.files.hyperlinks import Links, hyperlinks
from engine.formats.headers import header_row
from engine.formats.plain import plain
from engine.formats.record import Meter, Table

_T = TypeVar("_T")

_LARGEST = 1_500_000_000  # bytes unpacked
_DENSEST = 400  # times larger than packed; real sheets stay under 100
_MOST_CELLS = 60_000_000  # a sheet is held as a full grid
_ROW = re.compile(rb"""\sr=["'][A-Za-z]*([0-9]{5,20})["']""")
_COLUMN = re.compile(rb"""\sr=["']([A-Za-z]{1,8})[0-9]""")


def workbook(path: Path, wanted: Collection[str] = ()) -> Iterator[Table]:
    """One table for each visible sheet with rows. Raises BadFile on what cannot be opened."""
    _check(path)
    book = _guarded(path, lambda: CalamineWorkbook.from_path(str(path)))
    links = hyperlinks(path)
    for sheet in book.sheets_metadata:
        if sheet.visible == SheetVisibleEnum.Visible:
            opened = _guarded(path, partial(book.get_sheet_by_name, sheet.name))
            table = _table(opened, links.get(sheet.name, {}), wanted)
            if table:
                yield table


def _table(sheet: CalamineSheet, links: Links, wanted: Collection[str]) -> Table | None:
    if sheet.end is None:
        return None
    total = sheet.end[0] + 1
    linked = sorted({column for _, column in links})

    def rows(meter: Meter) -> Iterator[Line]:
        for number, cells in enumerate(sheet.iter_rows(), 1):
            meter.done = number
            if any(map(_full, cells)):
                yield Line(number, _with_links(number, cells, links, linked))

    return grid(("xlsx", sheet.name), _headed(rows, linked), total, total, wanted)


def _full(cell: object) -> bool:
    return cell != ""


def _with_links(
    number: int, cells: Sequence[object], links: Links, linked: list[int]
) -> Sequence[object]:
    """A row with the addresses behind its cells in columns of their own at its end."""
    if not linked:
        return cells
    return [*cells, *(links.get((number, column), "") for column in linked)]


def _headed(rows: Rows, linked: list[int]) -> Rows:
    """Rows in whose header a column of addresses is called after the column of their cells."""
    if not linked:
        return rows
    top = list(islice(rows(Meter(0)), LOOKED))
    shown = [[plain(cell) for cell in line.cells[: len(line.cells) - len(linked)]] for line in top]
    place = header_row(shown)

    def headed(meter: Meter) -> Iterator[Line]:
        for at, line in enumerate(rows(meter)):
            if at != place:
                yield line
                continue
            names = shown[place]
            ends = [f"{names[c].strip()}.link" if c < len(names) else "" for c in linked]
            yield Line(line.number, [*line.cells[: len(names)], *ends])

    return headed


def _guarded(path: Path, call: Callable[[], _T]) -> _T:
    """What the library gives; its errors, and the panics of its Rust side, become a BadFile."""
    try:
        return call()
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise BadFile(
            f"{path.name} cannot be opened as a workbook ({str(error)[:200] or type(error)})",
            "open it in a spreadsheet program and save it as xlsx or csv",
        ) from error


# --- before opening ----------------------------------------------------------------------------


def _check(path: Path) -> None:
    """Raises BadFile on what would fill the memory, which ends the process inside the library."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise BadFile(f"{path.name} is an archive", "unpack it, import the files inside")
            _check_size(path, parts)
            for part in parts:
                if part.filename.lower().endswith(".xml"):
                    _check_grid(path, archive, part)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise BadFile(
            f"{path.name} is a damaged or locked workbook ({error})",
            "take the password off, or export it once more",
        ) from error


def _check_size(path: Path, parts: list[zipfile.ZipInfo]) -> None:
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if size > min(_LARGEST, packed * _DENSEST + 10_000_000):
        raise BadFile(
            f"{path.name} unpacks to {size / 1e6:,.0f} MB", "save it as csv and import that"
        )


def _check_grid(path: Path, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A single cell in the far corner makes a grid of 17 thousand million cells."""
    rows, columns = 10_000, 1
    with archive.open(part) as file:
        before = b""
        while chunk := file.read(1 << 20):
            text = before + chunk
            before = text[-64:]
            rows = max([rows, *map(int, _ROW.findall(text))])
            columns = max([columns, *map(_column, set(_COLUMN.findall(text)))])
    if rows * columns > _MOST_CELLS:
        raise BadFile(
            f"a sheet of {path.name} reaches to row {rows:,} and column {columns:,}",
            "delete the stray cell, or save the sheet as csv",
        )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
