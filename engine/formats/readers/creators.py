"""Authors with their following and prices, kept with every cell."""

from __future__ import annotations

from engine.errors import BadRow
from engine.formats import values
from engine.formats.aliases import ALIASES, Columns
from engine.formats.cells import pick
from engine.formats.headers import fold
from engine.formats.kept import columns_of
from engine.formats.kinds import is_creator
from engine.formats.notes import Capture, author
from engine.formats.readers.reader import Reader, resolver
from engine.formats.record import Record
from engine.model import Creator, Row

COLUMNS: Columns = {
    "author": ALIASES["author"],
    "author_id": (
        *("user_id", "userid", "达人id", "博主id", "用户id", "作者id", "author_id", "creator_id"),
        *(
            "主页链接",
            "博主主页链接",
            "达人主页链接",
            "小红书主页",
            "用户主页url",
            "作者主页",
            "link",
        ),
        *("链接", "profile_url", "basicInfo.userId", "id", "小红书号", "red_id"),
    ),
    "author_name": (*ALIASES["author_name"], "name", "姓名", "名称"),
    "fans": (*ALIASES["fans"], "fansCount", "粉丝总数", "总粉丝数"),
    "captured_at": ALIASES["captured_at"],
}
_resolve = resolver(COLUMNS)
_NAMES = frozenset(map(fold, ("id", "name", "姓名", "名称", "link", "链接", "主页链接")))


def read(record: Record, capture: Capture) -> Row:
    """An author. Raises BadRow without a name and an id."""
    cells = pick(record.values, _resolve(tuple(record.values)), capture.options.strict)
    key = author(cells, capture.options.keep_authors)
    if not key:
        raise BadRow("an author without a name and an id")
    moment = cells.read("captured_at", values.time) or capture.day or capture.options.captured_at
    return Creator(
        line=record.line,
        author=key,
        fans=cells.read("fans", values.count),
        captured_at=moment,
        columns=columns_of(record, capture.options.keep_authors, _NAMES),
        unreadable=cells.unreadable,
    )


READER = Reader("creators-{}", "creator", is_creator, read, lambda head: head)
