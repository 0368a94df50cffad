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

from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.index.hits import DocColumns
from engine.insight.keyword_set import weights_of
from engine.insight.kinds import Kinds, intent
from engine.model import Progress, quiet
from engine.ranking.ranker import RankedPage
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key

DEPTH = 50
CHANNELS = ("organic", "declared", "boosted", "unknown")
FORMS = ("image", "video", "unknown")
ATTENTION = 1 / np.log2(np.arange(2, DEPTH + 2))  # of place 1, 2, …


@dataclass(frozen=True, slots=True)
class WeightedKeyword:
    """A keyword of the set: its weight, and what it can be grouped by."""

    keyword: str
    weight: float = 1.0
    kind: str = ""
    intent: str = ""
    portrait: str = ""


@dataclass(slots=True)
class BrandShare:
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


@dataclass(frozen=True, slots=True)
class ShareOfVoice:
    """Share of voice: a standing for each keyword and brand, and sums over groups."""

    brand_shares: tuple[BrandShare, ...]
    asked: tuple[WeightedKeyword, ...]
    pages: tuple[RankedPage, ...]
    brands: tuple[str, ...]

    def totals(self, by: str = "total") -> list[Total]:
        """Sums by total, kind, intent or portrait."""
        if by not in ("total", "kind", "intent", "portrait"):
            raise BadOption(f"nothing to sum by '{by}'", "use total, kind, intent or portrait")
        shown = [page.columns for page in self.pages]
        return totals(self.asked, shown, self.brand_shares, by)


def share_of_voice(
    library: LibrarySnapshot,
    lines: Sequence[KeywordLine],
    brands: Sequence[str],
    portrait: str = "",
    tick: Progress = quiet,
) -> ShareOfVoice:
    """Measures what part of the pages of a list the brands hold, by any of their spellings."""
    by_key: dict[str, str] = {}
    for name in brands:
        by_key.setdefault(fold_key(library.segmenter.lexicon.brand_named(name)), name)
    asked = _asked(library, lines, portrait)
    pages = library.ranker.pages([line.keyword for line in lines], DEPTH, tick)
    rows = brand_shares(asked, [page.columns for page in pages], by_key)
    return ShareOfVoice(tuple(rows), tuple(asked), tuple(pages), tuple(by_key.values()))


def _asked(
    library: LibrarySnapshot, lines: Sequence[KeywordLine], portrait: str
) -> list[WeightedKeyword]:
    kinds = Kinds(library.segmenter)
    asked = []
    for line, weight in zip(lines, weights_of(lines), strict=True):
        kind = line.kind or kinds.kind(line.keyword)
        aim = line.intent or intent(line.keyword, kind)[0]
        asked.append(WeightedKeyword(line.keyword, weight, kind, aim, portrait))
    return asked


def brand_shares(
    asked: Sequence[WeightedKeyword], pages: Sequence[DocColumns], brands: Mapping[str, str]
) -> list[BrandShare]:
    """Each keyword × each brand of `brands` (folded name -> name to show), in that order."""
    every: list[BrandShare] = []
    for keyword, page in zip(asked, pages, strict=True):
        whole = float(ATTENTION[: len(page)].sum()) or 1.0
        by_brand = {
            key: BrandShare(keyword.keyword, keyword.weight, name) for key, name in brands.items()
        }
        for row in range(min(len(page), DEPTH)):
            named = page.brands(row)
            for key in named:
                if key in by_brand:
                    share = float(ATTENTION[row]) / whole / len(named)
                    _stand(by_brand[key], row, share, page)
        every += by_brand.values()
    return every


def _stand(standing: BrandShare, row: int, share: float, page: DocColumns) -> None:
    standing.places.append(row + 1)
    standing.share += share
    standing.channels[page.channel(row) or "unknown"] += share
    standing.forms[page.kind(row) or "unknown"] += share
    standing.authors.add(int(page.authors[row]))


def totals(
    asked: Sequence[WeightedKeyword],
    pages: Sequence[DocColumns],
    every: Sequence[BrandShare],
    by: str,
) -> list[Total]:
    """Standings summed by `keyword`'s kind, intent or portrait, or over all (`total`)."""
    groups = {keyword.keyword: _group(keyword, by) for keyword in asked}
    weights: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    shown = {keyword.keyword for keyword, rows in zip(asked, pages, strict=True) if len(rows)}
    for keyword in asked:
        if keyword.keyword in shown:
            weights[groups[keyword.keyword]] += keyword.weight
            counts[groups[keyword.keyword]] += 1
    summed: dict[tuple[str, str], list[BrandShare]] = defaultdict(list)
    for standing in every:
        if standing.keyword in shown:
            summed[groups[standing.keyword], standing.brand].append(standing)
    return [
        _total(group, brand, members, weights[group], counts[group])
        for (group, brand), members in summed.items()
    ]


def _total(
    group: str, brand: str, members: Sequence[BrandShare], weight: float, count: int
) -> Total:
    def mean(values: Sequence[float]) -> float:
        pairs = zip(members, values, strict=True)
        return sum(s.weight * value for s, value in pairs) / weight if weight else 0.0

    return Total(
        group=group,
        brand=brand,
        keywords=count,
        pages=sum(bool(s.places) for s in members),
        share=mean([s.share for s in members]),
        channels={name: mean([s.channels.get(name, 0.0) for s in members]) for name in CHANNELS},
        forms={name: mean([s.forms.get(name, 0.0) for s in members]) for name in FORMS},
        authors=len(set().union(*(s.authors for s in members)) - {0}),
        top3=sum(s.top(3) for s in members),
        top10=sum(s.top(10) for s in members),
    )


def _group(keyword: WeightedKeyword, by: str) -> str:
    return "total" if by == "total" else str(getattr(keyword, by)) or "unknown"


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
