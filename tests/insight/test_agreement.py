"""Agreement of an order with a page: against values worked by hand and against scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from engine.insight.agreement import agreement, mean, ndcg, rbo, tau_b

PAGE = ("a", "b", "c", "d", "e")


def ranked(text: str) -> dict[str, int]:
    return {note_id: place for place, note_id in enumerate(text, 1)}


@pytest.mark.parametrize(
    ("order", "tau"), [("abcde", 1.0), ("edcba", -1.0), ("bacde", 0.8), ("", 0.0), ("xyz", 0.0)]
)
def test_tau_counts_pairs(order: str, tau: float) -> None:
    assert tau_b(PAGE, ranked(order)) == pytest.approx(tau)


@given(st.permutations(list("abcdefgh")), st.integers(0, 8))
def test_tau_is_scipys_tau_b_with_unseen_notes_tied_last(order: list[str], shown: int) -> None:
    places = ranked("".join(order[:shown]))
    own = [places.get(note_id, 99) for note_id in "abcdefgh"]
    known = kendalltau(range(8), own, variant="b").statistic
    expected = 0.0 if known != known else known
    assert tau_b(tuple("abcdefgh"), places) == pytest.approx(expected)


def test_rank_biased_overlap_is_the_published_sum() -> None:
    assert rbo(PAGE, ranked("abcde")) == pytest.approx(1.0)
    p = 0.5  # two lists of two, swapped: overlaps 0 and 2
    assert rbo(("a", "b"), ranked("ba"), p) == pytest.approx((1 - p) / p * (1 * p**2) + p**2)
    assert rbo(PAGE, {}) == 0.0
    assert rbo(PAGE, ranked("bacde")) > rbo(PAGE, ranked("abced")) - 1 < 1
    assert rbo(PAGE, ranked("abced")) > rbo(PAGE, ranked("bacde"))


@given(st.permutations(list(PAGE)), st.integers(1, 5))
def test_values_stay_in_their_bounds(order: list[str], shown: int) -> None:
    places = ranked("".join(order[:shown]))
    assert -1 <= tau_b(PAGE, places) <= 1
    assert 0 <= rbo(PAGE, places) <= 1 + 1e-12
    assert 0 < ndcg(PAGE, places) <= 1 + 1e-12


def test_a_note_that_is_not_shown_costs() -> None:
    whole, part = ndcg(PAGE, ranked("abcde")), ndcg(PAGE, ranked("abcd"))
    assert whole == pytest.approx(1.0)
    assert part < whole
    assert tau_b(PAGE, ranked("abcd")) == pytest.approx(1.0)  # one note alone is no tie


def test_trust_needs_notes_and_agreement() -> None:
    assert agreement(("a", "b", "c", "d"), ranked("abcd")).trust == "unknown"
    assert agreement(PAGE, ranked("abcde")).trust == "medium"  # five notes may agree by chance
    twenty = tuple("abcdefghijklmnopqrst")
    assert agreement(twenty, ranked("".join(twenty))).trust == "high"
    assert agreement(twenty, ranked("".join(reversed(twenty)))).trust == "low"


def test_the_interval_holds_the_mean_and_narrows() -> None:
    few, many = mean([0.2, 0.8, 0.5]), mean([0.2, 0.8, 0.5] * 30)
    assert few.low <= few.value <= few.high
    assert many.high - many.low < few.high - few.low
    assert mean([0.3]) == mean([0.3])
