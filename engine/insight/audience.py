"""The audience's reading: the notes that the words of a portrait bring, and their phrases.

Each word is asked of the library by the engine's own ranking, so that every interest brings its
notes; a note's affinity is the weighted sum of its scores over the pages, as parts of the first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from engine.insight.candidates import Found, Text, candidates
from engine.insight.extract import Collection, Extractor
from engine.insight.library import Library
from engine.insight.portrait import Portrait
from engine.model import Note
from engine.text.normalise import fold_key
from engine.text.runs import Reader

_PAGE = 100  # places of a trait's page that count
_AFFINE = 400  # notes that the audience's reading is taken from
_WORTH = 0.25  # of the first place's score; what is below is no longer about the word
_OF_A_TRAIT = 15  # notes that each trait may at least bring
_PHRASES = 15  # of a note
_SAVED = 5.0  # affinity of a note that the audience saved or commented


@dataclass(frozen=True, slots=True)
class Reading:
    """What the audience reads: affinity by note, notes by trait, texts, phrases by note."""

    affinity: Mapping[str, float]
    pages: Mapping[str, frozenset[str]]
    found: Mapping[str, Found]
    scores: Mapping[str, Mapping[str, float]]
    surfaces: Mapping[str, str]


def read(portrait: Portrait, library: Library, reader: Reader, extractor: Extractor) -> Reading:
    """The notes of a portrait's audience, without those that name an excluded word."""
    affinity: dict[str, float] = defaultdict(float)
    pages: dict[str, frozenset[str]] = {}
    brought: set[str] = set()
    for trait in portrait.asked():
        page = library.page(trait.word, _PAGE)
        page = [(note_id, score) for note_id, score in page if score > _WORTH * page[0][1]]
        pages[trait.word] = frozenset(note_id for note_id, _ in page)
        brought.update(note_id for note_id, _ in page[:_OF_A_TRAIT])
        for note_id, score in page:
            affinity[note_id] += trait.weight * score / page[0][1]
    for note_id in portrait.saved:
        affinity[note_id] += _SAVED
        brought.add(note_id)
    order = sorted(affinity, key=lambda note_id: (-affinity[note_id], note_id))
    stored = library.texts(sorted(brought | set(order[:_AFFINE])))
    excluded = [fold_key(word) for word in portrait.words]
    texts = {i: Text.of(stored[i]) for i in sorted(stored) if not _names(stored[i], excluded)}
    found = dict(zip(texts, candidates(list(texts.values()), reader), strict=True))
    collection = Collection.of(list(found.values()))
    scores: dict[str, dict[str, float]] = {}
    surfaces: dict[str, Counter[str]] = defaultdict(Counter)
    for note_id, own in found.items():
        best = extractor.best(own, collection, _PHRASES)
        scores[note_id] = {fold_key(p.keyword): p.score for p in best}
        for phrase in best:
            surfaces[fold_key(phrase.keyword)][phrase.keyword] += 1
    usual = {key: min(c, key=lambda s: (-c[s], s)) for key, c in surfaces.items()}
    return Reading({i: affinity[i] for i in texts}, pages, found, scores, usual)


def _names(note: Note, words: list[str]) -> bool:
    """Whether one of the words stands in the title or in a tag."""
    texts = [fold_key(part) for part in (note.title, *Text.of(note).tags)]
    return any(word in part for word in words for part in texts)
