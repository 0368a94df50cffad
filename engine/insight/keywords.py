"""Derives a keyword set from a portrait: weighted keywords, each with its evidence.

The set shows each step. The words of the portrait bring the audience's notes (see `audience`). The
phrases of these notes are weighted by the share of the reading that names them (`reach`) and by how
much more often than in the rest of the library (`distinct`, from a z-score), and grouped into
topics, so that one large topic does not take all places. Weight = √reach × distinct × (1 + bonus of
lists and questions), then scaled to sum to 1.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.insight.audience import Reading, read
from engine.insight.distinct import distinctness
from engine.insight.extract import Extractor, extractor_of
from engine.insight.keyword_set import Keyword, KeywordSet, Provenance
from engine.insight.kinds import Kinds, intent
from engine.insight.library import Library
from engine.insight.portrait import Portrait
from engine.insight.sets import Edits, edited
from engine.insight.topics import Topics, topics
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key
from engine.text.runs import Reader

_SAID = 1.5  # factor for words of the portrait
_LEAST_Z = 1.0
_HALF_Z = 3.0  # the z at which a phrase counts half
_CROWDING = 0.93  # factor per keyword that the topic already has
_TOGETHER = 3
_CONTEXT = "where.places"  # brings notes, but nobody searches it alone
_FRONTS = ("who.traits", "why.goals", "when.moments")  # what people type before a category
_BOTH = 3  # notes that speak of both parts of a combination
_LONGEST = 10  # characters of a combination
_EXAMPLES = 3


def keyword_sets(
    library: LibrarySnapshot, portrait: Portrait, edits: Edits, limit: int
) -> tuple[KeywordSet, KeywordSet]:
    """Returns (the set as derived from the library, the same with the user's edits)."""
    derived = derive(library, portrait, limit + len(edits.dropped))
    kinds = Kinds(library.segmenter, portrait.rivals)
    return derived, edited(derived, edits, kinds, limit)


def derive(library: LibrarySnapshot, portrait: Portrait, limit: int = 50) -> KeywordSet:
    """Derives the `limit` heaviest keywords of a portrait from a library."""
    extractor = extractor_of(library)
    return _Derivation(portrait, library, library.reader, extractor).keyword_set(limit)


class _Derivation:
    """The derivation of one portrait's keywords."""

    def __init__(
        self, portrait: Portrait, library: Library, reader: Reader, extractor: Extractor
    ) -> None:
        self._portrait = portrait
        self._library = library
        self._reader = reader
        self._extractor = extractor
        self._excluded = [fold_key(word) for word in portrait.words]
        self._said = {fold_key(t.word): t for t in portrait.search_traits() if t.part != _CONTEXT}
        self._kinds = Kinds(reader.segmenter, portrait.rivals)
        self._left_out: dict[str, str] = {}

    def keyword_set(self, limit: int) -> KeywordSet:
        reading = read(self._portrait, self._library, self._reader, self._extractor)
        notes = self._naming(reading)
        raw = self._weighed(reading, notes)
        grouped = topics(
            [{p: s for p, s in scores.items() if p in raw} for scores in reading.scores.values()],
            max(3, min(8, len(self._portrait.interests) + 2)),
        )
        self._combine(raw, notes, reading)
        chosen = self._chosen(raw, notes, grouped, limit)
        total = sum(raw[key].raw for key in chosen) or 1.0
        keywords = [
            self._keyword(key, raw[key], raw[key].raw / total, reading, notes, grouped, chosen)
            for key in chosen
        ]
        keywords.sort(key=lambda keyword: (-keyword.weight, keyword.keyword))
        shares: Counter[str] = Counter()
        for keyword in keywords:
            shares[keyword.provenance.topic] += keyword.weight  # type: ignore[assignment]
        return KeywordSet(
            portrait=self._portrait,
            keywords=tuple(keywords),
            traits=tuple((t, len(reading.pages[t.word])) for t in self._portrait.search_traits()),
            affine=len(reading.affinity),
            topics=tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0]))),
            left_out=tuple(sorted(self._left_out.items())),
        )

    # --- weights of phrases --------------------------------------------------------------------

    def _naming(self, reading: Reading) -> dict[str, list[str]]:
        """Lists for each phrase that may be a keyword the affine notes that name it."""
        phrases = {key for of_note in reading.scores.values() for key in of_note}
        phrases |= {key for key in self._said if self._may_be_said(key)}
        phrases |= set(self._library.demand())
        notes: dict[str, list[str]] = defaultdict(list)
        for note_id, of_note in reading.candidates.items():
            for key in of_note:
                if key in phrases:
                    notes[key].append(note_id)
        least = 2 if len(reading.affinity) < 200 else 3
        return {
            key: of_note
            for key, of_note in notes.items()
            if (len(of_note) >= least or key in self._said) and self._may_be(key)
        }

    def _may_be_said(self, key: str) -> bool:
        return self._reader.listed(key) or len(key) <= 8

    def _may_be(self, key: str) -> bool:
        """Whether people type a phrase; records the reason when a phrase is excluded."""
        if any(word in key for word in self._excluded):
            self._left_out[key] = "画像排除词"
            return False
        if key in self._said:
            return not self._reader.weak(key)
        return self._reader.typed(key)

    def _weighed(
        self, reading: Reading, notes: Mapping[str, Sequence[str]]
    ) -> dict[str, Provenance]:
        """Weighs the phrases that distinguish the audience: raw weight and its parts."""
        total_affinity = sum(reading.affinity.values()) or 1.0
        keys = sorted(notes)
        library_counts = dict(zip(keys, self._library.count_phrases(keys), strict=True))
        group, rest = len(reading.affinity), max(len(self._library) - len(reading.affinity), 0)
        demand = self._library.demand()
        questions = self._questions(keys)
        raw = {}
        for key in keys:
            inside = len(notes[key])
            library = max(library_counts[key], inside)
            distinct = distinctness(inside, group, library - inside, rest)
            said = key in self._said
            if distinct.z < _LEAST_Z and not said and rest > group / 4:
                self._left_out[key] = f"不比全库更突出（z {distinct.z:.1f}）"
                continue
            reach = sum(
                reading.affinity[i] * max(reading.scores[i].get(key, 0.0), 0.1) for i in notes[key]
            )
            parts = [
                ("√reach", math.sqrt(reach / total_affinity)),
                ("distinct", _half(distinct.z, said)),
            ]
            if said:
                parts.append(("said", _SAID))
            demand_row = demand.get(key)
            if demand_row:
                parts.append(("list", 1.2))
            if questions[key]:
                parts.append(("questions", 1 + 0.1 * min(len(questions[key]), 5)))
            raw[key] = Provenance(
                traits=self._traits(key, notes[key], reading),
                said=said,
                notes=inside,
                affine=group,
                library=library,
                distinct=distinct,
                topic="",
                together=(),
                searches=demand_row.searches if demand_row else None,
                bag=demand_row.bag if demand_row else "",
                questions=questions[key],
                parts=tuple(parts),
                raw=math.prod(value for _, value in parts),
            )
        return raw

    def _traits(
        self, key: str, notes: Sequence[str], reading: Reading
    ) -> tuple[tuple[str, str, int], ...]:
        """Lists the portrait's words whose pages hold the notes that name a phrase, most notes
        first."""
        trait_said = self._said.get(key)
        trait_counts = [
            (trait.part, trait.word, sum(note in reading.pages[trait.word] for note in notes))
            for trait in self._portrait.search_traits()
        ]
        best = sorted((row for row in trait_counts if row[2]), key=lambda row: (-row[2], row[1]))
        if trait_said is None:
            return tuple(best)
        first = [row for row in trait_counts if row[1] == trait_said.word]
        return tuple(first + [row for row in best if row[1] != trait_said.word])

    def _questions(self, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        comments = [(comment, fold_key(comment)) for comment in self._portrait.comments]
        return {key: tuple(c for c, text in comments if key in text) for key in keys}

    def _combine(
        self, raw: dict[str, Provenance], notes: dict[str, list[str]], reading: Reading
    ) -> None:
        """Adds long tail: a word of the portrait before a category (油皮洗面奶).

        The library must hold the combination, and the audience's notes must name both parts.
        """
        heads = [key for key in raw if self._kinds.kind(key) == "category"]
        fronts = [fold_key(t.word) for t in self._portrait.search_traits() if t.part in _FRONTS]
        pairs = {
            front + head: (front, head)
            for front in fronts
            for head in heads
            if front in raw and front not in head and head not in front
        }
        new = sorted(key for key in pairs if key not in raw and len(key) <= _LONGEST)
        for key, library in zip(new, self._library.count_phrases(new), strict=True):
            front, head = pairs[key]
            both = [note for note in notes[front] if note in set(notes[head])]
            if not library or len(both) < _BOTH:
                continue
            least = min(raw[front].raw / (_SAID if raw[front].said else 1), raw[head].raw)
            parts = (
                (f"the lesser of {front} and {head}", least),
                ("share of notes with both", len(both) / min(len(notes[front]), len(notes[head]))),
            )
            notes[key] = both
            raw[key] = replace(
                raw[front],
                traits=self._traits(key, both, reading),
                said=False,
                notes=len(both),
                library=library,
                parts=parts,
                raw=math.prod(value for _, value in parts),
            )

    # --- the set -------------------------------------------------------------------------------

    def _chosen(
        self,
        raw: Mapping[str, Provenance],
        notes: Mapping[str, Sequence[str]],
        grouped: Topics,
        limit: int,
    ) -> list[str]:
        """Chooses phrases, heaviest first; each chosen phrase of a topic lowers the topic's next
        ones."""
        count_by_topic: Counter[int] = Counter()
        chosen: list[str] = []
        remaining = set(self._without_doubles(raw, notes))
        while remaining and len(chosen) < limit:
            best = min(
                remaining,
                key=lambda k: (-raw[k].raw * _CROWDING ** count_by_topic[grouped.of.get(k, -1)], k),
            )
            remaining.remove(best)
            chosen.append(best)
            count_by_topic[grouped.of.get(best, -1)] += 1
        return chosen

    def _without_doubles(
        self, raw: Mapping[str, Provenance], notes: Mapping[str, Sequence[str]]
    ) -> list[str]:
        """Removes fragments of a phrase, and other spellings or word orders of a phrase."""
        order = sorted(raw, key=lambda key: (-raw[key].raw, key))
        kept: list[str] = []
        shapes: dict[tuple[str, ...], str] = {}
        for key in order:
            shape = self._reader.shape(key)
            if shape in shapes:
                self._left_out[key] = f"与“{shapes[shape]}”是同一个词"
                continue
            longer = next(
                (k for k in order if k != key and key in k and self._only(notes, key, k)), None
            )
            if longer and key not in self._said:
                self._left_out[key] = f"多为“{longer}”的一部分"
                continue
            shapes[shape] = key
            kept.append(key)
        return kept

    def _only(self, notes: Mapping[str, Sequence[str]], key: str, longer: str) -> bool:
        """Whether a phrase hardly occurs outside a longer one."""
        listed = self._reader.listed(key)
        return not listed and len(set(notes[key]) - set(notes[longer])) <= 0.3 * len(notes[key])

    def _keyword(
        self,
        key: str,
        provenance: Provenance,
        weight: float,
        reading: Reading,
        notes: Mapping[str, Sequence[str]],
        grouped: Topics,
        chosen: Sequence[str],
    ) -> Keyword:
        note_ids = set(notes[key])
        shared_notes = {
            k: len(note_ids & set(notes[k])) for k in chosen if k not in key and key not in k
        }
        together = sorted(
            (k for k in shared_notes if shared_notes[k] > 1), key=lambda k: (-shared_notes[k], k)
        )
        examples = sorted(
            note_ids,
            key=lambda i: (-reading.scores[i].get(key, 0.0) * reading.affinity[i], i),
        )
        label = grouped.labels[grouped.of[key]] if key in grouped.of and grouped.labels else ()
        kind = self._kinds.kind(key)
        if provenance.said and kind in ("longtail",):
            kind = "core"
        return Keyword(
            keyword=self._spelling(key, reading),
            kind=kind,
            intent=intent(key, kind)[0],
            weight=weight,
            provenance=replace(
                provenance,
                topic="、".join(self._spelling(k, reading) for k in label),
                together=tuple(self._spelling(k, reading) for k in together[:_TOGETHER]),
            ),
            examples=tuple(examples[:_EXAMPLES]),
        )

    def _spelling(self, key: str, reading: Reading) -> str:
        if key in self._said:
            return self._said[key].word
        spelling = self._reader.spelling(key)
        return spelling if spelling != key else reading.surfaces.get(key, key)


def _half(z: float, said: bool) -> float:
    """Maps z to 0 at no distinction, 0.5 at z = 3, towards 1; a word of the portrait gets at least
    0.5."""
    value = max(z, 0.0) / (max(z, 0.0) + _HALF_Z)
    return max(value, 0.5) if said else value
