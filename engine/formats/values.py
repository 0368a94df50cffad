"""A cell of an export -> a value: counts, tags, kinds, texts, ids, authors."""

from __future__ import annotations

import ast
import json
import re
from typing import Literal

from engine.formats.absence import absent
from engine.formats.counts import count
from engine.formats.ids import author_key, note_id, note_url, user_id
from engine.formats.plain import plain, shown
from engine.formats.record import encodable
from engine.formats.times import time
from engine.model import Channel, Kind, Sort

__all__ = [
    "author_key",
    "body",
    "channel",
    "count",
    "kind",
    "note_id",
    "note_url",
    "plain",
    "shown",
    "sort",
    "tags",
    "text",
    "time",
    "title",
    "user_id",
    "yes",
]

# --- texts -------------------------------------------------------------------------------------

_INVISIBLE = " \t\r\n\u00a0\u200b\ufeff\u3000\u3164"
_NO_TITLE = {"无标题", "無標題", "笔记暂未设置标题", "暂未设置标题", "未设置标题", "该笔记无标题"}
_PROMPTS = {"有话要说，快来评论", "留下你的想法吧", "爱评论的人运气都不差"}  # of the comment box


def text(value: object) -> str:
    """The original text; only file residue goes: BOM, NUL, `_x000D_`, carriage returns.

    "" for what says nothing: nan, None, NULL, —, 暂无, ***, invisible characters.
    """
    if not isinstance(value, str) and absent(value):
        return ""
    found = encodable(plain(value)).removeprefix("\ufeff").replace("\0", "")
    if "\r" in found or "_x000D_" in found:
        found = found.replace("_x000D_", "\r").replace("\r\n", "\n").replace("\r", "\n")
    return "" if absent(found) or not found.strip(_INVISIBLE) else found


def title(value: object) -> str:
    """A title; "" for the placeholder 无标题 and for titles of invisible characters."""
    found = text(value)
    return "" if found.strip() in _NO_TITLE else found


def body(value: object) -> str:
    """A body; "" when the crawler took the prompt of the comment box for it."""
    found = text(value)
    return "" if found.strip() in _PROMPTS else found


# --- tags --------------------------------------------------------------------------------------

_TOPIC_MARK = re.compile(r"\[(?:话题|話題)\]")
_BETWEEN_HASHES = re.compile(r"[#＃\s|,，、;；]+")
_SEPARATORS = re.compile(r"[|,，、;；\n\r\t]+")
_TAG_EDGES = re.compile(r"^[#＃\s\u200b\ufeff\u3164]+|[#＃\s\u200b\ufeff\u3164]+$")
_NO_TAGS = {"", "-1", "[]", "{}"}
_LONGEST_LITERAL = 100_000


def tags(value: object) -> tuple[str, ...]:
    """Tags in order, once each, without #; of lists, of Python or JSON text, of joined text."""
    return tuple(dict.fromkeys(_tags(value, depth=3)))


def _tags(value: object, depth: int) -> list[str]:
    if isinstance(value, list | tuple):
        return [tag for item in value if (tag := _one_tag(item))]
    cell = text(value).strip()
    if cell.lower() in _NO_TAGS or isinstance(value, dict) or absent(value):
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
    **dict.fromkeys(("图片笔记", "圖文", "multi", "图集笔记"), "image"),
    **dict.fromkeys(("video", "视频", "视频笔记", "視頻", "影片", "短视频"), "video"),
}
_CHANNELS: dict[str, Channel] = {
    **dict.fromkeys(("organic", "自然", "自然流量"), "organic"),
    **dict.fromkeys(("declared", "报备", "商业合作"), "declared"),
    **dict.fromkeys(("boosted", "加热", "推广", "投流"), "boosted"),
}
_YES = {
    "true",
    "1",
    "是",
    "yes",
    "y",
    "有",
    "已报备",
    "已参与",
    "参与",
    "已加热",
    "已投流",
    "√",
    "t",
}
_NO = {
    "false",
    "0",
    "否",
    "no",
    "n",
    "无",
    "未报备",
    "未参与",
    "不参与",
    "未加热",
    "未投流",
    "×",
    "f",
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
    answer = yes(value)
    if answer is not None:
        return "declared" if answer else "organic"
    return _CHANNELS.get(plain(value).strip().lower(), "")


def yes(value: object) -> bool | None:
    """A yes or a no in either language; None for anything else."""
    word = plain(value).strip().lower()
    return True if word in _YES else False if word in _NO else None


def sort(value: object) -> Sort | Literal[""]:
    """The order a page was asked for; "" when the word is none of the five."""
    return _SORTS.get(plain(value).strip().lower(), "")
