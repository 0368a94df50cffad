"""Explains a note's place as one plain Chinese sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from engine.index.hits import MISSING, DocColumns
from engine.index.protocol import TermScore

_FIELDS = (("title", "标题"), ("tags", "话题"), ("body", "正文"))
_COUNTS = (("collects", "收藏"), ("likes", "点赞"), ("comments", "评论"))
_NOTICEABLE = 1.5  # a count of at least this multiple of the page's median is named


@dataclass(frozen=True, slots=True)
class PagePosition:
    """A note's row in the columns, and the rows of the page that it is compared with."""

    columns: DocColumns
    row: int
    page: Sequence[int]


def sentence(
    terms: Sequence[TermScore], spellings: dict[str, str], position: PagePosition, now: datetime
) -> str:
    """Writes for example: 标题命中“油皮”，3 天前发布，收藏是同页中位数的 2.3 倍。"""
    parts = [_matched(terms, spellings), _age(position, now), _engaged(position)]
    return "，".join(part for part in parts if part) + "。"


def _matched(terms: Sequence[TermScore], spellings: dict[str, str]) -> str:
    """Names the best words of each field, each word once; says so when only bigrams matched."""
    matches: list[str] = []
    seen: set[str] = set()
    for field, name in _FIELDS:
        rows = sorted((t for t in terms if t.field == field), key=lambda t: (-t.value, t.term))
        words = [spellings[t.term] for t in rows if t.term in spellings]
        new_words = [word for word in dict.fromkeys(words) if word not in seen][:3]
        if new_words:
            seen.update(new_words)
            matches.append(f"{name}命中{''.join(f'“{word}”' for word in new_words)}")
    if not matches and terms:
        return "只命中了查询里的零散字词"
    return "，".join(matches)


def _age(position: PagePosition, now: datetime) -> str:
    published = int(position.columns.published[position.row])
    if published == MISSING:
        return "发布时间未知"
    days = int((now.timestamp() - published) // 86400)
    if days < 0:
        return "发布时间在所选时刻之后"
    if days == 0:
        return "一天内发布"
    if days < 60:
        return f"{days} 天前发布"
    return f"{days // 30} 个月前发布" if days < 730 else f"{days // 365} 年前发布"


def _engaged(position: PagePosition) -> str:
    """Names the first count that is well above the page's median; leaves out unknown counts."""
    unknown = True
    for name, label in _COUNTS:
        column = getattr(position.columns, name)
        count = int(column[position.row])
        if count == MISSING:
            continue
        unknown = False
        others = [int(column[row]) for row in position.page if column[row] != MISSING]
        middle = median(others) if others else 0
        if middle > 0 and count >= _NOTICEABLE * middle:
            return f"{label}是同页中位数的 {count / middle:.1f} 倍"
    return "互动数未知" if unknown else "互动在同页不突出"
