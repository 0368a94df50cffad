"""Ranking rules: each rule gives a factor for each note; the score is BM25 times all factors.

A rule is a function (rule, columns, now) -> signal, one number from 0 to 1 for each note; its
factor is 1 + weight × signal. A new rule needs a function here, its parameters in `ruleset.py`,
and its name in the table below; `explain` then shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.hits import KINDS, MISSING, DocColumns, Hits, Integers
from engine.model import COUNTS
from engine.ranking.ruleset import Engagement, Format, Freshness, Rule, RuleSet

Floats = npt.NDArray[np.float64]
_DAY = 86400.0


def engagement(rule: Engagement, columns: DocColumns, now: datetime) -> Floats:
    """Log of the weighted sum of known interactions over that of `full`; floors count as values.

    `rule.unknown` where no count is known.
    """
    total = np.zeros(len(columns))
    has_count = np.zeros(len(columns), bool)
    for name in COUNTS:
        counts: Integers = getattr(columns, name)
        is_known = counts != MISSING
        total += getattr(rule, name) * np.where(is_known, counts, 0)
        has_count |= is_known
    signal = np.minimum(np.log1p(total) / np.log1p(rule.full), 1.0)
    return np.where(has_count, signal, rule.unknown)


def freshness(rule: Freshness, columns: DocColumns, now: datetime) -> Floats:
    """Halves with each half-life after publication; a note from the future counts as new.

    `rule.unknown` where the date is unknown.
    """
    has_date = columns.published != MISSING
    published = np.where(has_date, columns.published, 0)
    days = np.maximum(now.timestamp() - published, 0) / _DAY
    return np.where(has_date, np.exp2(-days / rule.half_life_days), rule.unknown)


def form(rule: Format, columns: DocColumns, now: datetime) -> Floats:
    """The rule set's value for a video, an image note, or a note of unknown kind."""
    values = {"video": rule.video, "image": rule.image}
    return np.array([values.get(kind, rule.unknown) for kind in KINDS], np.float64)[columns.kinds]


_SIGNALS: dict[type, Callable[[Any, DocColumns, datetime], Floats]] = {
    Engagement: engagement,
    Freshness: freshness,
    Format: form,
}


@dataclass(frozen=True, slots=True)
class Applied:
    """One rule applied to the hits: its name, parameters, and each note's signal and factor."""

    name: str
    rule: Rule
    signal: Floats
    factor: Floats


def apply(rule_set: RuleSet, hits: Hits, now: datetime) -> tuple[Floats, list[Applied]]:
    """Returns (the score of each hit, float64 [hits]; the applied rules in the file's order).

    A score is BM25 times all factors.
    """
    applied = []
    scores = hits.bm25.astype(np.float64)
    for name, rule in rule_set.rules:
        signal = _SIGNALS[type(rule)](rule, hits.columns, now)
        factor = 1.0 + rule.weight * signal
        scores = scores * factor
        applied.append(Applied(name, rule, signal, factor))
    return scores, applied
