"""Kinds and intents by lexicon and cues."""

from __future__ import annotations

import pytest

from engine.insight.kinds import INTENTS, KINDS, Kinds, intent
from tests.insight.library import reader


@pytest.mark.parametrize(
    ("keyword", "kind"),
    [
        ("面霜", "category"),
        ("油皮", "crowd"),
        ("敏感肌", "crowd"),
        ("学生党", "crowd"),
        ("早八", "scene"),
        ("控油", "effect"),
        ("黑头", "pain"),
        ("换季泛红", "pain"),
        ("敏感肌面霜", "longtail"),
        ("油皮粉底液推荐", "longtail"),
        ("SK2", "brand"),
        ("神仙水", "brand"),
        ("雅诗兰黛", "rival"),
        ("Estee Lauder", "rival"),
        ("早C晚A", "core"),
        ("白日梦", "core"),
    ],
)
def test_the_kind_is_that_of_the_most_telling_part(keyword: str, kind: str) -> None:
    found = Kinds(reader().segmenter, rivals=("estee lauder",)).kind(keyword)
    assert found == kind
    assert found in KINDS


@pytest.mark.parametrize(
    ("keyword", "wanted", "cue"),
    [
        ("面霜测评", "compare", "测评"),
        ("神仙水平替", "compare", "平替"),
        ("敏感肌避雷", "compare", "避雷"),
        ("面霜哪里买", "buy", "哪里买"),
        ("A醇怎么用", "use", "怎么用"),
        ("新手化妆教程", "use", "教程"),
        ("面霜推荐", "consider", "推荐"),
        ("烟酰胺是什么", "know", "是什么"),
        ("面霜", "consider", ""),
    ],
)
def test_the_intent_is_told_by_a_cue(keyword: str, wanted: str, cue: str) -> None:
    assert intent(keyword) == (wanted, cue)
    assert wanted in INTENTS


def test_who_searches_a_trouble_is_at_the_beginning_of_a_decision() -> None:
    assert intent("红血丝", "pain") == ("know", "")
    assert intent("敏感肌", "crowd") == ("know", "")
    assert intent("敏感肌面霜推荐", "crowd") == ("consider", "推荐")
