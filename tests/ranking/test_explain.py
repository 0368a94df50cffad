"""The sentence, word for word, and the signals, number for number."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.index.hits import DocColumns, Hits
from engine.index.protocol import TermScore
from engine.model import CHINA, Signals
from engine.ranking.rules import apply, engagement, form, freshness
from engine.ranking.ruleset import Engagement, Format, Freshness, load
from engine.ranking.sentence import PagePosition, sentence

NOW = datetime(2026, 10, 31, 12, tzinfo=CHINA)
SPELLINGS = {"油皮": "油皮", "sk-ii": "SK-II", "面霜": "面霜", "通勤": "通勤", "平替": "平替"}


def hits(signals: list[Signals]) -> Hits:
    names = [f"n{number}" for number in range(len(signals))]
    return Hits(np.ones(len(signals), np.float32), DocColumns.of(names, signals), len(signals))


def term(field: str, word: str, value: float = 1.0) -> TermScore:
    return TermScore(field, word, value, 1.0, 1.0, 1, 5, 1, 9)


def say(terms: list[TermScore], *signals: Signals) -> str:
    known = list(signals) or [Signals()]
    return sentence(terms, SPELLINGS, PagePosition(hits(known).columns, 0, range(len(known))), NOW)


def ago(**time: float) -> Signals:
    return Signals(published=int((NOW - timedelta(**time)).timestamp()))


# --- the sentence ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ([term("title", "油皮"), term("body", "油皮")], "标题命中“油皮”"),
        ([term("body", "油皮"), term("tags", "sk-ii")], "话题命中“SK-II”，正文命中“油皮”"),
        ([term("title", "面霜", 1), term("title", "油皮", 2)], "标题命中“油皮”“面霜”"),
        ([term("title", "面霜"), term("title", "油皮")], "标题命中“油皮”“面霜”"),
        (
            [term("title", word, n) for n, word in enumerate(["平替", "通勤", "油皮", "面霜"])],
            "标题命中“面霜”“油皮”“通勤”",
        ),
        ([term("title", "皮面"), term("body", "面霜")], "正文命中“面霜”"),
        ([term("title", "皮面")], "只命中了查询里的零散字词"),
    ],
)
def test_it_names_the_best_words_of_the_best_fields(terms: list[TermScore], said: str) -> None:
    assert say(terms) == f"{said}，发布时间未知，互动数未知。"


def test_a_page_of_a_filter_alone_names_no_words() -> None:
    assert say([]) == "发布时间未知，互动数未知。"


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (ago(seconds=0), "一天内发布"),
        (ago(hours=23.9), "一天内发布"),
        (ago(days=1), "1 天前发布"),
        (ago(days=59.9), "59 天前发布"),
        (ago(days=60), "2 个月前发布"),
        (ago(days=729), "24 个月前发布"),
        (ago(days=730), "2 年前发布"),
        (ago(seconds=-1), "发布时间在所选时刻之后"),
        (Signals(published=0), "56 年前发布"),
    ],
)
def test_it_says_how_old_the_note_is(published: Signals, said: str) -> None:
    assert say([], published) == f"{said}，互动数未知。"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (
            [Signals(collects=3), Signals(collects=2), Signals(collects=2)],
            "收藏是同页中位数的 1.5 倍",
        ),
        (
            [Signals(collects=2, likes=30), Signals(collects=2, likes=10)],
            "点赞是同页中位数的 1.5 倍",
        ),
        ([Signals(comments=4), Signals(comments=1), Signals()], "评论是同页中位数的 1.6 倍"),
        ([Signals(collects=14), Signals(collects=10), Signals(collects=10)], "互动在同页不突出"),
        ([Signals(likes=5), Signals(likes=0), Signals(likes=0)], "互动在同页不突出"),
        ([Signals(shares=5), Signals(likes=5)], "互动数未知"),
    ],
)
def test_it_says_what_stands_out_on_the_page(page: list[Signals], said: str) -> None:
    assert say([], *page) == f"发布时间未知，{said}。"


# --- the signals -------------------------------------------------------------------------------


def test_engagement_weighs_each_count_and_counts_only_known_ones() -> None:
    rule = Engagement(1, likes=1, collects=2, comments=4, shares=8, full=2**10 - 1, unknown=0.2)
    known = hits(
        [
            Signals(likes=1, collects=1, comments=1, shares=1),  # log2(16) / log2(1024)
            Signals(shares=1, comments=None),  # log2(9) / 10
            Signals(likes=0, shares=0),
            Signals(likes=1023),
            Signals(),
        ]
    )
    expected = [0.4, np.log2(9) / 10, 0.0, 1.0, 0.2]
    assert engagement(rule, known.columns, NOW).tolist() == pytest.approx(expected)


numbers = st.integers(0, 10**12)


@given(numbers, numbers, st.floats(0.1, 1e6), st.floats(0, 9))
def test_more_of_a_count_never_lowers_its_signal(
    one: int, other: int, full: float, weight: float
) -> None:
    low, high = sorted((one, other))
    rule = Engagement(1, likes=weight, full=full)
    signal = engagement(rule, hits([Signals(likes=low), Signals(likes=high)]).columns, NOW)
    assert 0 <= signal[0] <= signal[1] <= 1


@given(st.integers(-(10**10), 10**11), st.integers(-(10**10), 10**11), st.floats(1e-3, 1e5))
def test_a_newer_note_is_never_less_fresh(one: int, other: int, half_life: float) -> None:
    low, high = sorted((one, other))
    rule = Freshness(1, half_life_days=half_life)
    signal = freshness(rule, hits([Signals(published=low), Signals(published=high)]).columns, NOW)
    assert 0 <= signal[0] <= signal[1] <= 1


def test_what_is_unknown_gets_what_the_rule_says_and_never_zero_by_itself() -> None:
    nothing = hits([Signals()])
    assert engagement(Engagement(1, unknown=0.7), nothing.columns, NOW).tolist() == [0.7]
    assert freshness(Freshness(1, unknown=0.6), nothing.columns, NOW).tolist() == [0.6]
    assert form(Format(1, unknown=0.5), nothing.columns, NOW).tolist() == [0.5]


def test_a_preset_computed_by_hand() -> None:
    known = hits([Signals(kind="video", likes=100, comments=25, published=ago(days=60).published)])
    scores, applied = apply(load("ces"), known, NOW)
    count = np.log1p(100 + 4 * 25) / np.log1p(20000)
    assert float(scores[0]) == pytest.approx((1 + count) * (1 + 0.3 * 0.25) * 1.05)
    assert [float(rule.signal[0]) for rule in applied] == pytest.approx([count, 0.25, 1.0])


def test_no_hits_have_no_scores() -> None:
    for preset in ("balanced", "ces", "relevance"):
        scores, _ = apply(load(preset), hits([]), NOW)
        assert scores.shape == (0,)
