"""Text -> a few keys that near-copies share, and how alike two texts are."""

from __future__ import annotations

import random
import zlib

import numpy as np

from engine.text.normalise import bare_letters

NEAR = 0.6  # Jaccard of 8-grams from which two texts count as copies
_GRAM = 8
_LEAST = 24  # letters: shorter texts are alike by chance
_SEEDED = random.Random(8)
_FACTORS = np.array([_SEEDED.getrandbits(32) | 1 for _ in range(16)], np.uint32)  # odd


def sketch(text: str) -> tuple[int, ...]:
    """Keys of 63 bits; two texts of Jaccard j share one with probability 1 - (1 - j²)⁸.

    Each key joins the least hashes of the text's 8-grams under two multiplications (MinHash with
    banding, Broder 1997). A text of under 24 letters has none.
    """
    letters = bare_letters(text)
    if len(letters) < _LEAST:
        return ()
    hashes = np.array([zlib.crc32(gram.encode()) for gram in _grams(letters)], np.uint32)
    least = (hashes * _FACTORS[:, None]).min(axis=1).tolist()  # modulo 2^32: a permutation each
    pairs = zip(least[::2], least[1::2], strict=True)
    return tuple((number << 60) | (a ^ b << 28) for number, (a, b) in enumerate(pairs))


def likeness(one: str, other: str) -> float:
    """Jaccard index of the two texts' 8-grams of letters and digits, 0 to 1."""
    grams, others = _grams(bare_letters(one)), _grams(bare_letters(other))
    union = len(grams | others)
    return len(grams & others) / union if union else 0.0


def _grams(letters: str) -> set[str]:
    """All runs of 8 letters; a shorter text is one of its own, an empty one has none."""
    if not letters:
        return set()
    return {letters[start : start + _GRAM] for start in range(max(1, len(letters) - _GRAM + 1))}
