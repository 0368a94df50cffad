"""Where to fight: demand, supply, difficulty, freshness and room of each keyword.

Difficulty is 0 to 100, from the first ten places (the incumbents), each part from 0 (easy) to 1:

    engagement  mean of ln(1 + interactions) / ln(1 + 100,000) of incumbents, at most 1
    authors     mean tier of incumbents by fans: below 1,000 0, 10,000 .25, 100,000 .5,
                1,000,000 .75, above 1
    young       share of incumbents published within 90 days: pages that still move are contested
    exact       share of incumbents with the whole keyword in the title
    distinct    share of places that stand for one note only, without near-copies behind them

    difficulty = 100 × fullness × Σ weight × part / Σ weight, fullness = places / 10

A part that no incumbent lets us know is left out of both sums: unknown never counts as zero.

    opportunity = 100 × ∛(heat × room × scarcity)
    heat = log10(1 + monthly searches) / 6, at most 1; room = 1 - difficulty / 100
    scarcity = 1 / (1 + log10(1 + supply))

Without imported demand heat is unknown, and so is the opportunity. `velocity`, interactions a day
of the incumbents (median), is a proxy: it tells how much is going on, not how many search.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from engine.index.hits import MISSING, DocColumns
from engine.model import COUNTS

INCUMBENTS = 10
WEIGHTS: Mapping[str, float] = {
    "engagement": 35,
    "authors": 20,
    "young": 10,
    "exact": 25,
    "distinct": 10,
}
_FULL = 100_000  # interactions that count whole
_TIERS = (1_000, 10_000, 100_000, 1_000_000)  # fans
_YOUNG = 90  # days
_HEAT = 6.0  # log10 of the monthly searches that count whole
_SHARED = 3  # of ten places, for two keywords to be one fight
_OWN_DEPTH = 20
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Incumbents:
    """What the first ten places are; None where no incumbent lets us know.

    `parts` of the difficulty by name; `age` is the median in days, `velocity` interactions a day
    (median), `video` the share of videos among those whose kind is known.
    """

    places: int
    parts: Mapping[str, float | None]
    age: float | None
    velocity: float | None
    video: float | None

    @property
    def difficulty(self) -> float | None:
        """0 to 100; 0 where nothing stands, None where nothing of the incumbents is known."""
        if not self.places:
            return 0.0
        measured = [(WEIGHTS[name], part) for name, part in self.parts.items() if part is not None]
        if not measured:
            return None
        mean = sum(weight * part for weight, part in measured) / sum(
            weight for weight, _ in measured
        )
        return 100 * min(self.places, INCUMBENTS) / INCUMBENTS * mean


@dataclass(frozen=True, slots=True)
class Opportunity:
    """One keyword's fight. `supply` notes hold all its words in one field, `titled` in title or
    tags: lower bounds, of this library. `demand` is searches a month, None for unknown."""

    keyword: str
    demand: int | None
    demand_source: str
    supply: int
    titled: int
    incumbents: Incumbents

    @property
    def heat(self) -> float | None:
        return None if self.demand is None else min(math.log10(1 + self.demand) / _HEAT, 1.0)

    @property
    def scarcity(self) -> float:
        return 1 / (1 + math.log10(1 + self.supply))

    @property
    def score(self) -> float | None:
        """0 to 100, None while demand or difficulty is unknown."""
        difficulty = self.incumbents.difficulty
        if self.heat is None or difficulty is None:
            return None
        return float(100 * (self.heat * (1 - difficulty / 100) * self.scarcity) ** (1 / 3))


def incumbents(
    page: DocColumns,
    fans: Mapping[str, int],
    exact: Sequence[bool],
    copied: Sequence[bool],
    now: datetime,
) -> Incumbents:
    """The first ten places of a page, best first; `fans` by note id where known; `exact` and
    `copied` tell of each place whether its title holds the keyword, whether near-copies stand
    behind it."""
    page = page.take(np.arange(len(page))[:INCUMBENTS])
    total, has_count = _interactions(page)
    ages = _ages(page, now)
    tiers = [_tier(fans[note_id]) for note_id in page.note_ids if note_id in fans]
    heat = np.minimum(np.log1p(total[has_count]) / math.log1p(_FULL), 1.0)
    speeds = [
        float(count) / max(age, 1.0)
        for count, counted, age in zip(total, has_count, ages, strict=True)
        if counted and age is not None
    ]
    dated = [age for age in ages if age is not None]
    kinds = [kind for row in range(len(page)) if (kind := page.kind(row))]
    return Incumbents(
        places=len(page),
        parts={
            "engagement": float(heat.mean()) if len(heat) else None,
            "authors": statistics.fmean(tiers) if tiers else None,
            "young": _share([age <= _YOUNG for age in dated]),
            "exact": _share(exact[:INCUMBENTS]),
            "distinct": _share([not copy for copy in copied[:INCUMBENTS]]),
        },
        age=statistics.median(dated) if dated else None,
        velocity=statistics.median(speeds) if speeds else None,
        video=_share([kind == "video" for kind in kinds]),
    )


def _interactions(page: DocColumns) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    total = np.zeros(len(page))
    has_count = np.zeros(len(page), bool)
    for name in COUNTS:
        counts = getattr(page, name)
        total += np.where(counts == MISSING, 0, counts)
        has_count |= counts != MISSING
    return total, has_count


def _ages(page: DocColumns, now: datetime) -> list[float | None]:
    seconds = now.timestamp()
    published = page.published.tolist()
    return [None if p == MISSING else max(seconds - p, 0.0) / _DAY for p in published]


def _tier(fans: int) -> float:
    return sum(fans >= step for step in _TIERS) / len(_TIERS)


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


# --- keywords together -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cluster:
    """Keywords that are one fight: each shares three of ten places with the parent."""

    parent: str
    members: tuple[str, ...]
    shared: tuple[int, ...]


def clusters(keywords: Sequence[str], pages: Sequence[Sequence[str]]) -> list[Cluster]:
    """Keywords, heaviest first, gather those that share enough places and have no parent yet;
    `pages` have the note ids of each keyword's page."""
    tops = [frozenset(note_ids[:INCUMBENTS]) for note_ids in pages]
    free = dict.fromkeys(range(len(keywords)))
    gathered = []
    while free:
        parent = next(iter(free))
        shared = {other: len(tops[parent] & tops[other]) for other in free if other != parent}
        members = [other for other, count in shared.items() if count >= _SHARED]
        for number in (parent, *members):
            del free[number]
        gathered.append(
            Cluster(
                keywords[parent],
                tuple(keywords[other] for other in members),
                tuple(shared[other] for other in members),
            )
        )
    return gathered


def cannibals(
    keywords: Sequence[str], pages: Sequence[DocColumns], own_brands: Sequence[str]
) -> list[tuple[str, str, int]]:
    """(keyword, note id, place) of own notes where two or more of one brand stand in the first 20:
    they take places from one another. `own_brands`
    are folded."""
    competing = []
    for keyword, page in zip(keywords, pages, strict=True):
        ids = page.note_ids[:_OWN_DEPTH]
        mine = [
            (keyword, note_id, row + 1)
            for row, note_id in enumerate(ids)
            if set(own_brands) & set(page.brands(row))
        ]
        if len(mine) > 1:
            competing += mine
    return competing
