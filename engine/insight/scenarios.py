"""Expected engagement of a draft: that of this library's notes of the same age and tier.

A note counts for a day when it was captured at about that age (day 1: half a day to 2 days, 7: 4 to
12, 30: 18 to 50). Low, median and high are the quartiles of each count by itself, over notes whose
count is known. With fewer than 20 notes a scenario is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

DAYS = {1: (0.5, 2.0), 7: (4.0, 12.0), 30: (18.0, 50.0)}
_LEVELS = {"low": 0.25, "median": 0.5, "high": 0.75}
LEAST = 20
_ANY_TIER = "any tier"
_TIERS = (
    (1_000, "below 1k"),
    (10_000, "1k to 10k"),
    (100_000, "10k to 100k"),
    (1_000_000, "100k to 1M"),
)
_TOP = "above 1M"
EngagementCounts = tuple[int | None, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """Counts of a note (likes, collects, comments, shares) at an age in days; fans if known."""

    age: float
    fans: int | None
    counts: EngagementCounts


@dataclass(frozen=True, slots=True)
class Scenario:
    """Counts of a draft `day` days after publication; `counts` is None where too few notes exist.

    `notes` is the number of notes it rests on, `tier` their authors' tier.
    """

    day: int
    level: str
    counts: EngagementCounts | None
    notes: int
    tier: str

    @property
    def name(self) -> str:
        return f"day {self.day} {self.level}"


def _tier_of(fans: int | None) -> str:
    """Returns the tier of an author; `any tier` when the fans are unknown."""
    if fans is None:
        return _ANY_TIER
    return next((name for least, name in _TIERS if fans < least), _TOP)


def scenarios(seen: Iterable[Seen], fans: int | None) -> list[Scenario]:
    """Returns low, median and high at day 1, 7 and 30 for an author with so many fans."""
    tier = _tier_of(fans)
    same_tier = [note for note in seen if fans is None or _tier_of(note.fans) == tier]
    rows = []
    for day, (least, most) in DAYS.items():
        aged = [
            note.counts
            for note in same_tier
            if least <= note.age < most and any(_present(note.counts))
        ]
        for level, share in _LEVELS.items():
            counts = _quantile(aged, share) if len(aged) >= LEAST else None
            rows.append(Scenario(day, level, counts, len(aged), tier))
    return rows


def _present(counts: EngagementCounts) -> list[bool]:
    return [count is not None for count in counts]


def _quantile(aged: Sequence[EngagementCounts], share: float) -> EngagementCounts:
    columns = ([c for c in column if c is not None] for column in zip(*aged, strict=True))
    likes, collects, comments, shares = (
        int(np.quantile(column, share, method="nearest")) if column else None for column in columns
    )
    return likes, collects, comments, shares
