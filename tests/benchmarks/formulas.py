"""BM25 in its variants, over all notes in float64: slow, plain, and what the peers are held to.

No two libraries compute quite the same: they differ in k1, in the idf, in the constant k1 + 1,
and in whether a note's length is kept whole or in one byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.bm25 import LENGTHS, encode_length
from tests.benchmarks.corpora import Corpus

Idf = Literal["lucene", "okapi", "fts5"]


@dataclass(frozen=True)
class Formula:
    """What a library computes; a constant factor counts, so that scores compare too."""

    k1: float = 1.5
    b: float = 0.75
    idf: Idf = "lucene"
    times: float = 1.0  # k1 + 1 in older formulas
    one_byte: bool = False  # lengths as one byte keeps them

    def __str__(self) -> str:
        lengths = "one-byte" if self.one_byte else "exact"
        return f"{self.idf} idf, k1={self.k1:g} b={self.b:g}, {lengths} lengths"


EXACT = Formula()
LUCENE = Formula(one_byte=True)


class Exhaustive:
    """The score of every note, from counts of every word in every note: for small corpora."""

    def __init__(self, corpus: Corpus) -> None:
        self._size = len(corpus)
        self._lengths = corpus.lengths.astype(np.float64)
        notes = np.repeat(np.arange(len(corpus)), corpus.lengths)
        pairs, self._counts = np.unique(
            corpus.tokens.astype(np.int64) * len(corpus) + notes, return_counts=True
        )
        self._notes = pairs % len(corpus)
        vocabulary = np.arange(len(corpus.words) + 1)
        self._starts = np.searchsorted(pairs // len(corpus), vocabulary)
        self._having = np.diff(self._starts)

    def scores(self, query: list[int], formula: Formula) -> np.ndarray:
        """One score a note, 0 where the note has none of the words."""
        lengths = self._lengths
        if formula.one_byte:
            lengths = LENGTHS[encode_length(lengths)].astype(np.float64)
        shares = 1 - formula.b + formula.b * lengths / self._lengths.mean()
        scores = np.zeros(self._size)
        for word in query:
            rows = slice(self._starts[word], self._starts[word + 1])
            notes, counts = self._notes[rows], self._counts[rows]
            tf = counts / (counts + formula.k1 * shares[notes])
            scores[notes] += self._idf(word, formula.idf) * formula.times * tf
        return scores

    def _idf(self, word: int, kind: Idf) -> float:
        having = self._having[word]
        odds = (self._size - having + 0.5) / (having + 0.5)
        if kind == "lucene":
            return float(np.log(1 + odds))
        if kind == "fts5":
            return max(float(np.log(odds)), 1e-6)
        return float(np.log(odds)) if odds >= 1 else self._floor()

    def _floor(self) -> float:
        """What rank_bm25 gives a word of more than half the notes: a quarter of the mean idf."""
        having = self._having[self._having > 0]
        return 0.25 * float(np.log((self._size - having + 0.5) / (having + 0.5)).mean())


def best(scores: np.ndarray, k: int) -> list[tuple[int, float]]:
    """The k best notes above 0 with their scores, best first, ties by number.

    The zeros go first: `np.argpartition` needs hundreds of times longer when nearly all are equal.
    """
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        found = _upper(found, scores, k)
    order = np.lexsort((found, -scores[found]))[:k]
    return list(zip(found[order].tolist(), scores[found[order]].tolist(), strict=True))


def _upper(found: np.ndarray, scores: np.ndarray, k: int) -> np.ndarray:
    """Those of `found` that score at least the k-th best, ties with it included."""
    among = scores[found]
    bar = np.partition(among, len(among) - k)[len(among) - k]
    return found[among >= bar]
