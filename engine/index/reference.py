"""The slow and right backend: rank_bm25's BM25Okapi with Lucene's idf and lengths put in.

The only file that knows rank_bm25. It holds everything in memory and scores every note; it is
there to be held against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi

from engine.bm25 import LENGTHS, average_length, encode_length, idf
from engine.index.hits import Batch, DocColumns, Hits
from engine.index.protocol import (
    FieldStatistics,
    IndexHealth,
    Label,
    Scoring,
    Statistics,
    TermScore,
    holds_all,
    nothing,
    qualifies,
)
from engine.model import FIELDS, Document, Query


class _Okapi(BM25Okapi):  # type: ignore[misc]
    """BM25Okapi over the notes that have a field, with Lucene's idf and one-byte lengths."""

    def __init__(
        self,
        texts: Sequence[Sequence[str]],
        k1: float,
        b: float,
        correction: FieldStatistics | None,
    ) -> None:
        self._more = correction or FieldStatistics(0, 0, {})
        super().__init__(texts, k1=k1, b=b)
        lengths = np.array([len(text) for text in texts])
        self.doc_len = LENGTHS[encode_length(lengths)]
        terms = int(lengths.sum()) + self._more.terms
        self.avgdl = float(average_length(terms, len(texts) + self._more.notes))

    def _calc_idf(self, nd: dict[str, int]) -> None:
        notes, more = self.corpus_size + self._more.notes, self._more.df
        # a note that only a replaced one resembled keeps a df of 0 and is left out of the answer
        self.idf = {t: float(idf(notes, max(n + more.get(t, 0), 0))) for t, n in nd.items()}

    def score(self, term: str, weight: float) -> Any:
        """Scores of one term; Okapi's constant k1 + 1 is taken out, as Lucene does."""
        return self.get_scores([term]) * (weight / (self.k1 + 1))


class ReferenceIndex:
    """Documents in a dictionary."""

    def __init__(self) -> None:
        self._published = ReferenceSnapshot({}, 0, 0)

    def snapshot(self) -> ReferenceSnapshot:
        return self._published

    def apply(
        self,
        added: Iterable[Document],
        deleted: Sequence[str],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        documents = dict(self._published.documents)
        for note_id in deleted:
            documents.pop(note_id, None)
        documents |= {document.note_id: document for document in added}
        self._publish(documents, version, commit)

    def rebuild(
        self,
        batches: Iterable[Batch | Sequence[Document]],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        documents = {document.note_id: document for batch in batches for document in batch}
        self._publish(documents, version, commit)

    def verify(self) -> IndexHealth:
        return IndexHealth(0, len(self._published))

    def quarantine(self) -> str:
        return "memory"

    def _publish(
        self, documents: dict[str, Document], version: int, commit: Callable[[], None]
    ) -> None:
        commit()
        generation = self._published.generation + 1
        self._published = ReferenceSnapshot(documents, version, generation)


class ReferenceSnapshot:
    """All documents of one state, scored note by note."""

    def __init__(self, documents: dict[str, Document], version: int, generation: int) -> None:
        self.documents = documents
        self.version = version
        self.generation = generation
        self.state_id = f"{generation}"
        self._fields: dict[tuple[str, float, float], tuple[list[str], _Okapi] | None] = {}
        signals = [document.signals for document in documents.values()]
        self._columns = DocColumns.of(list(documents), signals)
        self._rows = {note_id: row for row, note_id in enumerate(documents)}

    def __len__(self) -> int:
        return len(self.documents)

    def search_many(
        self,
        queries: Sequence[Query],
        scoring: Scoring,
        limit: int,
        *,
        total: bool = False,
        correction: Statistics | None = None,
    ) -> list[Hits]:
        return [self._search(query, scoring, limit, total, correction) for query in queries]

    def _search(
        self,
        query: Query,
        scoring: Scoring,
        limit: int,
        total: bool,
        correction: Statistics | None,
    ) -> Hits:
        scores = dict.fromkeys(self.documents, 0.0)
        matched: set[str] = set()
        for field, term, weight in _clauses(query, scoring):
            for note_id, value in self._scores(field, term, scoring, weight, correction):
                scores[note_id] += value
                matched.add(note_id)
        hits = [d.note_id for d in self.documents.values() if qualifies(d, query)]
        if query.clauses:
            hits = [note_id for note_id in hits if note_id in matched]
        hits.sort(key=lambda note_id: (-np.float32(scores[note_id]), note_id))
        best = hits[: max(limit, 0)]
        bm25 = np.array([scores[note_id] for note_id in best], np.float32)
        return Hits(bm25, self.columns(best), len(hits) if total else None)

    def statistics(self, terms: Sequence[str]) -> Statistics:
        fields = {}
        for field in FIELDS:
            texts = [getattr(document, field) for document in self.documents.values()]
            df = {term: sum(term in text for text in texts) for term in terms}
            fields[field] = FieldStatistics(sum(map(bool, texts)), sum(map(len, texts)), df)
        return fields

    def explain_many(
        self,
        query: Query,
        scoring: Scoring,
        note_ids: Sequence[str],
        correction: Statistics | None = None,
    ) -> list[list[TermScore]]:
        return [self._explain(query, scoring, note_id, correction) for note_id in note_ids]

    def _explain(
        self, query: Query, scoring: Scoring, note_id: str, correction: Statistics | None
    ) -> list[TermScore]:
        document = self.documents.get(note_id)
        if document is None or not qualifies(document, query):
            return []
        return [
            self._explained(field, term, value, weight, document, correction)
            for field, term, weight in _clauses(query, scoring)
            for other, value in self._scores(field, term, scoring, weight, correction)
            if other == note_id
        ]

    def columns(self, note_ids: Sequence[str]) -> DocColumns:
        return self._columns.take([self._rows[i] for i in note_ids if i in self._rows])

    def count_matching(
        self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS
    ) -> list[int]:
        documents = self.documents.values()
        return [sum(bool(g) and holds_all(d, g, fields) for d in documents) for g in groups]

    def count_any(self, groups: Sequence[Sequence[str]]) -> list[int]:
        held = self.hold_any(list(self.documents), groups)
        counts: list[int] = held.sum(axis=0).tolist()
        return counts

    def hold_any(
        self, note_ids: Sequence[str], groups: Sequence[Sequence[str]]
    ) -> npt.NDArray[np.bool_]:
        terms = [_terms(self.documents[i]) if i in self.documents else set() for i in note_ids]
        rows = [[not words.isdisjoint(group) for group in groups] for words in terms]
        return np.array(rows, bool).reshape(len(note_ids), len(groups))

    def copies(self, clusters: Sequence[str]) -> list[int]:
        sizes = Counter(d.signals.cluster or d.note_id for d in self.documents.values())
        return [sizes[cluster] for cluster in clusters]

    def facets(self, label: Label, note_ids: Sequence[str] | None = None) -> dict[str, int]:
        ids = self.documents if note_ids is None else set(note_ids) & set(self.documents)
        rows = (set(getattr(self.documents[i].signals, label)) for i in ids)
        return dict(Counter(value for row in rows for value in row))

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        counts: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
        for document in self.documents.values():
            for field in FIELDS:
                counts[field].update(set(getattr(document, field)))
        terms = sorted({term for counter in counts.values() for term in counter})
        return ((term, max(counter[term] for counter in counts.values())) for term in terms)

    def _scores(
        self,
        field: str,
        term: str,
        scoring: Scoring,
        weight: float,
        correction: Statistics | None,
    ) -> Iterator[tuple[str, float]]:
        scored_field = self._okapi(field, scoring, correction)
        if scored_field is None or weight <= 0:
            return
        ids, okapi = scored_field
        for number in np.flatnonzero(values := okapi.score(term, weight)):
            yield ids[number], float(values[number])

    def _okapi(
        self, field: str, scoring: Scoring, correction: Statistics | None
    ) -> tuple[list[str], _Okapi] | None:
        key = (field, scoring.k1, scoring.b)
        if correction is None and key in self._fields:
            return self._fields[key]
        having = [d for d in self.documents.values() if getattr(d, field)]
        texts = [getattr(document, field) for document in having]
        more = correction[field] if correction else None
        okapi = _Okapi(texts, scoring.k1, scoring.b, more) if texts else None
        answer = okapi and ([document.note_id for document in having], okapi)
        if correction is None:
            self._fields[key] = answer
        return answer

    def _explained(
        self,
        field: str,
        term: str,
        value: float,
        weight: float,
        document: Document,
        correction: Statistics | None,
    ) -> TermScore:
        counts = self.statistics([term])[field]
        more = correction[field] if correction else FieldStatistics(0, 0, {})
        notes, df = counts.notes + more.notes, counts.df[term] + more.df.get(term, 0)
        terms = getattr(document, field)
        rarity = float(idf(notes, df))
        return TermScore(
            field, term, value, weight, rarity, terms.count(term), len(terms), df, notes
        )


def _clauses(query: Query, scoring: Scoring) -> Iterator[tuple[str, str, float]]:
    """(field, term, boost × weight) of each summand."""
    for field, boost in scoring.boosts():
        for clause in query.clauses:
            yield field, clause.term, boost * clause.weight


def _terms(document: Document) -> set[str]:
    return {*document.title, *document.tags, *document.body}
