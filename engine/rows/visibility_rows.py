"""Share of voice as flat rows; the keys of the rows of a page are promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, TypedDict

from engine.insight.insights import Voice
from engine.insight.visibility import Standing, Total, changes
from engine.rows.column import Column, Row
from engine.rows.keyword_rows import Word
from engine.rows.search_rows import Whole
from engine.rows.table import Table

Brand = Annotated[str, Column("沐禾集")]
Share = Annotated[float, Column(0.134)]
Organic = Annotated[float, Column(0.117)]
Declared = Annotated[float, Column(0.017)]
Top3 = Annotated[int, Column(2)]
Top10 = Annotated[int, Column(4)]


class VisibilityRow(TypedDict):
    """A brand on the page of a keyword."""

    keyword: Word
    weight: Annotated[float, Column(1.0)]
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

    group: Annotated[str, Column("total")]
    brand: Brand
    keywords: Annotated[int, Column(12)]
    pages: Annotated[int, Column(9)]
    share: Share
    share_organic: Organic
    share_declared: Declared
    share_boosted: Annotated[float, Column(0.0)]
    share_unknown: Annotated[float, Column(0.0)]
    share_image: Annotated[float, Column(0.1)]
    share_video: Annotated[float, Column(0.034)]
    share_form_unknown: Annotated[float, Column(0.0)]
    authors: Annotated[int, Column(7)]
    top3: Top3
    top10: Top10


class LookRow(TypedDict):
    """The sums of a brand at the moment of a kept look."""

    as_of: Annotated[str, Column("2026-10-31T09:00:00+08:00")]
    brand: Brand
    keywords: Annotated[int, Column(12)]
    share: Share
    share_organic: Organic
    share_declared: Declared
    top3: Top3


class ShareChangeRow(TypedDict):
    """A brand on a page, since the share of voice kept before."""

    keyword: Word
    brand: Brand
    best_before: Annotated[Whole, Column(3)]
    best_after: Annotated[Whole, Column(1)]
    share_change: Annotated[float, Column(0.02)]


def visibility_table(share_of_voice: Voice) -> Table:
    """A row a keyword and brand."""
    return Table.of(VisibilityRow, [_row(each) for each in share_of_voice.standings])


def _row(brand_share: Standing) -> VisibilityRow:
    return {
        "keyword": brand_share.keyword,
        "weight": round(brand_share.weight, 6),
        "brand": brand_share.brand,
        "best_position": brand_share.best,
        "top3": brand_share.top(3),
        "top10": brand_share.top(10),
        "top20": brand_share.top(20),
        "top50": brand_share.top(50),
        "share": round(brand_share.share, 6),
        "share_organic": round(brand_share.channels.get("organic", 0.0), 6),
        "share_declared": round(brand_share.channels.get("declared", 0.0), 6),
    }


def total_table(totals: Sequence[Total]) -> Table:
    """A row a group and brand."""
    return Table.of(VisibilityTotalRow, [_total_row(total) for total in totals])


def _total_row(total: Total) -> VisibilityTotalRow:
    return {
        "group": total.group,
        "brand": total.brand,
        "keywords": total.keywords,
        "pages": total.pages,
        "share": round(total.share, 6),
        "share_organic": round(total.channels["organic"], 6),
        "share_declared": round(total.channels["declared"], 6),
        "share_boosted": round(total.channels["boosted"], 6),
        "share_unknown": round(total.channels["unknown"], 6),
        "share_image": round(total.forms["image"], 6),
        "share_video": round(total.forms["video"], 6),
        "share_form_unknown": round(total.forms["unknown"], 6),
        "authors": total.authors,
        "top3": total.top3,
        "top10": total.top10,
    }


def change_table(before: Sequence[Mapping[str, Any]], after: Sequence[Row]) -> Table:
    """Who gained and who lost between two sets of visibility rows, the largest change first."""
    return Table.of_values(ShareChangeRow, changes(_places(before), _places(after)))


def _places(rows: Sequence[Row]) -> dict[tuple[str, str], tuple[int | None, float]]:
    return {(r["keyword"], r["brand"]): (r["best_position"], r["share"]) for r in rows}
