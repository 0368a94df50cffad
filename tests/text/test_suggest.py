"""Completion and correction: proposals from the vocabulary, never matches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.suggest import Suggester, sound

WORDS = {"敏感肌": 50, "敏感": 80, "面膜": 30, "面霜": 60, "防晒霜": 20, "SK-II": 9, "猫砂": 5}
SUGGESTER = Suggester(WORDS)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("敏", ["敏感", "敏感肌"]),
        ("敏感肌", ["敏感肌"]),
        ("mingan", ["敏感", "敏感肌"]),
        ("mgj", ["敏感肌"]),
        ("m", ["敏感", "面霜", "敏感肌", "面膜", "猫砂"]),
        ("mian", ["面霜", "面膜"]),
        ("ＳＫ", ["SK-II"]),
        ("没有", []),
        ("", []),
    ],
)
def test_prefixes_by_characters_pinyin_and_initials(typed: str, found: list[str]) -> None:
    assert [word for word, _ in SUGGESTER.complete(typed)] == found


def test_as_many_as_asked_with_their_weights() -> None:
    assert SUGGESTER.complete("m", 2) == [("敏感", 80), ("面霜", 60)]


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("民感肌", "敏感肌"),  # sounds the same
        ("敏敢肌", "敏感肌"),
        ("防赛霜", "防晒霜"),  # s for sh
        ("防晒双", "防晒霜"),
        ("敏肌感", "敏感肌"),  # neighbours swapped
        ("防霜晒", "防晒霜"),
        ("sk-i", "SK-II"),  # a letter is missing
        ("敏感肌肌", "敏感肌"),
    ],
)
def test_a_misspelling_brings_what_was_meant(wrong: str, meant: str) -> None:
    assert meant in SUGGESTER.correct(wrong)


@given(st.sampled_from(sorted(WORDS)))
def test_a_known_word_is_not_corrected(word: str) -> None:
    assert SUGGESTER.correct(word) == []


@given(st.text(max_size=30))
def test_any_text_gets_an_answer(text: str) -> None:
    assert len(SUGGESTER.complete(text)) <= 10
    assert len(SUGGESTER.correct(text)) <= 3


def test_sounds_are_syllables_without_tones() -> None:
    assert sound("绿茶") == ("lv", "cha")
    assert sound("SK") == ()


def test_an_empty_vocabulary_has_nothing_to_say() -> None:
    assert Suggester({}).complete("a") == []
    assert Suggester({}).correct("面霜") == []
