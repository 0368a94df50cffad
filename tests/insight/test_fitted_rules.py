"""Rule sets -> weights and back; what is said of a change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import log

import pytest

from engine import Engine
from engine.insight import calibration
from engine.insight.calibrate import Weights
from engine.insight.calibration import Calibrator, weights_of, with_weights
from engine.insight.observed import ObservedPage
from engine.ranking import ruleset
from engine.ranking.ruleset import Engagement, Format, Freshness
from tests.twelve import hand
from tests.twelve.conftest import filled
from tests.twelve.notes import NOW

BALANCED = ruleset.load("balanced")
FITTED = Weights(2.34567, 1.5, 1.2, 0.4, 0.6, 0.1, 45.0, (1.0, 2.0, 3.0, 0.5))


def test_weights_are_those_of_the_rule_set_relative_to_the_body() -> None:
    assert weights_of(BALANCED) == Weights(
        3.0, 2.0, 1.5, 0.75, 0.3, 0.2, 90.0, (1.0, 1.0, 1.0, 1.0)
    )
    halved = replace(BALANCED, scoring=replace(BALANCED.scoring, body=0.5))
    assert (weights_of(halved).title, weights_of(halved).tags) == (6.0, 4.0)
    without = replace(BALANCED, scoring=replace(BALANCED.scoring, body=0.0))
    assert weights_of(without).title == 3.0


def test_a_rule_that_is_not_there_begins_small() -> None:
    bare = weights_of(replace(BALANCED, rules=()))
    assert (bare.engagement, bare.freshness, bare.half_life) == (0.05, 0.05, 90.0)
    assert bare.counts == (1.0, 1.0, 1.0, 1.0)
    mute = replace(BALANCED, rules=(("engagement", Engagement(0.3, likes=0.0, comments=4.0)),))
    assert weights_of(mute).counts == (1.0, 1.0, 4.0, 1.0)


def test_fitted_weights_make_a_rule_set_of_their_own_name() -> None:
    made = with_weights(BALANCED, FITTED)
    assert made.label == "calibrated@1"
    assert with_weights(made, FITTED).label == "calibrated@2"
    assert (made.scoring.title, made.scoring.body) == (2.346, 1.0)  # four digits
    rules = dict(made.rules)
    assert rules["engagement"] == Engagement(0.6, 1.0, 2.0, 3.0, 0.5, 10_000, 0.35)
    assert rules["freshness"] == Freshness(0.1, 45.0, 0.35)


def test_other_rules_stay_and_count_as_fixed() -> None:
    form = Format(0.5, video=1.0, image=0.2, unknown=0.4)
    made = with_weights(replace(BALANCED, rules=(("format", form),)), FITTED)
    assert [name for name, _ in made.rules] == ["engagement", "freshness", "format"]
    fixed = calibration._fixed(made, ["video", "image", ""])
    assert fixed == pytest.approx([log(1.5), log(1.1), log(1.2)])


def test_each_change_says_what_it_means() -> None:
    made = with_weights(BALANCED, FITTED)
    rows = {row.parameter: row for row in calibration._changes(BALANCED, made)}
    assert len(rows) == 11
    assert (rows["bm25.b"].before, rows["bm25.b"].after) == (0.75, 0.4)
    assert rows["rules.engagement.weight"].meaning == "互动最高的笔记得分最多 ×1.60"
    assert rows["rules.freshness.weight"].meaning == "刚发布的笔记得分最多 ×1.10"
    assert rows["rules.engagement.comments"].meaning == "一个评论算 3"
    assert (rows["rules.freshness.half_life_days"].before, rows["boosts.title"].after) == (
        90.0, 2.346,
    )  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with filled(tmp_path_factory.mktemp("fitted")) as opened:
        yield opened


def test_features_are_the_parts_of_bm25_and_the_signals(engine: Engine) -> None:
    """n01 on 面霜: title (1 of 5 terms, mean 5/3) and tags (1 of 1, mean 1.5); n06: body alone."""
    fitting = Calibrator(engine.snapshot(NOW))
    late = NOW + timedelta(days=1)
    page = fitting._features(ObservedPage("面霜", late, ("n01", "n06", "n10")), BALANCED)
    assert page.note.tolist() == [0, 0, 1]
    assert sorted(page.field[:2].tolist()) == [0, 1]
    assert page.field[2] == 2
    assert page.tf.tolist() == [1.0, 1.0, 1.0]
    by_field = dict(zip(page.field.tolist(), page.length.tolist(), strict=True))
    assert by_field == pytest.approx({0: 5 / (5 / 3), 1: 1 / 1.5, 2: 2 / (56 / 11)}, rel=1e-6)
    idf = {0: log(1 + 9.5 / 3.5), 1: log(1 + 5.5 / 1.5), 2: log(1 + 7.5 / 4.5)}
    by_weight = dict(zip(page.field.tolist(), page.weight.tolist(), strict=True))
    assert by_weight == pytest.approx(idf, rel=1e-6)
    assert page.counts.tolist() == [[99, 0, 0, 0], [9_999, 0, 0, 0], [0, 99, 0, 0]]
    assert page.counted.tolist() == [True, True, True]
    assert page.age.tolist() == [31.0, 0.0, 10.0]
    assert page.dated.tolist() == [True, False, True]
    assert page.fixed.tolist() == [0.0, 0.0, 0.0]
    assert BALANCED.scoring.k1 == hand.K1
