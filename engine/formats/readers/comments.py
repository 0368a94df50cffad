"""Comments on notes, kept with every cell."""

from __future__ import annotations

from engine.errors import BadRow
from engine.formats import values
from engine.formats.aliases import ALIASES, Columns
from engine.formats.cells import pick
from engine.formats.ids import elsewhere
from engine.formats.kept import columns_of
from engine.formats.kinds import is_comment
from engine.formats.notes import Capture, author, published
from engine.formats.readers.reader import Reader, resolver
from engine.formats.record import Record
from engine.model import Comment, Row

_TEXT = (
    *("评论内容", "评论文本", "评论正文", "comment_content", "comment_text", "一级评论内容"),
    *("content", "内容", "text", "comment", "评论", "二级评论内容"),
)
COLUMNS: Columns = {
    "comment_id": ("comment_id", "评论id", "commentid", "cid", "id"),
    "note_id": ALIASES["note_id"],
    "url": ALIASES["url"],
    "text": _TEXT,
    "author": ALIASES["author"],
    "author_id": (
        *("user_info.user_id", "user_id", "评论用户id", "评论者id", "用户id", "user.user_id"),
        *("user_info.userid", "用户主页url", "userid", "user.id"),
    ),
    "author_name": (
        *("user_info.nickname", "nickname", "评论者昵称", "评论用户", "评论人", "评论人昵称"),
        *("评论用户昵称", "评论者", "用户昵称", "昵称", "用户名", "user.nickname", "comment_user"),
    ),
    "published_at": (
        *("create_time", "评论时间", "comment_time", "评论日期", "上传时间", "时间", "发布时间"),
        *("time", "created_at", "日期"),
    ),
    "likes": (
        "like_count",
        "评论点赞数",
        "评论点赞量",
        "点赞数量",
        "点赞数",
        "点赞",
        "likes",
        "点赞量",
    ),
    "captured_at": ALIASES["captured_at"],
}
_resolve = resolver(COLUMNS)


def read(record: Record, capture: Capture) -> Row:
    """A comment. Raises BadRow without a text or an id."""
    cells = pick(record.values, _resolve(tuple(record.values)), capture.options.strict)
    if platform := elsewhere(cells["url"]):
        raise BadRow(f"its link leads to {platform}: no comment of Xiaohongshu")
    comment_id, text = values.text(cells["comment_id"]).strip(), values.text(cells["text"])
    if not (comment_id or text):
        raise BadRow("a comment without an id and a text")
    moment = cells.read("captured_at", values.time) or capture.day or capture.options.captured_at
    return Comment(
        line=record.line,
        comment_id=comment_id,
        note_id=values.note_id(cells["note_id"], cells["url"]),
        text=text,
        author=author(cells, capture.options.keep_authors),
        published_at=published(cells, moment),
        likes=cells.read("likes", values.count),
        captured_at=moment,
        columns=columns_of(record, capture.options.keep_authors),
        unreadable=cells.unreadable,
    )


READER = Reader("comments-{}", "comment", is_comment, read, lambda head: head)
