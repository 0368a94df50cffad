"""Folded text -> terms with spans: protected phrases, jieba's search words, Han bigrams.

The only file that knows jieba. Phrases of the lexicon are cut out first, leftmost-longest, since
jieba splits many of them (`SK-II`, `早C晚A`, `完美日记`); the rest goes through `cut_for_search`;
each pair of neighbouring Han characters is a term too, once where it equals a word.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick, MatchKind

from engine.text.lexicon import Lexicon, as_term
from engine.text.normalise import fold_key

_ANALYSIS = "1"  # raise it when the same text gives other terms
_LATIN = re.compile(r"[0-9a-z]")
_HAN_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]{2,}")
_HAN = re.compile(r"^[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+$")
_EMOJI = re.compile(r"[☀-➿⬀-⯿\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a batch of texts, as columns: text i has rows offsets[i] to offsets[i + 1].

    `ids` index the segmenter's `vocabulary`; `starts` and `ends` are characters of the folded
    text. Rows stand in reading order; overlapping terms (words in words, bigrams) all count.
    """

    ids: npt.NDArray[np.int32]
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


class Segmenter:
    """Cuts batches of folded texts; holds the vocabulary that its term ids index."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.vocabulary: list[str] = []
        self._ids: dict[str, int] = {}
        self._phrases = _protected(lexicon)
        self._automaton = AhoCorasick(self._phrases, matchkind=MatchKind.Standard)

    @property
    def fingerprint(self) -> str:
        """Changes when the same text could give other terms: lexicon, jieba or this file."""
        return f"{_ANALYSIS}-{_jieba_version()}-{self.lexicon.fingerprint}"

    def batch(self, texts: Sequence[str]) -> Terms:
        """Terms of many folded texts, as columns of ids and spans."""
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        offsets = [0]
        for text in texts:
            for piece in self.pieces(text):
                ids.append(self._id(piece.term))
                starts.append(piece.start)
                ends.append(piece.end)
            offsets.append(len(ids))
        return Terms(
            np.array(ids, np.int32),
            np.array(starts, np.int32),
            np.array(ends, np.int32),
            np.array(offsets, np.int64),
        )

    def pieces(self, text: str) -> list[Piece]:
        """Terms of one folded text in reading order."""
        words = {(p.start, p.end): p for p in self._words(text)}
        for run in _HAN_RUN.finditer(text):
            for start in range(run.start(), run.end() - 1):
                span = (start, start + 2)
                if span not in words:
                    words[span] = Piece(text[start : start + 2], *span, bigram=True)
        return [words[span] for span in sorted(words)]

    def words(self, text: str) -> list[str]:
        """The plain cut of a folded text: phrases and jieba's words, none inside another."""
        found: list[str] = []
        for start, end, protected in self._parts(text):
            part = text[start:end]
            found += [as_term(part)] if protected else _tokenizer().cut(part)
        return [word for word in found if _is_term(word)]

    def _id(self, term: str) -> int:
        number = self._ids.get(term)
        if number is None:
            number = self._ids[term] = len(self.vocabulary)
            self.vocabulary.append(term)
        return number

    def _words(self, text: str) -> Iterator[Piece]:
        for start, end, protected in self._parts(text):
            part = text[start:end]
            if protected:
                yield Piece(as_term(part), start, end)
            for word, at, stop in _tokenizer().tokenize(part, mode="search"):
                shard = protected and (len(word) <= 2 or word == part)  # `sk` of `sk-ii` is noise
                if _is_term(word) and not shard:
                    yield Piece(word, start + at, start + stop)

    def _parts(self, text: str) -> Iterator[tuple[int, int, bool]]:
        """The text as (start, end, protected): phrases and what lies between them."""
        done = 0
        for start, end in self._leftmost_longest(text):
            if start > done:
                yield done, start, False
            yield start, end, True
            done = end
        if done < len(text):
            yield done, len(text), False

    def _leftmost_longest(self, text: str) -> Iterator[tuple[int, int]]:
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        done = 0
        for start, end in sorted(((s, e) for _, s, e in matches), key=lambda m: (m[0], -m[1])):
            if start >= done and _stands_alone(text, start, end):
                yield start, end
                done = end


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A phrase that begins or ends in Latin must not stand inside a longer word."""
    if start and _LATIN.match(text[start]) and _LATIN.match(text[start - 1]):
        return False
    return not (end < len(text) and _LATIN.match(text[end - 1]) and _LATIN.match(text[end]))


def _protected(lexicon: Lexicon) -> list[str]:
    """Phrases to cut before jieba: all but its own two-character words, which it cuts in context.

    A word of the user's own lexicon is always protected: adding it must have an effect.
    """
    known = _tokenizer().FREQ
    return sorted(
        {
            fold_key(entry.phrase)
            for term, entry in lexicon.entries.items()
            if entry.own or not (_is_han_pair(term) and known.get(term))
        }
    )


def _is_han_pair(word: str) -> bool:
    return len(word) == 2 and bool(_HAN.match(word))


def _is_term(word: str) -> bool:
    """Letters, digits, Han or emoji: punctuation and white space are no terms."""
    return any(char.isalnum() for char in word) or bool(_EMOJI.search(word))


@cache
def _tokenizer() -> Any:
    """jieba with its own dictionary and HMM; its cache lives in the user's cache folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 has invalid escapes and pkg_resources
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    tokenizer = jieba.Tokenizer()
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "noterank"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tokenizer.tmp_dir = str(folder)
    except OSError:
        pass  # a read-only home: jieba falls back to the system's temporary folder
    tokenizer.initialize()
    return tokenizer


def is_word(term: str) -> bool:
    """Whether jieba's dictionary has the term as a word."""
    return bool(_tokenizer().FREQ.get(term))


@cache
def _jieba_version() -> str:
    import jieba

    source = Path(jieba.__file__).parent / "dict.txt"
    return f"{jieba.__version__}-{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}"
