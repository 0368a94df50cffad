"""Results of notes and keywords: spend, exposure, reads, orders, the creator centre's list."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import BadRow
from engine.formats import values
from engine.formats.aliases import ALIASES, Columns
from engine.formats.cells import Cells, pick
from engine.formats.kept import columns_of
from engine.formats.kinds import (
    KEYWORDS,
    NOTE_IDS,
    NOTE_LINKS,
    TITLES,
    Keys,
    is_order,
    is_outcome,
    is_own_notes,
)
from engine.formats.notes import Capture, published
from engine.formats.readers.reader import Reader, resolver
from engine.formats.record import Record
from engine.model import Counts, Outcome, Row

_KEYWORD = (
    *("搜索词", "关键词", "关键字", "触发词", "搜索查询", "search term", "query", "top queries"),
    *("热门查询", "查询", "keyword", "关键词名称", "搜索关键词"),
)
COLUMNS: Columns = {
    "note_id": ALIASES["note_id"],
    "url": ALIASES["url"],
    "keyword": _KEYWORD,
    "title": ALIASES["title"],
    "published_at": ("首次发布时间", "发布时间", "笔记发布时间", "发布日期", "笔记发布日期"),
    "likes": ALIASES["likes"],
    "collects": ALIASES["collects"],
    "comments": ALIASES["comments"],
    "shares": ALIASES["shares"],
    "follows": ("涨粉", "涨粉数", "涨粉量", "关注量", "关注"),
    "captured_at": ALIASES["captured_at"],
}
_resolve = resolver(COLUMNS)


def _reading(source: str, boosted: bool) -> Callable[[Record, Capture], Row]:
    def read(record: Record, capture: Capture) -> Row:
        cells = pick(record.values, _resolve(tuple(record.values)), capture.options.strict)
        keyword = values.text(cells["keyword"]).strip()
        note_id = values.note_id(cells["note_id"], cells["url"])
        title = values.title(cells["title"])
        if not (keyword or note_id or title):
            raise BadRow("the row names no note and no keyword")
        moment = (
            cells.read("captured_at", values.time) or capture.day or capture.options.captured_at
        )
        own = source == "creator-centre"
        return Outcome(
            line=record.line,
            source=source,
            note_id=note_id,
            keyword=keyword,
            title=title,
            published_at=published(cells, moment),
            counts=_counts(cells) if own else Counts(),
            follows=cells.read("follows", values.count) if own else None,
            boosted=boosted,
            captured_at=moment,
            columns=columns_of(record, capture.options.keep_authors),
            unreadable=cells.unreadable,
        )

    return read


def _counts(cells: Cells) -> Counts:
    names = ("likes", "collects", "comments", "shares")
    return Counts(*(cells.read(name, values.count) for name in names))


def _reader(name: str, knows: Callable[[Keys], bool], boosted: bool = False) -> Reader:
    return Reader(f"{name}-{{}}", "outcome", knows, _reading(name, boosted), lambda head: head)


def _knows_report(keys: Keys) -> bool:
    """What a report by note, keyword or search term brought; one by plan or day names neither."""
    return is_outcome(keys) and bool(keys & (NOTE_IDS | NOTE_LINKS | KEYWORDS | TITLES))


READERS = (
    _reader("creator-centre", is_own_notes),
    _reader("shutiao-orders", is_order, boosted=True),
    _reader("report", _knows_report),
)
