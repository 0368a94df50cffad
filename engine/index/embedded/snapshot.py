"""One published state of the embedded index, to be asked: matching, scores, the best of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.bm25 import term_scores
from engine.index.embedded.doc_table import DocTable
from engine.index.embedded.merging import live_counts
from engine.index.embedded.part import Mask, Part
from engine.index.embedded.scorer import Known, Scorer
from engine.index.embedded.task import Ranking, Task
from engine.index.hits import DocColumns, Hits
from engine.index.protocol import FieldStatistics, Label, Scoring, Statistics, TermScore
from engine.model import FIELDS, Clause, Filter, Query

_KEPT_SCORERS = 8
_KEPT_TERMS = 200_000
_PLAIN = 4  # queries without a filter from which one batch over all cores is quicker


class EmbeddedSnapshot:
    """Segments with their live documents; never changes, so that a search sees one state."""

    def __init__(self, parts: Sequence[Part], version: int, state_id: str) -> None:
        self.parts = tuple(parts)
        self.version = version
        self.state_id = state_id
        self._terms: dict[tuple[str, str], Known] = {}
        self._scorers: dict[Scoring, Scorer] = {}
        self._last: tuple[Scoring | None, Statistics | None, Scorer | None] = None, None, None
        self._tasks = threading.local()

    def __len__(self) -> int:
        return sum(part.alive for part in self.parts)

    @cached_property
    def docs(self) -> DocTable:
        """All documents in a row."""
        return DocTable(self.parts)

    @cached_property
    def fields(self) -> dict[str, tuple[int, int]]:
        """Field -> (live notes that have it, their terms in all)."""
        counts = {}
        for field in FIELDS:
            totals = [part.totals[field] for part in self.parts]
            counts[field] = sum(notes for notes, _ in totals), sum(terms for _, terms in totals)
        return counts

    def search_many(
        self,
        queries: Sequence[Query],
        scoring: Scoring,
        limit: int,
        *,
        total: bool = False,
        correction: Statistics | None = None,
    ) -> list[Hits]:
        scorer = self.scorer(scoring, correction)
        alike = all(_plain(query) for query in queries)
        if alike and not total and len(queries) >= _PLAIN:
            columns = self.docs.whole  # read once for thousands of windows
            rankings = self.best_of_many(queries, scorer, limit)
            return [
                Hits(r.scores, columns.take(self.docs.keys(r.parts, r.docs)), None)
                for r in rankings
            ]
        return [self._search(query, scorer, limit, total) for query in queries]

    def _search(self, query: Query, scorer: Scorer, limit: int, total: bool) -> Hits:
        if not query.clauses:
            return self._filtered(query, limit)
        task = self._task(query, scorer)
        ranking = task.best(limit)
        return self._hits(ranking, task.total() if total else None)

    def best(self, query: Query, scoring: Scoring, limit: int) -> Ranking:
        """The best `limit` live notes as numbers only: the quickest search there is."""
        return self._task(query, self.scorer(scoring)).best(limit)

    def best_of_many(
        self, queries: Sequence[Query], scorer: Scorer, limit: int, workers: int = 2
    ) -> list[Ranking]:
        """`best` for many queries in one call, on so many threads; the first one's filter holds."""
        return Task(self.parts).best_of_many(queries, scorer, limit, workers)

    def statistics(self, terms: Sequence[str]) -> Statistics:
        found = {}
        for field, (notes, length) in self.fields.items():
            df = {term: count for term in terms if (count := self.known(field, term).df)}
            found[field] = FieldStatistics(notes, length, df)
        return found

    def explain_many(
        self,
        query: Query,
        scoring: Scoring,
        note_ids: Sequence[str],
        correction: Statistics | None = None,
    ) -> list[list[TermScore]]:
        scorer = self.scorer(scoring, correction)
        keys = self.docs.find(note_ids).tolist()
        return [self._explained(query, scorer, key) if key >= 0 else [] for key in keys]

    def columns(self, note_ids: Sequence[str]) -> DocColumns:
        keys = self.docs.find(note_ids)
        return self.docs.columns(keys[keys >= 0])

    def count_matching(
        self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS
    ) -> list[int]:
        return [sum(part.holding(group, fields) for part in self.parts) for group in groups]

    def count_any(self, groups: Sequence[Sequence[str]]) -> list[int]:
        return [
            sum(int(np.count_nonzero(_holders(p, group) & p.live)) for p in self.parts)
            for group in groups
        ]

    def hold_any(
        self, note_ids: Sequence[str], groups: Sequence[Sequence[str]]
    ) -> npt.NDArray[np.bool_]:
        keys = self.docs.find(note_ids)
        held = np.zeros((len(note_ids), len(groups)), bool)
        for part, base in zip(self.parts, self.docs.bases.tolist(), strict=False):
            rows = np.flatnonzero((keys >= base) & (keys < base + part.segment.documents))
            if len(rows):
                for column, group in enumerate(groups):
                    held[rows, column] = _holders(part, group)[keys[rows] - base]
        return held

    def copies(self, clusters: Sequence[str]) -> list[int]:
        return self.docs.group_sizes(clusters)

    def facets(self, label: Label, note_ids: Sequence[str] | None = None) -> dict[str, int]:
        keys = None if note_ids is None else self.docs.find(note_ids)
        counts: dict[str, int] = {}
        for part, base in zip(self.parts, self.docs.bases.tolist(), strict=False):
            docs = np.flatnonzero(part.live)
            if keys is not None:
                docs = keys[(keys >= base) & (keys < base + part.segment.documents)] - base
            for name, count in part.segment.counted(label, docs):
                counts[name] = counts.get(name, 0) + count
        return counts

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        counts: dict[str, npt.NDArray[np.int64]] = {}
        for part in self.parts:
            columns = [live_counts(part.segment, field, part.live) for field in FIELDS]
            for term, row in zip(part.segment.vocabulary, np.stack(columns, axis=1), strict=True):
                counts[term] = counts[term] + row if term in counts else row
        for term in sorted(counts):
            if most := int(counts[term].max()):
                yield term, most

    # --- inside --------------------------------------------------------------------------------

    def known(self, field: str, term: str) -> Known:
        """Frequency and lists of a term in a field."""
        held = self._terms.get((field, term))
        if held is None:
            if len(self._terms) >= _KEPT_TERMS:
                self._terms.clear()
            lists = tuple(part.held(field, term) for part in self.parts)
            df = sum(postings.size - postings.dead for postings in lists if postings)
            held = self._terms[field, term] = Known(df, lists)
        return held

    def scorer(self, scoring: Scoring, correction: Statistics | None = None) -> Scorer:
        """Weights and bounds under a scoring; kept, of corrected statistics the last."""
        last, corrected, scorer = self._last
        if last is scoring and corrected is correction and scorer:  # quicker than to compare
            return scorer
        scorer = self._scorers.get(scoring) if correction is None else None
        if scorer is None:
            scorer = Scorer(self.parts, self.known, self.fields, scoring, correction)
        if correction is None:
            if len(self._scorers) >= _KEPT_SCORERS:
                self._scorers.clear()
            self._scorers[scoring] = scorer
        self._last = scoring, correction, scorer
        return scorer

    def _task(self, query: Query, scorer: Scorer) -> Task:
        task: Task | None = getattr(self._tasks, "task", None)
        if task is None:
            task = self._tasks.task = Task(self.parts)
        task.load(query, scorer)
        return task

    def _explained(self, query: Query, scorer: Scorer, key: int) -> list[TermScore]:
        number = int(np.searchsorted(self.docs.bases, key, side="right")) - 1
        part, doc = self.parts[number], key - int(self.docs.bases[number])
        if not _plain(query) and not part.passing(query)[doc]:
            return []
        terms = []
        for field, boost in scorer.boosts:
            for clause in query.clauses:
                code = part.code(field, clause.term, doc)
                if code is not None:
                    terms += _summand(part, doc, code, field, boost, clause, scorer)
        return terms

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

    def _hits(self, ranking: Ranking, total: int | None) -> Hits:
        keys = self.docs.keys(ranking.parts, ranking.docs)
        return Hits(ranking.scores, self.docs.columns(keys), total)


def _plain(query: Query) -> bool:
    return bool(query.clauses) and not (
        query.required or query.excluded or query.filter != Filter()
    )


def _summand(
    part: Part, doc: int, code: int, field: str, boost: float, clause: Clause, scorer: Scorer
) -> list[TermScore]:
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
            df=scorer.df(field, clause.term),
            notes=scorer.fields[field][0],
        )
    ]


def _holders(part: Part, terms: Sequence[str]) -> Mask:
    masks = [part.holds(field, term) for field in FIELDS for term in terms]
    return np.asarray(np.logical_or.reduce(masks)) if masks else np.zeros(len(part.live), bool)
