"""Cuts text into terms with spans: lexicon phrases, jieba's search words, Han bigrams.

Lexicon phrases are cut first, leftmost-longest, because jieba splits many of them (`SK-II`,
`早C晚A`, `完美日记`); phrases inside them count too. The rest goes through `cut_for_search`, where
jieba has the lexicon's two-character words. Each pair of neighbouring Han characters is also a
term, once where it equals a word. All of this, folding included, is one compiled pass
(`engine.text.cut`).
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
    """Terms of a batch of texts as columns: text i has rows offsets[i] to offsets[i + 1].

    `ids` (int32) index the segmenter's `vocabulary`; `starts` and `ends` (int32) are characters of
    the original text. Rows are in reading order; overlapping terms (words in words, bigrams) all
    count.
    """

    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Spans:
    """Positions of words in a batch of texts: columns as in `Terms`; no word lies in another."""

    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Piece:
    """One term in a folded text; `bigram` when it is not a word."""

    term: str
    start: int
    end: int
    bigram: bool = False


@dataclass(frozen=True, slots=True)
class Brands:
    """For each term of a vocabulary the number of the brand that it names.

    `numbers` is int32, one entry per term, an index into `names`; 0 means no brand.
    """

    numbers: npt.NDArray[np.int32]
    names: list[str]


class Segmenter:
    """Cuts texts into terms and holds the vocabulary that the ids of its batches index."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._terms = Vocabulary(_ROOM)
        self._lock = threading.Lock()
        self._brands = Brands(np.zeros(0, np.int32), [""])
        ready = prepared.load(lexicon, self.fingerprint)
        self._lexis, self._phrases = ready.lexis, ready.phrases

    @property
    def vocabulary(self) -> list[str]:
        """The terms of all batches so far; a term's place is its id."""
        return self._terms.texts

    @property
    def fingerprint(self) -> str:
        """Identifier of the analysis; differs when a text could give other terms (lexicon, jieba,
        folding, this file)."""
        return f"{_ANALYSIS}-{dictionary.version()}-{self.lexicon.fingerprint}"

    def batch(self, texts: Sequence[str]) -> Terms:
        """Folds and cuts many texts; returns their terms as columns of ids and spans."""
        with self._lock:
            rows = self._rows(texts, analysis.TERMS, self._terms)
        return Terms(rows.ids, rows.starts, rows.ends, rows.bounds)

    def plain(self, texts: Sequence[str]) -> Spans:
        """Folds and cuts many texts into phrases and jieba's words without overlaps."""
        rows = self._rows(texts, analysis.PLAIN)
        return Spans(rows.starts, rows.ends, rows.bounds)

    def brands(self) -> Brands:
        """Returns the folded brands that the terms of the vocabulary name."""
        brands, lexicon = self._brands, self.lexicon
        texts = self.vocabulary
        if len(brands.numbers) < len(texts):
            numbers = np.zeros(len(texts), np.int32)
            numbers[: len(brands.numbers)] = brands.numbers
            by_name = {name: number for number, name in enumerate(brands.names)}
            for term in range(len(brands.numbers), len(texts)):
                if texts[term] in lexicon.entries and (brand := lexicon.brand(texts[term])):
                    numbers[term] = by_name.setdefault(fold_key(brand), len(by_name))
            brands = self._brands = Brands(numbers, list(by_name))
        return brands

    def pieces(self, text: str) -> list[Piece]:
        """Cuts one folded text into terms in reading order."""
        rows = self._rows([text], analysis.TERMS)
        spans = zip(rows.starts.tolist(), rows.ends.tolist(), rows.pairs.tolist(), strict=True)
        return [Piece(_term(text[a:b]), a, b, bool(pair)) for a, b, pair in spans]

    def words(self, text: str) -> list[str]:
        """Cuts one folded text into phrases and jieba's words without overlaps."""
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
    """Whether jieba's dictionary holds the term as a word."""
    return _plain_tokenizer().frequency(term) > 0
