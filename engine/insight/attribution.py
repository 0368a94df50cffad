"""Explains why a place changed: exact Shapley values of causes, over every mixture of old and new.

A cause's part is the change that it makes when it is taken from the new state, averaged over all
orders of the causes (Shapley 1953): Σ |S|! (n - |S| - 1)! / n! × (v(S + cause) - v(S)). The parts
sum to the whole change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

_MAX_CAUSES = 7  # 7 causes make 128 mixtures
Values = npt.NDArray[np.float64]


def shapley(causes: Sequence[str], value: Callable[[frozenset[str]], Values]) -> dict[str, Values]:
    """Splits `value(all) - value(none)` among the causes, for each number that `value` returns.

    `value` is called once for each set of causes taken from the new state. Raises ValueError for
    more than seven causes.
    """
    if len(causes) > _MAX_CAUSES:
        raise ValueError(f"{len(causes)} causes; at most {_MAX_CAUSES} can be told apart")
    count = len(causes)
    value_of = {
        frozenset(coalition): value(frozenset(coalition))
        for size in range(count + 1)
        for coalition in combinations(causes, size)
    }
    parts = {}
    for cause in causes:
        part = np.zeros_like(value_of[frozenset()])
        for coalition, before in value_of.items():
            if cause not in coalition:
                weight = (
                    factorial(len(coalition))
                    * factorial(count - len(coalition) - 1)
                    / factorial(count)
                )
                part = part + weight * (value_of[coalition | {cause}] - before)
        parts[cause] = part
    return parts
