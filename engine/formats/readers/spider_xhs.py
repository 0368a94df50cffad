"""Spider_XHS: a sheet of notes whose lists are written as Python literals."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

COLUMNS: Columns = {
    "note_id": ("笔记id",),
    "url": ("笔记url",),
    "title": ("标题",),
    "body": ("描述",),
    "tags": ("标签",),
    "kind": ("笔记类型",),
    "author_id": ("用户id",),
    "author_name": ("昵称",),
    "published_at": ("上传时间",),
    "likes": ("点赞数量",),
    "collects": ("收藏数量",),
    "comments": ("评论数量",),
    "shares": ("分享数量",),
}


def knows(keys: Keys) -> bool:
    """A note has a description and an upload time; its comments have neither."""
    return keys >= {"笔记id", "笔记url", "描述", "上传时间"}


READER = notes_reader("spider-xhs-{}", knows, COLUMNS)
