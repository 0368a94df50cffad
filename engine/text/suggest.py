"""Completes what a user types, and corrects misspelt words, from a vocabulary.

Pinyin and edit distance work on the vocabulary only: homophones are proposed, never matched. Each
character has one reading (the first of pypinyin's table), in the vocabulary and in what is typed.
"""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from engine.text.normalise import fold_key

_PLAIN = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùǖǘǚǜüńňǹḿêếề", "aaaaeeeeooooiiiiuuuuvvvvvnnnmeee")
_ALIKE = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
_SHORT, _MOST = 2, 100  # prefixes up to 2 characters keep their 100 best words
_LONGEST = 24  # characters: edit distance skips longer words


class Suggester:
    """Words with weights (notes that hold them), prepared for prefixes and misspellings."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._weights = {fold_key(word): weight for word, weight in words.items()}
        self._spelling = {fold_key(word): word for word in words}
        sounds = {word: sound(word) for word in self._weights}
        self._prefixes = sorted(
            {(word, word) for word in self._weights}
            | {("".join(syllables), word) for word, syllables in sounds.items() if syllables}
            | {
                ("".join(s[0] for s in syllables), word)
                for word, syllables in sounds.items()
                if syllables
            }
        )
        self._short = self._best_of_short_prefixes()
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word, syllables in sounds.items():
            if syllables:
                self._by_sound[_blur(syllables)].append(word)
        self._shortened: dict[str, list[str]] = defaultdict(list)
        for word in self._weights:
            if len(word) <= _LONGEST:
                for short in _shortenings(word):
                    self._shortened[short].append(word)

    def complete(self, typed: str, limit: int = 10) -> list[tuple[str, int]]:
        """Lists (word, weight) of words that begin with the typed text, as characters or as pinyin;
        heaviest first."""
        key = fold_key(typed)
        if not key:
            return []
        if len(key) <= _SHORT and limit <= _MOST:
            best = self._short.get(key, [])[:limit]
            return [(self._spelling[word], self._weights[word]) for word in best]
        start = bisect.bisect_left(self._prefixes, (key, ""))
        end = bisect.bisect_left(self._prefixes, (key + "\U0010ffff", ""))
        words = {word for _, word in self._prefixes[start:end]}
        best = heapq.nsmallest(limit, words, key=lambda word: (-self._weights[word], word))
        return [(self._spelling[word], self._weights[word]) for word in best]

    def _best_of_short_prefixes(self) -> dict[str, list[str]]:
        """Lists the best words of prefixes of one and two characters."""
        best: dict[str, list[str]] = defaultdict(list)
        ranked = sorted(self._prefixes, key=lambda pair: (-self._weights[pair[1]], pair[1]))
        for key, word in ranked:
            for length in range(1, _SHORT + 1):
                words = best[key[:length]]
                if len(words) < _MOST and (not words or words[-1] != word):
                    words.append(word)
        return best

    def correct(self, word: str, limit: int = 3) -> list[str]:
        """Lists words that sound the same or differ by one edit, nearest and heaviest first."""
        key = fold_key(word)
        if len(key) < 2 or key in self._weights:
            return []
        syllables = sound(key)
        ranked = dict.fromkeys(self._by_sound.get(_blur(syllables), ()) if syllables else (), 0)
        if len(key) <= _LONGEST:
            for short in _shortenings(key):
                for candidate in self._shortened.get(short, ()):
                    if _one_edit(key, candidate):
                        ranked.setdefault(candidate, 1)
        ordered = sorted(
            ranked, key=lambda candidate: (ranked[candidate], -self._weights[candidate], candidate)
        )
        return [self._spelling[candidate] for candidate in ordered[:limit] if candidate != key]


def sound(word: str) -> tuple[str, ...]:
    """Returns the pinyin of each character without tones; () when a character has none.

    Latin letters and digits stand for themselves. A word without other characters gives ().
    """
    syllables = tuple(char if char.isascii() else _syllable(char) for char in word)
    return syllables if all(syllables) and any(not char.isascii() for char in word) else ()


@cache
def _readings() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    table: dict[int, str] = pinyin_dict
    return table


@cache
def _syllable(char: str) -> str:
    return _readings().get(ord(char), "").partition(",")[0].translate(_PLAIN)


def _blur(syllables: Iterable[str]) -> str:
    """A key that words share when they differ only in zh/z, ch/c, sh/s or a final g."""
    blurred = []
    for syllable in syllables:
        for variant, plain in _ALIKE:
            syllable = syllable.replace(variant, plain)
        blurred.append(syllable)
    return " ".join(blurred)


def _shortenings(word: str) -> set[str]:
    """The word and each way to leave out one character (SymSpell's deletion index)."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_edit(first: str, second: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes both words equal.

    Of two characters at least one must stay.
    """
    if abs(len(first) - len(second)) > 1 or min(len(first), len(second)) < 2:
        return False
    if len(first) == len(second):
        places = [i for i in range(len(first)) if first[i] != second[i]]
        if len(places) == 2:
            low, high = places
            crossed = first[low] == second[high] and first[high] == second[low]
            return high == low + 1 and crossed
        return len(places) == 1 and len(first) > 2
    longer, shorter = (first, second) if len(first) > len(second) else (second, first)
    return len(shorter) > 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    )
