"""Cutting: phrases whole, words, pairs of characters, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.text import lexicon
from engine.text.normalise import fold
from engine.text.segment import Segmenter

SEGMENTER = Segmenter(lexicon.load())


def words(text: str, segmenter: Segmenter = SEGMENTER) -> list[str]:
    return segmenter.words(fold(text).text)


def terms(text: str, segmenter: Segmenter = SEGMENTER) -> list[str]:
    return [piece.term for piece in segmenter.pieces(fold(text).text)]


def test_every_phrase_of_the_lexicon_stays_whole() -> None:
    split = [
        (entry.phrase, words(entry.phrase))
        for term, entry in SEGMENTER.lexicon.entries.items()
        if words(entry.phrase) != [term]
    ]
    assert split == []


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("SK-II神仙水平替", ["sk-ii", "神仙水", "平替"]),
        ("早Ｃ晚A护肤", ["早c晚a", "护肤"]),
        ("我爱完美日记和花西子", ["我", "爱", "完美日记", "和", "花西子"]),
        ("Louis Vuitton包", ["louis_vuitton", "包"]),
        ("13CE不是3CE", ["13ce", "不是", "3ce"]),
        ("明显瘦了", ["明显", "瘦", "了"]),
        ("樱桃也好吃", ["樱桃", "也", "好吃"]),
        ("防曬", ["防晒"]),
    ],
)
def test_known_traps_are_cut_as_people_read_them(text: str, cut: list[str]) -> None:
    assert words(text) == cut


def test_a_latin_word_of_the_user_does_not_match_inside_longer_words(tmp_path: Path) -> None:
    (tmp_path / "slang.txt").write_text("ces\n", "utf-8")
    mine = Segmenter(lexicon.load(tmp_path))
    assert words("license CES分", mine) == ["license", "ces", "分"]


def test_a_word_of_the_user_is_always_whole(tmp_path: Path) -> None:
    (tmp_path / "slang.txt").write_text("水光\n", "utf-8")
    assert "水光" in words("山水光影", Segmenter(lexicon.load(tmp_path)))


def test_the_longest_of_the_leftmost_phrases_wins_and_inner_ones_count() -> None:
    assert words("戴森卷发棒") == ["戴森卷发棒"]
    assert "卷发棒" in terms("戴森卷发棒")


def test_pairs_of_characters_are_terms_once() -> None:
    found = terms("敏感肌面霜")
    assert sorted(found) == sorted(["敏感", "敏感肌", "感肌", "肌面", "面霜"])
    pieces = SEGMENTER.pieces("敏感肌面霜")
    assert {piece.term for piece in pieces if piece.bigram} == {"敏感", "感肌", "肌面"}


def test_emoji_are_terms_and_punctuation_is_none() -> None:
    assert terms("💄！——…☀️") == ["💄", "☀"]


def test_pairs_do_not_reach_over_what_is_no_han() -> None:
    assert "霜面" not in terms("面霜，面膜")


TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("的面霜敏感肌油皮防晒早C晚A-SKII3ce 完美日记神仙水平替💄\n"),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(TEXTS)
def test_any_text_is_cut_into_terms_that_stand_in_it(text: str) -> None:
    folded = fold(text).text
    for piece in SEGMENTER.pieces(folded):
        assert 0 <= piece.start < piece.end <= len(folded)
        assert not any(char.isspace() for char in piece.term)
        assert piece.term == "_".join(folded[piece.start : piece.end].split())
    spans = [(piece.start, piece.end) for piece in SEGMENTER.pieces(folded)]
    assert spans == sorted(set(spans))


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_a_batch_is_its_texts_one_by_one(texts: list[str]) -> None:
    folded = [fold(text).text for text in texts]
    batch = SEGMENTER.batch(folded)
    for number, text in enumerate(folded):
        rows = slice(batch.offsets[number], batch.offsets[number + 1])
        found = [SEGMENTER.vocabulary[i] for i in batch.ids[rows].tolist()]
        assert found == [piece.term for piece in SEGMENTER.pieces(text)]


def test_two_segmenters_cut_alike_and_have_one_fingerprint() -> None:
    other = Segmenter(lexicon.load())
    text = "油皮夏天用的SK2和3CE，黄黑皮显白口红"
    assert terms(text, other) == terms(text)
    assert other.fingerprint == SEGMENTER.fingerprint


def test_a_users_words_do_not_leak_into_another_segmenter(tmp_path: Path) -> None:
    (tmp_path / "slang.txt").write_text("奇怪的词\n", "utf-8")
    Segmenter(lexicon.load(tmp_path))
    assert words("奇怪的词") != ["奇怪的词"]
