"""What exporters call the fields of a note: our field -> the headers seen, the best first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

Columns = Mapping[str, tuple[str, ...]]

ALIASES: Columns = {
    "note_id": ("note_id", "笔记id", "作品id", "笔记编号", "帖子id", "笔记/素材id", "文章id"),
    "url": (
        "url",
        "note_url",
        "笔记链接",
        "笔记url",
        "作品链接",
        "链接",
        "笔记地址",
        "link",
        "href",
    ),
    "weak_id": ("id",),
    "title": ("title", "标题", "笔记标题", "作品标题", "文章标题", "display_title", "note_title"),
    "body": (
        *(
            "body",
            "正文",
            "笔记正文",
            "笔记内容",
            "描述",
            "作品描述",
            "笔记描述",
            "文本内容",
            "内容",
        ),
        *("正文内容", "笔记文案", "文案", "desc", "description", "content", "note_content", "text"),
    ),
    "tags": (
        *("tags", "标签", "作品标签", "笔记标签", "话题", "话题标签", "笔记话题", "关联话题"),
        *("tag_list", "tag", "hashtags", "topics"),
    ),
    "kind": (
        *("kind", "内容形式", "笔记类型", "作品类型", "笔记形式", "体裁", "类型"),
        *("type", "note_type"),
    ),
    "label": ("笔记类型", "合作类型", "note_type"),
    "author": ("author", "creator_hash", "author_key"),
    "author_id": (
        *("user_id", "author_id", "作者id", "用户id", "达人id", "博主id", "creator_id"),
        *("小红书号", "red_id"),
    ),
    "author_name": (
        *("nickname", "作者昵称", "昵称", "作者", "用户昵称", "博主昵称", "达人昵称", "用户名"),
        *("博主", "达人", "账号名称", "达人名称", "博主名称", "user_name"),
    ),
    "fans": (
        *("fans", "粉丝数", "粉丝数量", "粉丝量", "博主粉丝量", "博主粉丝数", "达人粉丝数", "粉丝"),
        *("followers", "fans_count"),
    ),
    "published_at": (
        *(
            "published_at",
            "发布时间",
            "笔记发布时间",
            "发布日期",
            "上传时间",
            "首次发布时间",
            "创建时间",
        ),
        *("publish_time", "pub_time", "create_time", "created_at", "time", "日期", "时间", "date"),
    ),
    "likes": (
        *("likes", "点赞", "点赞数", "点赞量", "点赞数量", "获赞", "获赞数", "赞", "喜欢"),
        *("liked_count", "like_count", "likes_count", "like_cnt", "like"),
    ),
    "collects": (
        *("collects", "收藏", "收藏数", "收藏量", "收藏数量", "collected_count", "collect_count"),
        *("favorites", "fav_cnt", "collect_cnt", "collect"),
    ),
    "comments": (
        *("comments", "评论", "评论数", "评论量", "评论数量", "comment_count", "comments_count"),
        *("cmt_cnt", "comment_cnt", "comment"),
    ),
    "shares": (
        *("shares", "分享", "分享数", "分享量", "分享数量", "转发", "转发数", "转发量"),
        *("share_count", "shared_count", "shares_count", "share_cnt", "share"),
    ),
    "channel": ("channel", "is_ad", "is_advertise", "is_business", "is_ad_note", "是否报备"),
    "brand": ("报备品牌", "report_brand_name"),
    "captured_at": (
        *("captured_at", "采集时间", "抓取时间", "爬取时间", "采集日期", "导出时间"),
        *("last_modify_ts", "crawl_time", "crawled_at"),
    ),
    "keyword": ("keyword", "搜索关键词", "搜索词", "关键词", "source_keyword", "search_keyword"),
    "position": ("position", "关键词下排名", "搜索排名", "排名", "rank", "ranking"),
    "sort": ("sort", "排序方式", "排序", "sort_type"),
    "run": ("run", "采集批次", "批次", "run_id", "batch"),
}

_REMARK = re.compile(r"\([^()]*\)$")  # "市场出价(元)"


@lru_cache(maxsize=4096)
def fold(header: str) -> str:
    """`Liked_Count`, `likedCount` and `ＬＩＫＥＤ count` are one; a unit in brackets goes."""
    folded = unicodedata.normalize("NFKC", header).casefold()
    return _REMARK.sub("", re.sub(r"[\s_\-\ufeff\u200b]", "", folded))


_KNOWN = {fold(name) for names in ALIASES.values() for name in names} | {
    fold(name) for name in ("推荐理由", "竞争指数", "竞争水平", "月均搜索指数", "市场出价", "词包")
}


def aliased(keys: Sequence[str]) -> Columns:
    """Our field -> those of `keys` that are a spelling of it, the best first."""
    spelled: dict[str, str] = {}
    for key in keys:
        spelled.setdefault(fold(key), key)
    found = {
        field: tuple(spelled[folded] for name in names if (folded := fold(name)) in spelled)
        for field, names in ALIASES.items()
    }
    return {field: headers for field, headers in found.items() if headers}


def header_row(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> int:
    """Which of the first rows is the header: the one with most known names, else the first.

    A report may open with a row of group headers; `wanted` are headers that the user named.
    One known name alone may be a title in a row of data.
    """
    known = [sum(fold(cell) in _KNOWN or cell in wanted for cell in row) for row in rows]
    return known.index(max(known)) if max(known, default=0) > 1 else 0


def named(cells: Sequence[str]) -> tuple[str, ...]:
    """Header cells as keys, each once: blanks and repeats are numbered."""
    keys: list[str] = []
    seen: set[str] = set()
    for place, cell in enumerate(cells, 1):
        key = cell.strip().removeprefix("\ufeff") or f"column {place}"
        key = key if key not in seen else f"{key} ({place})"
        seen.add(key)
        keys.append(key)
    return tuple(keys)
