"""A vocabulary -> completions of what is being typed, and what a misspelt word may have meant.

Pinyin and edit distance work on the vocabulary only: homophones are proposed, never matched.
Readings are one a character (the first of pypinyin's table), the same on both sides.
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
_SHORT, _MOST = 2, 100  # prefixes of so many characters keep so many words ready
_LONGEST = 24  # characters of a word that edit distance looks at


class Suggester:
    """Words with weights (notes that hold them), ready for prefixes and misspellings."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self._weights = {fold_key(word): weight for word, weight in words.items()}
        self._spelling = {fold_key(word): word for word in words}
        sounds = {word: sound(word) for word in self._weights}
        self._prefixes = sorted(
            {(word, word) for word in self._weights}
            | {("".join(said), word) for word, said in sounds.items() if said}
            | {("".join(s[0] for s in said), word) for word, said in sounds.items() if said}
        )
        self._short = self._best_of_short_prefixes()
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word, said in sounds.items():
            if said:
                self._by_sound[_blur(said)].append(word)
        self._shortened: dict[str, list[str]] = defaultdict(list)
        for word in self._weights:
            if len(word) <= _LONGEST:
                for short in _shortenings(word):
                    self._shortened[short].append(word)

    def complete(self, typed: str, limit: int = 10) -> list[tuple[str, int]]:
        """(word, weight) that begin with what is typed, as characters or as pinyin; most first."""
        key = fold_key(typed)
        if not key:
            return []
        if len(key) <= _SHORT and limit <= _MOST:
            best = self._short.get(key, [])[:limit]
            return [(self._spelling[word], self._weights[word]) for word in best]
        start = bisect.bisect_left(self._prefixes, (key, ""))
        end = bisect.bisect_left(self._prefixes, (key + "\U0010ffff", ""))
        found = {word for _, word in self._prefixes[start:end]}
        best = heapq.nsmallest(limit, found, key=lambda word: (-self._weights[word], word))
        return [(self._spelling[word], self._weights[word]) for word in best]

    def _best_of_short_prefixes(self) -> dict[str, list[str]]:
        """The best words of prefixes of one and two characters, which many words share."""
        best: dict[str, list[str]] = defaultdict(list)
        ranked = sorted(self._prefixes, key=lambda pair: (-self._weights[pair[1]], pair[1]))
        for key, word in ranked:
            for length in range(1, _SHORT + 1):
                words = best[key[:length]]
                if len(words) < _MOST and (not words or words[-1] != word):
                    words.append(word)
        return best

    def correct(self, word: str, limit: int = 3) -> list[str]:
        """Words that sound the same or differ by one edit, nearest and most used first."""
        key = fold_key(word)
        if len(key) < 2 or key in self._weights:
            return []
        said = sound(key)
        ranked = dict.fromkeys(self._by_sound.get(_blur(said), ()) if said else (), 0)
        if len(key) <= _LONGEST:
            for short in _shortenings(key):
                for other in self._shortened.get(short, ()):
                    if _one_edit(key, other):
                        ranked.setdefault(other, 1)
        ordered = sorted(ranked, key=lambda other: (ranked[other], -self._weights[other], other))
        return [self._spelling[other] for other in ordered[:limit] if other != key]


def sound(word: str) -> tuple[str, ...]:
    """Pinyin without tones, a syllable a character; () when a character has none.

    Latin letters and digits stand for themselves.
    """
    said = tuple(char if char.isascii() else _syllable(char) for char in word)
    return said if all(said) and any(not char.isascii() for char in word) else ()


@cache
def _readings() -> dict[int, str]:
    from pypinyin.pinyin_dict import pinyin_dict

    table: dict[int, str] = pinyin_dict
    return table


@cache
def _syllable(char: str) -> str:
    return _readings().get(ord(char), "").partition(",")[0].translate(_PLAIN)


def _blur(said: Iterable[str]) -> str:
    """A key that words share when they differ in zh/z, ch/c, sh/s or a final g only."""
    blurred = []
    for syllable in said:
        for one, other in _ALIKE:
            syllable = syllable.replace(one, other)
        blurred.append(syllable)
    return " ".join(blurred)


def _shortenings(word: str) -> set[str]:
    """The word itself and each way to leave out one character (SymSpell's deletion index)."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _one_edit(one: str, other: str) -> bool:
    """One insertion, deletion, substitution or swap of neighbours; of two characters half stay."""
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 2:
        return False
    if len(one) == len(other):
        places = [i for i in range(len(one)) if one[i] != other[i]]
        if len(places) == 2:
            first, second = places
            crossed = one[first] == other[second] and one[second] == other[first]
            return second == first + 1 and crossed
        return len(places) == 1 and len(one) > 2
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return len(shorter) > 1 and any(
        longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer))
    )
