"""Where a draft would stand, before it is published, and which edits move it most.

An overlay puts the draft over the library's index: a place is the place that the draft takes when
it is imported with these counts at this time, statistics included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from engine.bm25 import average_length, encode_length, length_factors
from engine.formats.keywords import KeywordLine
from engine.index.hits import DocColumns
from engine.index.overlay import Overlay
from engine.index.protocol import BIGRAM, TermScore
from engine.ingest.copies import copied_from, grouped_with, note_text
from engine.ingest.merging import merged
from engine.insight import share_of_voice as voices
from engine.insight.advise import Advice, PlaceByKeyword, advise, moved
from engine.insight.candidates import Text
from engine.insight.checks import checks
from engine.insight.draft import STATED, DraftAnswer, Placed, expected
from engine.insight.edits import halves
from engine.insight.extract import Extractor, extractor_of
from engine.insight.keyword_set import weights_of
from engine.insight.kinds import intent
from engine.insight.scenarios import Scenario, Seen, scenarios
from engine.insight.share_of_voice import DEPTH, Total
from engine.model import CHINA, FIELDS, Count, Counts, Document, Note, Progress, Signals, quiet
from engine.ranking.ranker import RankedPage, Ranker
from engine.snapshot import LibrarySnapshot
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

    ranker: Ranker
    documents: tuple[Document, ...]
    signals: Signals


class Drafts:
    """Drafts over one state of a library, by one rule set, as of one moment."""

    def __init__(self, library: LibrarySnapshot, draft: Note | None = None) -> None:
        """A `draft` that is published later than the library knows brings that moment."""
        if draft and draft.published_at and draft.published_at > library.now:
            library = replace(library, now=draft.published_at)
        self._library = library
        self._ranker: Ranker = library.ranker
        self._segmenter: Segmenter = library.segmenter
        self._reader: Reader = library.reader
        self._extractor: Extractor = extractor_of(library)
        self.wording: Callable[[str], str] = cache(self._wording)
        self._terms = cache(self._terms_of)

    def fresh(self, draft: Note) -> Note:
        """The draft as it would be published now: no time means now, no counts mean none yet; a
        new text of a stored note keeps what it does not state."""
        if draft.published_at is None:
            draft = replace(draft, published_at=self._library.now.astimezone(CHINA))
        if draft.counts == Counts():
            draft = replace(draft, counts=Counts(_NONE, _NONE, _NONE, _NONE))
        stored = self._library.store.get(draft.note_id)
        return merged(stored.note, draft) if stored else draft

    def rank(
        self,
        draft: Note,
        lines: Sequence[KeywordLine],
        own_brands: Sequence[str] = (),
        banned: Sequence[str] = (),
        tick: Progress = quiet,
    ) -> DraftAnswer:
        """Where a draft stands for each keyword, in each scenario, and what it would change."""
        note = self.fresh(draft)
        words = [line.keyword for line in lines]
        weights = weights_of(lines)
        trial = self._trial(note)
        every = scenarios(self._seen(), note.fans.value if note.fans else None)
        counted = [scenario for scenario in every if scenario.counts is not None]
        factors = [self._factors(note, trial.signals, scenario) for scenario in counted]
        ranked = trial.ranker.draft_places(words, note.note_id, factors, tick)
        names = [STATED, *(scenario.name for scenario in counted)]
        placed = [
            self._placed(trial, word, weight, row.page, dict(zip(names, row.places, strict=True)))
            for word, weight, row in zip(words, weights, ranked, strict=True)
        ]
        sums = [expected((row.weight, row.places[name]) for row in placed) for name in names]
        before = [page.columns for page in self._ranker.pages(words, DEPTH)]
        after = [row.page.first(DEPTH).columns for row in ranked]
        asked = [
            voices.WeightedKeyword(w, weight) for w, weight in zip(words, weights, strict=True)
        ]
        lexicon = self._segmenter.lexicon
        names_of = own_brands or [lexicon.brand_named(brand) for brand in trial.signals.brands]
        brands = {fold_key(lexicon.brand_named(name)): name for name in names_of}
        return DraftAnswer(
            note=note,
            placed=tuple(placed),
            scenarios=tuple(every),
            attention=sums[0],
            range=(min(sums), max(sums)),
            before=self._voice(before, asked, brands),
            after=self._voice(after, asked, brands),
            cannibals=tuple(self._cannibals(words, before, after, brands, note.note_id)),
            checks=tuple(checks(note, words, banned, self._copied(note))),
            saturation=self._saturation(trial),
        )

    def advise(
        self, draft: Note, lines: Sequence[KeywordLine], most: int, tick: Progress = quiet
    ) -> tuple[Advice, ...]:
        """The `most` edits that raise the set's attention most, each on top of those before it;
        then, where intents of the set conflict, the draft as two, if that is better still."""
        note = self.fresh(draft)
        weights = dict(zip((line.keyword for line in lines), weights_of(lines), strict=True))
        edits = advise(note, weights, self, self._reader, most, tick)
        split = self._split(note, lines, weights)
        return (*edits, split) if split else tuple(edits)

    # --- what the search for edits asks --------------------------------------------------------

    def evaluate(self, draft: Note, keywords: Sequence[str]) -> PlaceByKeyword:
        """Keyword -> place of a draft, exactly, as stated."""
        trial = self._trial(draft)
        rows = trial.ranker.draft_places(keywords, draft.note_id)
        return {word: row.places[0] for word, row in zip(keywords, rows, strict=True)}

    def touched(self, before: Note, after: Note, keywords: Sequence[str]) -> list[str]:
        """Keywords with a term in a field that differs between two drafts."""
        first, second = documents([before, after], ["", ""], self._segmenter)
        changed: set[str] = set()
        for field in FIELDS:
            old, new = getattr(first, field), getattr(second, field)
            if old != new:
                changed.update(old, new)
        return [word for word in keywords if not changed.isdisjoint(self._terms(word))]

    def beside(self, draft: Note, keyword: str) -> tuple[Parts, Parts | None]:
        """The parts of a draft's score for a keyword, and those of the note right above it."""
        note = self.fresh(draft)
        ranker = self._trial(note).ranker
        (draft_row,) = ranker.draft_places([keyword], note.note_id)
        at = (draft_row.places[0] or 1) - 2
        above = self._parts(ranker, draft_row.page.note_ids[at], keyword) if at >= 0 else None
        return self._parts(ranker, note.note_id, keyword), above

    def _parts(self, ranker: Ranker, note_id: str, keyword: str) -> Parts:
        """(the summands of a note's BM25, its factors by rule)."""
        rules, index = ranker.rule_set, ranker.index
        query = plain(keyword, self._segmenter, rules.query)
        (terms,) = index.explain_many(query, rules.scoring, [note_id])
        factors = [float(factor[0]) for factor in ranker.factors(index.columns([note_id]))]
        return terms, list(zip((name for name, _ in rules.rules), factors, strict=True))

    # --- inside --------------------------------------------------------------------------------

    def _trial(self, *notes: Note) -> _Trial:
        store = self._library.store
        grouped = [grouped_with(store, note, sketch(note_text(note))) for note in notes]
        rows = [first for first, *_ in grouped]
        drafts = {note.note_id for note in notes}
        rest = {row.note.note_id: row for _, *others in grouped for row in others}
        rows += [row for note_id, row in rest.items() if note_id not in drafts]
        columns = batch([r.note for r in rows], [r.cluster for r in rows], self._segmenter)
        stored = list(store.get_many(columns.note_ids).values())
        replaced = documents(
            [kept.note for kept in stored], [kept.cluster for kept in stored], self._segmenter
        )
        index = Overlay(self._library.index, columns, replaced)
        return _Trial(self._ranker.over(index), tuple(columns), columns.signals[0])

    def _copied(self, note: Note) -> tuple[str, float] | None:
        other, alike = copied_from(self._library.store, note, sketch(note_text(note)))
        return (other, alike) if other else None

    def _terms_of(self, keyword: str) -> frozenset[str]:
        query = plain(keyword, self._segmenter, self._library.rule_set.query)
        return frozenset(clause.term for clause in query.clauses)

    def _placed(
        self,
        trial: _Trial,
        keyword: str,
        weight: float,
        page: RankedPage,
        places: dict[str, int | None],
    ) -> Placed:
        position = places[STATED]
        taken = [place for place in places.values() if place is not None]
        at = len(page) if position is None else position - 1
        near = [row for row in (at - 1, at + 1) if 0 <= row < len(page)]
        ids = dict(zip(near, page.columns.take(near).note_ids, strict=True))
        return Placed(
            keyword=keyword,
            weight=weight,
            low=min(taken, default=None),
            position=position,
            high=max(taken, default=None),
            of=len(page),
            matched=self._matched(trial.documents[0], keyword),
            displaces=ids.get(at + 1),
            above=ids.get(at - 1) if at < len(page) else None,
            places=places,
        )

    def _seen(self) -> list[Seen]:
        """Counts of the library's notes at each age at which they were captured."""
        rows = self._library.store.engagement
        return self._library.memo.get("seen", lambda: [_seen(*row) for row in rows()])

    def _matched(self, document: Document, keyword: str) -> dict[str, tuple[str, ...]]:
        query = plain(keyword, self._segmenter, self._library.rule_set.query)
        terms = [c.term for c in query.clauses if c.route != BIGRAM]
        spelling = self._segmenter.lexicon.spelling
        matched = {
            field: tuple(spelling(t) for t in terms if t in getattr(document, field))
            for field in FIELDS
        }
        return {field: words for field, words in matched.items() if words}

    def _factors(self, note: Note, signals: Signals, scenario: Scenario) -> list[float]:
        """What the rules would multiply the draft's score with in a scenario."""
        likes, collects, comments, shares = scenario.counts or (None,) * 4
        published = self._library.now - timedelta(days=scenario.day)
        changed = replace(
            signals, likes=likes, collects=collects, comments=comments, shares=shares,
            published=int(published.timestamp()),
        )  # fmt: skip
        columns = DocColumns.of([note.note_id], [changed])
        return [float(factor[0]) for factor in self._ranker.factors(columns)]

    def _voice(
        self,
        pages: Sequence[DocColumns],
        asked: Sequence[voices.WeightedKeyword],
        brands: Mapping[str, str],
    ) -> tuple[Total, ...]:
        """Share of voice of brands (folded -> name) over the set."""
        brand_shares = voices.brand_shares(asked, pages, brands)
        return tuple(voices.totals(asked, pages, brand_shares, "total"))

    def _cannibals(
        self, words: Sequence[str], before: Sequence[DocColumns], after: Sequence[DocColumns],
        brands: Mapping[str, str], draft: str,
    ) -> Iterator[tuple[str, str, int, int | None]]:  # fmt: skip
        """Own notes of the first 20 places that stand lower with the draft above them."""
        for word, old, new in zip(words, before, after, strict=True):
            places = {note_id: place for place, note_id in enumerate(new.note_ids, 1)}
            for row, note_id in enumerate(old.note_ids[:_OWN_DEPTH] if draft in places else ()):
                later = places.get(note_id)
                if later != row + 1 and set(old.brands(row)) & set(brands):
                    yield word, note_id, row + 1, later

    def _saturation(self, trial: _Trial) -> tuple[float, ...]:
        """tf × factor / (1 + tf × factor) of one, two and three mentions in the draft's body."""
        scoring = self._library.rule_set.scoring
        body = trial.ranker.index.statistics([])["body"]
        average = average_length(body.terms, body.notes) if body.notes else 1.0
        factors = length_factors(scoring.k1, scoring.b, average)
        factor = float(factors[encode_length([len(trial.documents[0].body)])[0]])
        return tuple(tf * factor / (1 + tf * factor) for tf in _MENTIONS)

    def _split(
        self, note: Note, lines: Sequence[KeywordLine], weights: Mapping[str, float]
    ) -> Advice | None:
        """The draft as two, one for those who look around and one for those who decide."""
        groups: dict[bool, list[str]] = {True: [], False: []}
        for line in sorted(lines, key=lambda line: (-weights[line.keyword], line.keyword)):
            groups[(line.intent or intent(line.keyword)[0]) in _EARLY].append(line.keyword)
        if min(sum(weights[w] for w in group) for group in groups.values()) < _CONFLICT:
            return None
        two = halves(note, groups[True], groups[False])
        if two is None:
            return None
        words = list(weights)
        trial = self._trial(*two)
        ranked = [trial.ranker.draft_places(words, half.note_id) for half in two]
        before = self.evaluate(note, words)
        after = {
            word: min((s.places[0] for s in both if s.places[0] is not None), default=None)
            for word, both in zip(words, zip(*ranked, strict=True), strict=True)
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
        page = self._library.page(keyword, _WORDING)
        notes = self._library.texts([note_id for note_id, _ in page])
        counts: Counter[str] = Counter()
        for note in notes.values():
            (phrases,) = self._extractor.extract([Text.of(note)], _PHRASES)
            counts.update({p.keyword for p in phrases if fold_key(keyword) in fold_key(p.keyword)})
        around = [p for p, count in counts.items() if count > 1 and len(p) <= _LONGEST]
        return min(around, key=lambda p: (-counts[p], p), default=keyword)


def _seen(published: datetime, day: datetime, fans: int | None, counts: Counts) -> Seen:
    age = (day - published).total_seconds() / 86_400
    return Seen(age, fans, counts.values())
