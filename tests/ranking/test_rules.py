"""Ranking rules by hand-computed numbers, and rule sets that refuse what they do not know."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from engine.errors import BadRules
from engine.index.hits import DocColumns, Hits
from engine.model import CHINA, Signals
from engine.ranking import rules, ruleset
from engine.ranking.ruleset import Engagement, Format, Freshness, load

NOW = datetime(2026, 10, 31, tzinfo=CHINA)


def hits(*signals: Signals, bm25: float = 1.0) -> Hits:
    names = [f"n{number}" for number in range(len(signals))]
    return Hits(
        np.full(len(signals), bm25, np.float32), DocColumns.of(names, signals), len(signals)
    )


def test_engagement_is_the_log_of_what_is_known() -> None:
    rule = Engagement(weight=1, comments=4, full=9999, unknown=0.3)
    found = rules.engagement(
        rule,
        hits(
            Signals(likes=99),
            Signals(likes=19, comments=20),
            Signals(),
            Signals(likes=10**9),
            Signals(likes=0),
        ).columns,
        NOW,
    )
    expected = [0.5, 0.5, 0.3, 1.0, 0.0]
    assert found.tolist() == pytest.approx(expected)


def test_freshness_halves_each_half_life() -> None:
    def published(days: int) -> Signals:
        return Signals(published=int((NOW - timedelta(days=days)).timestamp()))

    rule = Freshness(weight=1, half_life_days=30, unknown=0.4)
    known = hits(published(0), published(30), published(90), published(-5), Signals())
    found = rules.freshness(rule, known.columns, NOW)
    assert found.tolist() == pytest.approx([1, 0.5, 0.125, 1, 0.4])


def test_format_gives_what_the_rule_says() -> None:
    rule = Format(weight=1, video=0.9, image=0.1, unknown=0.5)
    known = hits(Signals(kind="video"), Signals(kind="image"), Signals())
    found = rules.form(rule, known.columns, NOW)
    assert found.tolist() == [0.9, 0.1, 0.5]


def test_the_score_is_bm25_times_all_factors() -> None:
    known = hits(Signals(likes=50, kind="video"), bm25=2.5)
    scores, applied = rules.apply(load("ces"), known, NOW)
    assert [rule.name for rule in applied] == ["engagement", "freshness", "format"]
    factors = [float(rule.factor[0]) for rule in applied]
    assert float(scores[0]) == math.prod([2.5, *factors])
    assert all(1 <= factor <= 2 for factor in factors)


def test_relevance_is_bm25_alone() -> None:
    scores, applied = rules.apply(load("relevance"), hits(Signals(likes=9), bm25=3), NOW)
    assert (scores.tolist(), applied) == ([3.0], [])


def test_more_engagement_never_ranks_lower() -> None:
    known = hits(*(Signals(likes=number) for number in range(0, 5000, 100)))
    for preset in ("balanced", "ces"):
        scores, _ = rules.apply(load(preset), known, NOW)
        assert (np.diff(scores) >= 0).all()


def test_every_preset_loads_and_names_itself() -> None:
    assert ruleset.presets() == ["balanced", "ces", "relevance"]
    for name in ruleset.presets():
        assert load(name).label == f"{name}@1"


GOOD = 'name = "mine"\nversion = 2\n'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no name or version"),
        ('name = ""\nversion = 1', "no name or version"),
        ('name = "x"\nversion = "1"', "no name or version"),
        (GOOD + "typo = 1", "unknown key typo"),
        (GOOD + "[bm25]\nk2 = 1", r"unknown key bm25\.k2"),
        (GOOD + "[bm25]\nb = 2", "b is 2"),
        (GOOD + "[bm25]\nk1 = -1", r"bm25\.k1 is -1"),
        (GOOD + '[bm25]\nk1 = "a"', r"bm25\.k1 is 'a'"),
        (GOOD + "[boosts]\nheadline = 3", r"unknown key boosts\.headline"),
        (GOOD + "boosts = 3", "boosts is no table"),
        (GOOD + "[rules.magic]\nweight = 1", "no rule 'magic'"),
        (GOOD + "[rules.freshness]\nhalf_life_days = 3", "has no weight"),
        (GOOD + "[rules.freshness]\nweight = 1\nhalf_life_days = 0", "half_life_days is 0"),
        (GOOD + "[rules.freshness]\nweight = true", "weight is True"),
        (GOOD + "[page]\nwindow = 0", r"page\.window is 0"),
        (GOOD + "[page]\ncollapse_copies = 1", "collapse_copies is 1"),
        (GOOD + "[page]\nsort_floor = nan", "sort_floor is nan"),
        ("name = ", "Invalid value"),
    ],
)
def test_a_rule_set_that_does_not_parse_is_refused_by_key(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadRules, match=complaint):
        load(path)


def test_an_unknown_rule_set_names_those_there_are() -> None:
    with pytest.raises(BadRules, match="balanced, ces, relevance"):
        load("nothing")


def test_a_rule_set_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD + "[boosts]\ntitle = 5\n[rules.freshness]\nweight = 0.5\n", "utf-8")
    mine = load(path)
    assert (mine.label, mine.scoring.title, mine.scoring.body) == ("mine@2", 5, 1)
