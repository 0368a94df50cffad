"""Difficulty and opportunity: the documented formula; unknown is left out, never 0."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from engine.index.hits import DocColumns
from engine.insight.keyword_map import cells
from engine.insight.opportunity import WEIGHTS, Opportunity, cannibals, clusters, incumbents
from engine.model import CHINA, Signals

NOW = datetime(2026, 11, 1, tzinfo=CHINA)


def page(
    likes: Sequence[int | None],
    days: Sequence[int | None],
    brands: Sequence[tuple[str, ...]] | None = None,
) -> DocColumns:
    """Notes n0, n1, … of one author, all videos, published so many days ago."""
    signals = [
        Signals(
            kind="video", author="a", likes=count, brands=named,
            published=None if day is None else int((NOW - timedelta(days=day)).timestamp()),
        )
        for count, day, named in zip(likes, days, brands or [()] * len(likes), strict=True)
    ]  # fmt: skip
    return DocColumns.of([f"n{i}" for i in range(len(likes))], signals)


def test_difficulty_is_the_weighted_mean_of_its_parts() -> None:
    made = page([99_999] * 10, [10] * 5 + [400] * 5)
    fans = {f"n{i}": 50_000 for i in range(10)}
    met = incumbents(made, fans, [True] * 4 + [False] * 6, [True] + [False] * 9, NOW)
    assert met.parts == pytest.approx(
        {"engagement": 1.0, "authors": 0.5, "young": 0.5, "exact": 0.4, "distinct": 0.9}
    )
    mean = (35 * 1 + 20 * 0.5 + 10 * 0.5 + 25 * 0.4 + 10 * 0.9) / 100
    assert met.difficulty == pytest.approx(100 * mean)
    assert met.video == 1
    assert met.age == pytest.approx(205)
    assert met.velocity == pytest.approx((9999.9 + 99_999 / 400) / 2)


def test_unknown_parts_are_left_out_of_both_sums() -> None:
    made = page([None] * 10, [None] * 10)
    met = incumbents(made, {}, [True] * 10, [False] * 10, NOW)
    assert met.parts["engagement"] is met.parts["authors"] is met.parts["young"] is None
    assert met.difficulty == pytest.approx(100)
    assert met.age is met.velocity is None


def test_a_page_with_few_places_is_easier_and_an_empty_one_is_free() -> None:
    made = page([99_999] * 10, [10] * 10)
    full = incumbents(made, {}, [True] * 10, [False] * 10, NOW)
    half = incumbents(made.take(range(5)), {}, [True] * 5, [False] * 5, NOW)
    assert half.difficulty == pytest.approx((full.difficulty or 0) / 2)
    assert incumbents(made.take([]), {}, [], [], NOW).difficulty == 0


def test_opportunity_is_the_cube_root_of_heat_room_and_scarcity() -> None:
    made = page([99_999] * 10, [400] * 10)
    met = incumbents(made, {}, [False] * 10, [False] * 10, NOW)
    opportunity = Opportunity("面霜", 9_999, "聚光", 9, 3, met)
    room = 1 - (met.difficulty or 0) / 100
    assert opportunity.score == pytest.approx(100 * (4 / 6 * room * 0.5) ** (1 / 3))
    assert sum(WEIGHTS.values()) == 100


def test_without_demand_the_opportunity_is_unknown_and_no_zero() -> None:
    met = incumbents(page([5], [5]), {}, [True], [False], NOW)
    opportunity = Opportunity("面霜", None, "", 9, 3, met)
    assert opportunity.heat is None
    assert opportunity.score is None
    assert Opportunity("面霜", 0, "聚光", 9, 3, met).score == 0


def test_more_demand_less_supply_and_weaker_incumbents_are_better() -> None:
    weak = incumbents(page([5] * 3, [400] * 3), {}, [False] * 3, [False] * 3, NOW)
    strong = incumbents(page([9**6] * 10, [5] * 10), {}, [True] * 10, [False] * 10, NOW)

    def score(demand: int, supply: int, met: object) -> float:
        return Opportunity("k", demand, "聚光", supply, 0, met).score or 0.0  # type: ignore[arg-type]

    assert score(90_000, 5, weak) > score(9_000, 5, weak) > score(9_000, 500, weak)
    assert score(9_000, 5, weak) > score(9_000, 5, strong)
    assert math.isfinite(score(10**12, 0, weak))


def test_keywords_that_share_three_of_ten_places_are_one_fight() -> None:
    pages = [list("abcdefghij"), list("hijxy"), list("ijz")]
    found = clusters(["面霜", "霜", "乳"], pages)
    assert [(c.parent, c.members, c.shared) for c in found] == [
        ("面霜", ("霜",), (3,)),
        ("乳", (), ()),
    ]


def test_two_own_notes_on_one_page_compete() -> None:
    made = page([1] * 4, [1] * 4, [("甲",), (), ("甲", "乙"), ("乙",)])
    found = cannibals(["k", "m"], [made, made.take([1, 2])], ["甲"])
    assert found == [("k", "n0", 1), ("k", "n2", 3)]


def test_an_unclaimed_cell_has_the_keyword_and_the_angle_but_not_both() -> None:
    keyword = {"面霜": frozenset("abcx")}
    angle = {"早八": frozenset("cdex")}
    circle = {"护肤": frozenset("abde"), "通勤": frozenset("cdax"), "旅行": frozenset("z")}
    found = {cell.circle: cell for cell in cells(keyword, angle, circle)}
    assert found["护肤"].unclaimed
    assert found["护肤"].examples == ("d", "e")
    assert found["通勤"].notes == 2
    assert "旅行" not in found


def test_only_the_first_ten_places_are_incumbents() -> None:
    made = page([99_999] * 12, [10] * 12)
    late = [False] * 10 + [True] * 2
    met = incumbents(made, {"n11": 9**9}, late, late, NOW)
    assert met.places == 10
    assert met.parts["authors"] is None
    assert (met.parts["exact"], met.parts["distinct"]) == (0.0, 1.0)


def test_the_liveliest_surroundings_come_first_and_ties_go_by_name() -> None:
    keyword = {"面霜": frozenset("abcx"), "乳液": frozenset("abcx")}
    angle = {"早八": frozenset("defx")}
    circle = {"b": frozenset("abde"), "a": frozenset("abde"), "c": frozenset("abcdef")}
    order = [(one.keyword, one.circle) for one in cells(keyword, angle, circle)]
    assert order == [("乳液", "c"), ("面霜", "c"), ("乳液", "a"), ("乳液", "b"), ("面霜", "a"),
                     ("面霜", "b")]  # fmt: skip
