"""Engagement of notes of the same age and tier: quartiles, from twenty notes on."""

from __future__ import annotations

import pytest

from engine.insight.scenarios import Seen, _tier_of, scenarios


def notes(size: int, age: float, fans: int | None = None) -> list[Seen]:
    """Likes 0, 10, 20, …; collects known of every other note; shares of none."""
    return [Seen(age, fans, (10 * n, n if n % 2 else None, 1, None)) for n in range(size)]


@pytest.mark.parametrize(
    ("fans", "tier"),
    [
        (None, "any tier"), (0, "below 1k"), (999, "below 1k"), (1_000, "1k to 10k"),
        (9_999, "1k to 10k"), (10_000, "10k to 100k"), (99_999, "10k to 100k"),
        (100_000, "100k to 1M"), (999_999, "100k to 1M"), (1_000_000, "above 1M"),
    ],
)  # fmt: skip
def test_tiers_begin_at_their_fans(fans: int | None, tier: str) -> None:
    assert _tier_of(fans) == tier


def test_levels_are_quartiles_of_what_is_known() -> None:
    found = {one.name: one for one in scenarios(notes(21, 1.0), None)}
    assert [found[f"day 1 {level}"].counts for level in ("low", "median", "high")] == [
        (50, 5, 1, None), (100, 9, 1, None), (150, 15, 1, None),
    ]  # fmt: skip
    assert found["day 7 low"].counts is None
    assert (found["day 1 low"].notes, found["day 7 low"].notes) == (21, 0)


def test_twenty_notes_tell_and_nineteen_do_not() -> None:
    assert scenarios(notes(20, 1.0), None)[0].counts is not None
    assert scenarios(notes(19, 1.0), None)[0].counts is None


@pytest.mark.parametrize(
    ("age", "day"),
    [(0.49, None), (0.5, 1), (1.99, 1), (2.0, None), (3.9, None), (4.0, 7), (11.9, 7),
     (12.0, None), (17.9, None), (18.0, 30), (49.9, 30), (50.0, None)],
)  # fmt: skip
def test_an_age_counts_for_one_day_or_none(age: float, day: int | None) -> None:
    found = scenarios(notes(20, age), None)
    assert {one.day for one in found if one.counts} == ({day} if day else set())


def test_only_authors_of_the_tier_count_and_notes_with_a_count() -> None:
    seen = [*notes(20, 1.0, 500), *notes(30, 1.0, 5_000), Seen(1.0, 500, (None,) * 4)]
    low = scenarios(seen, 700)[0]
    assert (low.tier, low.notes) == ("below 1k", 20)
    assert scenarios(seen, None)[0].notes == 50
