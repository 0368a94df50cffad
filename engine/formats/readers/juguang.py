"""聚光's keyword export: how often people search a word, and what it costs."""

from __future__ import annotations

import re

from engine.errors import BadRow
from engine.formats.headers import fold
from engine.formats.notes import Capture
from engine.formats.readers.reader import Keys, Reader
from engine.formats.record import Record
from engine.formats.values import count, plain, shown, text
from engine.model import Demand, Row

_FIGURES = {"月均搜索指数", "竞争指数", "市场出价", "竞争水平"}
_PRICE = re.compile(r"[¥￥]?\s*([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*元?")
_NO_PRICE = {"", "-", "--", "无", "none", "nan"}


def knows(keys: Keys) -> bool:
    """A keyword with at least one of its figures, and no note."""
    folded = {fold(key) for key in keys}
    return "关键词" in folded and bool(folded & _FIGURES) and not folded & {"笔记id", "笔记链接"}


def read(record: Record, capture: Capture) -> Row:
    """A keyword with its demand; competition 0 means unknown. Raises BadRow."""
    cells = {fold(header): cell for header, cell in record.values.items()}
    keyword = text(cells.get("关键词")).strip()
    if not keyword:
        raise BadRow("no 关键词")
    return Demand(
        line=record.line,
        keyword=keyword,
        searches=_whole("searches", cells.get("月均搜索指数")),
        competition=_whole("competition", cells.get("竞争指数")) or None,
        level=text(cells.get("竞争水平")).strip(),
        bid=_price(cells.get("市场出价")),
        bag=text(cells.get("词包")).strip(),
        reason=text(cells.get("推荐理由")).strip(),
    )


def _whole(name: str, cell: object) -> int | None:
    try:
        found = count(cell)
    except BadRow as error:
        raise BadRow(f"{name}: {error.reason}") from error
    return found.value if found else None


def _price(cell: object) -> float | None:
    """Yuan."""
    shown_price = plain(cell).strip().lower()
    if shown_price in _NO_PRICE:
        return None
    price = _PRICE.fullmatch(shown_price)
    if price is None:
        raise BadRow(f"bid: {shown(cell)} is not a price")
    return float(price[1])


READER = Reader("juguang-keywords", knows, read)
