"""Portrait -> keyword set: weighted keywords, each with where it came from.

Each step can be looked at in the set: the words of the portrait bring the audience's notes (see
`audience`); the phrases of these notes are weighed by how much of the reading names them
(`reach`), by how much more than the rest of the library (`distinct`, from a z-score), and grouped
into topics, so that one loud topic does not take all.
Weight = √reach × distinct × (1 + what lists and questions add), then shared out to sum to 1.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.insight.audience import Reading, read
from engine.insight.distinct import distinctness
from engine.insight.extract import Extractor
from engine.insight.keyword_set import Keyword, KeywordSet, Provenance
from engine.insight.kinds import Kinds, intent
from engine.insight.library import Library
from engine.insight.portrait import Portrait
from engine.insight.topics import Topics, topics
from engine.model import Demand
from engine.text.normalise import fold_key
from engine.text.runs import Reader

_SAID = 1.5  # how much the portrait's own words count more
_LEAST_Z = 1.0
_HALF_Z = 3.0  # the z at which a phrase counts half
_CROWDING = 0.93  # what each keyword of a topic takes from the next one's turn
_TOGETHER = 3
_CONTEXT = "where.places"  # brings notes, but is nothing that one would search alone
_FRONTS = ("who.traits", "why.goals", "when.moments")  # what people type before a category
_BOTH = 3  # notes that speak of both parts of a combination
_LONGEST = 10  # characters of a combination
_EXAMPLES = 3


def derive(
    portrait: Portrait, library: Library, reader: Reader, extractor: Extractor, most: int = 50
) -> KeywordSet:
    """The `most` heaviest keywords of a portrait from a library."""
    return _Derivation(portrait, library, reader, extractor).keyword_set(most)


class _Derivation:
    """One portrait on its way to keywords."""

    def __init__(
        self, portrait: Portrait, library: Library, reader: Reader, extractor: Extractor
    ) -> None:
        self._portrait = portrait
        self._library = library
        self._reader = reader
        self._extractor = extractor
        self._excluded = [fold_key(word) for word in portrait.words]
        self._said = {fold_key(t.word): t for t in portrait.asked() if t.part != _CONTEXT}
        self._kinds = Kinds(reader.segmenter, portrait.rivals)
        self._left_out: dict[str, str] = {}

    def keyword_set(self, most: int) -> KeywordSet:
        reading = read(self._portrait, self._library, self._reader, self._extractor)
        notes = self._naming(reading)
        raw = self._weighed(reading, notes)
        grouped = topics(
            [{p: s for p, s in own.items() if p in raw} for own in reading.scores.values()],
            max(3, min(8, len(self._portrait.interests) + 2)),
        )
        self._combine(raw, notes, reading)
        chosen = self._chosen(raw, notes, grouped, most)
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
            traits=tuple((t, len(reading.pages[t.word])) for t in self._portrait.asked()),
            affine=len(reading.affinity),
            topics=tuple(sorted(shares.items(), key=lambda item: (-item[1], item[0]))),
            left_out=tuple(sorted(self._left_out.items())),
        )

    # --- phrases weighed -----------------------------------------------------------------------

    def _naming(self, reading: Reading) -> dict[str, list[str]]:
        """Phrase -> the affine notes that name it, for phrases that may be keywords."""
        wanted = {key for own in reading.scores.values() for key in own}
        wanted |= {key for key in self._said if self._may_be_said(key)}
        wanted |= set(self._library.demand())
        notes: dict[str, list[str]] = defaultdict(list)
        for note_id, own in reading.found.items():
            for key in own:
                if key in wanted:
                    notes[key].append(note_id)
        least = 2 if len(reading.affinity) < 200 else 3
        return {
            key: own
            for key, own in notes.items()
            if (len(own) >= least or key in self._said) and self._may_be(key)
        }

    def _may_be_said(self, key: str) -> bool:
        return self._reader.listed(key) or len(key) <= 8

    def _may_be(self, key: str) -> bool:
        """Whether a phrase is one that people type; what is dropped for a reason is noted."""
        if any(word in key for word in self._excluded):
            self._left_out[key] = "画像排除词"
            return False
        if key in self._said:
            return not self._reader.weak(key)
        return self._reader.typed(key)

    def _weighed(
        self, reading: Reading, notes: Mapping[str, Sequence[str]]
    ) -> dict[str, Provenance]:
        """The phrases that distinguish the audience, each with its raw weight and its parts."""
        whole = sum(reading.affinity.values()) or 1.0
        keys = sorted(notes)
        held = dict(zip(keys, self._library.holding(keys), strict=True))
        group, rest = len(reading.affinity), max(len(self._library) - len(reading.affinity), 0)
        demand = self._library.demand()
        questions = self._questions(keys)
        raw = {}
        for key in keys:
            inside = len(notes[key])
            library = max(held[key], inside)
            known = distinctness(inside, group, library - inside, rest)
            said = key in self._said
            if known.z < _LEAST_Z and not said and rest > group / 4:
                self._left_out[key] = f"不比全库更突出（z {known.z:.1f}）"
                continue
            reach = sum(
                reading.affinity[i] * max(reading.scores[i].get(key, 0.0), 0.1) for i in notes[key]
            )
            parts = [("√reach", math.sqrt(reach / whole)), ("distinct", _half(known.z, said))]
            if said:
                parts.append(("said", _SAID))
            listed = demand.get(key)
            if listed:
                parts.append(("list", 1.2))
            if questions[key]:
                parts.append(("questions", 1 + 0.1 * min(len(questions[key]), 5)))
            raw[key] = Provenance(
                traits=self._traits(key, notes[key], reading),
                said=said,
                notes=inside,
                affine=group,
                library=library,
                distinct=known,
                topic="",
                together=(),
                searches=listed.searches if listed else None,
                bag=listed.bag if listed else "",
                questions=questions[key],
                parts=tuple(parts),
                raw=math.prod(value for _, value in parts),
            )
        return raw

    def _traits(
        self, key: str, notes: Sequence[str], reading: Reading
    ) -> tuple[tuple[str, str, int], ...]:
        """The portrait's words whose pages brought the notes that name a phrase, most first."""
        own = self._said.get(key)
        found = [
            (trait.part, trait.word, sum(note in reading.pages[trait.word] for note in notes))
            for trait in self._portrait.asked()
        ]
        best = sorted((f for f in found if f[2]), key=lambda f: (-f[2], f[1]))
        if own is None:
            return tuple(best)
        first = [f for f in found if f[1] == own.word]
        return tuple(first + [f for f in best if f[1] != own.word])

    def _questions(self, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        folded = [(comment, fold_key(comment)) for comment in self._portrait.comments]
        return {key: tuple(c for c, text in folded if key in text) for key in keys}

    def _combine(
        self, raw: dict[str, Provenance], notes: dict[str, list[str]], reading: Reading
    ) -> None:
        """Long tail: a word of the portrait before a category (油皮洗面奶), where the library
        has it written so and the audience's notes speak of both."""
        heads = [key for key in raw if self._kinds.kind(key) == "category"]
        fronts = [fold_key(t.word) for t in self._portrait.asked() if t.part in _FRONTS]
        pairs = {
            front + head: (front, head)
            for front in fronts
            for head in heads
            if front in raw and front not in head and head not in front
        }
        new = sorted(key for key in pairs if key not in raw and len(key) <= _LONGEST)
        for key, library in zip(new, self._library.holding(new), strict=True):
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
        most: int,
    ) -> list[str]:
        """Heaviest first, with each topic's turn growing lighter the more keywords it has."""
        taken: Counter[int] = Counter()
        chosen: list[str] = []
        left = set(self._without_doubles(raw, notes))
        while left and len(chosen) < most:
            best = min(
                left,
                key=lambda k: (-raw[k].raw * _CROWDING ** taken[grouped.of.get(k, -1)], k),
            )
            left.remove(best)
            chosen.append(best)
            taken[grouped.of.get(best, -1)] += 1
        return chosen

    def _without_doubles(
        self, raw: Mapping[str, Provenance], notes: Mapping[str, Sequence[str]]
    ) -> list[str]:
        """Without fragments of a phrase and without other spellings or orders of one."""
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
        """Whether a phrase hardly stands outside a longer one."""
        listed = self._reader.listed(key)
        return not listed and len(set(notes[key]) - set(notes[longer])) <= 0.3 * len(notes[key])

    def _keyword(
        self,
        key: str,
        known: Provenance,
        weight: float,
        reading: Reading,
        notes: Mapping[str, Sequence[str]],
        grouped: Topics,
        chosen: Sequence[str],
    ) -> Keyword:
        own = set(notes[key])
        beside = {k: len(own & set(notes[k])) for k in chosen if k not in key and key not in k}
        together = sorted((k for k in beside if beside[k] > 1), key=lambda k: (-beside[k], k))
        examples = sorted(
            own,
            key=lambda i: (-reading.scores[i].get(key, 0.0) * reading.affinity[i], i),
        )
        label = grouped.labels[grouped.of[key]] if key in grouped.of and grouped.labels else ()
        kind = self._kinds.kind(key)
        if known.said and kind in ("longtail",):
            kind = "core"
        return Keyword(
            keyword=self._spelling(key, reading),
            kind=kind,
            intent=intent(key, kind)[0],
            weight=weight,
            provenance=replace(
                known,
                topic="、".join(self._spelling(k, reading) for k in label),
                together=tuple(self._spelling(k, reading) for k in together[:_TOGETHER]),
            ),
            examples=tuple(examples[:_EXAMPLES]),
        )

    def _spelling(self, key: str, reading: Reading) -> str:
        if key in self._said:
            return self._said[key].word
        spelt = self._reader.spelling(key)
        return spelt if spelt != key else reading.surfaces.get(key, key)


def _half(z: float, said: bool) -> float:
    """0 at no distinction, a half at z = 3, towards 1; what was said counts at least a half."""
    value = max(z, 0.0) / (max(z, 0.0) + _HALF_Z)
    return max(value, 0.5) if said else value


def listed_demand(rows: Sequence[Demand]) -> dict[str, Demand]:
    """Demand by folded keyword; of several bags the most searched counts."""
    found: dict[str, Demand] = {}
    for row in rows:
        key = fold_key(row.keyword)
        known = found.get(key)
        if known is None or (row.searches or 0) > (known.searches or 0):
            found[key] = row
    return found
