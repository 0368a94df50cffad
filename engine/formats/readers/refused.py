"""Tables of something else: recognised, named, and refused with what to do instead."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import BadRow
from engine.formats import kinds
from engine.formats.kinds import Keys
from engine.formats.notes import Capture
from engine.formats.readers.reader import Reader
from engine.formats.record import Record
from engine.model import Row

_NOTES = "import the table of notes of the same crawl"


def _refused(knows: Callable[[Keys], bool], holds: str, cure: str) -> Reader:
    def read(record: Record, capture: Capture) -> Row:
        raise BadRow(f"the row holds {holds}")

    return Reader("", "other", knows, read, lambda head: (), refusal=(holds, cure))


def _of(platform: str) -> Reader:
    def knows(keys: Keys) -> bool:
        return kinds.other_platform(keys) == platform

    holds = f"posts of {platform}, not notes of Xiaohongshu"
    return _refused(knows, holds, "import the files in the xhs folder of the same crawl")


PLATFORMS = tuple(
    _of(name)
    for name in ("Weibo", "Douyin", "Bilibili", "Zhihu", "Tieba", "Kuaishou", "a video platform")
)
OTHERS = (
    _refused(kinds.is_goods, "goods, not notes", _NOTES),
    _refused(kinds.is_live, "live rooms, not notes", _NOTES),
    _refused(kinds.is_topic, "topics, not notes", _NOTES),
    _refused(
        kinds.is_sentiment,
        "scores of texts without their notes",
        "import the notes that were scored, with their note_id",
    ),
    _refused(
        kinds.is_word_list,
        "words without their demand, not notes",
        "it is a keyword list: `noterank opportunity` and `noterank track` take it as it is",
    ),
)
REPORT = _refused(
    kinds.is_outcome,
    "results by plan or by day, which name no note and no keyword",
    "export the same report by note (笔记), by keyword (关键词) or by search term (搜索词)",
)
