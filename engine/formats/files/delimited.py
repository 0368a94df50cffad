"""A text of separated values (csv, tsv) -> records."""

from __future__ import annotations

import csv
import threading
from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path
from typing import TextIO

from engine.errors import BadFile
from engine.formats.files.encoding import has_undecoded, reading
from engine.formats.files.grid import LOOKED, Line, grid
from engine.formats.record import Meter, Table

LONGEST = 32 << 20  # characters of a line or a field; longer is a quote that was never closed
_LIMIT = threading.Lock()  # csv keeps one limit for the whole process
_END = "\x1aend of file\x1a"
_MARKS = ",\t;|"


def delimited(path: Path, encoding: str, wanted: Collection[str] = ()) -> Table | None:
    """The records of a csv or tsv file; the separator and the header row are found by content.

    Raises BadFile, naming the line, when a line is too long for any table.
    """

    def rows(meter: Meter) -> Iterator[Line]:
        return _rows(path, encoding, meter)

    return grid(("csv", ""), rows, None, path.stat().st_size, wanted)


def _bounded(file: TextIO, path: Path) -> Iterator[str]:
    """The lines of a file; one that fills the memory is refused before it does."""
    number = 0
    while line := file.readline(LONGEST):
        number += 1
        if len(line) >= LONGEST and not line.endswith(("\n", "\r")):
            raise BadFile(
                f"{path.name}, line {number}: longer than {LONGEST >> 20} million characters",
                "it is no table of rows; export it once more, one row a line",
            )
        yield line


class _Lines:
    """The lines of a file, then a sentinel; `row` holds those of the current row as they stand."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = chain(lines, [_END])
        self.number = 0
        self.row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self.row.append(line)
        return line

    def put_back(self) -> None:
        """Puts all lines of the current row but its first back."""
        rest = self.row[1:]
        del self.row[1:]
        self.number -= len(rest)
        self._lines = chain(rest, self._lines)


def _rows(path: Path, encoding: str, meter: Meter) -> Iterator[Line]:
    with reading(path, encoding, "") as (file, done):
        delimiter = _delimiter(file.read(1 << 16))
        file.seek(0)
        lines = _Lines(_bounded(file, path))
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            lines.row.clear()
            start = lines.number + 1
            cells, fault = _next(reader)
            if cells == [_END]:
                return
            if not fault and cells and cells[-1].endswith(_END):
                fault = "a quote is opened and never closed"
            if fault:
                lines.put_back()
                reader = csv.reader(lines, delimiter=delimiter)
            meter.done = done()
            text = "".join(lines.row).rstrip("\r\n")
            if has_undecoded(text):
                fault = f"bytes that are not {encoding.removesuffix('-sig')}"
            if fault or any(cells):
                yield Line(start, cells, text, fault)


def _next(reader: Iterator[list[str]]) -> tuple[list[str], str]:
    with _LIMIT:
        before = csv.field_size_limit(LONGEST)
        try:
            return next(reader), ""
        except csv.Error as error:
            return [], str(error)
        finally:
            csv.field_size_limit(before)


def _delimiter(sample: str) -> str:
    """The separator that cuts the first lines into most cells; a comma when none does.

    Excel writes `sep=;` in the first line where it is not the comma.
    """
    lines = sample.splitlines(keepends=True)[:LOOKED]
    if lines and lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0].strip()[-1]
    return max(_MARKS, key=lambda mark: max(_widths(lines, mark), default=0))


def _widths(lines: list[str], mark: str) -> Iterator[int]:
    try:
        yield from map(len, csv.reader(lines, delimiter=mark))
    except csv.Error:
        return
