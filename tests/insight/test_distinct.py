"""Distinctness: the published formula, with signs and sizes that make sense."""

from __future__ import annotations

import math

import pytest

from engine.insight.distinct import PRIOR, distinctness


def test_the_formula_by_hand() -> None:
    found = distinctness(inside=30, group=100, outside=20, rest=900)
    share = 50.5 / 1001
    prior, against = PRIOR * share, PRIOR * (1 - share)
    odds = math.log((30 + prior) / (70 + against)) - math.log((20 + prior) / (880 + against))
    assert found.log_odds == pytest.approx(odds)
    assert found.z == pytest.approx(odds / math.sqrt(1 / (30 + prior) + 1 / (20 + prior)))
    assert found.chi2 == pytest.approx(1000 * (30 * 880 - 70 * 20) ** 2 / (50 * 950 * 100 * 900))


def test_even_shares_are_not_distinct_and_rarer_ones_negative() -> None:
    assert distinctness(10, 100, 90, 900).z == pytest.approx(0, abs=0.02)
    assert distinctness(1, 100, 200, 900).z < -1


def test_more_notes_of_one_share_are_surer() -> None:
    assert distinctness(30, 100, 30, 900).z > distinctness(3, 10, 3, 90).z > 0


@pytest.mark.parametrize("counts", [(5, 5, 0, 0), (0, 0, 5, 5), (0, 10, 0, 10), (10, 10, 10, 10)])
def test_empty_margins_are_numbers(counts: tuple[int, int, int, int]) -> None:
    found = distinctness(*counts)
    assert math.isfinite(found.z)
    assert found.chi2 == 0
