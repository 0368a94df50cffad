"""Share of voice as flat rows; the keys of the rows of a page are promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypedDict

from engine.insight.share_of_voice import CHANNELS, FORMS, BrandShare, ShareOfVoice, Total, changes
from engine.rows.column import Column, Row
from engine.rows.search_rows import Whole
from engine.rows.table import Table

Brand = Annotated[str, Column("沐禾集")]
Share = Annotated[float, Column(0.134, digits=6)]
Organic = Annotated[float, Column(0.117, digits=6)]
Declared = Annotated[float, Column(0.017, digits=6)]
Top3 = Annotated[int, Column(2)]
Top10 = Annotated[int, Column(4)]


class VisibilityRow(TypedDict):
    """A brand on the page of a keyword."""

    keyword: Annotated[str, Column("敏感肌面霜")]
    weight: Annotated[float, Column(1.0, digits=6)]
    brand: Brand
    best_position: Annotated[Whole, Column(1, "Null when it is not on the page.")]
    top3: Top3
    top10: Top10
    top20: Annotated[int, Column(6)]
    top50: Annotated[int, Column(10)]
    share: Share
    share_organic: Organic
    share_declared: Declared


class VisibilityTotalRow(TypedDict):
    """A brand over a group of keywords: sums by keyword weight."""

    group: str
    brand: Brand
    keywords: int
    pages: int
    share: Share
    share_organic: Organic
    share_declared: Declared
    share_boosted: Share
    share_unknown: Share
    share_image: Share
    share_video: Share
    share_form_unknown: Share
    authors: int
    top3: Top3
    top10: Top10


class LookRow(TypedDict):
    """The sums of a brand at the moment of a kept look."""

    as_of: str
    brand: str
    keywords: int
    share: float
    share_organic: float
    share_declared: float
    top3: int


class ShareChangeRow(TypedDict):
    """A brand on a page, since the share of voice kept before."""

    keyword: str
    brand: str
    best_before: Whole
    best_after: Whole
    share_change: float


def visibility_table(share_of_voice: ShareOfVoice) -> Table:
    """A row a keyword and brand."""
    return Table.of(VisibilityRow, [_values(each) for each in share_of_voice.brand_shares])


def _values(of: BrandShare) -> tuple[object, ...]:
    tops = map(of.top, (3, 10, 20, 50))
    shares = (of.channels.get(name, 0.0) for name in ("organic", "declared"))
    return (of.keyword, of.weight, of.brand, of.best, *tops, of.share, *shares)


def total_table(totals: Sequence[Total]) -> Table:
    """A row a group and brand."""
    values = [
        (t.group, t.brand, t.keywords, t.pages, t.share, *(t.channels[name] for name in CHANNELS),
         *(t.forms[name] for name in FORMS), t.authors, t.top3, t.top10)
        for t in totals
    ]  # fmt: skip
    return Table.of(VisibilityTotalRow, values)


def change_table(before: Sequence[Mapping[str, Any]], after: Sequence[Row]) -> Table:
    """Who gained and who lost between two sets of visibility rows, the largest change first."""
    return Table.of(ShareChangeRow, changes(_places(before), _places(after)))


def _places(rows: Sequence[Row]) -> dict[tuple[str, str], tuple[int | None, float]]:
    return {(r["keyword"], r["brand"]): (r["best_position"], r["share"]) for r in rows}
