"""Measures how much more often a group of notes names a phrase than the rest of the library.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, eq. 16, 19 and 22)
over counts of notes, its z-score, and Pearson's chi-square of the same 2 × 2 table as a check.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

PRIOR = 500.0  # the prior's weight in notes, distributed as in the whole library


@dataclass(frozen=True, slots=True)
class Distinctness:
    """How much a phrase distinguishes a group.

    `z` above 1.96 is beyond chance at 5 %; `chi2` above 3.84 says the same of the raw table.
    """

    log_odds: float
    z: float
    chi2: float


def distinctness(inside: float, group: float, outside: float, rest: float) -> Distinctness:
    """Compares a phrase in `inside` of `group` notes with `outside` of the `rest`."""
    share = (inside + outside + 0.5) / (group + rest + 1)
    prior, against = PRIOR * share, PRIOR * (1 - share)
    log_odds = math.log((inside + prior) / (max(group - inside, 0) + against)) - math.log(
        (outside + prior) / (max(rest - outside, 0) + against)
    )
    variance = 1 / (inside + prior) + 1 / (outside + prior)
    return Distinctness(
        log_odds, log_odds / math.sqrt(variance), _chi2(inside, group, outside, rest)
    )


def _chi2(inside: float, group: float, outside: float, rest: float) -> float:
    """Pearson's chi-square without correction; 0 where a margin is empty."""
    with_phrase, notes = inside + outside, group + rest
    if not (0 < with_phrase < notes and group and rest):
        return 0.0
    expected = group * with_phrase / notes
    gap = (inside - expected) ** 2
    parts = (expected, group - expected, with_phrase - expected, rest - with_phrase + expected)
    return float(sum(gap / part for part in parts if part > 0))
