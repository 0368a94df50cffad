"""EmbeddedSnapshot: one published state of the embedded index, which answers queries."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.bm25 import term_scores
from engine.index.embedded.doc_table import DocTable
from engine.index.embedded.merging import live_counts
from engine.index.embedded.scorer import Scorer, TermPostings
from engine.index.embedded.segment_reader import Mask, SegmentReader
from engine.index.embedded.task import Ranking, Task
from engine.index.hits import DocColumns, Hits
from engine.index.protocol import FieldStatistics, Label, Scoring, Statistics, TermScore
from engine.model import FIELDS, Clause, Filter, Query

_KEPT_SCORERS = 8
_KEPT_TERMS = 200_000
_PLAIN = 4  # queries without a filter from which one batch over all cores is faster


class EmbeddedSnapshot:
    """Segment readers of one state; it never changes."""

    def __init__(self, readers: Sequence[SegmentReader], version: int, state_id: str) -> None:
        self.readers = tuple(readers)
        self.version = version
        self.state_id = state_id
        self._terms: dict[tuple[str, str], TermPostings] = {}
        self._scorers: dict[Scoring, Scorer] = {}
        self._last: tuple[Scoring | None, Statistics | None, Scorer | None] = None, None, None
        self._tasks = threading.local()

    def __len__(self) -> int:
        return sum(reader.live_count for reader in self.readers)

    @cached_property
    def docs(self) -> DocTable:
        """The documents of all segments in one table."""
        return DocTable(self.readers)

    @cached_property
    def fields(self) -> dict[str, tuple[int, int]]:
        """Field -> (live notes that have it, the number of their terms)."""
        counts = {}
        for field in FIELDS:
            totals = [reader.totals[field] for reader in self.readers]
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
                Hits(r.scores, columns.take(self.docs.keys(r.segments, r.docs)), None)
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
        """Returns the best `limit` live notes as numbers only: the fastest search."""
        return self._task(query, self.scorer(scoring)).best(limit)

    def best_of_many(
        self, queries: Sequence[Query], scorer: Scorer, limit: int, workers: int = 2
    ) -> list[Ranking]:
        """Runs `best` for many queries on some threads; the first query's filter applies to all."""
        return Task(self.readers).best_of_many(queries, scorer, limit, workers)

    def statistics(self, terms: Sequence[str]) -> Statistics:
        statistics = {}
        for field, (notes, length) in self.fields.items():
            df = {term: count for term in terms if (count := self.term_postings(field, term).df)}
            statistics[field] = FieldStatistics(notes, length, df)
        return statistics

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
        return [
            sum(reader.count_docs_with_all(group, fields) for reader in self.readers)
            for group in groups
        ]

    def count_any(self, groups: Sequence[Sequence[str]]) -> list[int]:
        return [
            sum(
                int(np.count_nonzero(_docs_with_any(reader, group) & reader.live))
                for reader in self.readers
            )
            for group in groups
        ]

    def hold_any(
        self, note_ids: Sequence[str], groups: Sequence[Sequence[str]]
    ) -> npt.NDArray[np.bool_]:
        keys = self.docs.find(note_ids)
        held = np.zeros((len(note_ids), len(groups)), bool)
        for reader, base in zip(self.readers, self.docs.bases.tolist(), strict=False):
            rows = np.flatnonzero((keys >= base) & (keys < base + reader.segment.documents))
            if len(rows):
                for column, group in enumerate(groups):
                    held[rows, column] = _docs_with_any(reader, group)[keys[rows] - base]
        return held

    def copies(self, clusters: Sequence[str]) -> list[int]:
        return self.docs.cluster_sizes(clusters)

    def facets(self, label: Label, note_ids: Sequence[str] | None = None) -> dict[str, int]:
        keys = None if note_ids is None else self.docs.find(note_ids)
        counts: dict[str, int] = {}
        for reader, base in zip(self.readers, self.docs.bases.tolist(), strict=False):
            docs = np.flatnonzero(reader.live)
            if keys is not None:
                docs = keys[(keys >= base) & (keys < base + reader.segment.documents)] - base
            for name, count in reader.segment.label_counts(label, docs):
                counts[name] = counts.get(name, 0) + count
        return counts

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        counts: dict[str, npt.NDArray[np.int64]] = {}
        for reader in self.readers:
            columns = [live_counts(reader.segment, field, reader.live) for field in FIELDS]
            for term, row in zip(reader.segment.vocabulary, np.stack(columns, axis=1), strict=True):
                counts[term] = counts[term] + row if term in counts else row
        for term in sorted(counts):
            if most := int(counts[term].max()):
                yield term, most

    # --- inside --------------------------------------------------------------------------------

    def term_postings(self, field: str, term: str) -> TermPostings:
        """Returns document frequency and posting lists of a term in a field."""
        entry = self._terms.get((field, term))
        if entry is None:
            if len(self._terms) >= _KEPT_TERMS:
                self._terms.clear()
            lists = tuple(reader.posting_list(field, term) for reader in self.readers)
            df = sum(postings.size - postings.deleted_docs for postings in lists if postings)
            entry = self._terms[field, term] = TermPostings(df, lists)
        return entry

    def scorer(self, scoring: Scoring, correction: Statistics | None = None) -> Scorer:
        """Returns the scorer of a scoring; caches them, for corrected statistics only the last."""
        last, corrected, scorer = self._last
        if last is scoring and corrected is correction and scorer:  # faster than comparing
            return scorer
        scorer = self._scorers.get(scoring) if correction is None else None
        if scorer is None:
            scorer = Scorer(self.readers, self.term_postings, self.fields, scoring, correction)
        if correction is None:
            if len(self._scorers) >= _KEPT_SCORERS:
                self._scorers.clear()
            self._scorers[scoring] = scorer
        self._last = scoring, correction, scorer
        return scorer

    def _task(self, query: Query, scorer: Scorer) -> Task:
        task: Task | None = getattr(self._tasks, "task", None)
        if task is None:
            task = self._tasks.task = Task(self.readers)
        task.load(query, scorer)
        return task

    def _explained(self, query: Query, scorer: Scorer, key: int) -> list[TermScore]:
        number = int(np.searchsorted(self.docs.bases, key, side="right")) - 1
        reader, doc = self.readers[number], key - int(self.docs.bases[number])
        if not _plain(query) and not reader.passing(query)[doc]:
            return []
        terms = []
        for field, boost in scorer.boosts:
            for clause in query.clauses:
                code = reader.code(field, clause.term, doc)
                if code is not None:
                    terms += _summand(reader, doc, code, field, boost, clause, scorer)
        return terms

    def _filtered(self, query: Query, limit: int) -> Hits:
        """Returns the notes that pass a filter: score 0, ordered by id."""
        rows = []
        for number, reader in enumerate(self.readers):
            docs = np.flatnonzero(reader.passing(query))
            rows += [
                (i, number, d) for i, d in zip(reader.segment.note_ids(docs), docs, strict=True)
            ]
        best = sorted(rows)[:limit] if limit > 0 else []
        ranking = Ranking(
            np.zeros(len(best), np.float32),
            np.array([number for _, number, _ in best], np.int32),
            np.array([doc for _, _, doc in best], np.int32),
        )
        return self._hits(ranking, len(rows))

    def _hits(self, ranking: Ranking, total: int | None) -> Hits:
        keys = self.docs.keys(ranking.segments, ranking.docs)
        return Hits(ranking.scores, self.docs.columns(keys), total)


def _plain(query: Query) -> bool:
    return bool(query.clauses) and not (
        query.required or query.excluded or query.filter != Filter()
    )


def _summand(
    reader: SegmentReader,
    doc: int,
    code: int,
    field: str,
    boost: float,
    clause: Clause,
    scorer: Scorer,
) -> list[TermScore]:
    weight, rarity = scorer.weight(field, boost, clause)
    if not weight:
        return []
    pairs = reader.segment.pairs(field)
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
            length=int(reader.segment.column(f"{field}.lengths")[doc]),
            df=scorer.df(field, clause.term),
            notes=scorer.fields[field][0],
        )
    ]


def _docs_with_any(reader: SegmentReader, terms: Sequence[str]) -> Mask:
    masks = [reader.docs_with_term(field, term) for field in FIELDS for term in terms]
    return np.asarray(np.logical_or.reduce(masks)) if masks else np.zeros(len(reader.live), bool)
