"""Why a place changed: Shapley values of causes, exact, by running every mixture of old and new.

A cause's part is what it changes when it is taken from the new state, averaged over all orders in
which the causes could have come (Shapley 1953): Σ |S|! (n - |S| - 1)! / n! × (v(S + cause) - v(S)).
The parts sum to the whole change, whatever the engine does in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt

MOST = 7  # causes: 128 mixtures
Values = npt.NDArray[np.float64]


def shapley(causes: Sequence[str], value: Callable[[frozenset[str]], Values]) -> dict[str, Values]:
    """Cause -> its part of `value(all) - value(none)`, for each number that `value` gives.

    `value` is asked once for each set of causes taken from the new state. ValueError past seven.
    """
    if len(causes) > MOST:
        raise ValueError(f"{len(causes)} causes; at most {MOST} can be told apart")
    count = len(causes)
    known = {
        frozenset(some): value(frozenset(some))
        for size in range(count + 1)
        for some in combinations(causes, size)
    }
    found = {}
    for cause in causes:
        part = np.zeros_like(known[frozenset()])
        for some, before in known.items():
            if cause not in some:
                weight = factorial(len(some)) * factorial(count - len(some) - 1) / factorial(count)
                part = part + weight * (known[some | {cause}] - before)
        found[cause] = part
    return found
