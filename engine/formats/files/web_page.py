"""A web page, or an XML spreadsheet, that was saved as .xls -> its tables."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from html.parser import HTMLParser
from pathlib import Path

from engine.errors import BadFile
from engine.formats.files.encoding import reading
from engine.formats.files.grid import Line, grid
from engine.formats.record import Meter, Table

_BEGINS = re.compile(r"\s*(?:<!doctype html|<html|<table|<head|<meta|<body|<style|<\?xml)", re.I)
_HAS_ROWS = re.compile(r"<(?:table|\w*:?workbook)\b", re.I)
_LARGEST = 200_000_000  # bytes
_MOST_SPANNED = 200
Cells = list[str]


def is_web_page(sample: str) -> bool:
    """Whether a text begins as a page or as an XML spreadsheet."""
    start = sample.lstrip("\ufeff \t\r\n")
    return _BEGINS.match(start) is not None or start.startswith("MIME-Version:")


def web_page(path: Path, encoding: str, wanted: Collection[str] = ()) -> Iterator[Table]:
    """The tables of a page, each under its name or its number. Raises BadFile without a table."""
    if path.stat().st_size > _LARGEST:
        raise _refused(path, "is a web page of more than 200 MB")
    parser = _Tables()
    with reading(path, encoding) as (file, _):
        text = file.read()
    if not _HAS_ROWS.search(text) or text.startswith("MIME-Version:"):
        raise _refused(path, "is a web page saved as a spreadsheet, without a table in it")
    parser.feed(text)
    parser.close()
    named = [(name, rows) for name, rows in parser.tables if any(any(row) for row in rows)]
    if not named:
        raise _refused(path, "is a web page saved as a spreadsheet, and its tables are empty")
    for number, (name, rows) in enumerate(named, 1):
        table = _table(name or (f"table {number}" if len(named) > 1 else ""), rows, wanted)
        if table:
            yield table


def _refused(path: Path, problem: str) -> BadFile:
    cure = "open it in Excel or WPS and save it as xlsx"
    return BadFile(f"{path.name} {problem}", cure)


def _table(name: str, rows: list[Cells], wanted: Collection[str]) -> Table | None:
    width = max(map(len, rows))

    def lines(meter: Meter) -> Iterator[Line]:
        for number, cells in enumerate(rows, 1):
            meter.done = number
            if any(cells):
                yield Line(number, [*cells, *[""] * (width - len(cells))])

    return grid(("html", name), lines, len(rows), len(rows), wanted)


class _Tables(HTMLParser):
    """Rows of cells of each table; a link's address stands for its text where that names no note.

    The elements of XML spreadsheets (Worksheet, Row, Cell) count as those of a page.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[tuple[str, list[Cells]]] = []
        self._name = ""
        self._cell: list[str] | None = None
        self._link = ""
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        tag = tag.rpartition(":")[2]
        about = {key.rpartition(":")[2]: value or "" for key, value in attrs}
        if tag == "worksheet":
            self._name = about.get("name", "")
        elif tag == "table":
            self._close_cell()
            self.tables.append((self._name, []))
        elif tag in ("tr", "row") and self.tables:
            self._close_cell()
            self.tables[-1][1].append([])
        elif tag in ("td", "th", "cell"):
            self._open_cell(about)
        elif tag == "a" and self._cell is not None:
            self._link = about.get("href", "")
        elif tag in ("br", "p", "div") and self._cell:
            self._cell.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag.rpartition(":")[2] in ("td", "th", "cell", "tr", "row", "table"):
            self._close_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _open_cell(self, about: dict[str, str]) -> None:
        self._close_cell()
        if not self.tables:
            return
        if not self.tables[-1][1]:
            self.tables[-1][1].append([])
        row = self.tables[-1][1][-1]
        index = about.get("index", "")
        if index.isdigit():  # an XML spreadsheet leaves empty cells out
            row.extend([""] * min(int(index) - 1 - len(row), _MOST_SPANNED))
        span = about.get("colspan", "1")
        self._span = min(int(span), _MOST_SPANNED) if span.isdigit() else 1
        self._cell, self._link = [], about.get("href", "")

    def _close_cell(self) -> None:
        if self._cell is None:
            return
        text = "".join(self._cell).strip(" \t\r\n\u00a0")
        is_note = re.search(r"/(?:explore|item)/[0-9a-f]{24}", self._link)
        shown = self._link if is_note and len(text) < 8 else text
        self.tables[-1][1][-1].extend([shown, *[""] * (self._span - 1)])
        self._cell = None
