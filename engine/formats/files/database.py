"""A SQLite database -> records; the only file of the formats that knows apsw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import apsw

from engine.errors import BadFile
from engine.formats.files.encoding import has_undecoded
from engine.formats.files.grid import FIRST
from engine.formats.files.mojibake import Mend, mender
from engine.formats.record import Meter, Record, Table

_CURE = "copy it again while nothing writes to it, or run: sqlite3 FILE .recover"


def database(path: Path) -> Iterator[Table]:
    """One table for each table with columns, in name order. Raises BadFile on a damaged file."""
    connection = _open(path)
    try:
        encoding = _first(connection, "PRAGMA encoding").lower()
        names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        tables = [str(row[0]) for row in connection.execute(f"{names} ORDER BY name")]
        for name in tables:
            if not name.startswith("sqlite_"):
                yield _table(_Source(connection, path, name, encoding))
    except (apsw.Error, ValueError) as error:
        raise _damaged(path, error) from error


@dataclass(frozen=True, slots=True)
class _Source:
    """A table of an open database."""

    connection: apsw.Connection
    path: Path
    name: str
    encoding: str


def _table(source: _Source) -> Table:
    described = source.connection.execute(f"PRAGMA table_info({_id(source.name)})")
    columns = [str(row[1]) for row in described]
    total = int(_first(source.connection, f"SELECT count(*) FROM {_id(source.name)}"))
    first = list(islice(_records(source, columns, Meter(total)), FIRST))
    mend = mender(" ".join(str(cell) for record in first[:30] for cell in record.values.values()))

    def read(meter: Meter) -> Iterator[Record]:
        records = _records(source, columns, meter)
        return (_mended(record, mend) for record in records) if mend else records

    looked = tuple(_mended(record, mend) for record in first) if mend else tuple(first)
    return Table("sqlite", source.name, (tuple(columns),), looked, read, total, Meter(total))


def _mended(record: Record, mend: Mend) -> Record:
    values = {
        key: mend(cell) if isinstance(cell, str) else cell for key, cell in record.values.items()
    }
    return Record(record.line, values, record.fault, record.text)


def _records(source: _Source, columns: list[str], meter: Meter) -> Iterator[Record]:
    """Cells come as bytes, so that text the database should not hold loses its own row only."""
    cells = ", ".join(f"CAST({_id(column)} AS BLOB)" for column in columns)
    query = f"SELECT {cells} FROM {_id(source.name)}"
    try:
        for number, row in enumerate(source.connection.execute(query), 1):
            meter.done = number
            texts = [None if cell is None else _text(cell, source.encoding) for cell in row]
            values = dict(zip(columns, texts, strict=True))
            damaged = any(text and has_undecoded(text) for text in texts)
            yield Record(number, values, f"bytes that are not {source.encoding}" if damaged else "")
    except apsw.Error as error:
        raise _damaged(source.path, error) from error


def _text(cell: object, encoding: str) -> str:
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    return cell.decode(encoding, errors) if isinstance(cell, bytes) else str(cell)


def _open(path: Path) -> apsw.Connection:
    """Read-only; a database in WAL mode without its log needs no lock, so any folder will do."""
    log = path.with_name(path.name + "-wal")
    with path.open("rb") as file:
        in_wal_mode = file.read(20)[18:19] == b"\x02"
    alone = in_wal_mode and not (log.exists() and log.stat().st_size)
    address = path.resolve().as_uri() + ("?mode=ro&immutable=1" if alone else "?mode=ro")
    try:
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(address, flags=flags)
        connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        if _first(connection, "PRAGMA quick_check(1)") != "ok":
            raise _damaged(path, "quick_check failed")
    except apsw.Error as error:
        raise _damaged(path, error) from error
    return connection


def _first(connection: apsw.Connection, statement: str) -> str:
    for row in connection.execute(statement):
        return str(row[0])
    return ""


def _id(name: str) -> str:
    quoted = name.replace('"', '""')
    return f'"{quoted}"'


def _damaged(path: Path, error: object) -> BadFile:
    return BadFile(f"{path.name} is a damaged or locked database ({error})", _CURE)
