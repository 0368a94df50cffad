"""The twelve notes, written for these tests; every text is a row of words that are cut one way.

Days are counted back from `NOW`, which is also the latest capture. `n04` nearly repeats `n03`.
The author `a1` has three notes, `""` is nobody we know. Counts: likes, collects, comments, shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.model import CHINA, Captured, Channel, Count, Counts, Kind, Note

NOW = datetime(2026, 10, 31, tzinfo=CHINA)
Numbers = tuple[int | None, int | None, int | None, int | None]
UNKNOWN: Numbers = (None, None, None, None)


def note(
    note_id: str,
    title: str,
    body: str,
    tags: Sequence[str] = (),
    *,
    author: str = "",
    days: int | None = None,
    counts: Numbers = UNKNOWN,
    kind: Kind = "",
    channel: Channel = "",
    fans: int | None = None,
) -> Captured:
    """One captured note; `days` before `NOW` it was published."""
    likes, collects, comments, shares = (None if n is None else Count(n) for n in counts)
    return Captured(
        int(note_id[1:]),
        Note(
            note_id, title, body, tuple(tags), kind, author,
            None if fans is None else Count(fans),
            None if days is None else NOW - timedelta(days=days),
            Counts(likes, collects, comments, shares),
            channel, captured_at=NOW,
        ),
    )  # fmt: skip


LONG = "面霜，防晒，口红，眼影，面膜，卸妆，香水，洗发水，粉底液，散粉，腮红，眉笔"
NOTES = (
    note("n01", "敏感肌面霜", "沐禾集，修护", ["面霜"], author="a1", days=30,
         counts=(99, 0, 0, 0), kind="image", channel="organic", fans=999),
    note("n02", "面霜", "沐禾集，初棠", author="a1", days=90,
         counts=(900, 99, 0, 0), kind="video", channel="declared", fans=1_000),
    note("n03", "空瓶", LONG, author="a2", days=180,
         counts=(9, 0, 0, 0), kind="image", channel="organic"),
    note("n04", "空瓶", LONG + "，唇釉", author="a3", days=10,
         counts=(0, 0, 0, 0), kind="image"),
    note("n05", "面霜", "初棠", author="a1", days=91, counts=(999, None, None, None),
         kind="video", channel="boosted", fans=10_000),
    note("n06", "通勤", "面霜，精华", ["早八"], author="a4", counts=(9_999, 0, 0, 0),
         kind="video", fans=100_000),
    note("n07", "精华", "面霜，面霜", ["沐禾集"], author="a4", days=0, channel="declared"),
    note("n08", "早八精华", "初棠", ["通勤"], days=360, counts=(0, None, None, 0), kind="image"),
    note("n09", "精华", "克蕾缇", ["早八"], author="a5", days=45, counts=(49, 25, 15, 10),
         kind="image", channel="organic", fans=1_000_000),
    note("n10", "防晒", "精华，敏感肌", author="a6", days=9, counts=(None, 99, None, None),
         channel="boosted"),
    note("n11", "敏感肌", "防晒，精华", ["早八", "通勤"], author="a2", days=89,
         counts=(3, 2, 2, 2), kind="video", channel="organic", fans=0),
    note("n12", "猫", "猫", author="a7"),
)  # fmt: skip
