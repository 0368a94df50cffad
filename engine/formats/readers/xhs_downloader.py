"""XHS-Downloader: its ExploreData.db, its csv, or the JSON its interface answers."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

COLUMNS: Columns = {
    "note_id": ("作品ID",),
    "url": ("作品链接",),
    "title": ("作品标题",),
    "body": ("作品描述",),
    "tags": ("作品标签",),
    "kind": ("作品类型",),
    "author_id": ("作者ID",),
    "author_name": ("作者昵称",),
    "published_at": ("时间戳", "发布时间"),
    "likes": ("点赞数量",),
    "collects": ("收藏数量",),
    "comments": ("评论数量",),
    "shares": ("分享数量",),
    "captured_at": ("采集时间",),
}


def knows(keys: Keys) -> bool:
    """All its keys begin with 作品, 作者 or end with 数量."""
    return keys >= {"作品ID", "作品标题", "作品描述"}


READER = notes_reader("xhs-downloader-{}", knows, COLUMNS)
