"""Folding, held to every character there is."""

from __future__ import annotations

import sys

from engine.text.normalise import fold, fold_key

ALL = [chr(code) for code in range(sys.maxunicode + 1)]


def test_folding_any_character_twice_is_folding_it_once() -> None:
    once = [fold(char).text for char in ALL]
    again = [fold(text).text for text in once]
    changed = [ascii(char) for char, a, b in zip(ALL, once, again, strict=True) if a != b]
    assert changed == []


def test_a_text_of_all_characters_leads_back_to_each() -> None:
    text = "".join(ALL[:0x3000] + ALL[0xD700:0x12000])
    folded = fold(text)
    position = 0
    for place, char in enumerate(text):
        width = len(fold(char).text)
        for at in range(position, position + width):
            assert folded.span(at, at + 1) == (place, place + 1)
        position += width
    assert position == len(folded.text)


def test_what_cannot_be_seen_vanishes() -> None:
    unseen = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f\ue000\U000f0000\ud800\udfff\u3164\u20e3"
    for char in unseen:
        assert fold(f"油{char}皮").text == "油皮", ascii(char)
    assert fold_key(f" {unseen} ") == ""


def test_nothing_but_white_space_and_controls_folds_to_a_bare_blank() -> None:
    odd = [c for c in ALL if fold(c).text == " " and not c.isspace() and c.isprintable()]
    assert odd == []
