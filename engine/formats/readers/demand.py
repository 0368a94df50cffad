"""Keyword exports: how often people search a word, and what it costs."""

from __future__ import annotations

import re

from engine.errors import BadRow
from engine.formats.aliases import Columns
from engine.formats.cells import Cells, pick
from engine.formats.headers import fold
from engine.formats.kinds import Keys, is_demand
from engine.formats.notes import Capture
from engine.formats.readers.reader import Reader, every, resolver, signs
from engine.formats.record import Record
from engine.formats.values import count, plain, shown, text
from engine.model import Demand, Row

KEYWORD = (
    *(
        "keyword",
        "关键词",
        "关键字",
        "搜索词",
        "词",
        "query",
        "word",
        "search term",
        "热词",
        "keywords",
    ),
    *("top queries", "queries", "热门查询", "查询", "搜索热词", "推荐词", "关键词名称", "蓝海词"),
)
MONTHLY = (
    *(
        "searches",
        "demand",
        "月均搜索指数",
        "月均搜索量",
        "月搜索量",
        "搜索指数",
        "搜索量",
        "检索量",
    ),
    *("search volume", "volume", "avg. monthly searches", "search_index", "search_index_w"),
    *("月检索量", "搜索人气", "搜索热度"),
)
DAILY = (
    "日检索量",
    "移动端日检索量",
    "pc日检索量",
    "移动日检索量",
    "日均搜索量",
    "日搜索量",
    "日均检索量",
)
DAYS = 30  # of a month, for exports that count by day
COLUMNS: Columns = {
    "keyword": KEYWORD,
    "searches": MONTHLY,
    **{f"daily_{place}": (name,) for place, name in enumerate(DAILY)},
    "competition": ("竞争指数", "keyword difficulty", "kd", "竞争值"),
    "level": ("竞争水平", "竞争度", "竞争程度", "competition"),
    "bid": ("市场出价", "cpc", "建议出价", "出价", "参考出价"),
    "bag": ("词包", "bag"),
    "reason": ("推荐理由",),
}
_JUGUANG = signs("月均搜索指数", "竞争指数", "市场出价", "竞争水平")
_PRICE = re.compile(r"[¥￥$]?\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*元?")
_resolve = resolver(COLUMNS)


def _knows_juguang(keys: Keys) -> bool:
    return fold("关键词") in keys and bool(keys & _JUGUANG) and is_demand(keys)


def read(record: Record, capture: Capture) -> Row:
    """A keyword with its demand; competition 0 means unknown. Raises BadRow without a keyword."""
    cells = pick(record.values, _resolve(tuple(record.values)), capture.options.strict)
    keyword = text(cells["keyword"]).strip()
    if not keyword:
        raise BadRow("no keyword")
    return Demand(
        line=record.line,
        keyword=keyword,
        searches=searches(cells),
        competition=_whole(cells, "competition") or None,
        level=text(cells["level"]).strip(),
        bid=cells.read("bid", _price),
        bag=text(cells["bag"]).strip(),
        reason=text(cells["reason"]).strip(),
        unreadable=cells.unreadable,
    )


def searches(cells: Cells) -> int | None:
    """Searches a month; of an export by day and device their sum, times thirty."""
    monthly = _whole(cells, "searches")
    if monthly is not None:
        return monthly
    days = [_whole(cells, f"daily_{place}") for place in range(len(DAILY))]
    present = [day for day in days if day is not None]
    return sum(present) * DAYS if present else None


def _whole(cells: Cells, field: str) -> int | None:
    value = cells.read(field, count)
    return value.value if value else None


def _price(cell: object) -> float | None:
    """Yuan."""
    cell_text = plain(cell).strip().lower()
    if cell_text in ("", "-", "--", "无", "none", "nan"):
        return None
    price = _PRICE.fullmatch(cell_text)
    if price is None:
        raise BadRow(f"{shown(cell)} is not a price")
    return float(price[1])


def _reader(name: str, knows: object) -> Reader:
    return Reader(name, "demand", knows, read, lambda head: every(_resolve(head)))  # type: ignore[arg-type]


READERS = (_reader("juguang-keywords", _knows_juguang), _reader("keywords-{}", is_demand))
