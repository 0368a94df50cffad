"""Where a draft would stand, before it is published, and which edits move it most.

The draft joins an index of its own beside the library's (`with_notes`): a place is the place that
the draft takes when it is imported with these counts at this time, statistics and all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import numpy as np

from engine.bm25 import average_length, encode_length, length_factors
from engine.formats.keywords import KeywordLine
from engine.index.hits import signal_columns
from engine.index.protocol import BIGRAM, TermScore
from engine.ingest.importer import cluster_of, merged, note_text
from engine.insight import visibility as voices
from engine.insight.advise import Advice, PlaceByKeyword, advise, moved
from engine.insight.candidates import Text
from engine.insight.checks import checks
from engine.insight.draft import STATED, DraftAnswer, Placed, expected
from engine.insight.edits import halves
from engine.insight.extract import Extractor
from engine.insight.insights import Insights, weights_of
from engine.insight.kinds import intent
from engine.insight.scenarios import Scenario, scenarios
from engine.insight.visibility import DEPTH, Total
from engine.model import CHINA, FIELDS, Count, Counts, Document, Note, Signals, quiet
from engine.ranking.ranker import Places, Rows, Tick
from engine.store import Store
from engine.text.document import batch, documents
from engine.text.normalise import fold_key
from engine.text.query import plain
from engine.text.runs import Reader
from engine.text.segment import Segmenter
from engine.text.sketch import sketch

_OWN_DEPTH = 20  # places in which own notes compete
_WORDING = 5  # first notes of a page that tell how a keyword is written
_PHRASES = 20  # of each of them
_LONGEST = 12  # characters of a phrase around a keyword
_MENTIONS = (1, 2, 3)
_EARLY = ("know", "consider")  # intents of who looks around; the others decide
_CONFLICT = 0.25  # of the weight, for both, before one draft is better as two
_NONE = Count(0)
Parts = tuple[list[TermScore], list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class _Trial:
    """The library with a draft (or two) in it."""

    places: Places
    documents: tuple[Document, ...]
    signals: Signals


class Drafts:
    """Drafts over one state of a library, by one rule set, as of one moment."""

    def __init__(self, insights: Insights, store: Store) -> None:
        self._insights = insights
        self._store = store
        self._places: Places = insights.places
        self._segmenter: Segmenter = insights.reader.segmenter
        self._reader: Reader = insights.reader
        self._extractor: Extractor = insights.extractor
        self.wording: Callable[[str], str] = cache(self._wording)
        self._terms = cache(self._terms_of)

    def fresh(self, draft: Note) -> Note:
        """The draft as it would be published now: no time means now, no counts mean none yet; a
        new text of a stored note keeps what it does not state."""
        if draft.published_at is None:
            draft = replace(draft, published_at=self._places.now.astimezone(CHINA))
        if draft.counts == Counts():
            draft = replace(draft, counts=Counts(_NONE, _NONE, _NONE, _NONE))
        known = self._store.get(draft.note_id)
        return merged(known.note, draft) if known else draft

    def rank(
        self,
        draft: Note,
        lines: Sequence[KeywordLine],
        own: Sequence[str] = (),
        banned: Sequence[str] = (),
        tick: Tick | None = None,
    ) -> DraftAnswer:
        """Where a draft stands for each keyword, in each scenario, and what it would change."""
        note = self.fresh(draft)
        words = [line.keyword for line in lines]
        weights = weights_of(lines)
        trial = self._trial(note)
        known = scenarios(self._insights.library.seen(), note.fans.value if note.fans else None)
        told = [one for one in known if one.counts is not None]
        factors = [self._factors(note, trial.signals, one) for one in told]
        row = trial.places.row(note.note_id)
        stood = trial.places.stand(words, row, factors, tick)
        names = [STATED, *(one.name for one in told)]
        placed = [
            self._placed(trial, word, weight, one.order, dict(zip(names, one.places, strict=True)))
            for word, weight, one in zip(words, weights, stood, strict=True)
        ]
        held = [expected((one.weight, one.places[name]) for one in placed) for name in names]
        before = self._places.of(words, DEPTH)
        after = [one.order for one in stood]
        asked = [voices.Asked(w, weight) for w, weight in zip(words, weights, strict=True)]
        lexicon = self._segmenter.lexicon
        names_of = own or [lexicon.brand_named(brand) for brand in trial.signals.brands]
        brands = {fold_key(lexicon.brand_named(name)): name for name in names_of}
        return DraftAnswer(
            note=note,
            placed=tuple(placed),
            scenarios=tuple(known),
            attention=held[0],
            range=(min(held), max(held)),
            before=self._voice(self._places, before, asked, brands),
            after=self._voice(trial.places, after, asked, brands),
            cannibals=tuple(self._cannibals(words, before, after, brands, row)),
            checks=tuple(checks(note, words, banned, self._copied(note))),
            saturation=self._saturation(trial),
        )

    def advise(
        self, draft: Note, lines: Sequence[KeywordLine], most: int, tick: Tick | None = None
    ) -> tuple[Advice, ...]:
        """The `most` edits that raise the set's attention most, each on top of those before it;
        then, where intents of the set conflict, the draft as two, if that is better still."""
        note = self.fresh(draft)
        weights = dict(zip((line.keyword for line in lines), weights_of(lines), strict=True))
        found = advise(note, weights, self, self._reader, most, tick or quiet)
        split = self._split(note, lines, weights)
        return (*found, split) if split else tuple(found)

    # --- what the search for edits asks --------------------------------------------------------

    def evaluate(self, draft: Note, keywords: Sequence[str]) -> PlaceByKeyword:
        """Keyword -> place of a draft, exactly, as stated."""
        trial = self._trial(draft)
        stood = trial.places.stand(keywords, trial.places.row(draft.note_id))
        return {word: one.places[0] for word, one in zip(keywords, stood, strict=True)}

    def touched(self, one: Note, other: Note, keywords: Sequence[str]) -> list[str]:
        """Keywords with a term in a field that differs between two drafts."""
        first, second = documents([one, other], ["", ""], self._segmenter)
        changed: set[str] = set()
        for field in FIELDS:
            old, new = getattr(first, field), getattr(second, field)
            if old != new:
                changed.update(old, new)
        return [word for word in keywords if not changed.isdisjoint(self._terms(word))]

    def beside(self, draft: Note, keyword: str) -> tuple[Parts, Parts | None]:
        """The parts of a draft's score for a keyword, and those of the note right above it."""
        note = self.fresh(draft)
        places = self._trial(note).places
        row = places.row(note.note_id)
        (stood,) = places.stand([keyword], row)
        at = (stood.places[0] or 1) - 2
        above = self._parts(places, int(stood.order[at]), keyword) if at >= 0 else None
        return self._parts(places, row, keyword), above

    def _parts(self, places: Places, row: int, keyword: str) -> Parts:
        """(the summands of a note's BM25, its factors by rule)."""
        rules, note_id = places.rule_set, places.roster.note_ids[row]
        query = plain(keyword, self._segmenter, rules.query)
        terms = places.index.explain(query, rules.scoring, note_id)
        factors = self._of_signals(note_id, places.index.signals([note_id])[note_id])
        return terms, list(zip((name for name, _ in rules.rules), factors, strict=True))

    # --- inside --------------------------------------------------------------------------------

    def _trial(self, *notes: Note) -> _Trial:
        clusters = []
        for note in notes:
            group, _, _ = cluster_of(self._store, note, sketch(note_text(note)))
            clusters.append(group)
        columns = batch(notes, clusters, self._segmenter)
        return _Trial(self._places.with_notes(columns), tuple(columns), columns.signals[0])

    def _copied(self, note: Note) -> tuple[str, float] | None:
        _, other, alike = cluster_of(self._store, note, sketch(note_text(note)))
        return (other, alike) if other else None

    def _terms_of(self, keyword: str) -> frozenset[str]:
        query = plain(keyword, self._segmenter, self._places.rule_set.query)
        return frozenset(clause.term for clause in query.clauses)

    def _placed(
        self,
        trial: _Trial,
        keyword: str,
        weight: float,
        order: Rows,
        places: dict[str, int | None],
    ) -> Placed:
        position = places[STATED]
        known = [place for place in places.values() if place is not None]
        ids = trial.places.roster.note_ids
        at = len(order) if position is None else position - 1
        return Placed(
            keyword=keyword,
            weight=weight,
            low=min(known, default=None),
            position=position,
            high=max(known, default=None),
            of=len(order),
            matched=self._matched(trial.documents[0], keyword),
            displaces=ids[order[at + 1]] if at + 1 < len(order) else None,
            above=ids[order[at - 1]] if 0 < at < len(order) else None,
            places=places,
        )

    def _matched(self, document: Document, keyword: str) -> dict[str, tuple[str, ...]]:
        query = plain(keyword, self._segmenter, self._places.rule_set.query)
        terms = [c.term for c in query.clauses if c.route != BIGRAM]
        spelling = self._segmenter.lexicon.spelling
        found = {
            field: tuple(spelling(t) for t in terms if t in getattr(document, field))
            for field in FIELDS
        }
        return {field: words for field, words in found.items() if words}

    def _factors(self, note: Note, signals: Signals, scenario: Scenario) -> list[float]:
        """What the rules would multiply the draft's score with in a scenario."""
        likes, collects, comments, shares = scenario.counts or (None,) * 4
        published = self._places.now - timedelta(days=scenario.day)
        changed = replace(
            signals, likes=likes, collects=collects, comments=comments, shares=shares,
            published=int(published.timestamp()),
        )  # fmt: skip
        return self._of_signals(note.note_id, changed)

    def _of_signals(self, note_id: str, signals: Signals) -> list[float]:
        hits = signal_columns([note_id], np.zeros(1, np.float32), [signals], 1)
        return [float(factor[0]) for factor in self._places.factors(hits)]

    def _voice(
        self, places: Places, pages: Sequence[Rows], asked: Sequence[voices.Asked],
        brands: Mapping[str, str],
    ) -> tuple[Total, ...]:  # fmt: skip
        """Share of voice of brands (folded -> name) over the set."""
        first = [rows[:DEPTH] for rows in pages]
        found = voices.standings(asked, first, places.roster, brands)
        return tuple(voices.totals(asked, first, found, "total"))

    def _cannibals(
        self, words: Sequence[str], before: Sequence[Rows], after: Sequence[Rows],
        brands: Mapping[str, str], draft: int,
    ) -> Iterator[tuple[str, str, int, int | None]]:  # fmt: skip
        """Own notes of the first 20 places that stand lower with the draft above them."""
        roster = self._places.roster
        for word, old, new in zip(words, before, after, strict=True):
            places = {row: place for place, row in enumerate(new[:DEPTH].tolist(), 1)}
            for place, row in enumerate(old[:_OWN_DEPTH].tolist(), 1):
                later = places.get(row)
                if draft in places and later != place and set(roster.brands_of(row)) & set(brands):
                    yield word, roster.note_ids[row], place, later

    def _saturation(self, trial: _Trial) -> tuple[float, ...]:
        """tf × factor / (1 + tf × factor) of one, two and three mentions in the draft's body."""
        scoring = self._places.rule_set.scoring
        notes, terms = trial.places.index.lengths("body")
        average = average_length(terms, notes) if notes else 1.0
        factors = length_factors(scoring.k1, scoring.b, average)
        own = float(factors[encode_length([len(trial.documents[0].body)])[0]])
        return tuple(tf * own / (1 + tf * own) for tf in _MENTIONS)

    def _split(
        self, note: Note, lines: Sequence[KeywordLine], weights: Mapping[str, float]
    ) -> Advice | None:
        """The draft as two, one for those who look around and one for those who decide."""
        groups: dict[bool, list[str]] = {True: [], False: []}
        for line in sorted(lines, key=lambda line: (-weights[line.keyword], line.keyword)):
            groups[(line.intent or intent(line.keyword)[0]) in _EARLY].append(line.keyword)
        if min(sum(weights[w] for w in own) for own in groups.values()) < _CONFLICT:
            return None
        two = halves(note, groups[True], groups[False])
        if two is None:
            return None
        words = list(weights)
        trial = self._trial(*two)
        stood = [trial.places.stand(words, trial.places.row(half.note_id)) for half in two]
        before = self.evaluate(note, words)
        after = {
            word: min((s.places[0] for s in both if s.places[0] is not None), default=None)
            for word, both in zip(words, zip(*stood, strict=True), strict=True)
        }
        gain = expected((weights[w], after[w]) for w in words) - expected(
            (weights[w], before[w]) for w in words
        )
        if gain <= 0:
            return None
        return Advice(
            edit=f"拆成两篇：一篇写“{two[0].title}”，一篇写“{two[1].title}”（与原稿相比）",
            field="split",
            before=note.title,
            after=" / ".join(half.title for half in two),
            moves=moved(before, after, weights),
            gain=gain,
            draft=note,
        )

    def _wording(self, keyword: str) -> str:
        """The phrase around a keyword that two of its first notes write; else the keyword."""
        page = self._insights.library.page(keyword, _WORDING)
        notes = self._insights.library.texts([note_id for note_id, _ in page])
        found: Counter[str] = Counter()
        for note in notes.values():
            (own,) = self._extractor.extract([Text.of(note)], _PHRASES)
            found.update({p.keyword for p in own if fold_key(keyword) in fold_key(p.keyword)})
        around = [p for p, count in found.items() if count > 1 and len(p) <= _LONGEST]
        return min(around, key=lambda p: (-found[p], p), default=keyword)
