"""A number of notes -> a synthetic corpus with the statistics of real text, and queries for it.

Words follow Zipf-Mandelbrot, 1 / (rank + 2.7); lengths are log-normal around 119.5 words; every
fourth word repeats an earlier one of the same note, because real notes stay on their subject.
Notes are otherwise independent of each other, which is the hardest case for skipping blocks.
The same size gives the same corpus everywhere; it is kept in the folder for temporary files.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numba
import numpy as np

VOCABULARY = 200_000
FOLDER = Path(tempfile.gettempdir()) / "noterank-benchmarks"
_SEED = 20260801  # also names the kept files: raise it when the recipe changes
_SPREAD, _MEAN = 0.55, 120.0  # of the log-normal lengths; whole numbers make it 119.5
_SHORTEST, _LONGEST = 5, 2000
_BURST = 0.25  # of the words repeat an earlier word of their note
_CUTS = 1 << 20  # steps of the table that brings a random number near its word
_WORDS_ASKED = ([1, 2, 3, 4, 5, 6], [0.15, 0.25, 0.25, 0.17, 0.10, 0.08])  # mean 3.06

Kind = Literal["plain", "heavy"]
_LAWS = {"plain": (30.0, 0.9), "heavy": (2.7, 1.0)}  # chance of a word: 1 / (rank + a) ** b


@dataclass(frozen=True)
class Corpus:
    """Notes as numbers of words: note i is `tokens[offsets[i]:offsets[i + 1]]`.

    A word's number is its rank, 0 the most frequent; `words` has its spelling.
    """

    offsets: np.ndarray  # int64, one more than there are notes
    tokens: np.ndarray  # int32
    words: list[str]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.offsets)

    def note(self, number: int) -> np.ndarray:
        """The words of one note."""
        return self.tokens[self.offsets[number] : self.offsets[number + 1]]


def corpus(notes: int) -> Corpus:
    """The corpus of that many notes, made once and then read."""
    offsets, tokens = (FOLDER / f"{name}-{_SEED}-{notes}.npy" for name in ("offsets", "tokens"))
    if not tokens.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        made = _made(notes)
        for path, column in zip((offsets, tokens), made, strict=True):
            _save(path, column)
    return Corpus(np.load(offsets), np.load(tokens), words())


def queries(kind: Kind, count: int) -> list[list[int]]:
    """Queries of 1 to 6 different words, about 3; heavy ones are full of the most frequent."""
    dice = np.random.default_rng([_SEED, sorted(_LAWS).index(kind)])
    ladder = _ladder(*_LAWS[kind])
    sizes = dice.choice(_WORDS_ASKED[0], size=count, p=_WORDS_ASKED[1])
    return [_query(dice, ladder, int(size)) for size in sizes]


@cache
def words() -> list[str]:
    """A spelling of two or three Han characters for each word, all different, in no order."""
    dice = random.Random(_SEED)
    han = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        found["".join(dice.choices(han, k=dice.choice((2, 2, 2, 3))))] = None
    return list(found)


def _query(dice: np.random.Generator, ladder: np.ndarray, size: int) -> list[int]:
    chosen: dict[int, None] = {}
    while len(chosen) < size:
        chosen[int(np.searchsorted(ladder, dice.random(), side="right"))] = None
    return list(chosen)


def _made(notes: int) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng([_SEED, notes])
    drawn = dice.lognormal(np.log(_MEAN) - _SPREAD**2 / 2, _SPREAD, notes)
    offsets = np.zeros(notes + 1, np.int64)
    np.cumsum(np.clip(drawn.astype(np.int64), _SHORTEST, _LONGEST), out=offsets[1:])
    ladder = _ladder(2.7, 1.0)
    near = np.searchsorted(ladder, np.arange(_CUTS) / _CUTS, side="right")
    tokens = np.empty(offsets[-1], np.int32)
    _fill(tokens, offsets, ladder, near, _SEED + notes)
    return offsets, tokens


def _ladder(shift: float, power: float) -> np.ndarray:
    """The chance of a word or one before it, by number; the last is 1."""
    chances = 1 / (np.arange(VOCABULARY) + shift) ** power
    ladder = np.cumsum(chances)
    return ladder / ladder[-1]


@numba.njit(cache=True)
def _fill(
    tokens: np.ndarray, offsets: np.ndarray, ladder: np.ndarray, near: np.ndarray, seed: int
) -> None:
    np.random.seed(seed)
    for note in range(len(offsets) - 1):
        first = offsets[note]
        for at in range(first, offsets[note + 1]):
            if at > first and np.random.random() < _BURST:
                tokens[at] = tokens[first + np.random.randint(0, at - first)]
                continue
            chance = np.random.random()
            word = near[int(chance * _CUTS)]
            while ladder[word] <= chance:
                word += 1
            tokens[at] = word


def _save(path: Path, column: np.ndarray) -> None:
    """Whole or not at all, so that a stopped run leaves no half of a corpus."""
    part = path.with_suffix(".part.npy")
    np.save(part, column)
    part.replace(path)
