"""A browser extension's export of result pages: each row says its place for its keyword."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

COLUMNS: Columns = {
    "note_id": ("笔记ID", "笔记id"),
    "url": ("笔记链接",),
    "title": ("笔记标题",),
    "body": ("笔记正文", "笔记内容"),
    "tags": ("笔记标签",),
    "kind": ("笔记类型",),
    "author_id": ("作者主页", "作者ID"),
    "author_name": ("作者昵称",),
    "published_at": ("发布时间",),
    "likes": ("点赞数",),
    "collects": ("收藏数",),
    "comments": ("评论数",),
    "shares": ("分享数",),
    "captured_at": ("采集时间",),
    "keyword": ("搜索关键词",),
    "position": ("关键词下排名",),
    "sort": ("排序方式",),
    "run": ("采集批次",),
}


def knows(keys: Keys) -> bool:
    """The rank under a keyword is its own."""
    return keys >= {"搜索关键词", "关键词下排名", "笔记链接"}


READER = notes_reader("ranked-{}", knows, COLUMNS)
