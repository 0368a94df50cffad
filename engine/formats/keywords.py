"""Keyword files -> keywords: plain text, CSV, XLSX, TOML, JSON, or an export of demand as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.errors import BadFile, BadRow
from engine.formats.absence import absent
from engine.formats.aliases import Columns
from engine.formats.cells import Cells, pick
from engine.formats.files import tables
from engine.formats.headers import KNOWN, fold, resolved
from engine.formats.plain import plain
from engine.formats.readers import demand
from engine.formats.record import Record, Table
from engine.formats.totals import is_total
from engine.formats.usage import Usage
from engine.formats.values import text

MOST = 100_000
_LONGEST = 100  # characters
_COLUMNS: Columns = {
    **{name: names for name, names in demand.COLUMNS.items() if name in ("keyword", "searches")},
    **{name: names for name, names in demand.COLUMNS.items() if name.startswith("daily_")},
    "weight": ("weight", "权重"),
    "kind": ("kind", "类型", "词性"),
    "intent": ("intent", "意图"),
    "source": ("demand_source", "词包", "bag"),
    "remark": ("note", "remark", "备注"),  # for the reader of the list alone
}
_FOLDED: Columns = {name: tuple(map(fold, names)) for name, names in _COLUMNS.items()}
_Row = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KeywordLine:
    """A keyword of a list; unknown is None or ""."""

    keyword: str
    weight: float | None = None
    kind: str = ""
    intent: str = ""
    searches: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class KeywordFile:
    """The keywords of a file, each once, and what of it was not read.

    `unused` are columns, `totals` the numbers of rows that sum up others.
    """

    lines: tuple[KeywordLine, ...]
    unused: tuple[str, ...] = ()
    totals: tuple[int, ...] = ()

    def remarks(self) -> tuple[str, ...]:
        """What a reader of the list should know, a line each."""
        columns = [f"columns not read: {', '.join(self.unused)}"] if self.unused else []
        rows = ", ".join(map(str, self.totals[:10]))
        return (*columns, *([f"total rows left out: row {rows}"] if self.totals else []))


def read_keywords(path: Path) -> list[KeywordLine]:
    """The keywords of a file, each once; BadFile names file, line and cure."""
    return list(read_keyword_file(path).lines)


def read_keyword_file(path: Path) -> KeywordFile:
    """The keywords of a file and what was left out; BadFile names file, line and cure."""
    lines: dict[str, KeywordLine] = {}
    totals: list[int] = []
    usage = Usage()
    for number, row in _rows(path):
        if isinstance(row, Mapping) and is_total(row):
            totals.append(number)
            continue
        line = _line(path, number, row, usage)
        if line:
            lines.setdefault(line.keyword, line)
        if len(lines) > MOST:
            raise BadFile(f"{path.name} has more than {MOST:,} keywords", "split the file")
    if not lines:
        raise BadFile(f"{path.name} has no keywords", "give a column `keyword` (or 关键词)")
    return KeywordFile(tuple(lines.values()), usage.unused, tuple(totals))


def _rows(path: Path) -> Iterable[_Row]:
    if path.suffix.lower() == ".toml":
        return _toml(path)
    if path.suffix.lower() == ".json":
        return _json(path)
    return (row for table in tables(path) for row in _of_table(path, table))


def _of_table(path: Path, table: Table) -> Iterable[_Row]:
    """The records of a table, or the lines of a list that has no header."""
    (head, *_) = table.heads or ((),)
    if table.file in ("csv", "xlsx") and not any(fold(key) in _NAMES for key in head):
        lines = [(1, head), *((r.line, _whole(path, r).values()) for r in table.records())]
        yield from (
            (number, {"keyword": word})
            for number, cells in lines
            for cell in cells
            if (word := _word(plain(cell)))
        )
        return
    yield from ((record.line, _whole(path, record)) for record in table.records())


def _word(cell: str) -> str:
    """A word of a list without a header; "" for numbers and remarks."""
    return "" if cell.startswith("# ") or re.fullmatch(r"[\d.,%+ ]*|column \d+", cell) else cell


_NAMES = KNOWN | {name for names in _FOLDED.values() for name in names}


def _whole(path: Path, record: Record) -> Mapping[str, Any]:
    if record.fault:
        raise BadFile(f"{path.name}, row {record.line}: {record.fault}", "mend the row")
    return record.values


def _toml(path: Path) -> Iterable[_Row]:
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise BadFile(f"{path} is not there", "check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name}: {error}", 'write [[keywords]] and keyword = "…"') from error
    return _listed(path, table.get("keywords", table.get("keyword", [])))


def _json(path: Path) -> Iterable[_Row]:
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise BadFile(f"{path} is not there", "check the path") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path.name}: {error}", 'write [{"keyword": "…"}]') from error
    if isinstance(content, dict):
        content = content.get("data", content.get("keywords", []))
    return _listed(path, content)


def _listed(path: Path, content: Any) -> Iterable[_Row]:
    if not isinstance(content, list):
        raise BadFile(f"{path.name}: no list of keywords", 'write [{"keyword": "…"}]')
    for line, row in enumerate(content, 1):
        yield line, ({"keyword": row} if isinstance(row, str) else row)


@lru_cache(maxsize=256)
def _resolved(head: tuple[str, ...]) -> Columns:
    return resolved(head, _FOLDED)


def _line(path: Path, number: int, row: Any, usage: Usage) -> KeywordLine | None:
    if not isinstance(row, Mapping):
        raise BadFile(f"{path.name}, row {number}: no keyword", 'write {"keyword": "…"}')
    head = tuple(map(str, row))
    columns = _resolved(head)
    usage.see(head, {header for names in columns.values() for header in names})
    cells = pick(row, columns, strict=True)
    keyword = text(cells["keyword"]).strip()
    if not keyword:
        return None
    if len(keyword) > _LONGEST:
        raise BadFile(
            f"{path.name}, row {number}: a keyword of {len(keyword)} characters",
            f"give at most {_LONGEST}",
        )
    try:
        return _of_cells(keyword, cells)
    except (BadRow, ValueError) as error:
        problem = error.reason if isinstance(error, BadRow) else error
        raise BadFile(f"{path.name}, row {number}: {problem}", "mend or empty the cell") from error


def _of_cells(keyword: str, cells: Cells) -> KeywordLine:
    return KeywordLine(
        keyword,
        _weight(cells["weight"]),
        text(cells["kind"]).strip(),
        text(cells["intent"]).strip(),
        demand.searches(cells),
        text(cells["source"]).strip(),
    )


def _weight(cell: Any) -> float | None:
    if absent(cell):
        return None
    shown = text(cell).strip()
    value = float(shown)
    if not 0 <= value < 1e9:
        raise ValueError(f"a weight of {shown}")
    return value
