"""Finds words near a keyword: long tail, related, lifestyle angles, up- and downstream words.

Long tail are phrases of the notes that hold the keyword and more. Related words share pages or
notes with the keyword, but no word. Angles are the scenes, crowds, pains, effects and ways of use
that the keyword's notes name more often than other notes. Up- and downstream words come from
imported lists of related searches only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.insight.candidates import Text, candidates
from engine.insight.distinct import distinctness
from engine.insight.extract import Collection, extractor_of
from engine.insight.kinds import Kinds, intent
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key
from engine.text.runs import Reader

Relation = Literal["longtail", "related", "angle", "upstream", "downstream"]
_NOTES = 200
_PHRASES = 20
_LEAST = 2
_SHARED_PAGES = 3
_LEAST_Z = 1.0
_ANGLES = ("scene", "crowd", "pain", "effect")
_WAYS = re.compile(
    r"(教程|做法|喝法|吃法|用法|搭配|测评|评测|盲盒|平替|清单|合集|推荐|攻略|打卡|开箱|体验)$"
)


@dataclass(frozen=True, slots=True)
class Near:
    """A word near a keyword.

    `notes` counts the keyword's notes that name the word; `z` is its distinctness, None for listed
    words; `evidence` says how we know; `examples` are note ids.
    """

    keyword: str
    relation: Relation
    notes: int
    z: float | None
    evidence: str
    examples: tuple[str, ...]


def expand(library: LibrarySnapshot, keyword: str, limit: int = 40) -> list[Near]:
    """Lists words near a keyword, the strongest of each relation first."""
    reader, extractor = library.reader, extractor_of(library)
    page = library.page(keyword, _NOTES)
    top = page[0][1] if page else 1.0
    ids = [note_id for note_id, score in page if score >= 0.25 * top]
    stored = library.texts(ids)
    ids = [i for i in ids if i in stored]
    candidates_by_note = candidates([Text.of(stored[i]) for i in ids], reader)
    collection = Collection.of(candidates_by_note)
    kinds = Kinds(reader.segmenter)
    key = fold_key(keyword)
    holders: dict[str, list[str]] = {}
    surfaces: dict[str, str] = {}
    for note_id, of_note in zip(ids, candidates_by_note, strict=True):
        for scored in extractor.best(of_note, collection, _PHRASES):
            holders.setdefault(fold_key(scored.keyword), []).append(note_id)
            surfaces.setdefault(fold_key(scored.keyword), scored.keyword)
    keys = [p for p, of_note in holders.items() if p != key and len(of_note) >= _LEAST]
    keys = sorted(p for p in keys if reader.typed(p) or key in p)
    counts = library.count_phrases(keys)
    pages = _shared(keys, ids, library)
    rows: list[Near] = []
    for phrase, library_count in zip(keys, counts, strict=True):
        notes = holders[phrase]
        rest = max(len(library) - len(ids), 0)
        distinct = distinctness(len(notes), len(ids), max(library_count - len(notes), 0), rest)
        relation = _relation(key, phrase, kinds, reader)
        if relation is None or (relation != "longtail" and distinct.z < _LEAST_Z):
            continue
        if relation == "related" and pages[phrase] < _SHARED_PAGES and len(notes) < _SHARED_PAGES:
            continue
        evidence = f"{len(notes)} 篇同现（全库 {library_count}），首页重合 {pages[phrase]}/10"
        spelling = reader.spelling(phrase)
        shown = spelling if spelling != phrase else surfaces[phrase]
        rows.append(Near(shown, relation, len(notes), distinct.z, evidence, tuple(notes[:3])))
    rows += _listed(key, library.store.related(keyword))
    rows.sort(key=lambda row: (row.relation, -(row.z or 0.0) * row.notes, row.keyword))
    count_by_relation: Counter[str] = Counter()
    chosen = []
    for row in rows:
        count_by_relation[row.relation] += 1
        if count_by_relation[row.relation] <= max(1, limit // 3):
            chosen.append(row)
    return chosen


def _shared(phrases: Sequence[str], ids: Sequence[str], library: LibrarySnapshot) -> dict[str, int]:
    """Counts for each phrase the first ten places that its page shares with the keyword's page."""
    top_ids = set(ids[:10])
    return {p: len(top_ids & {i for i, _ in library.page(p, 10)}) for p in phrases}


def _relation(key: str, phrase: str, kinds: Kinds, reader: Reader) -> Relation | None:
    if key in phrase:
        return "longtail"
    if phrase in key:
        return None
    if kinds.kind(phrase) in _ANGLES or _WAYS.search(phrase) or intent(phrase)[1]:
        return "angle"
    key_words, phrase_words = set(reader.segmenter.words(key)), set(reader.segmenter.words(phrase))
    return None if key_words & phrase_words else "related"


def _listed(key: str, related: Sequence[str]) -> list[Near]:
    """Words of a related-searches list: narrower ones are downstream of the keyword, others
    upstream."""
    rows = []
    for word in related:
        relation: Relation = "downstream" if key in fold_key(word) else "upstream"
        rows.append(Near(word, relation, 0, None, "相关搜索列表", ()))
    return rows
