"""What is typed -> Query; user text is never a parse error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadQuery
from engine.model import Filter, Query, QueryWeights
from engine.text import lexicon
from engine.text.query import parse, plain
from engine.text.segment import Segmenter

SEGMENTER = Segmenter(lexicon.load())
DAY = 86_400


def asked(text: str) -> Query:
    return parse(text, SEGMENTER)


def words(query: Query) -> dict[str, float]:
    return {clause.term: clause.weight for clause in query.clauses if not clause.route}


def test_words_weigh_one_and_pairs_of_characters_less() -> None:
    query = asked("敏感肌面霜")
    assert words(query) == {"敏感肌": 1.0, "面霜": 1.0}
    pairs = {c.term: c.weight for c in query.clauses if c.route == "bigram"}
    assert pairs == {"敏感": 0.6, "感肌": 0.6, "肌面": 0.6}


def test_aliases_say_how_one_gets_there_and_weigh_less() -> None:
    clauses = {clause.term: clause for clause in asked("SK2").clauses}
    assert (clauses["sk-ii"].weight, clauses["神仙水"].weight) == (0.8, 0.5)
    assert clauses["sk-ii"].word == "sk2"
    assert "SK-II" in clauses["sk-ii"].route


def test_weights_come_from_the_rule_set() -> None:
    query = parse("SK2", SEGMENTER, QueryWeights(alias=0.3, onward=0.0))
    weights = {clause.term: clause.weight for clause in query.clauses}
    assert weights["sk-ii"] == 0.3
    assert "神仙水" not in weights


def test_a_word_typed_twice_counts_once() -> None:
    assert words(asked("面霜 面霜 ＭＡＣ mac")).keys() == {"面霜", "mac"}


@pytest.mark.parametrize("text", ['"早C晚A"', "“早C晚A”", "”早c晚a“"])
def test_phrases_in_any_quotes_are_required(text: str) -> None:
    query = asked(text)
    assert query.phrases == ("早c晚a",)
    assert ("早c晚a",) in query.required


def test_a_minus_excludes_only_at_the_start_of_a_word() -> None:
    assert asked("面霜 -刷酸").excluded == (("刷酸",),)
    assert asked("SK-II A-醇").excluded == ()
    assert asked('面霜 -"平价 面霜"').excluded != ()


def test_operators_fill_the_filter() -> None:
    query = asked(
        "面霜 tag:敏感肌 品牌：SK2 type:视频 author:abc since:2026-05-01 until:2026-05-31"
    )
    assert words(query) == {"面霜": 1.0}
    known = query.filter
    assert known.tags == ("敏感肌",)
    assert known.brands == ("sk-ii",)
    assert known.kinds == ("video",)
    assert known.authors == ("abc",)
    assert known.since is not None
    assert known.until is not None
    assert known.until - known.since == 31 * DAY


@pytest.mark.parametrize("text", ["type:cartoon", "since:昨天", "until:2026-13-45"])
def test_an_operator_that_says_nothing_is_words_with_a_note(text: str) -> None:
    query = asked(text)
    assert query.filter == Filter()
    assert query.clauses
    assert "not understood" in query.notes[0]


def test_an_unknown_key_is_just_words() -> None:
    assert "http" in words(asked("http://例子"))


@pytest.mark.parametrize("text", ["", "   ", '"', '""', "-", "tag:", "：", "！！！", "“", "-“”"])
def test_almost_nothing_is_a_query_too(text: str) -> None:
    assert asked(text).filter == Filter()


def test_limits_are_refused_with_a_cure() -> None:
    with pytest.raises(BadQuery, match="at most 200"):
        asked("长" * 201)
    with pytest.raises(BadQuery, match="at most 32"):
        asked(" ".join(f"w{number}" for number in range(33)))
    assert len(words(asked(" ".join(f"w{number}" for number in range(32))))) == 32


@settings(deadline=None, max_examples=300)
@given(
    st.text(
        st.one_of(st.characters(), st.sampled_from('"“”-:：tagbrndtypeauthosince2026 面霜SK2')),
        max_size=200,
    )
)
def test_any_text_is_understood_somehow(text: str) -> None:
    if len(plain(text, SEGMENTER).clauses) > 32:
        return  # the limit has its own test
    query = asked(text)
    assert all(0 < clause.weight <= 1 for clause in query.clauses)
    assert len({clause.term for clause in query.clauses}) == len(query.clauses)


@settings(deadline=None)
@given(st.text(max_size=400))
def test_plain_text_has_no_operators_and_no_limits(text: str) -> None:
    query = plain(text, SEGMENTER)
    assert (query.required, query.excluded, query.filter) == ((), (), Filter())
