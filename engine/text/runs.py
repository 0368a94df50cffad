"""Splits texts into runs: words between filler and signs that may make up a keyword.

A word is FULL (can stand alone), LOOSE (a verb, an adjective, slang: can stand alone, but says
less), INSIDE (a single character, a number: only beside others) or HALF (a character that a wrong
cut left beside an unknown name). Everything else ends a run: function words by jieba's tags,
`lexicon/filler.txt`, signs, line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from engine.text import lexicon as lexicons
from engine.text.cut import parts
from engine.text.normalise import fold_key
from engine.text.segment import Segmenter, is_word

INSIDE, HALF, LOOSE, FULL = 1, 2, 3, 4
_NONE = 0
_LATIN = re.compile(r"[a-z0-9][a-z0-9\-.&'’+]*")
_NUMBER = re.compile(r"[0-9.,%]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_BEGIN = frozenset(
    "高低大小新全多双单早晚超非反无微轻纯冷热干湿油敏白黑红黄蓝绿粉紫灰金银老男女儿总主副前后初软硬慢快"
)
_NEVER = frozenset(
    "的了和是就都而及与着或在中上下里以为从对把被将于由向因其之该此本等各每某也还又再很太最更只不没有要会能可让给"
    "到去来说看做吃用买个条款种些点次件位名双套支瓶盒年月日时分秒天我你他她它们咱俩谁哪啥吧啊呢吗哦啦呀嘛哈嘻唉哎呜"
)


class Piece(NamedTuple):
    """A word of a run: folded key, characters [start, end) in the original text, role."""

    key: str
    start: int
    end: int
    role: int


Run = list[Piece]


@cache
def words_of(name: str) -> frozenset[str]:
    """Returns the built-in words of `filler` or `weak`, folded."""
    return frozenset(fold_key(line) for _, line in lexicons.lines(_place(lexicons.BUILT_IN, name)))


def _place(folder: Path, name: str) -> Path:
    return folder / f"{name}.txt"


class Reader:
    """Splits texts into runs with one segmenter; `extra_filler` are user words that end a run."""

    def __init__(self, segmenter: Segmenter, extra_filler: Iterable[str] = ()) -> None:
        self.segmenter = segmenter
        self._filler = words_of("filler") | {fold_key(word) for word in extra_filler}
        self._weak = words_of("weak")
        self._role_by_surface: dict[str, tuple[str, int]] = {}
        self._unknown = cache(lambda key: not self.listed(key) and not is_word(key))

    def runs(self, texts: Sequence[str]) -> list[list[Run]]:
        """Lists the runs of each text in reading order."""
        rows = self.segmenter.plain(texts)
        starts, ends = rows.starts.tolist(), rows.ends.tolist()
        return [
            self._split(text, list(zip(starts[a:b], ends[a:b], strict=True)))
            for text, (a, b) in zip(texts, pairwise(rows.offsets.tolist()), strict=True)
        ]

    def weak(self, key: str) -> bool:
        """Whether a word says too little alone."""
        return key in self._weak

    def strength(self, key: str) -> int | None:
        """Returns how much a word says: 0 for filler or slang, 1 for weak, None for any other."""
        if key in self._filler or (self.listed(key) and not self.typed(key)):
            return 0
        return 1 if self.weak(key) else None

    def typed(self, key: str) -> bool:
        """Whether a searcher might type a phrase.

        Not typed are boilerplate, phrases that say too little, slang alone, and Latin letters and
        digits that the lexicon does not hold.
        """
        if self.listed(key):
            slang = self.segmenter.lexicon.kind(lexicons.as_term(key)) == "slang"
            return not (slang or self.weak(key))
        if key.isascii() or any(char.isdigit() for char in key) or self.weak(key):
            return False
        if any(len(word) > 2 and word in key for word in self._filler):
            return False
        words = self.segmenter.words(key)
        return not all(self.weak(word) or self._read(word)[1] <= LOOSE for word in words)

    def proposable(self, key: str) -> bool:
        """Whether a phrase may be a new word: a typed one that the lexicon lacks."""
        return not self.listed(key) and self.typed(key)

    def shape(self, key: str) -> tuple[str, ...]:
        """Returns a phrase's words in one spelling and order; equal for phrases of one meaning."""
        lexicon = self.segmenter.lexicon
        words = [_canonical_key(lexicon, word) for word in self.segmenter.words(key)]
        term = lexicons.as_term(key)
        return (_canonical_key(lexicon, term),) if term in lexicon.entries else tuple(sorted(words))

    def spelling(self, key: str) -> str:
        """Returns the lexicon's spelling of a phrase, or the phrase itself."""
        return self.segmenter.lexicon.spelling(lexicons.as_term(key)) if self.listed(key) else key

    def listed(self, key: str) -> bool:
        """Whether the lexicon holds a phrase."""
        return lexicons.as_term(key) in self.segmenter.lexicon.entries

    def _split(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Run]:
        runs: list[Run] = []
        run: Run = []
        last, latin = -1, False
        words = [self._read(text[start:end]) for start, end in spans]
        for number, (start, end) in enumerate(spans):
            key, role = words[number]
            begins_latin = key[:1].isascii()
            separated = start != last and not (text[last:start] == " " and latin and begins_latin)
            last, latin = end, key[-1:].isascii()
            if run and (separated or role == _NONE):
                runs.append(run)
                run = []
            if role == _NONE and self._glued(words, number):
                role = HALF
            if role:
                run.append(Piece(key, start, end, role))
        if run:
            runs.append(run)
        return runs

    def _glued(self, words: Sequence[tuple[str, int]], number: int) -> bool:
        """Whether a single character stands beside an unknown word: a cut through a name."""
        key = words[number][0]
        if len(key) != 1 or key in _NEVER or not _HAN.match(key):
            return False
        neighbours = [words[at][0] for at in (number - 1, number + 1) if 0 <= at < len(words)]
        return any(
            len(word) > 1 and _HAN.match(word) and self._unknown(word) for word in neighbours
        )

    def _read(self, surface: str) -> tuple[str, int]:
        word = self._role_by_surface.get(surface)
        if word is None:
            key = fold_key(surface)
            word = self._role_by_surface[surface] = key, self._role(key)
        return word

    def _role(self, key: str) -> int:
        if key in self._filler or not any(char.isalnum() for char in key):
            return _NONE
        if self.listed(key):
            kind = self.segmenter.lexicon.kind(lexicons.as_term(key))
            return LOOSE if kind == "slang" else FULL
        if _NUMBER.fullmatch(key):
            return INSIDE
        if _LATIN.fullmatch(key):
            return FULL if len(key) > 1 else INSIDE
        return INSIDE if _ragged(key) else _role_of_word(key)


def _canonical_key(lexicon: lexicons.Lexicon, word: str) -> str:
    """Returns the canonical spelling of a word's alias set, folded, or the word itself."""
    return fold_key(lexicon.canonical.get(word, word))


def _role_of_word(key: str) -> int:
    part = parts.part(key)
    if len(key) == 1:
        return INSIDE if key in _BEGIN or may_end(key) else _NONE
    if part == "function":
        return _NONE
    return FULL if part == "noun" else LOOSE


@cache
def _ragged(key: str) -> bool:
    """Whether an unknown word begins or ends in a function character: a wrong cut (液中)."""
    return len(key) > 1 and not (_NEVER.isdisjoint((key[0], key[-1])) or is_word(key))


@cache
def may_begin(key: str) -> bool:
    """Whether a phrase may begin with this word: few single Han characters may (油, 全, 早)."""
    return key in _BEGIN if len(key) == 1 and not key.isascii() else not _ragged(key)


@cache
def may_end(key: str) -> bool:
    """Whether a phrase may end with this word: single characters of nouns may (霜, 法)."""
    if len(key) == 1 and not key.isascii():
        return key not in _NEVER and parts.part(key) == "noun"
    return not _ragged(key)
