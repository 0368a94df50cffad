"""Spellings of several words, ways between words, and the brands behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadLexicon, BadQuery
from engine.model import Note, Query, QueryWeights
from engine.text import lexicon
from engine.text.document import documents
from engine.text.lexicon import append, as_term, load
from engine.text.normalise import fold
from engine.text.query import parse, plain
from engine.text.segment import Segmenter

SEGMENTER = Segmenter(lexicon.load())
LINES = """栖水 = Qi Shui = QS水
栖水 => 栖水小绿瓶
栖水小绿瓶 = 绿宝贝
青苔霜 => 共同霜
白露霜 = 共同霜
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Segmenter:
    folder = tmp_path_factory.mktemp("lexicon")
    (folder / "brand.txt").write_text("栖水\n", "utf-8")
    (folder / "aliases.txt").write_text(LINES, "utf-8")
    return Segmenter(load(folder))


def terms(query: Query) -> dict[str, tuple[str, float]]:
    return {clause.term: (clause.word, clause.weight) for clause in query.clauses}


# --- phrases of several words ------------------------------------------------------------------


def test_every_built_in_phrase_typed_as_it_is_is_one_word_of_the_query() -> None:
    lost = [
        entry.phrase
        for term, entry in SEGMENTER.lexicon.entries.items()
        if term not in terms(parse(entry.phrase, SEGMENTER))
    ]
    assert lost == []


@pytest.mark.parametrize("typed", ["qi shui", "Qi  Shui", "Ｑｉ　Ｓｈｕｉ", '"Qi Shui"'])
def test_a_phrase_of_two_words_brings_its_other_spellings(mine: Segmenter, typed: str) -> None:
    found = terms(parse(typed, mine))
    assert found["qi_shui"] == ("qi_shui", 1.0)
    assert found["栖水"] == ("qi_shui", 0.8)
    assert found["栖水小绿瓶"] == ("qi_shui", 0.5)


def test_typed_words_and_plain_words_are_analysed_alike() -> None:
    text = "SK 2 神仙水平替 Louis Vuitton 包"
    assert parse(text, SEGMENTER).clauses == plain(text, SEGMENTER).clauses


def test_pairs_of_characters_do_not_reach_over_a_blank() -> None:
    assert "皮面" not in terms(parse("油皮 面霜", SEGMENTER))


# --- ways between words ------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["青苔霜 白露霜", "白露霜 青苔霜"])
def test_the_nearer_way_to_a_term_counts_in_any_order(mine: Segmenter, typed: str) -> None:
    assert terms(parse(typed, mine))["共同霜"] == ("白露霜", 0.8)


def test_a_word_that_was_typed_is_no_alias_however_much_aliases_weigh(mine: Segmenter) -> None:
    for weights in (QueryWeights(), QueryWeights(onward=3.0)):
        assert terms(parse("青苔霜 共同霜", mine, weights))["共同霜"] == ("共同霜", 1.0)


@pytest.mark.parametrize("body", ["栖水", "QS水", "qi shui", "栖水小绿瓶", "绿宝贝"])
def test_any_spelling_of_a_brand_or_its_product_names_the_brand(mine: Segmenter, body: str) -> None:
    (found,) = documents([Note("n", body=f"空瓶了{body}！")], [""], mine)
    assert found.signals.brands == ("栖水",)


def test_a_product_with_no_maker_names_no_brand(mine: Segmenter) -> None:
    (found,) = documents([Note("n", body="青苔霜和共同霜")], [""], mine)
    assert found.signals.brands == ()


@pytest.mark.parametrize(
    "line", ["甲一 = 甲二 => 甲三", "甲一 => 甲二 => 甲三", "甲一 == 甲二", "=> 甲二"]
)
def test_a_line_with_mixed_signs_is_refused_by_its_place(tmp_path: Path, line: str) -> None:
    (tmp_path / "aliases.txt").write_text(f"# 一行\n\n{line}\n", "utf-8")
    with pytest.raises(BadLexicon, match=r"aliases\.txt:3"):
        load(tmp_path)


def test_adding_a_line_keeps_the_users_own_layout(tmp_path: Path) -> None:
    path = tmp_path / "slang.txt"
    path.write_text("\ufeff# 一\n甲乙丙\n\n# 二\n\n丁戊\n", "utf-8")
    append(tmp_path, {"slang.txt": ["丁戊", "己庚", "己庚"]})
    assert path.read_text("utf-8") == "# 一\n甲乙丙\n\n# 二\n\n丁戊\n己庚\n"


# --- any text ----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=300)
@given(
    st.text(
        st.one_of(
            st.characters(),
            st.sampled_from('"“”-:： abc标签品牌类型起止0123456789油皮\t\n\ud800\u200b'),
        ),
        max_size=200,
    )
)
def test_typed_text_is_understood_or_refused_as_too_long(text: str) -> None:
    try:
        query = parse(text, SEGMENTER)
    except BadQuery:
        return  # too many words: the only refusal of a text this short
    assert query.text == text
    assert parse(text, SEGMENTER) == query
    for clause in query.clauses:
        assert clause.term == as_term(clause.term)
        assert fold(clause.term).text == clause.term
