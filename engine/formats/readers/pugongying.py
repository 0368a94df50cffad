"""蒲公英's note report: cooperation notes, under a row of group headers."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

COLUMNS: Columns = {
    "note_id": ("笔记id", "笔记ID"),
    "url": ("笔记链接",),
    "title": ("笔记标题",),
    "kind": ("内容形式", "笔记类型"),
    "label": ("笔记类型",),
    "author_id": ("博主主页链接",),
    "author_name": ("博主昵称",),
    "fans": ("博主粉丝量",),
    "published_at": ("发布时间", "发布日期", "笔记发布时间"),
    "likes": ("点赞量",),
    "collects": ("收藏量",),
    "comments": ("评论量",),
    "shares": ("分享量",),
    "brand": ("报备品牌",),
}


def knows(keys: Keys) -> bool:
    """A report of notes with the brand they were reported for."""
    return bool(keys & {"笔记id", "笔记ID", "笔记链接"}) and keys >= {"笔记标题", "报备品牌"}


READER = notes_reader("pugongying-{}", knows, COLUMNS)
