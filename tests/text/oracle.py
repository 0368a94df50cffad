"""The analysis again, plainly, with jieba itself: what the compiled pass must equal."""

from __future__ import annotations

import copy
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from engine.text.lexicon import Lexicon, as_term
from engine.text.normalise import fold_key
from engine.text.segment import Piece

_LATIN = re.compile(r"[0-9a-z]")
_HAN_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")
_HAN = re.compile(r"^[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+$")
_EMOJI = re.compile(r"[⌚⌛⏩-⏺☀-➿⬀-⯿\U0001f000-\U0001faff]")


class Segmenter:
    """Cuts folded texts one at a time."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._automaton = AhoCorasick(_protected(lexicon), matchkind=MatchKind.Standard)
        self._jieba = tokenizer_with(_pairs(lexicon))

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
            found += [as_term(part)] if phrases else self._jieba.cut(part)
        return [word for word in found if _is_term(word)]

    def _words(self, text: str) -> Iterator[Piece]:
        for start, end, phrases in self._parts(text):
            for at, stop in phrases:
                yield Piece(as_term(text[at:stop]), at, stop)
            part = text[start:end]
            for word, at, stop in self._jieba.tokenize(part, mode="search"):
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
    return [t for t, entry in lexicon.entries.items() if _is_han_pair(t) and not entry.user_defined]


def _is_han_pair(word: str) -> bool:
    return len(word) == 2 and bool(_HAN.match(word))


def _is_term(word: str) -> bool:
    """Letters, digits, Han or emoji: punctuation and white space are no terms."""
    return any(char.isalnum() for char in word) or bool(_EMOJI.search(word))


@cache
def tokenizer() -> Any:
    """jieba with its own dictionary and HMM."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba 0.42.1 has invalid escapes and pkg_resources
        import jieba
    jieba.setLogLevel(logging.CRITICAL)
    found = jieba.Tokenizer()
    found.initialize()
    return found


def tokenizer_with(words: Sequence[str]) -> Any:
    """A jieba tokenizer with these words besides, just likely enough to stay whole alone."""
    base = tokenizer()
    own = copy.copy(base)
    own.FREQ = dict(base.FREQ)
    for word in words:
        if list(base.cut(word)) != [word]:
            own.add_word(word)
    return own
