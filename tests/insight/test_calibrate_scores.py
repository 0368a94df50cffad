"""The score that is fitted, by hand: on one page of two notes."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from engine.insight import calibrate
from engine.insight.calibrate import Features, UnfittedSignals, Weights

W = Weights(3.0, 2.0, 1.5, 0.75, 0.3, 0.2, 90.0, (1.0, 2.0, 4.0, 0.5))
KNOWN = UnfittedSignals(full=10_000, uncounted=0.35, undated=0.4)
PAGE = Features(  # note 0: a term in title and body; note 1: one in tags, nothing else known
    note=np.array([0, 0, 1]),
    field=np.array([0, 2, 1]),
    weight=np.array([2.0, 1.0, 1.5]),
    tf=np.array([1.0, 3.0, 2.0]),
    length=np.array([0.5, 2.0, 1.0]),
    counts=np.array([[10.0, 5.0, 3.0, 2.0], [0.0, 0.0, 0.0, 0.0], [9e9, 0.0, 0.0, 0.0]]),
    counted=np.array([True, False, True]),
    age=np.array([45.0, 0.0, 0.0]),
    dated=np.array([True, False, True]),
    fixed=np.array([0.5, 0.0, 0.0]),
)


def test_the_log_of_a_score_is_the_sum_of_the_logs_of_its_parts() -> None:
    scores, _ = calibrate._scores(PAGE, W.vector(), 1.0, KNOWN)
    first = 3 * 2 * 1 / (1 + 1.5 * (0.25 + 0.75 * 0.5)) + 1 * 3 / (3 + 1.5 * (0.25 + 0.75 * 2))
    heat = log(1 + 10 + 2 * 5 + 4 * 3 + 0.5 * 2) / log(10_001)
    assert scores[0] == pytest.approx(
        log(first) + log(1 + 0.3 * heat) + log(1 + 0.2 * 2**-0.5) + 0.5
    )
    second = 2 * 1.5 * 2 / (2 + 1.5)
    assert scores[1] == pytest.approx(log(second) + log(1 + 0.3 * 0.35) + log(1 + 0.2 * 0.4))
    assert scores[2] == pytest.approx(log(1.3) + log(1.2))  # no term: 1; more than full: full


def test_a_vector_holds_logs_a_logit_and_counts_relative_to_likes() -> None:
    assert W.vector() == pytest.approx(
        [log(3), log(2), log(1.5), log(3), log(0.3), log(0.2), log(90), log(2), log(4), log(0.5)]
    )
    back = Weights.of(W.vector(), 2.0)
    assert back.counts == pytest.approx((2.0, 4.0, 8.0, 1.0))
    assert (back.title, back.tags, back.k1, back.b) == pytest.approx((3.0, 2.0, 1.5, 0.75))
    assert (back.engagement, back.freshness, back.half_life) == pytest.approx((0.3, 0.2, 90.0))


@pytest.mark.parametrize(("b", "kept"), [(0.0, 0.02), (1.0, 0.98), (0.5, 0.5)])
def test_what_has_no_logarithm_is_taken_at_the_edge(b: float, kept: float) -> None:
    edge = Weights(0.0, 0.0, 0.0, b, 0.0, 0.0, 0.0, (0.0, 0.0, 0.0, 0.0)).vector()
    assert 1 / (1 + exp(-edge[3])) == pytest.approx(kept)
    assert edge[[0, 1, 2, 4, 5, 6]] == pytest.approx([log(1e-3)] * 6)
    assert edge[7:] == pytest.approx([0.0] * 3)


def test_pairs_stand_one_two_three_five_eight_places_apart() -> None:
    notes = np.array([0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    page = Features(notes, *[notes] * 9)
    upper, lower = calibrate._pairs(page)
    gaps = [low - up for up, low in zip(upper.tolist(), lower.tolist(), strict=True)]
    assert {gap: gaps.count(gap) for gap in set(gaps)} == {1: 8, 2: 7, 3: 6, 5: 4, 8: 1}


def test_five_folds_are_shuffled_by_one_seed() -> None:
    parts = calibrate.folds(10)
    assert [len(held) for _, held in parts] == [2] * 5
    assert [held for _, held in parts] != [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert parts == calibrate.folds(10)


def test_a_fit_stays_within_its_bounds_and_without_pairs_where_it_is() -> None:
    alone = Features(
        np.array([0]), np.array([0]), np.array([1.0]), np.array([1.0]), np.array([1.0]),
        np.zeros((1, 4)), np.array([False]), np.zeros(1), np.array([False]), np.zeros(1),
    )  # fmt: skip
    with np.errstate(all="ignore"):
        two = calibrate.fit([PAGE, PAGE], W, KNOWN)
    assert np.all(np.abs(two.vector() - W.vector()) <= 3.0 + 1e-9)
    assert alone.note.size == 1
