"""Exports of the same tools that hold no notes: recognised, named and refused with the cure."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import BadRow
from engine.formats.notes import Capture
from engine.formats.readers.reader import Keys, Reader
from engine.formats.record import Record
from engine.model import Row

_SPENT = {"消费", "消耗", "费用", "消费(元)", "消耗(元)"}
_SHOWN = {"展现量", "点击量", "展现", "点击"}


def _refused(knows: Callable[[Keys], bool], holds: str, cure: str) -> Reader:
    def read(record: Record, capture: Capture) -> Row:
        raise BadRow(f"the row holds {holds}")

    return Reader("", knows, read, refusal=(holds, cure))


MEDIACRAWLER_COMMENTS = _refused(
    lambda keys: keys >= {"comment_id", "content"},
    "comments, not notes",
    "import the *_contents_* file of the same crawl",
)
MEDIACRAWLER_CREATORS = _refused(
    lambda keys: keys >= {"user_id", "fans", "follows"} and "note_id" not in keys,
    "creators, not notes",
    "import the *_contents_* file of the same crawl",
)
SPIDER_COMMENTS = _refused(
    lambda keys: keys >= {"评论id", "评论内容"},
    "comments, not notes",
    "import the sheet of notes of the same crawl",
)
SPIDER_USERS = _refused(
    lambda keys: keys >= {"用户id", "粉丝数量", "关注数量"} and "笔记id" not in keys,
    "users, not notes",
    "import the sheet of notes of the same crawl",
)
PUGONGYING_CREATORS = _refused(
    lambda keys: bool(keys & {"图文一口价", "视频一口价"}) and "笔记标题" not in keys,
    "creators with their prices, not notes",
    "import the note report of the same project",
)
JUGUANG_REPORT = _refused(
    lambda keys: bool(keys & _SPENT) and bool(keys & _SHOWN),
    "a report of spending, not notes",
    "import the notes themselves, or the keyword export of the keyword planner",
)

READERS = (
    *(MEDIACRAWLER_COMMENTS, MEDIACRAWLER_CREATORS, SPIDER_COMMENTS, SPIDER_USERS),
    *(PUGONGYING_CREATORS, JUGUANG_REPORT),
)
