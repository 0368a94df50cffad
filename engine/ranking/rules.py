"""Hits -> rescored hits: each rule gives a factor a note, the score is BM25 times all of them.

A rule is a function (rule, columns, now) -> signal, one number a note from 0 to 1; its factor is
1 + weight × signal. A new rule is a function here, its parameters in `ruleset.py`, and its name
in the table below; `explain` shows it by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.hits import COUNTS, KINDS, MISSING, DocColumns, Hits, Integers
from engine.ranking.ruleset import Engagement, Format, Freshness, Rule, RuleSet

Floats = npt.NDArray[np.float64]
_DAY = 86400.0


def engagement(rule: Engagement, columns: DocColumns, now: datetime) -> Floats:
    """Log of the weighted interactions that are known, against `full`; floors count as they are."""
    total = np.zeros(len(columns))
    known = np.zeros(len(columns), bool)
    for name in COUNTS:
        counts: Integers = getattr(columns, name)
        present = counts != MISSING
        total += getattr(rule, name) * np.where(present, counts, 0)
        known |= present
    signal = np.minimum(np.log1p(total) / np.log1p(rule.full), 1.0)
    return np.where(known, signal, rule.unknown)


def freshness(rule: Freshness, columns: DocColumns, now: datetime) -> Floats:
    """Halves each half-life from publication on; a note from the future is new."""
    known = columns.published != MISSING
    published = np.where(known, columns.published, 0)
    days = np.maximum(now.timestamp() - published, 0) / _DAY
    return np.where(known, np.exp2(-days / rule.half_life_days), rule.unknown)


def form(rule: Format, columns: DocColumns, now: datetime) -> Floats:
    """What the rule set gives a video, an image note, or one that is neither for all we know."""
    values = {"video": rule.video, "image": rule.image}
    return np.array([values.get(kind, rule.unknown) for kind in KINDS], np.float64)[columns.kinds]


_SIGNALS: dict[type, Callable[[Any, DocColumns, datetime], Floats]] = {
    Engagement: engagement,
    Freshness: freshness,
    Format: form,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """One rule on the hits: its name, and the signal and factor of each note."""

    name: str
    rule: Rule
    signal: Floats
    factor: Floats


def apply(rule_set: RuleSet, hits: Hits, now: datetime) -> tuple[Floats, list[Applied]]:
    """(score a hit, the rules that made it): BM25 times the factors, in the file's order."""
    applied = []
    scores = hits.bm25.astype(np.float64)
    for name, rule in rule_set.rules:
        signal = _SIGNALS[type(rule)](rule, hits.columns, now)
        factor = 1.0 + rule.weight * signal
        scores = scores * factor
        applied.append(Applied(name, rule, signal, factor))
    return scores, applied
