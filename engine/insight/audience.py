"""Finds what the audience reads: the notes that the words of a portrait bring, and their phrases.

The engine's own ranking answers each word, so that every interest brings its notes. A note's
affinity is the weighted sum of its scores over these pages, each score as a share of the page's
first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from engine.insight.candidates import Candidates, Text, candidates
from engine.insight.extract import Collection, Extractor
from engine.insight.library import Library
from engine.insight.portrait import Portrait
from engine.model import Note
from engine.text.normalise import fold_key
from engine.text.runs import Reader

_PAGE = 100  # places read of a trait's page
_AFFINE = 400  # notes with the highest affinity that are read
_WORTH = 0.25  # share of the first place's score; notes below it are not about the word
_OF_A_TRAIT = 15  # first places of each trait that are always read
_PHRASES = 15  # phrases per note
_SAVED = 5.0  # affinity of a note that the audience saved or commented


@dataclass(frozen=True, slots=True)
class Reading:
    """What the audience reads.

    `affinity` by note id, `pages` (note ids) by trait, `candidates` and phrase `scores` by note id,
    `surfaces` (usual spelling) by phrase key.
    """

    affinity: Mapping[str, float]
    pages: Mapping[str, frozenset[str]]
    candidates: Mapping[str, Candidates]
    scores: Mapping[str, Mapping[str, float]]
    surfaces: Mapping[str, str]


def read(portrait: Portrait, library: Library, reader: Reader, extractor: Extractor) -> Reading:
    """Collects the notes of a portrait's audience, without those that name an excluded word."""
    affinity: dict[str, float] = defaultdict(float)
    pages: dict[str, frozenset[str]] = {}
    note_ids: set[str] = set()
    for trait in portrait.search_traits():
        page = library.page(trait.word, _PAGE)
        page = [(note_id, score) for note_id, score in page if score > _WORTH * page[0][1]]
        pages[trait.word] = frozenset(note_id for note_id, _ in page)
        note_ids.update(note_id for note_id, _ in page[:_OF_A_TRAIT])
        for note_id, score in page:
            affinity[note_id] += trait.weight * score / page[0][1]
    for note_id in portrait.saved:
        affinity[note_id] += _SAVED
        note_ids.add(note_id)
    order = sorted(affinity, key=lambda note_id: (-affinity[note_id], note_id))
    stored = library.texts(sorted(note_ids | set(order[:_AFFINE])))
    excluded = [fold_key(word) for word in portrait.words]
    texts = {i: Text.of(stored[i]) for i in sorted(stored) if not _names(stored[i], excluded)}
    candidates_by_note = dict(zip(texts, candidates(list(texts.values()), reader), strict=True))
    collection = Collection.of(list(candidates_by_note.values()))
    scores: dict[str, dict[str, float]] = {}
    surfaces: dict[str, Counter[str]] = defaultdict(Counter)
    for note_id, note_candidates in candidates_by_note.items():
        best = extractor.best(note_candidates, collection, _PHRASES)
        scores[note_id] = {fold_key(p.keyword): p.score for p in best}
        for phrase in best:
            surfaces[fold_key(phrase.keyword)][phrase.keyword] += 1
    usual_spelling = {key: min(c, key=lambda s: (-c[s], s)) for key, c in surfaces.items()}
    return Reading(
        {i: affinity[i] for i in texts}, pages, candidates_by_note, scores, usual_spelling
    )


def _names(note: Note, words: list[str]) -> bool:
    """Whether one of the words occurs in the title or in a tag."""
    texts = [fold_key(part) for part in (note.title, *Text.of(note).tags)]
    return any(word in part for word in words for part in texts)
