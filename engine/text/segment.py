"""Folded text -> terms with spans: protected phrases, jieba's search words, Han bigrams.

The only file that knows jieba. Phrases of the lexicon are cut out first, leftmost-longest, since
jieba splits many of them (`SK-II`, `早C晚A`, `完美日记`); phrases inside them count too. The rest
goes through `cut_for_search`, where jieba knows the lexicon's pairs of characters as words. Each
pair of neighbouring Han characters is a term besides, once where it equals a word.
"""

from __future__ import annotations

import copy
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

_ANALYSIS = "2"  # raise it when the same text gives other terms
_LATIN = re.compile(r"[0-9a-z]")
_HAN_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]{2,}")
_HAN = re.compile(r"^[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]+$")
_EMOJI = re.compile(r"[⌚⌛⏩-⏺☀-➿⬀-⯿\U0001f000-\U0001faff]")


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
        self._automaton = AhoCorasick(_protected(lexicon), matchkind=MatchKind.Standard)
        self._tokenizer = _tokenizer_with(_pairs(lexicon))

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
        for start, end, phrases in self._parts(text):
            part = text[start:end]
            found += [as_term(part)] if phrases else self._tokenizer.cut(part)
        return [word for word in found if _is_term(word)]

    def _id(self, term: str) -> int:
        number = self._ids.get(term)
        if number is None:
            number = self._ids[term] = len(self.vocabulary)
            self.vocabulary.append(term)
        return number

    def _words(self, text: str) -> Iterator[Piece]:
        for start, end, phrases in self._parts(text):
            for at, stop in phrases:
                yield Piece(as_term(text[at:stop]), at, stop)
            part = text[start:end]
            for word, at, stop in self._tokenizer.tokenize(part, mode="search"):
                shard = phrases and (len(word) <= 2 or word == part)  # `sk` of `sk-ii` is noise
                if _is_term(word) and not shard:
                    yield Piece(word, start + at, start + stop)

    def _parts(self, text: str) -> Iterator[tuple[int, int, list[tuple[int, int]]]]:
        """The text as (start, end, phrases): the leftmost-longest phrases and what lies between.

        `phrases` holds the part itself and the phrases inside it; it is empty between them.
        """
        matches = self._automaton.find_matches_as_indexes(text, overlapping=True)
        alone = ((start, end) for _, start, end in matches if _stands_alone(text, start, end))
        done, phrases = 0, list[tuple[int, int]]()
        begin = 0  # of the phrase that ends at `done`
        for start, end in sorted(alone, key=lambda match: (match[0], -match[1])):
            if start >= done:
                if phrases:
                    yield begin, done, phrases
                if start > done:
                    yield done, start, []
                begin, done, phrases = start, end, [(start, end)]
            elif end <= done:
                phrases.append((start, end))
        if phrases:
            yield begin, done, phrases
        if done < len(text):
            yield done, len(text), []


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A phrase that begins or ends in Latin must not stand inside a longer word."""
    if start and _LATIN.match(text[start]) and _LATIN.match(text[start - 1]):
        return False
    return not (end < len(text) and _LATIN.match(text[end - 1]) and _LATIN.match(text[end]))


def _protected(lexicon: Lexicon) -> list[str]:
    """Phrases to cut before jieba: all but built-in pairs of Han characters.

    A word of the user's own lexicon is always protected: adding it must have an effect.
    """
    pairs = set(_pairs(lexicon))
    return sorted({fold_key(e.phrase) for term, e in lexicon.entries.items() if term not in pairs})


def _pairs(lexicon: Lexicon) -> list[str]:
    """Built-in pairs: jieba gets them as words, since cut blindly 显瘦 would break 明显|瘦了."""
    return [t for t, entry in lexicon.entries.items() if _is_han_pair(t) and not entry.own]


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


def _tokenizer_with(words: Sequence[str]) -> Any:
    """A jieba tokenizer with these words besides, just likely enough to stay whole alone."""
    base = _tokenizer()
    tokenizer = copy.copy(base)
    tokenizer.FREQ = dict(base.FREQ)
    for word in words:
        if list(base.cut(word)) != [word]:
            tokenizer.add_word(word)
    return tokenizer


def is_word(term: str) -> bool:
    """Whether jieba's dictionary has the term as a word."""
    return bool(_tokenizer().FREQ.get(term))


@cache
def _jieba_version() -> str:
    import jieba

    source = Path(jieba.__file__).parent / "dict.txt"
    return f"{jieba.__version__}-{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}"
