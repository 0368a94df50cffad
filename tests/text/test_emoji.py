"""Emoji are terms, also those that stand outside the emoji blocks."""

from __future__ import annotations

import pytest

from engine.text import lexicon
from engine.text.normalise import fold
from engine.text.segment import Segmenter

SEGMENTER = Segmenter(lexicon.load())


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("⏰⌛️⌚⏳", ["⏰", "⌛", "⌚", "⏳"]),
        ("✅⭐❤️☀️", ["✅", "⭐", "❤", "☀"]),
        ("👩🏻‍🦰", ["👩", "🏻", "🦰"]),
        ("🇨🇳", ["🇨", "🇳"]),
        ("1️⃣❶①", ["1", "❶", "1"]),
        ("→▶─■·～", []),
    ],
)
def test_emoji_are_terms_and_arrows_and_boxes_are_none(text: str, terms: list[str]) -> None:
    assert [piece.term for piece in SEGMENTER.pieces(fold(text).text)] == terms
