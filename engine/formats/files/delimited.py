"""A text of separated values (csv, tsv) -> records."""

from __future__ import annotations

import csv
import threading
from collections.abc import Collection, Iterator
from itertools import chain, islice
from pathlib import Path

from engine.formats.files.encoding import has_undecoded, reading
from engine.formats.headers import header_row, named
from engine.formats.record import Meter, Record, Table

_LONGEST_FIELD = 32 << 20  # characters; longer is a quote that was never closed
_LIMIT = threading.Lock()  # csv keeps one limit for the whole process
_HEADER_ROWS = 3
_END = "\x1aend of file\x1a"

Cells = tuple[int, list[str], str, str]  # line, cells, text, fault


def delimited(path: Path, encoding: str, wanted: Collection[str] = ()) -> Table:
    """The records of a csv or tsv file; the separator and the header row are found by content."""
    meter = Meter(path.stat().st_size)
    rows = _rows(path, encoding, meter)
    first = list(islice(rows, _HEADER_ROWS))
    place = header_row([cells for _, cells, _, _ in first], wanted)
    header = first[place][1] if first else []
    keys = named(header)
    records = _records(chain(first[place + 1 :], rows), keys, header)
    return Table("csv", "", (keys,), records, None, meter)


def _records(rows: Iterator[Cells], keys: tuple[str, ...], header: list[str]) -> Iterator[Record]:
    width = len(keys)
    for line, cells, text, fault in rows:
        if not fault and len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if not fault and cells == header:
            continue  # a crawler that appends wrote its header again
        if not fault and len(cells) != width:
            fault = f"{len(cells)} cells; the header has {width}"
        values = {} if fault else dict(zip(keys, cells, strict=True))
        yield Record(line, values, fault, text)


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


def _rows(path: Path, encoding: str, meter: Meter) -> Iterator[Cells]:
    with reading(path, encoding, "") as (file, done):
        delimiter = _delimiter(file.read(1 << 16))
        file.seek(0)
        lines = _Lines(file)
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
                yield start, cells, text, fault


def _next(reader: Iterator[list[str]]) -> tuple[list[str], str]:
    with _LIMIT:
        before = csv.field_size_limit(_LONGEST_FIELD)
        try:
            return next(reader), ""
        except csv.Error as error:
            return [], str(error)
        finally:
            csv.field_size_limit(before)


def _delimiter(sample: str) -> str:
    """The separator that cuts the first lines into most cells; a comma when none does."""
    lines = sample.splitlines(keepends=True)[:_HEADER_ROWS]
    cells = {mark: max(map(len, csv.reader(lines, delimiter=mark)), default=0) for mark in ",\t;"}
    return max(",\t;", key=lambda mark: cells[mark])
