"""Share of voice: what part of readers' attention a brand's notes hold on the pages of a set.

A place's attention is 1 / log2(place + 1), the discount of nDCG (Järvelin and Kekäläinen 2002),
over the first 50 places. A brand's share of a page is the attention of the places that name it,
of the attention of all places there are; a note that names k brands gives each 1 / k of its place.
Counts (top3 and so on) count such a note whole for each. A set's share is the mean over its
keywords, weighted by keyword weight; keywords without a page count nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.index.hits import DocColumns

DEPTH = 50
CHANNELS = ("organic", "declared", "boosted", "unknown")
FORMS = ("image", "video", "unknown")
ATTENTION = 1 / np.log2(np.arange(2, DEPTH + 2))  # of place 1, 2, …


@dataclass(frozen=True, slots=True)
class Asked:
    """A keyword of the set: its weight, and what it can be grouped by."""

    keyword: str
    weight: float = 1.0
    kind: str = ""
    intent: str = ""
    portrait: str = ""


@dataclass(slots=True)
class Standing:
    """A brand on one page: its places, and its share in all, by channel and by form (0 to 1)."""

    keyword: str
    weight: float
    brand: str
    places: list[int] = field(default_factory=list)
    share: float = 0.0
    channels: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    forms: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    authors: set[int] = field(default_factory=set)

    def top(self, most: int) -> int:
        """Places among the first `most`."""
        return sum(place <= most for place in self.places)

    @property
    def best(self) -> int | None:
        """The best place, None when the brand is not on the page."""
        return min(self.places, default=None)


@dataclass(slots=True)
class Total:
    """A brand over a group of keywords: weighted mean shares, and on how many pages it stands."""

    group: str
    brand: str
    keywords: int
    pages: int
    share: float
    channels: Mapping[str, float]
    forms: Mapping[str, float]
    authors: int
    top3: int
    top10: int


def standings(
    asked: Sequence[Asked], pages: Sequence[DocColumns], brands: Mapping[str, str]
) -> list[Standing]:
    """Each keyword × each brand of `brands` (folded name -> name to show), in that order."""
    found: list[Standing] = []
    for one, page in zip(asked, pages, strict=True):
        whole = float(ATTENTION[: len(page)].sum()) or 1.0
        own = {key: Standing(one.keyword, one.weight, name) for key, name in brands.items()}
        for row in range(min(len(page), DEPTH)):
            named = page.brands(row)
            for key in named:
                if key in own:
                    part = float(ATTENTION[row]) / whole / len(named)
                    _stand(own[key], row, part, page)
        found += own.values()
    return found


def _stand(standing: Standing, row: int, part: float, page: DocColumns) -> None:
    standing.places.append(row + 1)
    standing.share += part
    standing.channels[page.channel(row) or "unknown"] += part
    standing.forms[page.kind(row) or "unknown"] += part
    standing.authors.add(int(page.authors[row]))


def totals(
    asked: Sequence[Asked], pages: Sequence[DocColumns], found: Sequence[Standing], by: str
) -> list[Total]:
    """Standings summed by `keyword`'s kind, intent or portrait, or over all (`total`)."""
    groups = {one.keyword: _group(one, by) for one in asked}
    weights: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    shown = {one.keyword for one, rows in zip(asked, pages, strict=True) if len(rows)}
    for one in asked:
        if one.keyword in shown:
            weights[groups[one.keyword]] += one.weight
            counts[groups[one.keyword]] += 1
    summed: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for standing in found:
        if standing.keyword in shown:
            summed[groups[standing.keyword], standing.brand].append(standing)
    return [
        _total(group, brand, own, weights[group], counts[group])
        for (group, brand), own in summed.items()
    ]


def _total(group: str, brand: str, own: Sequence[Standing], weight: float, count: int) -> Total:
    def mean(values: Sequence[float]) -> float:
        pairs = zip(own, values, strict=True)
        return sum(s.weight * value for s, value in pairs) / weight if weight else 0.0

    return Total(
        group=group,
        brand=brand,
        keywords=count,
        pages=sum(bool(s.places) for s in own),
        share=mean([s.share for s in own]),
        channels={name: mean([s.channels.get(name, 0.0) for s in own]) for name in CHANNELS},
        forms={name: mean([s.forms.get(name, 0.0) for s in own]) for name in FORMS},
        authors=len(set().union(*(s.authors for s in own)) - {0}),
        top3=sum(s.top(3) for s in own),
        top10=sum(s.top(10) for s in own),
    )


def _group(one: Asked, by: str) -> str:
    return "total" if by == "total" else str(getattr(one, by)) or "unknown"


def changes(
    before: Mapping[tuple[str, str], tuple[int | None, float]],
    after: Mapping[tuple[str, str], tuple[int | None, float]],
) -> list[tuple[str, str, int | None, int | None, float]]:
    """(keyword, brand, best place before, after, change of share), the largest change first; both
    map (keyword, brand) to (best place, share)."""
    rows = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, (None, 0.0)), after.get(key, (None, 0.0))
        if old != new:
            rows.append((*key, old[0], new[0], new[1] - old[1]))
    return sorted(rows, key=lambda row: (-abs(row[4]), row[0], row[1]))
