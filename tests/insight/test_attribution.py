"""Shapley values: they sum to the change, and are right where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.insight.attribution import shapley

CAUSES = ("a", "b", "c", "d")


@given(st.lists(st.integers(-50, 50), min_size=16, max_size=16))
def test_parts_sum_to_the_change_whatever_happens_between(values: list[int]) -> None:
    def value(some: frozenset[str]) -> np.ndarray:
        return np.array([float(values[sum(1 << CAUSES.index(c) for c in some)])])

    parts = shapley(CAUSES, value)
    assert sum(float(part[0]) for part in parts.values()) == pytest.approx(values[15] - values[0])


def test_causes_that_add_have_their_own_and_twins_share() -> None:
    def value(some: frozenset[str]) -> np.ndarray:
        return np.array([3.0 * ("a" in some), 8.0 * ({"b", "c"} <= some)])

    parts = shapley(CAUSES, value)
    assert {cause: part.tolist() for cause, part in parts.items()} == {
        "a": pytest.approx([3, 0]),
        "b": pytest.approx([0, 4]),
        "c": pytest.approx([0, 4]),
        "d": pytest.approx([0, 0]),
    }


def test_each_mixture_is_asked_once_and_eight_causes_are_too_many() -> None:
    asked: list[frozenset[str]] = []

    def value(some: frozenset[str]) -> np.ndarray:
        asked.append(some)
        return np.zeros(1)

    shapley(CAUSES, value)
    assert len(asked) == len(set(asked)) == 16
    assert shapley((), value) == {}
    with pytest.raises(ValueError, match="at most 7"):
        shapley("abcdefgh", value)
