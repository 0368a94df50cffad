"""Keyword files -> keywords: CSV, XLSX, TOML, JSON, JSON lines, or a 聚光 export as it is."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import BadFile, BadRow
from engine.formats.files import tables
from engine.formats.headers import fold
from engine.formats.record import Record
from engine.formats.values import count, text

MOST = 100_000
_LONGEST = 100  # characters
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "keyword": ("keyword", "关键词", "搜索词", "词", "query", "word"),
    "weight": ("weight", "权重"),
    "kind": ("kind", "类型", "词性"),
    "intent": ("intent", "意图"),
    "searches": ("searches", "demand", "月均搜索指数", "搜索指数", "搜索量", "volume"),
    "source": ("demand_source", "词包", "bag"),
}
_FOLDED = {fold(header): name for name, headers in _HEADERS.items() for header in headers}


@dataclass(frozen=True, slots=True)
class KeywordLine:
    """A keyword of a list; unknown is None or ""."""

    keyword: str
    weight: float | None = None
    kind: str = ""
    intent: str = ""
    searches: int | None = None
    source: str = ""


def read_keywords(path: Path) -> list[KeywordLine]:
    """The keywords of a file, each once; BadFile names file, line and cure."""
    found: dict[str, KeywordLine] = {}
    for line, row in _rows(path):
        known = _line(path, line, row)
        if known:
            found.setdefault(known.keyword, known)
        if len(found) > MOST:
            raise BadFile(f"{path.name} has more than {MOST:,} keywords", "split the file")
    if not found:
        raise BadFile(f"{path.name} has no keywords", "give a column `keyword` (or 关键词)")
    return list(found.values())


def _rows(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]]:
    if path.suffix.lower() == ".toml":
        return _toml(path)
    if path.suffix.lower() == ".json":
        return _json(path)
    wanted = [header for headers in _HEADERS.values() for header in headers]
    return (
        (record.line, _whole(path, record))
        for table in tables(path, wanted)
        for record in table.records
    )


def _whole(path: Path, record: Record) -> Mapping[str, Any]:
    if record.fault:
        raise BadFile(f"{path.name}, row {record.line}: {record.fault}", "mend the row")
    return record.values


def _toml(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]]:
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise BadFile(f"{path} is not there", "check the path") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name}: {error}", 'write [[keywords]] and keyword = "…"') from error
    return _listed(path, table.get("keywords", table.get("keyword", [])))


def _json(path: Path) -> Iterable[tuple[int, Mapping[str, Any]]]:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise BadFile(f"{path} is not there", "check the path") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(f"{path.name}: {error}", 'write [{"keyword": "…"}]') from error
    if isinstance(found, dict):
        found = found.get("data", found.get("keywords", []))
    return _listed(path, found)


def _listed(path: Path, found: Any) -> Iterable[tuple[int, Mapping[str, Any]]]:
    if not isinstance(found, list):
        raise BadFile(f"{path.name}: no list of keywords", 'write [{"keyword": "…"}]')
    for line, row in enumerate(found, 1):
        yield line, ({"keyword": row} if isinstance(row, str) else row)


def _line(path: Path, line: int, row: Any) -> KeywordLine | None:
    if not isinstance(row, Mapping):
        raise BadFile(f"{path.name}, row {line}: no keyword", 'write {"keyword": "…"}')
    cells = {_FOLDED[key]: row[name] for name in row if (key := fold(str(name))) in _FOLDED}
    keyword = text(cells.get("keyword")).strip()
    if not keyword:
        return None
    if len(keyword) > _LONGEST:
        raise BadFile(
            f"{path.name}, row {line}: a keyword of {len(keyword)} characters",
            f"give at most {_LONGEST}",
        )
    try:
        searches = count(cells.get("searches"))
        weight = _weight(cells.get("weight"))
    except (BadRow, ValueError) as error:
        raise BadFile(f"{path.name}, row {line}: {error}", "mend or empty the cell") from error
    return KeywordLine(
        keyword,
        weight,
        text(cells.get("kind")).strip(),
        text(cells.get("intent")).strip(),
        searches.value if searches else None,
        text(cells.get("source")).strip(),
    )


def _weight(cell: Any) -> float | None:
    shown = text(cell).strip()
    if not shown:
        return None
    value = float(shown)
    if not 0 <= value < 1e9:
        raise ValueError(f"a weight of {shown}")
    return value
