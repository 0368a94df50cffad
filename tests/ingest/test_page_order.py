"""A page declared general whose likes or dates fall is another sort, most likely."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from engine.ingest import importer
from engine.ingest.page_order import looks_sorted
from engine.insight.observed import stored_pages
from engine.model import Captured, Count, Counts, Note, Sighting, Sort
from engine.store import Store
from tests.exports import NOW


@pytest.mark.parametrize(
    ("likes", "dates", "name"),
    [
        (list(range(50, 30, -1)), [None] * 20, "likes"),
        ([None] * 12, [float(-n) for n in range(12)], "date"),
        (list(range(50, 41, -1)), [None] * 9, ""),  # nine places say nothing
        (list(range(20)), [None] * 20, ""),  # rising is no sort that anybody offers
        ([7] * 20, [None] * 20, ""),
        (random.Random(3).sample(range(50), 20), [None] * 20, ""),
    ],
)
def test_only_what_falls_from_place_to_place_looks_sorted(
    likes: list[int | None], dates: list[float | None], name: str
) -> None:
    assert looks_sorted(likes, dates) == name


def test_a_few_swapped_neighbours_hide_no_sort() -> None:
    likes: list[int | None] = list(range(40, 0, -1))
    likes[3], likes[4], likes[20], likes[21] = likes[4], likes[3], likes[21], likes[20]
    assert looks_sorted(likes, []) == "likes"


def page(keyword: str, likes: list[int], sort: Sort) -> list[Captured]:
    return [
        Captured(
            place,
            Note(f"{keyword}{place}", f"标题{place}", counts=Counts(Count(count))),
            Sighting(keyword, "r", place, sort),
        )
        for place, count in enumerate(likes, 1)
    ]


def test_such_a_page_is_taken_with_a_warning_and_not_used_unless_trusted(tmp_path: Path) -> None:
    store, falling = Store(None), list(range(90, 70, -1))
    mixed = random.Random(5).sample(range(90), 20)
    rows = [*page("面霜", falling, "general"), *page("防晒", mixed, "general")]
    rows += page("精华", falling, "likes")
    report = importer.import_rows(store, "pages", rows, NOW + timedelta(0), tmp_path)
    assert report.observations == 60
    assert report.suspect == {"likes": ["面霜"]}
    assert any("1 pages declared general fall by likes (面霜)" in w for w in report.warnings())
    assert [page.keyword for page in stored_pages(store).pages] == ["防晒"]
    assert "1 pages declared general that fall by likes" in stored_pages(store).left_out
    trusted = stored_pages(store, trust_sort=True)
    assert [page.keyword for page in trusted.pages] == ["防晒", "面霜"]
