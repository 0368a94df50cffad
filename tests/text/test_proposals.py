"""Completion against its definition, correction against every kind of slip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.normalise import fold_key
from engine.text.suggest import Suggester, sound

VOCABULARY = {
    "玻尿酸": 90,
    "玻尿酸精华": 40,
    "烟酰胺": 70,
    "早C晚A": 60,
    "张掖攻略": 30,
    "草莓蛋糕": 55,
    "生椰拿铁": 45,
    "上海咖啡": 80,
    "Louis Vuitton": 12,
    "retinol": 25,
    "绿豆泥膜": 33,
    "清洁面膜": 21,
}
SUGGESTER = Suggester(VOCABULARY)
LONG = [word for word in VOCABULARY if len(word) > 2]
HAN = "玻璃酸烟胺早晚绿豆泥膜上海咖啡"
WORDS = st.dictionaries(st.text(HAN + "abCD3", min_size=1, max_size=5), st.integers(0, 9))


@given(WORDS, st.text("bylysabCD3玻璃绿lv", min_size=1, max_size=4), st.integers(1, 12))
def test_completion_is_what_its_definition_says(
    words: dict[str, int], typed: str, limit: int
) -> None:
    weights = {fold_key(word): weight for word, weight in words.items()}

    def begins(word: str) -> bool:
        said = sound(word)
        keys = [word, "".join(said), "".join(syllable[0] for syllable in said)]
        return any(key.startswith(fold_key(typed)) for key in keys)

    expected = sorted((w for w in weights if begins(w)), key=lambda w: (-weights[w], w))[:limit]
    found = Suggester(words).complete(typed, limit)
    assert [(fold_key(word), weight) for word, weight in found] == [
        (word, weights[word]) for word in expected
    ]


@given(st.sampled_from(LONG), st.data())
def test_any_one_slip_is_mended(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    other = data.draw(st.sampled_from("的了x"))
    slips = (
        word[:place] + word[place + 1 :],
        word[:place] + other + word[place:],
        word[:place] + other + word[place + 1 :],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    )
    for slip in slips:
        if fold_key(slip) not in {fold_key(known) for known in VOCABULARY}:
            assert word in SUGGESTER.correct(slip), slip


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("波鸟酸", "玻尿酸"),
        ("烟先按", "烟酰胺"),
        ("脏也攻略", "张掖攻略"),
        ("超没蛋糕", "草莓蛋糕"),
        ("森也拿铁", "生椰拿铁"),
        ("删嗨咖啡", "上海咖啡"),
        ("旅斗泥膜", "绿豆泥膜"),
        ("亲节面膜", "清洁面膜"),
        ("louis vuiton", "Louis Vuitton"),
        ("ＲＥＴＩＮＯＬ1", "retinol"),
    ],
)
def test_what_sounds_alike_is_mended(wrong: str, meant: str) -> None:
    assert SUGGESTER.correct(wrong) == [meant]


@given(st.text(HAN + "abc", max_size=6))
def test_a_word_is_never_its_own_correction(word: str) -> None:
    for proposed in SUGGESTER.correct(word):
        assert proposed in VOCABULARY
        assert fold_key(proposed) != fold_key(word)


def test_the_order_of_the_vocabulary_does_not_matter() -> None:
    turned = Suggester(dict(reversed(VOCABULARY.items())))
    for typed in ("b", "by", "玻", "lv", "绿", "波尿酸", "烟胺"):
        assert turned.complete(typed) == SUGGESTER.complete(typed)
        assert turned.correct(typed) == SUGGESTER.correct(typed)


@pytest.mark.parametrize("typed", ["敏", "敏感", "敏感肌", "m", "mi", "min", "mgj"])
def test_what_more_notes_hold_comes_first_and_ties_go_by_word(typed: str) -> None:
    words = {"敏感肌甲": 1, "敏感肌丁": 2, "敏感肌丙": 2, "敏感肌乙": 3}
    found = [word for word, _ in Suggester(words).complete(typed)]
    assert found == ["敏感肌乙", "敏感肌丁", "敏感肌丙", "敏感肌甲"]


def test_of_corrections_the_same_sound_comes_first_then_what_more_notes_hold() -> None:
    words = {"冰美士": 1, "冰美式": 2, "冰美茶": 3, "冰美酒": 9}
    assert Suggester(words).correct("冰美事", 4) == ["冰美式", "冰美士", "冰美酒", "冰美茶"]
    assert Suggester(words).correct("冰美事", 1) == ["冰美式"]


def test_two_far_slips_are_too_many() -> None:
    assert SUGGESTER.correct("玻璃酸精油") == []
