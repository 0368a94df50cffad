"""Rank-biased overlap, gain and trust where lists differ in length, by hand."""

from __future__ import annotations

from math import log2, sqrt

import numpy as np
import pytest

from engine.insight.agreement import Agreement, agreement, mean, ndcg, rbo, tau_b


def test_overlap_is_carried_on_behind_the_shorter_list() -> None:
    """Observed a b c d e, shown c a: X is 0, 1, 2 and 2 behind; s = 2 (X_s = 1), l = 5."""
    p = 0.9
    shared = [0, 1, 2, 2, 2]
    total = sum(x / d * p**d for d, x in enumerate(shared, 1))
    total += sum(1 * (d - 2) / (2 * d) * p**d for d in (3, 4, 5))
    expected = (1 - p) / p * total + ((2 - 1) / 5 + 1 / 2) * p**5
    assert rbo(tuple("abcde"), {"c": 1, "a": 2}) == pytest.approx(expected)


def test_places_count_not_their_gaps() -> None:
    assert rbo(tuple("abc"), {"a": 4, "b": 90, "c": 91}) == pytest.approx(1.0)
    assert ndcg(tuple("abc"), {"a": 4, "b": 90, "c": 91}) == pytest.approx(1.0)


def test_the_gain_is_the_observed_place_s_the_discount_ours() -> None:
    a, b, c = (1 / log2(place + 1) for place in (1, 2, 3))
    assert ndcg(tuple("abc"), {"c": 1, "a": 2}) == pytest.approx(
        (c * a + a * b) / (a * a + b * b + c * c)
    )


def test_ties_at_the_end_are_taken_out_of_the_pairs() -> None:
    # a first, b and c tied behind: 2 of 3 pairs are untied
    assert tau_b(tuple("abc"), {"a": 1}) == pytest.approx(2 / sqrt(3 * 2))
    assert tau_b(tuple("abc"), {"c": 7}) == pytest.approx(-2 / sqrt(3 * 2))


@pytest.mark.parametrize(
    ("observed", "tau", "trust"),
    [
        (20, 0.4 + 1.645 * sqrt(2 * 45 / (9 * 20 * 19)) + 1e-9, "high"),
        (20, 0.4 + 1.645 * sqrt(2 * 45 / (9 * 20 * 19)) - 1e-9, "medium"),
        (20, 0.1 + 1.645 * sqrt(2 * 45 / (9 * 20 * 19)) + 1e-9, "medium"),
        (20, 0.1 + 1.645 * sqrt(2 * 45 / (9 * 20 * 19)) - 1e-9, "low"),
        (5, None, "unknown"),
    ],
)
def test_trust_is_by_the_lower_end_of_tau(observed: int, tau: float | None, trust: str) -> None:
    assert Agreement(observed, tau, None, None).trust == trust


def test_five_notes_tell_and_four_do_not() -> None:
    places = {note_id: place for place, note_id in enumerate("abcde", 1)}
    assert agreement(tuple("abcd"), places) == Agreement(4, None, None, None)
    assert agreement(tuple("abcde"), places) == Agreement(5, 1.0, rbo(tuple("abcde"), places), 1.0)


def test_the_interval_is_of_two_thousand_seeded_resamplings() -> None:
    values = [0.1, 0.4, 0.5, 0.9, 0.2, 0.6]
    dice = np.random.default_rng(1)
    means = np.array(values)[dice.integers(6, size=(2_000, 6))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    found = mean(values)
    assert (found.value, found.low, found.high) == pytest.approx((0.45, low, high))
