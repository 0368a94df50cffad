"""Detects near-copies: keys that similar texts share, and the similarity of two texts."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part
from engine.text.normalise import bare_letters, blank_stickers, fold_character

NEAR = 0.6  # Jaccard of 8-grams from which two texts count as copies
_GRAM = 8
_LEAST = 24  # letters: shorter texts are alike by chance
_SEEDED = random.Random(8)  # odd factors: each is a permutation of the 32-bit numbers
_BANDS = np.array(
    [(_SEEDED.getrandbits(32) | 1, _SEEDED.getrandbits(32) | 1) for _ in range(8)], np.uint32
)
_DROPPED, _UNSEEN, _SEVERAL = 0, -1, -2  # no letter, not looked up yet, more than one letter
_LETTERS = np.full(0x110000, _UNSEEN, np.int32)  # character -> the letter or digit it folds to

Keys = tuple[int, ...]
Shingles = npt.NDArray[np.uint32]  # the different hashes of a text's 8-grams, ascending


class Sketches:
    """Keys and shingles of texts, worked out together."""

    def __init__(self, texts: Sequence[str]) -> None:
        letters, bounds = _letters_of(texts)
        lengths = np.diff(bounds)
        grams = np.where(lengths > 0, np.maximum(lengths - _GRAM + 1, 1), 0)
        self._starts = np.concatenate([[0], np.cumsum(grams)])
        self._hashes = np.empty(self._starts[-1], np.uint32)
        self._keys = np.empty((len(texts), len(_BANDS)), np.int64)
        _hash(letters, bounds, self._starts, _CRC, self._hashes)
        _band(self._hashes, self._starts, _BANDS, self._keys)
        self._long = lengths >= _LEAST

    def keys(self) -> list[Keys]:
        """For each text its keys of 63 bits; none when it has under 24 letters.

        Two texts of Jaccard j share one with probability 1 - (1 - j²)⁸. Each joins the least
        hashes of the text's 8-grams under two multiplications (MinHash with banding, Broder 1997).
        """
        rows = zip(self._keys.tolist(), self._long.tolist(), strict=True)
        return [tuple(row) if long else () for row, long in rows]

    def shingles(self, place: int) -> Shingles:
        """What the text at a place is compared by."""
        return np.unique(self._hashes[self._starts[place] : self._starts[place + 1]])


def sketch(text: str) -> Keys:
    """The keys of one text."""
    return Sketches([text]).keys()[0]


def shingles(text: str) -> Shingles:
    """What one text is compared by."""
    return Sketches([text]).shingles(0)


def likeness(first: str, second: str) -> float:
    """Jaccard index of the two texts' 8-grams of letters and digits, 0 to 1."""
    return overlap(shingles(first), shingles(second))


def overlap(first: Shingles, second: Shingles) -> float:
    """Jaccard index of two texts' shingles, 0 to 1."""
    return float(_overlap(first, second))


def _letters_of(texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """(what `bare_letters` gives of all texts in a row, where each begins and the last ends)."""
    plain = [blank_stickers(text) if "[" in text else text for text in texts]
    letters, bounds = _looked_up(plain)
    several = np.flatnonzero(letters == _SEVERAL)
    if len(several):
        for row in np.unique(np.searchsorted(bounds, several, side="right") - 1).tolist():
            plain[row] = bare_letters(plain[row])
        letters, bounds = _looked_up(plain)
    kept = letters > _DROPPED
    before = np.zeros(len(kept) + 1, np.int64)
    np.cumsum(kept, out=before[1:])
    return letters[kept], before[bounds]


def _looked_up(texts: Sequence[str]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    characters = np.frombuffer(joined, np.uint32)
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) for text in texts], out=bounds[1:])
    letters = _LETTERS[characters]
    unseen = np.unique(characters[letters == _UNSEEN]).tolist()
    if unseen:
        for code in unseen:
            _LETTERS[code] = _letter(code)
        letters = _LETTERS[characters]
    return letters, bounds


def _letter(code: int) -> int:
    folded = [char for char in fold_character(chr(code)) if char.isalnum()]
    return (_SEVERAL if folded[1:] else ord(folded[0])) if folded else _DROPPED


def _crc_table() -> npt.NDArray[np.uint32]:
    """CRC-32 of single bytes."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, np.uint32(0xEDB88320) ^ (table >> 1), table >> 1)
    return table.astype(np.uint32)


_CRC = _crc_table()
_ALL, _BYTE = np.uint32(0xFFFFFFFF), np.uint32(0xFF)
_TAIL, _SIX, _EIGHT = np.uint32(0x3F), np.uint32(0x80), np.uint32(8)


@part
def _fed(crc, byte, table):  # type: ignore[no-untyped-def]
    return table[(crc ^ byte) & _BYTE] ^ (crc >> _EIGHT)


@kernel(work=lambda letters, *_: 10 * len(letters))
def _hash(letters, bounds, starts, table, hashes):  # type: ignore[no-untyped-def]
    """Write the CRC-32 of the UTF-8 of every 8-gram from where its text starts; a shorter text is
    one gram by itself."""
    for row in range(len(bounds) - 1):
        for number in range(starts[row + 1] - starts[row]):
            begin = bounds[row] + number
            crc = _ALL
            for at in range(begin, min(begin + _GRAM, bounds[row + 1])):
                code = np.uint32(letters[at])
                if code < 0x80:
                    crc = _fed(crc, code, table)
                elif code < 0x800:
                    crc = _fed(crc, np.uint32(0xC0) | (code >> np.uint32(6)), table)
                    crc = _fed(crc, _SIX | (code & _TAIL), table)
                elif code < 0x10000:
                    crc = _fed(crc, np.uint32(0xE0) | (code >> np.uint32(12)), table)
                    crc = _fed(crc, _SIX | ((code >> np.uint32(6)) & _TAIL), table)
                    crc = _fed(crc, _SIX | (code & _TAIL), table)
                else:
                    crc = _fed(crc, np.uint32(0xF0) | (code >> np.uint32(18)), table)
                    crc = _fed(crc, _SIX | ((code >> np.uint32(12)) & _TAIL), table)
                    crc = _fed(crc, _SIX | ((code >> np.uint32(6)) & _TAIL), table)
                    crc = _fed(crc, _SIX | (code & _TAIL), table)
            hashes[starts[row] + number] = crc ^ _ALL


@kernel(work=lambda hashes, starts, bands, _: len(hashes) * len(bands))
def _band(hashes, starts, bands, keys):  # type: ignore[no-untyped-def]
    """Write for each text one key a band: the band's number << 60 | least ^ least << 28."""
    for row in range(len(starts) - 1):
        for band in range(len(bands)):
            first, second = _ALL, _ALL
            for at in range(starts[row], starts[row + 1]):
                first = min(first, np.uint32(hashes[at] * bands[band, 0]))
                second = min(second, np.uint32(hashes[at] * bands[band, 1]))
            keys[row, band] = (band << 60) | (np.int64(first) ^ (np.int64(second) << 28))


@kernel(work=lambda first, second: len(first) + len(second))
def _overlap(first, second):  # type: ignore[no-untyped-def]
    both = 0
    at = 0
    for value in first:
        while at < len(second) and second[at] < value:
            at += 1
        if at == len(second):
            break
        both += second[at] == value
    union = len(first) + len(second) - both
    return both / union if union else 0.0
