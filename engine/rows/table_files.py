"""Flat rows -> a file that Excel, a notebook or a database opens with the right types."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import apsw
import orjson

from engine.errors import BadOption
from engine.rows.column import Row

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"
SHEET_ROWS = 1_048_575  # Excel's limit, without the header
_CREATED = datetime(2000, 1, 1)
FORMATS = ("csv", "jsonl", "xlsx", "sqlite")


def guard(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe (OWASP)."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def csv_text(rows: Iterable[Row], columns: Sequence[str]) -> Iterator[str]:
    """CSV in pieces: BOM (Excel needs it for Chinese), header, CRLF, formulas guarded."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    yield BOM + buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([guard(row[column]) for column in columns])
        yield buffer.getvalue()


def jsonl_bytes(rows: Iterable[Row]) -> Iterator[bytes]:
    """One JSON object a line."""
    return (orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def write_table(rows: Iterable[Row], columns: Sequence[str], path: Path, kind: str) -> int:
    """Write rows as csv, jsonl, xlsx or sqlite (a table `notes`); the number of rows."""
    writers = {
        "csv": _write_csv,
        "jsonl": _write_jsonl,
        "xlsx": _write_xlsx,
        "sqlite": _write_sqlite,
    }
    return writers[kind](rows, columns, path)


def _write_csv(rows: Iterable[Row], columns: Sequence[str], path: Path) -> int:
    count = -1  # the header is no row
    with path.open("w", encoding="utf-8", newline="") as file:
        for piece in csv_text(rows, columns):
            file.write(piece)
            count += 1
    return count


def _write_jsonl(rows: Iterable[Row], columns: Sequence[str], path: Path) -> int:
    count = 0
    with path.open("wb") as file:
        for line in jsonl_bytes(rows):
            file.write(line)
            count += 1
    return count


def xlsx_bytes(rows: Iterable[Row], columns: Sequence[str]) -> bytes:
    """A workbook of one sheet: numbers as numbers, text never as a formula."""
    file = io.BytesIO()
    _fill_book(file, rows, columns)
    return file.getvalue()


def _write_xlsx(rows: Iterable[Row], columns: Sequence[str], path: Path) -> int:
    with path.open("wb") as file:
        return _fill_book(file, rows, columns)


def _fill_book(file: IO[bytes], rows: Iterable[Row], columns: Sequence[str]) -> int:
    import xlsxwriter  # the only file that knows it

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": _CREATED})  # the same rows are the same bytes
        sheet = book.add_worksheet("notes")
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, columns)
        for row in rows:
            count += 1
            if count > SHEET_ROWS:
                raise BadOption(f"more than {SHEET_ROWS:,} rows: no sheet is longer", "use csv")
            for column, name in enumerate(columns):
                value = row[name]
                if isinstance(value, str):
                    sheet.write_string(count, column, value[:32767])  # Excel's cell limit
                elif value is not None:
                    sheet.write(count, column, value)
    return count


def _write_sqlite(rows: Iterable[Row], columns: Sequence[str], path: Path) -> int:
    path.write_bytes(b"")  # a new database, or a refusal that names the path
    db = apsw.Connection(str(path))
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    with db:
        db.execute(f"CREATE TABLE notes ({names})")
        db.executemany(
            f"INSERT INTO notes VALUES ({marks})",
            (tuple(row[name] for name in columns) for row in rows),
        )
    (count,) = next(iter(db.execute("SELECT COUNT(*) FROM notes")))
    db.close()
    return int(count)
