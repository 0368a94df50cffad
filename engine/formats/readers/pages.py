"""Observed pages: each row says the place of a note under a keyword."""

from __future__ import annotations

from engine.formats.aliases import Columns
from engine.formats.kinds import COUNTS, NOTE_LINKS, TEXTS, Keys
from engine.formats.readers.reader import notes_reader, signs

RANKED: Columns = {
    "note_id": ("笔记ID",),
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
PLAIN: Columns = {
    "note_id": ("note", "note_id"),
    **{name: (name,) for name in ("keyword", "position", "captured_at", "sort", "filters", "run")},
}
_RANKED = signs("搜索关键词", "关键词下排名")


def knows_ranked(keys: Keys) -> bool:
    """The rank under a keyword is what a browser extension adds."""
    return keys >= _RANKED and bool(keys & (NOTE_LINKS | signs("笔记ID")))


def knows_plain(keys: Keys) -> bool:
    """A place of a note under a keyword, and nothing of the note itself."""
    placed = keys >= signs("keyword", "position") and bool(keys & signs("note", "note_id"))
    return placed and not keys & (TEXTS | COUNTS)


READERS = (
    notes_reader("ranked-{}", knows_ranked, RANKED, kind="page"),
    notes_reader("observed-{}", knows_plain, PLAIN, kind="page"),
)
