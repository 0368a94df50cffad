"""Calibration on constructed truth: pages that hidden rule sets made, with noise.

    uv run python -m tests.benchmarks fidelity

Three hidden rule sets (seeded: boosts, k1, b, weights, half-life) rank the sample notes for
NOTERANK_KEYWORDS (60) words of theirs; pages are cut after 220 notes, and of neighbours 0, 10 and
30 % are swapped. Printed: Kendall's tau of the default rules and of the calibrated ones on pages
held out, and whether calibration would have kept its rules.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine import sample
from engine.engine import Engine
from engine.formats import ReadOptions
from engine.index.protocol import Scoring
from engine.insight.observed import ObservedPage
from engine.model import CHINA
from engine.ranking.ruleset import Engagement, Freshness, RuleSet

KEYWORDS = int(os.environ.get("NOTERANK_KEYWORDS", "60"))
HIDDEN, NOISE, DEEP = 3, (0.0, 0.1, 0.3), 220
NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)


def table() -> None:
    """Print held-out tau before and after for each hidden rule set and each noise."""
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
        with Engine.open(Path(folder), create=True) as engine:
            engine.import_file(sample.NOTES, ReadOptions(), NOW)
        with Engine.open(Path(folder)) as engine:
            _print(engine)


def _print(engine: Engine) -> None:
    held = [w for w, n in engine.snapshot().index.vocabulary() if n >= 12 and len(w) > 1]
    words = random.Random(1).sample(held, min(KEYWORDS, len(held)))
    print(f"fidelity: {len(words)} keywords of the sample notes, {HIDDEN} hidden rule sets")
    rows: dict[float, list[tuple[float, float]]] = {noise: [] for noise in NOISE}
    for seed in range(HIDDEN):
        rules = _hidden(engine.rule_set, random.Random(seed))
        for noise in NOISE:
            found = engine.calibrate(_pages(engine, rules, words, noise), NOW)
            rows[noise].append((found.old.value, found.new.value))
            print(
                f"  hidden {seed + 1}, {noise:4.0%} swapped: tau {found.old.value:.3f} →"
                f" {found.new.value:.3f} [{found.new.low:.3f}, {found.new.high:.3f}],"
                f" kept: {found.better}"
            )
    for noise, pairs in rows.items():
        old, new = (statistics.fmean(column) for column in zip(*pairs, strict=True))
        print(f"  mean, {noise:4.0%} swapped: default {old:.3f}, calibrated {new:.3f}")


def _hidden(rules: RuleSet, dice: random.Random) -> RuleSet:
    scoring = Scoring(
        dice.uniform(0.8, 2.2),
        dice.uniform(0.3, 0.9),
        dice.uniform(1, 6),
        dice.uniform(0.5, 4),
        1.0,
    )
    heat = Engagement(
        dice.uniform(0.2, 2), 1, dice.uniform(0.5, 2), dice.uniform(1, 5), dice.uniform(1, 5)
    )
    fresh = Freshness(dice.uniform(0.1, 1), dice.uniform(20, 150))
    return replace(rules, scoring=scoring, rules=(("engagement", heat), ("freshness", fresh)))


def _pages(engine: Engine, rules: RuleSet, words: list[str], noise: float) -> list[ObservedPage]:
    dice = random.Random(7)
    places = engine.snapshot(NOW).under(rules).ranker
    found = []
    for word, rows in zip(words, places.pages(words, DEEP), strict=True):
        ids = rows.note_ids
        for at in range(len(ids) - 1):
            if dice.random() < noise:
                ids[at], ids[at + 1] = ids[at + 1], ids[at]
        found.append(ObservedPage(word, NOW, tuple(ids)))
    return found
