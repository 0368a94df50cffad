"""Text -> terms with spans: protected phrases, jieba's search words, Han bigrams.

Phrases of the lexicon are cut out first, leftmost-longest, since jieba splits many of them
(`SK-II`, `早C晚A`, `完美日记`); phrases inside them count too. The rest goes through
`cut_for_search`, where jieba knows the lexicon's pairs of characters as words. Each pair of
neighbouring Han characters is a term besides, once where it equals a word. All of it, folding
included, is one compiled pass (`engine.text.cut`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from engine.text import passes, prepared
from engine.text.cut import Tokenizer, analysis, dictionary
from engine.text.cut.vocabulary import Vocabulary
from engine.text.lexicon import Lexicon, as_term
from engine.text.normalise import fold_key

_ROOM = 1 << 16  # terms that a vocabulary takes before it grows
_ANALYSIS = "3"  # raise it when the same text gives other terms


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a batch of texts, as columns: text i has rows offsets[i] to offsets[i + 1].

    `ids` index the segmenter's `vocabulary`; `starts` and `ends` are characters of the text as it
    was given. Rows stand in reading order; overlapping terms (words in words, bigrams) all count.
    """

    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spans:
    """Where words stand in a batch of texts: columns as in `Terms`, none inside another."""

    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """One term in a folded text; `bigram` when it is no word."""

    term: str
    start: int
    end: int
    bigram: bool = False


@dataclass(frozen=True, slots=True)
class Brands:
    """For each term of a vocabulary the number of the brand that it names, 0 for none."""

    numbers: npt.NDArray[np.int32]
    names: list[str]


class Segmenter:
    """Cuts texts into terms; holds the vocabulary that the ids of its batches index."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._terms = Vocabulary(_ROOM)
        self._lock = threading.Lock()
        self._brands = Brands(np.zeros(0, np.int32), [""])
        ready = prepared.load(lexicon, self.fingerprint)
        self._lexis, self._phrases = ready.lexis, ready.phrases

    @property
    def vocabulary(self) -> list[str]:
        """The terms of all batches so far, by id."""
        return self._terms.texts

    @property
    def fingerprint(self) -> str:
        """Changes when the same text could give other terms: lexicon, jieba, folding, this file."""
        return f"{_ANALYSIS}-{dictionary.version()}-{self.lexicon.fingerprint}"

    def batch(self, texts: Sequence[str]) -> Terms:
        """Terms of many texts, which are folded on the way, as columns of ids and spans."""
        with self._lock:
            rows = self._rows(texts, analysis.TERMS, self._terms)
        return Terms(rows.ids, rows.starts, rows.ends, rows.bounds)

    def plain(self, texts: Sequence[str]) -> Spans:
        """The plain cut of many texts, which are folded on the way: phrases and jieba's words."""
        rows = self._rows(texts, analysis.PLAIN)
        return Spans(rows.starts, rows.ends, rows.bounds)

    def brands(self) -> Brands:
        """The brands, folded, that the terms of the vocabulary name."""
        known, lexicon = self._brands, self.lexicon
        texts = self.vocabulary
        if len(known.numbers) < len(texts):
            numbers = np.zeros(len(texts), np.int32)
            numbers[: len(known.numbers)] = known.numbers
            by_name = {name: number for number, name in enumerate(known.names)}
            for term in range(len(known.numbers), len(texts)):
                if texts[term] in lexicon.entries and (brand := lexicon.brand(texts[term])):
                    numbers[term] = by_name.setdefault(fold_key(brand), len(by_name))
            known = self._brands = Brands(numbers, list(by_name))
        return known

    def pieces(self, text: str) -> list[Piece]:
        """Terms of one folded text in reading order."""
        rows = self._rows([text], analysis.TERMS)
        spans = zip(rows.starts.tolist(), rows.ends.tolist(), rows.pairs.tolist(), strict=True)
        return [Piece(_term(text[a:b]), a, b, bool(pair)) for a, b, pair in spans]

    def words(self, text: str) -> list[str]:
        """The plain cut of a folded text: phrases and jieba's words, none inside another."""
        rows = self._rows([text], analysis.PLAIN)
        spans = zip(rows.starts.tolist(), rows.ends.tolist(), strict=True)
        return [_term(text[start:end]) for start, end in spans]

    def _rows(
        self, texts: Sequence[str], mode: int, vocabulary: Vocabulary | None = None
    ) -> analysis.Rows:
        return passes.rows(self._lexis, self._phrases, texts, mode, vocabulary)


def _term(text: str) -> str:
    return as_term(text) if " " in text else text


@cache
def _plain_tokenizer() -> Tokenizer:
    return Tokenizer()


def is_word(term: str) -> bool:
    """Whether jieba's dictionary has the term as a word."""
    return _plain_tokenizer().frequency(term) > 0
