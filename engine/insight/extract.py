"""Extracts keyword phrases of a text, best first, each with the parts of its score.

A phrase's score is a logistic sum of features of the text: where the phrase stands, how often, how
it is cut, whether the lexicon or other texts hold it. The weights are a hand-rounded logistic
regression on the tags that authors of the sample corpus gave their notes (a phrase that is also a
tag counts as right); no public gold was used. A score is the probability that the author of such a
note would tag the phrase.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from engine.insight.candidates import Candidate, Candidates, Text, candidates, neighbours
from engine.insight.kinds import Kinds
from engine.model import Note
from engine.snapshot import LibrarySnapshot
from engine.text.cut import parts
from engine.text.runs import LOOSE, Reader

WEIGHTS: Mapping[str, float] = {
    "title": 1.3,  # it stands in the title
    "opening": 1.8,  # e^(-character / 50) of its first place; 1 in the title
    "times": 1.0,  # ln of its places, up to 5
    "edges": 0.55,  # share of its sides where a sign, filler or the line's end stands
    "tag": 1.5,  # the author tagged it
    "lexicon": 1.8,  # the lexicon has it
    "seen": 0.4,  # ln of the texts of the collection that hold it, up to 8
    "rare": 0.25,  # mean idf of its words in general Chinese, less 9
    "one word": 1.3,
    "two words": 0.5,
    "four words": -1.0,  # or more
    "2 characters": -0.7,
    "4 characters": 0.9,
    "5, 6 characters": 0.5,
    "over 8 characters": -0.5,
    "ends in a character": 0.6,  # 霜, 法, 率: a suffix that makes a name
    "verb": -1.0,
    "adjective": -0.65,
    "says little": -1.2,  # `lexicon/weak.txt`
    "digits": -1.3,
    "latin": -0.6,
    "part of more": -0.8,  # every time with the same word beside it, in this text
    "fragment": -1.0,  # the same in the collection, beyond 60 % of its places
}
BASE = -6.75  # so that scores are right on average on the sample corpus
_UNLISTED, _UNLISTED_ONE = 11.0, 9.0  # idf of a word that general Chinese does not list
_MOST_TIMES, _MOST_SEEN = 5, 8


@dataclass(frozen=True, slots=True)
class Phrase:
    """A keyword phrase in the text's spelling.

    `parts` are (name, value, weight); values times weights sum, with BASE, to the logit of `score`.
    """

    keyword: str
    score: float
    kind: str
    parts: tuple[tuple[str, float, float], ...]


def extract(library: LibrarySnapshot, note: Note, limit: int) -> list[Phrase]:
    """Extracts the keyword phrases of a note or draft; the library tells how common they are."""
    counts: dict[str, int] = {}

    def seen(key: str) -> int:
        if key not in counts:
            (counts[key],) = library.count_phrases([key])
        return counts[key]

    return extractor_of(library).extract([Text.of(note)], limit, seen)[0]


def extractor_of(library: LibrarySnapshot) -> Extractor:
    """Returns the extractor that reads by the library's lexicon."""
    return library.memo.get("extractor", lambda: Extractor(library.reader))


@dataclass(frozen=True)
class Collection:
    """Statistics of other texts: how many hold a phrase (`seen`), and how fixed its neighbours
    are."""

    seen: Callable[[str], int]
    fixed: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, per_text: Sequence[Candidates]) -> Collection:
        """Builds the statistics from the texts themselves."""
        counts = Counter(key for of_text in per_text for key in of_text)
        return cls(lambda key: counts[key], neighbours(per_text))


class Extractor:
    """Extracts phrases with one segmenter and its lexicon."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._kinds = Kinds(reader.segmenter)

    def extract(
        self, texts: Sequence[Text], limit: int, seen: Callable[[str], int] | None = None
    ) -> list[list[Phrase]]:
        """Lists the best `limit` phrases of each text.

        The texts are one another's collection, unless `seen` counts the notes of a library that
        hold a phrase.
        """
        per_text = candidates(texts, self._reader)
        collection = Collection(seen, {}) if seen else Collection.of(per_text)
        return [self.best(of_text, collection, limit) for of_text in per_text]

    def best(self, of_text: Candidates, collection: Collection, limit: int) -> list[Phrase]:
        """Lists the best phrases of one text: score descending, then key.

        Leaves out fragments of a better phrase and phrases that only stand inside a chosen one.
        """
        values = {key: self._values(candidate, collection) for key, candidate in of_text.items()}
        logits = {key: _logit(features) for key, features in values.items()}
        order = sorted(logits, key=lambda key: (-logits[key], key))
        chosen: list[str] = []
        for key in order:
            if len(chosen) == limit:
                break
            if any(key in longer for longer in chosen):
                continue
            chosen = [
                shorter
                for shorter in chosen
                if not (shorter in key and of_text[shorter].has_fixed_neighbour)
            ]
            chosen.append(key)
        return [self._phrase(of_text[key], logits[key], values[key]) for key in chosen]

    def _phrase(self, candidate: Candidate, logit: float, values: Mapping[str, float]) -> Phrase:
        phrase_parts = tuple(
            (name, value, WEIGHTS[name]) for name, value in values.items() if value
        )
        kind = self._kinds.kind(candidate.key)
        return Phrase(candidate.surface, 1 / (1 + math.exp(-logit)), kind, phrase_parts)

    def _values(self, candidate: Candidate, collection: Collection) -> dict[str, float]:
        places, words, key = candidate.places, candidate.words, candidate.key
        single, size = len(words) == 1, len(key)
        inside = [place.start for place in places if not place.title]
        title = len(inside) < len(places)
        first = 0 if title else min(inside, default=1_000)
        edges = sum((not p.left) + (not p.right) for p in places) / (2 * len(places) or 1)
        count, fixed = collection.fixed.get(key, (0, 0))
        part = parts.part(key) if single else ""
        listed = self._reader.listed(key)
        return {
            "title": float(title),
            "opening": math.exp(-first / 50),
            "times": math.log(min(max(len(places), 1), _MOST_TIMES)),
            "edges": edges,
            "tag": float(candidate.tag),
            "lexicon": float(listed),
            "seen": math.log(min(max(collection.seen(key), 1), _MOST_SEEN)),
            "rare": _rarity(candidate) - 9,
            "one word": float(single),
            "two words": float(len(words) == 2),
            "four words": float(len(words) >= 4),
            "2 characters": float(size == 2),
            "4 characters": float(size == 4),
            "5, 6 characters": float(size in (5, 6)),
            "over 8 characters": float(size > 8),
            "ends in a character": float(not single and len(words[-1]) == 1),
            "verb": float(single and candidate.roles[0] == LOOSE),
            "adjective": float(part == "adjective"),
            "says little": float(self._reader.weak(key)),
            "digits": float(any(char.isdigit() for char in key)),
            "latin": float(key.isascii()),
            "part of more": float(candidate.has_fixed_neighbour and not single),
            "fragment": max(0.0, fixed / count - 0.6) if count > 2 else 0.0,
        }


def _logit(values: Mapping[str, float]) -> float:
    return BASE + sum(value * WEIGHTS[name] for name, value in values.items())


def _rarity(candidate: Candidate) -> float:
    """The mean idf of the words, or the phrase's own idf where general Chinese lists it."""
    phrase_rarity = parts.rarity(candidate.key)
    if phrase_rarity is not None:
        return phrase_rarity
    rarities = [min(_word_rarity(word), 12.0) for word in candidate.words if len(word) > 1]
    return sum(rarities) / len(rarities) if rarities else _UNLISTED_ONE


def _word_rarity(word: str) -> float:
    rarity = parts.rarity(word)
    return _UNLISTED if rarity is None else rarity
