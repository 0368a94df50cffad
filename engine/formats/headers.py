"""Headers, matched by meaning: a spelling -> the one name of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from engine.formats.aliases import ALIASES, Columns
from engine.formats.scripts import SIMPLIFIED

_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|《|》|「|」|\*")
_NOISE = re.compile(r"[\s_\-\ufeff\u200b\u00a0:：*#\"'`“”]")
_PER_UNIT = re.compile(r"/(?:次|个|元|人|篇|条|万|%)$")
_UNIT = re.compile(
    r"[(\[/]\s*(?:单位[:：]?\s*)?(万|千|亿|w|k)\s*(?:次|个|元|人|篇|条|)\s*[)\]]?$|_(w|k)$"
)
_GROUP = re.compile(r"[\u4e00-\u9fff]")
_PEOPLE = {"user", "userinfo", "author", "creator", "blogger", "author_info", "authorinfo", "owner"}
_TRANSPARENT = {
    *("notecard", "note", "interactinfo", "fields", "statistics", "stats", "noteinfo", "basicinfo"),
    *("data", "notedetail", "interaction", "interact", "counts", "detail", "baseinfo", "target"),
}
_OF_PEOPLE = ("author", "author_id", "author_name", "fans")


@lru_cache(maxsize=8192)
def fold(header: str) -> str:
    """`Liked_Count`, `likedCount` and `ＬＩＫＥＤ count` are one; `點讚數（個）` is `点赞数`."""
    folded = unicodedata.normalize("NFKC", header).casefold().translate(SIMPLIFIED)
    bare = _NOISE.sub("", _REMARK.sub("", folded))
    return _PER_UNIT.sub("", bare) or _NOISE.sub("", folded)


@lru_cache(maxsize=8192)
def unit(header: str) -> str:
    """The unit that a header counts in: `万` of 点赞数(万), `w` of index_w; "" for ones."""
    folded = unicodedata.normalize("NFKC", header).strip().casefold()
    match = _UNIT.search(folded)
    return (match[1] or match[2]) if match else ""


FOLDED: Columns = {name: tuple(map(fold, spelled)) for name, spelled in ALIASES.items()}
_OTHERS = (
    *(
        "推荐理由",
        "竞争指数",
        "竞争水平",
        "月均搜索指数",
        "市场出价",
        "词包",
        "序号",
        "品牌",
        "评论内容",
    ),
    *(
        "评论id",
        "评论时间",
        "曝光量",
        "阅读量",
        "互动量",
        "曝光",
        "观看量",
        "涨粉",
        "阅读数",
        "浏览量",
    ),
    *("消费", "消耗", "展现量", "点击量", "点击率", "平均点击成本", "实际消耗", "实际支付金额"),
    *(
        "订单状态",
        "合作名称",
        "博主报价",
        "内容标签",
        "人均观看时长",
        "弹幕",
        "封面点击率",
        "预估阅读量",
    ),
    *("图文报价", "视频报价", "赞藏总数", "性别", "地区", "提及品牌", "封面", "ip属地", "搜索量"),
    *("检索量", "search volume", "volume", "cpc", "clicks", "impressions", "ctr", "top queries"),
    *(
        "keyword difficulty",
        "comment_id",
        "搜索指数",
        "计划名称",
        "单元名称",
        "创意名称",
        "小红书号",
    ),
    *("发布笔记数", "互动率", "阅读中位数", "互动中位数", "曝光中位数", "粉丝增量", "健康等级"),
)
KNOWN = {name for names in FOLDED.values() for name in names} | {fold(name) for name in _OTHERS}


def named_like(header: str, name: str) -> bool:
    """Whether a user's name for a header means it: letter by letter, by meaning, or by its end."""
    folded = fold(header)
    return header == name or folded == fold(name) or folded.rsplit(".", 1)[-1] == fold(name)


def resolved(keys: Iterable[str], columns: Columns) -> Columns:
    """Our field -> those of `keys` that are a spelling of it, the best first.

    `columns` hold folded spellings. Of a dotted key its end counts too, where the part before
    says nothing else: a group of a sheet, a note's card; of a user's part only what names users.
    """
    spelled: dict[str, str] = {}
    ends: dict[str, list[str]] = {}
    people: dict[str, list[str]] = {}
    for key in keys:
        folded = fold(key)
        spelled.setdefault(folded, key)
        group, _, end = folded.rpartition(".")
        if group and (within := _within(group)):
            (ends if within == "note" else people).setdefault(end, []).append(key)
    chosen: dict[str, tuple[str, ...]] = {}
    for field, names in columns.items():
        inner = {**people, **ends} if field in _OF_PEOPLE else ends
        exact = [[spelled[name]] if name in spelled else inner.get(name, []) for name in names]
        if present := tuple(dict.fromkeys(header for headers in exact for header in headers)):
            chosen[field] = present
    return chosen


def _within(group: str) -> str:
    """Whose part a dotted key stands in: "note", "people" or "" for neither."""
    parts = group.split(".")
    if parts[-1] in _PEOPLE and not set(parts[:-1]) - _TRANSPARENT:
        return "people"
    return "note" if _GROUP.search(group) or not set(parts) - _TRANSPARENT else ""


# --- which row of a table is its header --------------------------------------------------------


def header_row(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> int:
    """Which of the first rows is the header: the one with most known names.

    `wanted` are headers that the user named; a row that holds one is the header though nothing
    else is known. One known name alone may be a title in a row of data; then it is the first row
    that is as wide as the table.
    """
    asked = [sum(any(named_like(cell, name) for name in wanted) for cell in row) for row in rows]
    if max(asked, default=0):
        return asked.index(max(asked))
    counts = [len({fold(cell) for cell in row if fold(cell) in KNOWN}) for row in rows]
    if max(counts, default=0) > 1:
        return counts.index(max(counts))
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    widest = sorted(filled)[len(filled) // 2] if filled else 0
    return next((place for place, width in enumerate(filled) if width >= max(1, widest)), 0)


def named(
    cells: Sequence[str], groups: Sequence[str] = (), wanted: Collection[str] = ()
) -> tuple[str, ...]:
    """Header cells as keys, each once: `group.name` where a name repeats, else numbered."""
    names = [_clean(cell) for cell in cells]
    over = _filled(groups, len(names))
    keys: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        key = name or f"column {place}"
        grouped = f"{over[place - 1]}.{name}" if name and over[place - 1] else key
        if names.count(name) > 1 or any(fold(grouped) == fold(asked) for asked in wanted):
            key = grouped
        key = key if key not in seen else f"{key} ({place})"
        seen.add(key)
        keys.append(key)
    return tuple(keys)


def _clean(cell: str) -> str:
    return " ".join(cell.split()).removeprefix("\ufeff").strip()


def _filled(groups: Sequence[str], width: int) -> list[str]:
    """Group headers of merged cells, each over all its columns."""
    filled: list[str] = []
    current = ""
    for place in range(width):
        cell = _clean(groups[place]) if place < len(groups) else ""
        current = cell or current
        filled.append(current)
    return filled
