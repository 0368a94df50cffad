"""A cell of an export -> a value: counts, tags, kinds, texts, ids, authors."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Literal

from engine.errors import BadRow
from engine.formats.record import encodable
from engine.formats.times import time
from engine.model import Channel, Count, Kind, Sort

__all__ = [
    "author_key",
    "body",
    "channel",
    "count",
    "kind",
    "note_id",
    "note_url",
    "shown",
    "sort",
    "tags",
    "text",
    "time",
    "title",
    "user_id",
]

# --- counts ------------------------------------------------------------------------------------

_LARGEST = 10**15
_LABELS = {"赞", "点赞", "收藏", "评论", "分享", "转发", "抢首评"}  # shown in the place of a zero
_NO_COUNT = {"", "-1", "-1.0", "-", "--", "none", "null", "nan", "未知"} | _LABELS
_UNITS = {"": 1, "k": 10**3, "千": 10**3, "w": 10**4, "万": 10**4, "亿": 10**8}
_COUNT = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,8}))? ?([k千w万亿]?)(\+?)")
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")


def count(value: object) -> Count | None:
    """A count as shown (`1.2万`, `10w+`, `1,234`, 12, 12.0); None when missing, never 0 for that.

    Raises BadRow on anything else, on negatives other than -1, on fractions and past 10^15.
    """
    folded = unicodedata.normalize("NFKC", plain(value)).strip().lower()
    if folded in _NO_COUNT:
        return None
    match = _COUNT.fullmatch(_GROUPED.sub(lambda found: found[0].replace(",", ""), folded, count=1))
    if match is None or isinstance(value, bool):
        raise BadRow(f"{shown(value)} is not a count")
    whole, fraction, unit, plus = match[1], match[2] or "", match[3], match[4]
    exact = Decimal(f"{whole}.{fraction or 0}") * _UNITS[unit]
    number = int(exact.to_integral_value())
    if number > _LARGEST or (not unit and exact != number):
        raise BadRow(f"{shown(value)} is not a count")
    step = Decimal(_UNITS[unit]).scaleb(-len(fraction)) if unit and not plus else Decimal(0)
    return Count(number, at_least=bool(plus), precision=int(step / 2))


# --- texts -------------------------------------------------------------------------------------

_INVISIBLE = " \t\r\n\u00a0\u200b\ufeff\u3000\u3164"
_NO_TITLE = {"无标题", "無標題"}
_PROMPTS = {"有话要说，快来评论", "留下你的想法吧", "爱评论的人运气都不差"}  # of the comment box


def plain(value: object) -> str:
    """A cell as text: None is "", a whole float of a spreadsheet loses its `.0`."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, date) else str(value)


def text(value: object) -> str:
    """The original text; only file residue goes: BOM, NUL, `_x000D_`, carriage returns."""
    found = encodable(plain(value)).removeprefix("\ufeff").replace("\0", "")
    if "\r" in found or "_x000D_" in found:
        found = found.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")
    return found if found.strip(_INVISIBLE) else ""


def title(value: object) -> str:
    """A title; "" for the placeholder 无标题 and for titles of invisible characters."""
    found = text(value)
    return "" if found.strip() in _NO_TITLE else found


def body(value: object) -> str:
    """A body; "" when the crawler took the prompt of the comment box for it."""
    found = text(value)
    return "" if found.strip() in _PROMPTS else found


def shown(value: object) -> str:
    """A value in a message: quoted, on one line, at most 40 characters."""
    cell = encodable(plain(value))
    return repr(cell if len(cell) <= 40 else cell[:39] + "…")


# --- tags --------------------------------------------------------------------------------------

_TOPIC_MARK = re.compile(r"\[(?:话题|話題)\]")
_BETWEEN_HASHES = re.compile(r"[#＃\s|,，、;；]+")
_SEPARATORS = re.compile(r"[|,，、;；\n\r\t]+")
_TAG_EDGES = re.compile(r"^[#＃\s\u200b\ufeff\u3164]+|[#＃\s\u200b\ufeff\u3164]+$")
_NO_TAGS = {"", "none", "null", "nan", "-1", "-", "[]", "{}"}
_LONGEST_LITERAL = 100_000


def tags(value: object) -> tuple[str, ...]:
    """Tags in order, once each, without #; of lists, of Python or JSON text, of joined text."""
    return tuple(dict.fromkeys(_tags(value, depth=3)))


def _tags(value: object, depth: int) -> list[str]:
    if isinstance(value, list | tuple):
        return [tag for item in value if (tag := _one_tag(item))]
    cell = text(value).strip()
    if cell.lower() in _NO_TAGS or isinstance(value, dict):
        return []
    literal = _literal(cell) if depth and cell[0] in "[\"'" else None
    if literal is not None:
        return _tags(literal, depth - 1)
    return [tag for part in _split(cell) if (tag := _one_tag(part))]


def _literal(cell: str) -> list[object] | str | None:
    """A list or string written as JSON or as a Python literal; None when it is neither."""
    for parse in (json.loads, ast.literal_eval):
        try:
            found = parse(cell[:_LONGEST_LITERAL])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(found, list | str) and found != cell:
            return found
    return None


def _split(cell: str) -> list[str]:
    if "#" in cell or "＃" in cell:
        return _BETWEEN_HASHES.split(_TOPIC_MARK.sub("#", cell))
    return _SEPARATORS.split(cell) if _SEPARATORS.search(cell) else cell.split()


def _one_tag(item: object) -> str:
    if isinstance(item, dict):
        item = item.get("name") or item.get("tag_name") or item.get("text")
    return _TAG_EDGES.sub("", _TOPIC_MARK.sub("", text(item)))


# --- kinds, channels, orders -------------------------------------------------------------------

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("normal", "图文", "图集", "image", "images", "图片", "图文笔记"), "image"),
    **dict.fromkeys(("video", "视频", "视频笔记"), "video"),
}
_CHANNELS: dict[str, Channel] = {
    **dict.fromkeys(("organic", "自然", "false", "0", "否", "no"), "organic"),
    **dict.fromkeys(("declared", "报备", "true", "1", "是", "yes"), "declared"),
    **dict.fromkeys(("boosted", "加热", "推广", "投流"), "boosted"),
}
_SORTS: dict[str, Sort] = {
    **dict.fromkeys(("general", "综合", "默认", "综合排序"), "general"),
    **dict.fromkeys(("latest", "最新", "time_descending"), "latest"),
    **dict.fromkeys(("likes", "最多点赞", "最热", "popularity_descending"), "likes"),
    **dict.fromkeys(("comments", "最多评论", "comment_descending"), "comments"),
    **dict.fromkeys(("collects", "最多收藏", "collect_descending"), "collects"),
}


def kind(value: object) -> Kind:
    """Image or video; "" for 未知 and for words that say neither."""
    return _KINDS.get(plain(value).strip().lower(), "")


def channel(value: object) -> Channel:
    """How a note got its readers, of a word or a yes/no "is an advertisement"; else ""."""
    return _CHANNELS.get(plain(value).strip().lower(), "")


def sort(value: object) -> Sort | Literal[""]:
    """The order a page was asked for; "" when the word is none of the five."""
    return _SORTS.get(plain(value).strip().lower(), "")


# --- ids and authors ---------------------------------------------------------------------------

_ID_IN_URL = re.compile(
    r"/(?:explore|discovery/item|search_result|note|item|user/profile/\w+)/([0-9a-f]{24})(?!\w)"
)
_USER_IN_URL = re.compile(r"/user/profile/(\w+)")
_ROUNDED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]+")
_NO_ID = {"", "-", "-1", "none", "null", "nan", "未知"}


def note_id(*candidates: object) -> str:
    """The first id among cells that hold an id or a note's address; "" when none does.

    Raises BadRow when all that is left is an id that a spreadsheet rounded (6.7E+23).
    """
    rounded = None
    for candidate in candidates:
        cell = text(candidate).strip()
        found = _ID_IN_URL.search(cell)
        if found:
            return found[1]
        if _ROUNDED.fullmatch(cell):
            rounded = cell
        elif cell.lower() not in _NO_ID and "/" not in cell and not re.search(r"\s", cell):
            if len(cell) > 128:
                raise BadRow(f"note_id: {shown(cell)} is longer than 128 characters")
            return cell
    if rounded is not None:
        raise BadRow(f"note_id: a spreadsheet rounded it to {rounded}; format the column as text")
    return ""


def note_url(value: object) -> str:
    """An address without its query, which holds the platform's access token; else ""."""
    cell = text(value).strip()
    return re.split(r"[?#\s]", cell)[0] if re.match(r"https?://", cell) else ""


def user_id(value: object) -> str:
    """A user's id; of the address of a user's page, the id in it."""
    cell = text(value).strip()
    profile = _USER_IN_URL.search(cell)
    return profile[1] if profile else cell


def author_key(name: str) -> str:
    """16 hex digits of the sha256 of a user id or a nickname; "" for nobody."""
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16] if name else ""
