"""Why a note stands where it stands, as one plain Chinese sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from engine.index.hits import MISSING, DocColumns
from engine.index.protocol import TermScore

_FIELDS = (("title", "标题"), ("tags", "话题"), ("body", "正文"))
_COUNTS = (("collects", "收藏"), ("likes", "点赞"), ("comments", "评论"))
_NOTICED = 1.5  # times the page's median from which a count is worth a word


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows of the page that a sentence compares with, and the note's own row in the window."""

    columns: DocColumns
    row: int
    page: Sequence[int]


def sentence(
    terms: Sequence[TermScore], spellings: dict[str, str], standing: Standing, now: datetime
) -> str:
    """For example: 标题命中“油皮”，3 天前发布，收藏是同页中位数的 2.3 倍。"""
    parts = [_matched(terms, spellings), _age(standing, now), _engaged(standing)]
    return "，".join(part for part in parts if part) + "。"


def _matched(terms: Sequence[TermScore], spellings: dict[str, str]) -> str:
    """The best words of the best fields, each word once; bigrams only when nothing else matched."""
    said: list[str] = []
    seen: set[str] = set()
    for field, name in _FIELDS:
        rows = sorted((t for t in terms if t.field == field), key=lambda t: (-t.value, t.term))
        words = [spellings[t.term] for t in rows if t.term in spellings]
        fresh = [word for word in dict.fromkeys(words) if word not in seen][:3]
        if fresh:
            seen.update(fresh)
            said.append(f"{name}命中{''.join(f'“{word}”' for word in fresh)}")
    if not said and terms:
        return "只命中了查询里的零散字词"
    return "，".join(said)


def _age(standing: Standing, now: datetime) -> str:
    published = int(standing.columns.published[standing.row])
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


def _engaged(standing: Standing) -> str:
    """The first count that stands out against the page's median; unknown counts are left out."""
    unknown = True
    for name, label in _COUNTS:
        column = getattr(standing.columns, name)
        own = int(column[standing.row])
        if own == MISSING:
            continue
        unknown = False
        others = [int(column[row]) for row in standing.page if column[row] != MISSING]
        middle = median(others) if others else 0
        if middle > 0 and own >= _NOTICED * middle:
            return f"{label}是同页中位数的 {own / middle:.1f} 倍"
    return "互动数未知" if unknown else "互动在同页不突出"
