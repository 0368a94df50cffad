"""Detects near-copies: keys that similar texts share, and the similarity of two texts."""

from __future__ import annotations

import random
import zlib

from engine.text.normalise import bare_letters

NEAR = 0.6  # Jaccard of 8-grams from which two texts count as copies
_GRAM = 8
_LEAST = 24  # letters: shorter texts are alike by chance
_MASK = 0xFFFFFFFF
_SEEDED = random.Random(8)  # odd factors: each is a permutation of the 32-bit numbers
_BANDS = [(_SEEDED.getrandbits(32) | 1, _SEEDED.getrandbits(32) | 1) for _ in range(8)]


def sketch(text: str) -> tuple[int, ...]:
    """Returns up to 8 keys of 63 bits; two texts of Jaccard index j share one with probability 1 -
    (1 - j²)⁸.

    Each key joins the smallest hashes of the text's 8-grams under two multiplications (MinHash with
    banding, Broder 1997). A text of under 24 letters has no key.
    """
    letters = bare_letters(text)
    if len(letters) < _LEAST:
        return ()
    hashes = {zlib.crc32(gram.encode()) for gram in _grams(letters)}
    return tuple(
        (number << 60) | (_least(hashes, a) ^ _least(hashes, b) << 28)
        for number, (a, b) in enumerate(_BANDS)
    )


def likeness(first: str, second: str) -> float:
    """Jaccard index of the two texts' 8-grams of letters and digits, 0 to 1."""
    first_grams, second_grams = _grams(bare_letters(first)), _grams(bare_letters(second))
    union = len(first_grams | second_grams)
    return len(first_grams & second_grams) / union if union else 0.0


def _least(hashes: set[int], factor: int) -> int:
    """The smallest hash under multiplication modulo 2^32 (a permutation: the factor is odd)."""
    return min(value * factor & _MASK for value in hashes)


def _grams(letters: str) -> set[str]:
    """All runs of 8 letters; a shorter text is one gram, an empty text has none."""
    if not letters:
        return set()
    return {letters[start : start + _GRAM] for start in range(max(1, len(letters) - _GRAM + 1))}
