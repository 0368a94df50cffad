"""The slow and right backend: rank_bm25's BM25Okapi with Lucene's idf and lengths put in.

The only file that knows rank_bm25. It holds everything in memory and scores every note; it is
there to be held against.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from rank_bm25 import BM25Okapi

from engine.bm25 import LENGTHS, average_length, encode_length, idf
from engine.index.hits import Hits, Integers, Roster, roster_of, signal_columns
from engine.index.protocol import Scoring, TermScore, passes, words_of
from engine.model import FIELDS, Document, Query, Signals

_COUNTS = ("published", "likes", "collects", "comments", "shares")


class _Okapi(BM25Okapi):  # type: ignore[misc]
    """BM25Okapi over the notes that have a field, with Lucene's idf and one-byte lengths."""

    def __init__(self, texts: Sequence[Sequence[str]], k1: float, b: float) -> None:
        self.df: dict[str, int] = {}
        super().__init__(texts, k1=k1, b=b)
        lengths = np.array([len(text) for text in texts])
        self.doc_len = LENGTHS[encode_length(lengths)]
        self.avgdl = float(average_length(int(lengths.sum()), len(texts)))

    def _calc_idf(self, nd: dict[str, int]) -> None:
        self.df = nd
        self.idf = {term: float(idf(self.corpus_size, n)) for term, n in nd.items()}

    def score(self, term: str, weight: float) -> Any:
        """Scores of one term; Okapi's constant k1 + 1 is taken out, as Lucene does."""
        return self.get_scores([term]) * (weight / (self.k1 + 1))


class ReferenceIndex:
    """Documents in a dictionary; fields are counted anew after each change."""

    def __init__(self) -> None:
        self._documents: dict[str, Document] = {}
        self._version = 0
        self._fields: dict[tuple[str, float, float], tuple[list[str], _Okapi] | None] = {}

    @property
    def version(self) -> int:
        return self._version

    @property
    def seal(self) -> str:
        return str(self._version)

    def now(self) -> ReferenceIndex:
        return self.with_notes(())

    def __len__(self) -> int:
        return len(self._documents)

    def update(self, documents: Iterable[Document], deleted: Sequence[str], version: int) -> None:
        for note_id in deleted:
            self._documents.pop(note_id, None)
        for document in documents:
            self._documents[document.note_id] = document
        self._version = version
        self._fields.clear()

    def with_notes(self, documents: Iterable[Document]) -> ReferenceIndex:
        index = ReferenceIndex()
        index.update([*self._documents.values(), *documents], (), self._version)
        return index

    def search(self, query: Query, scoring: Scoring, limit: int) -> Hits:
        scores = dict.fromkeys(self._documents, 0.0)
        matched: set[str] = set()
        for field, term, weight in _clauses(query, scoring):
            for note_id, value in self._scores(field, term, scoring, weight):
                scores[note_id] += value
                matched.add(note_id)
        found = [d for d in self._documents.values() if self._passes(d, query)]
        if query.clauses:
            found = [document for document in found if document.note_id in matched]
        found.sort(key=lambda document: (-np.float32(scores[document.note_id]), document.note_id))
        best = found[: max(limit, 0)]
        bm25 = np.array([scores[document.note_id] for document in best], np.float32)
        ids = [document.note_id for document in best]
        return signal_columns(ids, bm25, [document.signals for document in best], len(found))

    def explain(self, query: Query, scoring: Scoring, note_id: str) -> list[TermScore]:
        document = self._documents.get(note_id)
        if document is None or not self._passes(document, query):
            return []
        return [
            self._explained(field, term, value, weight, document)
            for field, term, weight in _clauses(query, scoring)
            for other, value in self._scores(field, term, scoring, weight)
            if other == note_id
        ]

    def coverage(self, query: Query, note_ids: Sequence[str]) -> npt.NDArray[np.float64]:
        terms_of = {
            document.note_id: {*document.title, *document.tags, *document.body}
            for document in self._documents.values()
        }
        words = words_of(query)
        rarity = {
            word: float(idf(len(terms_of), sum(not t.isdisjoint(terms) for t in terms_of.values())))
            for word, terms in words.items()
        }
        whole = sum(rarity.values())
        shares = [
            sum(rarity[word] for word, t in words.items() if not terms_of[i].isdisjoint(t)) / whole
            if whole
            else 1.0
            for i in note_ids
        ]
        return np.array(shares, np.float64)

    def best_of_many(
        self, queries: Sequence[Query], scoring: Scoring, limit: int
    ) -> list[tuple[Integers, npt.NDArray[np.float32]]]:
        rows = {note_id: row for row, note_id in enumerate(self._documents)}
        found = [self.search(query, scoring, limit) for query in queries]
        return [
            (np.array([rows[note_id] for note_id in hits.note_ids], np.int64), hits.bm25)
            for hits in found
        ]

    def roster(self) -> Roster:
        signals = [document.signals for document in self._documents.values()]
        scores = np.zeros(len(signals), np.float32)
        known = signal_columns(list(self._documents), scores, signals, 0)
        names = sorted({brand for row in signals for brand in row.brands})
        numbers = [names.index(brand) for row in signals for brand in row.brands]
        starts = np.cumsum([0, *(len(row.brands) for row in signals)])
        return roster_of(
            known.note_ids,
            ["" if c == i else c for i, c in zip(known.note_ids, known.clusters, strict=True)],
            known.authors,
            known.kinds,
            known.channels,
            {name: getattr(known, name) for name in _COUNTS},
            (starts.astype(np.int64), np.array(numbers, np.int64), names),
        )

    def holding(self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS) -> list[int]:
        documents = self._documents.values()
        return [
            sum(bool(g) and any(set(g) <= set(getattr(d, f)) for f in fields) for d in documents)
            for g in groups
        ]

    def lengths(self, field: str) -> tuple[int, int]:
        sizes = [len(getattr(document, field)) for document in self._documents.values()]
        return sum(map(bool, sizes)), sum(sizes)

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        counts: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
        for document in self._documents.values():
            for field in FIELDS:
                counts[field].update(set(getattr(document, field)))
        terms = sorted({term for counter in counts.values() for term in counter})
        return ((term, max(counter[term] for counter in counts.values())) for term in terms)

    def signals(self, note_ids: Sequence[str]) -> dict[str, Signals]:
        return {i: self._documents[i].signals for i in note_ids if i in self._documents}

    def labels(
        self, name: Literal["tags", "brands"], among: Sequence[str] | None = None
    ) -> dict[str, int]:
        ids = self._documents if among is None else set(among) & set(self._documents)
        rows = (set(getattr(self._documents[i].signals, name)) for i in ids)
        return dict(Counter(label for row in rows for label in row))

    def _passes(self, document: Document, query: Query) -> bool:
        return (
            passes(document.signals, query.filter)
            and all(_together(document, group) for group in query.required)
            and not any(_together(document, group) for group in query.excluded)
        )

    def _scores(
        self, field: str, term: str, scoring: Scoring, weight: float
    ) -> Iterator[tuple[str, float]]:
        known = self._okapi(field, scoring)
        if known is None or weight <= 0:
            return
        ids, okapi = known
        for number in np.flatnonzero(values := okapi.score(term, weight)):
            yield ids[number], float(values[number])

    def _okapi(self, field: str, scoring: Scoring) -> tuple[list[str], _Okapi] | None:
        key = (field, scoring.k1, scoring.b)
        if key not in self._fields:
            having = [d for d in self._documents.values() if getattr(d, field)]
            texts = [getattr(document, field) for document in having]
            okapi = _Okapi(texts, scoring.k1, scoring.b) if texts else None
            self._fields[key] = okapi and ([document.note_id for document in having], okapi)
        return self._fields[key]

    def _explained(
        self, field: str, term: str, value: float, weight: float, document: Document
    ) -> TermScore:
        having = [d for d in self._documents.values() if getattr(d, field)]
        terms = getattr(document, field)
        df = sum(term in getattr(d, field) for d in having)
        rarity = float(idf(len(having), df))
        return TermScore(
            field, term, value, weight, rarity, terms.count(term), len(terms), df, len(having)
        )


def _clauses(query: Query, scoring: Scoring) -> Iterator[tuple[str, str, float]]:
    """(field, term, boost × weight) of each summand."""
    for field, boost in scoring.boosts():
        for clause in query.clauses:
            yield field, clause.term, boost * clause.weight


def _together(document: Document, group: Sequence[str]) -> bool:
    return any(set(group) <= set(getattr(document, field)) for field in FIELDS)
