"""A set of segments as one reader sees it: matching, scores and the best of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.bm25 import encode_length, idf, term_scores
from engine.index.embedded.doc_values import CHANNELS, KINDS, NUMBERS, joined
from engine.index.embedded.merging import live_counts
from engine.index.embedded.scorer import Known, Scorer, Statistics
from engine.index.embedded.segment_reader import Mask, SegmentReader
from engine.index.embedded.task import Ranking, Task
from engine.index.hits import Hits, Roster, roster_of
from engine.index.protocol import Scoring, TermScore, words_of
from engine.model import FIELDS, Clause, Document, Filter, Query, Signals

_KEPT_SCORERS = 8
_KEPT_TERMS = 200_000


class View:
    """Segments with their live documents; never changes, so a search sees one state."""

    def __init__(self, parts: Sequence[SegmentReader], version: int) -> None:
        self.parts = tuple(parts)
        self.version = version
        self._terms: dict[tuple[str, str], Known] = {}
        self._scorers: dict[Scoring, Scorer] = {}
        self._last: tuple[Scoring | None, Scorer | None] = None, None
        self._tasks = threading.local()

    def __len__(self) -> int:
        return sum(part.live_count for part in self.parts)

    @property
    def seal(self) -> str:
        """The version, and the checksums of the segments."""
        return "-".join(
            [str(self.version), *(f"{part.segment.checksum:08x}" for part in self.parts)]
        )

    @cached_property
    def statistics(self) -> Statistics:
        """The live notes' own."""
        found = {}
        for field in FIELDS:
            totals = [part.totals[field] for part in self.parts]
            found[field] = sum(notes for notes, _ in totals), sum(terms for _, terms in totals)
        return Statistics(found)

    def search(self, query: Query, scoring: Scoring, limit: int) -> Hits:
        """The best `limit` live notes: score descending, then note id."""
        if not query.clauses:
            return self._filtered(query, limit)
        task = self._task(query, self.scorer(scoring))
        return self._hits(task.best(limit), task.total())

    def best(self, query: Query, scoring: Scoring, limit: int) -> Ranking:
        """The best `limit` live notes as numbers only: the quickest search there is."""
        return self._task(query, self.scorer(scoring)).best(limit)

    def best_of_many(
        self, queries: Sequence[Query], scoring: Scoring, limit: int, workers: int = 2
    ) -> list[Ranking]:
        """`best` for many queries in one call, on so many threads; the first one's filter holds."""
        scorer = self.scorer(scoring)
        return Task(self.parts).best_of_many(queries, scorer, limit, workers)

    @cached_property
    def roster(self) -> Roster:
        """All documents of all parts in a row, dropped ones included."""
        if not self.parts:
            empty = np.zeros(0, np.int64)
            names = [name for name, _ in NUMBERS]
            none = np.zeros(1, np.int64), empty, ()
            return roster_of([], [], [], [], [], dict.fromkeys(names, empty), none)
        known = joined([part.segment.doc_values for part in self.parts])
        columns = known.columns
        starts, numbers = known.ragged["brands_of"]
        return roster_of(
            known.note_ids,
            known.clusters,
            [known.authors[number] for number in columns["author"].tolist()],
            [KINDS[number] for number in columns["kind"].tolist()],
            [CHANNELS[number] for number in columns["channel"].tolist()],
            {name: columns[name] for name, _ in NUMBERS},
            (starts.astype(np.int64), numbers.astype(np.int64), known.labels),
        )

    def rows(self, ranking: Ranking) -> npt.NDArray[np.int64]:
        """The roster's rows of what was found."""
        sizes = [part.segment.documents for part in self.parts]
        bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return np.asarray(bases[ranking.segments] + ranking.docs)

    def holding(self, groups: Sequence[Sequence[str]], fields: Sequence[str]) -> list[int]:
        """For each group of terms the live notes that hold all of them in one of the fields."""
        return [sum(part.holding(group, fields) for part in self.parts) for group in groups]

    def places(
        self,
        queries: Sequence[Query],
        scoring: Scoring,
        draft: Document,
        most: int = 0,
        workers: int = 2,
    ) -> npt.NDArray[np.int64]:
        """For each query where `draft` would stand by its score, were it a note: rows of (notes
        above it, notes of the same score); (-1, -1) where it matches nothing.

        It counts in all statistics as if it had been added; nothing is written. With `most`
        counting ends there: a first number of `most` or more means that many or more.
        """
        scorer = Scorer(self.parts, self.known, self._with(draft), scoring)
        scores = np.array([_own_score(scorer, query, draft) for query in queries])
        counts = Task(self.parts).above_many(queries, scorer, scores, most, workers)
        counts[scores <= 0] = -1
        return counts

    def explain(self, query: Query, scoring: Scoring, note_id: str) -> list[TermScore]:
        """The summands of a live note's score in the order in which they are summed."""
        part, doc = self.find(note_id)
        if part is None or not self._passes(part, doc, query):
            return []
        found = []
        for field, boost in scoring.boosts():
            for clause in query.clauses:
                number = part.segment.term(clause.term)
                if number < 0:
                    continue
                docs, codes = part.segment.postings(field, number)
                at = int(np.searchsorted(docs, doc))
                if at < len(docs) and docs[at] == doc:
                    place = (part, doc, int(codes[at]))
                    found += self._explained(place, field, boost, clause, scoring)
        return found

    def find(self, note_id: str) -> tuple[SegmentReader | None, int]:
        """The part and document number of a live note, (None, -1) for none."""
        for part in reversed(self.parts):
            doc = part.segment.find(note_id)
            if doc >= 0 and part.live[doc]:
                return part, doc
        return None, -1

    def coverage(self, query: Query, note_ids: Sequence[str]) -> npt.NDArray[np.float64]:
        """The share of the query's words that each note holds, weighted by idf."""
        parts, docs = self._found(note_ids)
        held, whole = np.zeros(len(parts)), 0.0
        for terms in words_of(query).values():
            holders = [_holders(part, terms) for part in self.parts]
            df = sum(
                int(np.count_nonzero(mask & p.live))
                for mask, p in zip(holders, self.parts, strict=True)
            )
            rarity = float(idf(len(self), df))
            whole += rarity
            for number, mask in enumerate(holders):
                own = parts == number
                held[own] += rarity * mask[docs[own]]
        return held / whole if whole else np.ones(len(parts))

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """(term, the most live notes that hold it in one field), sorted by term."""
        counts: dict[str, npt.NDArray[np.int64]] = {}
        for part in self.parts:
            columns = [live_counts(part.segment, field, part.live) for field in FIELDS]
            for term, row in zip(part.segment.vocabulary, np.stack(columns, axis=1), strict=True):
                counts[term] = counts[term] + row if term in counts else row
        for term in sorted(counts):
            if most := int(counts[term].max()):
                yield term, most

    def signals(self, note_ids: Sequence[str]) -> dict[str, Signals]:
        """What is known of live notes, by id."""
        parts, docs = self._found(note_ids)
        known: dict[int, Signals] = {}
        for number, part in enumerate(self.parts):
            rows = np.flatnonzero(parts == number)
            if len(rows):
                known |= zip(rows.tolist(), part.segment.signals(docs[rows]), strict=True)
        return {note_id: known[row] for row, note_id in enumerate(note_ids) if row in known}

    def labels(self, name: str, among: Sequence[str] | None = None) -> dict[str, int]:
        """`tags` or `brands` -> live notes that carry it, of those in `among` if given."""
        parts, docs = self._found(among or ())
        counts: dict[str, int] = {}
        for number, part in enumerate(self.parts):
            own = np.flatnonzero(part.live) if among is None else docs[parts == number]
            for label, count in part.segment.label_counts(name, own):
                counts[label] = counts.get(label, 0) + count
        return counts

    def known(self, field: str, term: str) -> Known:
        """Frequency and lists of a term in a field."""
        found = self._terms.get((field, term))
        if found is None:
            if len(self._terms) >= _KEPT_TERMS:
                self._terms.clear()
            held = tuple(part.posting_list(field, term) for part in self.parts)
            df = sum(own.size - own.deleted_docs for own in held if own)
            found = self._terms[field, term] = Known(df, held)
        return found

    def scorer(self, scoring: Scoring) -> Scorer:
        """Weights and bounds under a scoring; kept."""
        last, found = self._last
        if last is scoring and found:  # quicker than to compare
            return found
        found = self._scorers.get(scoring)
        if found is None:
            if len(self._scorers) >= _KEPT_SCORERS:
                self._scorers.clear()
            found = Scorer(self.parts, self.known, self.statistics, scoring)
            self._scorers[scoring] = found
        self._last = scoring, found
        return found

    def _found(self, note_ids: Sequence[str]) -> tuple[npt.NDArray[np.int64], ...]:
        """(number of the part, document) of each live note, -1 for none; `find` for many."""
        parts, docs = np.full((2, len(note_ids)), -1, np.int64)
        for number, part in enumerate(self.parts):
            own = part.segment.find_all(note_ids)
            rows = np.flatnonzero(own >= 0)
            rows = rows[part.live[own[rows]]]
            parts[rows], docs[rows] = number, own[rows]
        return parts, docs

    def _task(self, query: Query, scorer: Scorer) -> Task:
        task: Task | None = getattr(self._tasks, "task", None)
        if task is None:
            task = self._tasks.task = Task(self.parts)
        task.load(query, scorer)
        return task

    def _with(self, draft: Document) -> Statistics:
        found = {}
        for field, (notes, terms) in self.statistics.fields.items():
            own = getattr(draft, field)
            found[field] = notes + bool(own), terms + len(own)
        return Statistics(found, draft)

    def _passes(self, part: SegmentReader, doc: int, query: Query) -> bool:
        if query.filter == Filter() and not query.required and not query.excluded:
            return True
        return bool(part.passing(query)[doc])

    def _explained(
        self, place: tuple[SegmentReader, int, int], field: str, boost: float, clause: Clause,
        scoring: Scoring,
    ) -> list[TermScore]:  # fmt: skip
        part, doc, code = place
        scorer = self.scorer(scoring)
        weight, rarity = scorer.weight(field, boost, clause)
        if not weight:
            return []
        pairs = part.segment.pairs(field)
        tf, norm = int(pairs.tfs[code]), pairs.norms[code : code + 1]
        value = term_scores(weight, np.array([tf]), norm, scorer.factors[field])[0]
        return [
            TermScore(
                field=field,
                term=clause.term,
                value=float(value),
                weight=float(np.float32(boost) * np.float32(clause.weight)),
                idf=float(rarity),
                tf=tf,
                length=int(part.segment.column(f"{field}.lengths")[doc]),
                df=self.known(field, clause.term).df,
                notes=self.statistics.fields[field][0],
            )
        ]

    def _filtered(self, query: Query, limit: int) -> Hits:
        """Notes by a filter alone: score 0, ordered by id."""
        rows = []
        for number, part in enumerate(self.parts):
            docs = np.flatnonzero(part.passing(query))
            rows += [(i, number, d) for i, d in zip(part.segment.note_ids(docs), docs, strict=True)]
        best = sorted(rows)[:limit] if limit > 0 else []
        ranking = Ranking(
            np.zeros(len(best), np.float32),
            np.array([number for _, number, _ in best], np.int32),
            np.array([doc for _, _, doc in best], np.int32),
        )
        return self._hits(ranking, len(rows))

    def _hits(self, ranking: Ranking, total: int) -> Hits:
        """The columns of what was found."""
        texts: dict[str, npt.NDArray[np.object_]] = {}
        numbers: dict[str, npt.NDArray[Any]] = {}
        count = len(ranking.scores)
        for part in np.unique(ranking.segments).tolist():
            segment = self.parts[part].segment
            own = np.flatnonzero(ranking.segments == part)
            docs = ranking.docs[own]
            for name, values in segment.texts(docs).items():
                texts.setdefault(name, np.empty(count, object))[own] = values
            for name in ("published", "likes", "collects", "comments", "shares"):
                column = numbers.setdefault(name, np.empty(count, np.int64))
                column[own] = segment.numbers(name, docs)
        words = {name: column.tolist() for name, column in texts.items()}
        none = np.empty(0, np.int64)
        return Hits(
            note_ids=words.get("note_ids", []),
            bm25=ranking.scores,
            published=numbers.get("published", none),
            likes=numbers.get("likes", none),
            collects=numbers.get("collects", none),
            comments=numbers.get("comments", none),
            shares=numbers.get("shares", none),
            kinds=words.get("kinds", []),
            channels=words.get("channels", []),
            authors=words.get("authors", []),
            clusters=words.get("clusters", []),
            total=total,
        )


def _holders(part: SegmentReader, terms: Sequence[str]) -> Mask:
    masks = [part.docs_with_term(field, term) for field in FIELDS for term in terms]
    return np.asarray(np.logical_or.reduce(masks))


def _own_score(scorer: Scorer, query: Query, draft: Document) -> float:
    """The draft's score: the same float32 values summed in the same order."""
    total = 0.0
    for field, boost in scorer.boosts:
        terms = getattr(draft, field)
        norm = encode_length([len(terms)])
        for clause in query.clauses:
            if tf := terms.count(clause.term):
                weight, _ = scorer.weight(field, boost, clause)
                total += float(term_scores(weight, np.array([tf]), norm, scorer.factors[field])[0])
    return float(np.float32(total))
