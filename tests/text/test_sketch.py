"""The chance that near-copies share a key is the chance that the docstring states."""

from __future__ import annotations

import random

import pytest

from engine import kernels
from engine.text import sketch as sketches
from engine.text.sketch import Sketches, likeness, sketch

PAIRS = 250


@pytest.mark.parametrize("same", [0.35, 0.5, 0.7, 0.9])
@pytest.mark.parametrize(
    "letters", ["的一是在不了有和人这中大为上个国我以要他时来用们生到作地", "01"]
)
def test_copies_share_a_key_as_often_as_stated(same: float, letters: str) -> None:
    dice = random.Random(round(same * 100))
    found, stated = 0, 0.0
    for _ in range(PAIRS):
        one = "".join(dice.choices(letters, k=200))
        other = one[: round(200 * same)] + "".join(dice.choices(letters, k=200 - round(200 * same)))
        stated += 1 - (1 - likeness(one, other) ** 2) ** 8
        found += bool(set(sketch(one)) & set(sketch(other)))
    assert found / PAIRS == pytest.approx(stated / PAIRS, abs=0.1)


def test_keys_fit_the_stores_column_and_name_their_band() -> None:
    keys = sketch("一二三四五六七八九十" * 5)
    assert len(keys) == 8
    assert [key >> 60 for key in keys] == list(range(8))
    assert all(0 <= key < 2**63 for key in keys)


@pytest.mark.parametrize(("letters", "keys"), [(23, 0), (24, 8)])
def test_from_24_letters_on_a_text_has_a_sketch(letters: int, keys: int) -> None:
    assert len(sketch("油！" * letters)) == keys


def test_likeness_is_of_sets_of_eight_letters() -> None:
    assert likeness("一二三四五六七八九", "二三四五六七八九十") == pytest.approx(1 / 3)
    assert likeness("一二", "一二") == 1.0
    assert likeness("一二", "一二三") == 0.0
    assert likeness("！！", "？？") == 0.0


def test_sketches_are_the_same_interpreted_and_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["早C晚A，ＳＫ-II 神仙水①😀" * 5, "", "油！" * 30, "ab", "é防曬" * 20]
    compared = []
    for limit in (10**9, -1):
        monkeypatch.setattr(kernels, "_most_interpreted", limit)
        for work in (sketches._hash, sketches._band, sketches._overlap):
            monkeypatch.setattr(work, "_compiled", None)
        made = Sketches(texts)
        shingles = [made.shingles(place).tolist() for place in range(len(texts))]
        alike = [likeness(texts[0], text) for text in texts]
        compared.append((made.keys(), shingles, alike))
    assert compared[0] == compared[1]
