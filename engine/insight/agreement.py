"""Measures how well an order agrees with an observed page: Kendall's tau-b, rank-biased overlap,
nDCG.

All three compare the observed notes only. A note that the order does not show is tied behind all
that it shows: it lowers the value and gets no invented place.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_PERSISTENCE = 0.9  # of rank-biased overlap: ten places hold 86 % of the weight
LEAST = 5  # notes; a page with fewer has no values
_HIGH, _MEDIUM = 0.4, 0.1  # lower ends of tau's interval
_Z = 1.645  # of a one-sided interval of 95 %
Places = Mapping[str, int]  # note id -> place, from 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """One order compared with one page of `observed` notes; None where the page has too few
    notes."""

    observed: int
    tau: float | None
    rbo: float | None
    ndcg: float | None

    @property
    def trust(self) -> str:
        """high, medium, low or unknown, by the lower end of tau's interval.

        The lower end is τ - 1.645 × its standard error √(2(2n+5) / 9n(n-1)) (Kendall 1938): high
        from 0.4, medium from 0.1. Unknown below 5 notes.
        """
        if self.tau is None:
            return "unknown"
        n = self.observed
        lower = self.tau - _Z * math.sqrt(2 * (2 * n + 5) / (9 * n * (n - 1)))
        return "high" if lower >= _HIGH else "medium" if lower >= _MEDIUM else "low"


def agreement(observed: Sequence[str], places: Places) -> Agreement:
    """Compares an order, given as places, with a page, best note first."""
    if len(observed) < LEAST:
        return Agreement(len(observed), None, None, None)
    return Agreement(
        len(observed), tau_b(observed, places), rbo(observed, places), ndcg(observed, places)
    )


def tau_b(observed: Sequence[str], places: Places) -> float:
    """Kendall's tau-b (1945): (concordant - discordant) / √((n0 - n1)(n0 - n2)), ties in n1, n2.

    Returns 0 when the order ties all notes.
    """
    last = max(places.values(), default=0) + 1
    ranks = np.array([places.get(note_id, last) for note_id in observed])
    signs = np.sign(ranks[None, :] - ranks[:, None])[np.triu_indices(len(ranks), 1)]
    untied = int(np.count_nonzero(signs))
    return float(signs.sum()) / math.sqrt(len(signs) * untied) if untied else 0.0


def rbo(observed: Sequence[str], places: Places, persistence: float = _PERSISTENCE) -> float:
    """Extrapolated rank-biased overlap of two lists of unequal length (Webber, Moffat & Zobel, ACM
    TOIS 28(4), 2010, equation 32)."""
    shown_ids = sorted((n for n in observed if n in places), key=lambda n: (places[n], n))
    if not shown_ids:
        return 0.0
    p, short, long_ = persistence, len(shown_ids), len(observed)
    overlaps = [
        len(set(observed[:depth]) & set(shown_ids[:depth])) for depth in range(1, long_ + 1)
    ]
    at_short, at_long = overlaps[short - 1], overlaps[-1]
    total = sum(count / depth * p**depth for depth, count in enumerate(overlaps, 1))
    total += sum(
        at_short * (depth - short) / (short * depth) * p**depth
        for depth in range(short + 1, long_ + 1)
    )
    rest = ((at_long - at_short) / long_ + at_short / short) * p**long_
    return float((1 - p) / p * total + rest)


def ndcg(observed: Sequence[str], places: Places) -> float:
    """nDCG of the order where a note's gain is 1 / log2(observed place + 1).

    The discount is the same function of the order's place.
    """
    gains = {note_id: 1 / math.log2(place + 1) for place, note_id in enumerate(observed, 1)}
    shown_ids = sorted((n for n in observed if n in places), key=lambda n: (places[n], n))
    dcg = sum(gains[note_id] / math.log2(place + 1) for place, note_id in enumerate(shown_ids, 1))
    return dcg / sum(gain**2 for gain in gains.values())


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over keywords with its 95 % interval (percentile bootstrap over keywords)."""

    value: float
    low: float
    high: float


def mean(values: Sequence[float], seed: int = 1, rounds: int = 2_000) -> Mean:
    """The mean of some values, and the 95 % interval of `rounds` resamplings."""
    sample = np.asarray(values, np.float64)
    random = np.random.default_rng(seed)
    means = sample[random.integers(len(sample), size=(rounds, len(sample)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Mean(float(sample.mean()), float(low), float(high))
