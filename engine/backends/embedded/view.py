"""A set of segments as one reader sees it: matching, scores and the best of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.backends.embedded.segment import Segment
from engine.bm25 import average_length, clause_weight, idf, length_factors, term_scores
from engine.index import Hits, Scoring, TermScore, words_of
from engine.model import FIELDS, Filter, Query, Signals

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """A segment and which of its documents are alive."""

    segment: Segment
    live: Mask

    @cached_property
    def alive(self) -> int:
        return int(np.count_nonzero(self.live))

    def df(self, field: str, term: str) -> int:
        """Live documents that hold the term in the field."""
        number = self.segment.vocabulary.find(term)
        if number < 0:
            return 0
        docs, _ = self.segment.postings(field, number)
        return len(docs) if self.alive == len(self.live) else int(self.live[docs].sum())

    def holds(self, field: str, term: str) -> Mask:
        """Which documents hold the term in the field, dead ones included."""
        mask = np.zeros(self.segment.documents, bool)
        number = self.segment.vocabulary.find(term)
        if number >= 0:
            mask[self.segment.postings(field, number)[0]] = True
        return mask


@dataclass(frozen=True, slots=True)
class _Term:
    """One clause in one field, with the numbers that do not depend on the document."""

    field: str
    term: str
    weight: np.float32  # boost × clause weight × idf
    boost: np.float32  # boost × clause weight
    idf: np.float32
    df: int


class View:
    """Segments with their live documents; never changes, so a search sees one state."""

    def __init__(self, parts: Sequence[Part], version: int) -> None:
        self.parts = tuple(parts)
        self.version = version

    def __len__(self) -> int:
        return sum(part.alive for part in self.parts)

    @cached_property
    def statistics(self) -> dict[str, tuple[int, int]]:
        """Field -> (live notes that have it, their terms in all)."""
        found = {}
        for field in FIELDS:
            notes = terms = 0
            for part in self.parts:
                lengths = part.segment.column(f"{field}.lengths")[part.live]
                notes += int(np.count_nonzero(lengths))
                terms += int(lengths.sum(dtype=np.int64))
            found[field] = (notes, terms)
        return found

    def search(self, query: Query, scoring: Scoring, limit: int) -> Hits:
        """The best `limit` live notes: score descending, then note id."""
        terms = list(self._terms(query, scoring))
        total = 0
        found: list[tuple[int, npt.NDArray[np.float32], npt.NDArray[Any]]] = []
        for number, part in enumerate(self.parts):
            scores, matching = self._score(part, query, terms, scoring)
            docs = np.flatnonzero(matching)
            total += len(docs)
            docs = _leaders(scores, docs, limit)
            found.append((number, scores[docs], docs))
        return self._hits(found, limit, total)

    def explain(self, query: Query, scoring: Scoring, note_id: str) -> list[TermScore]:
        """The summands of a live note's score in the order in which they are summed."""
        part, doc = self.find(note_id)
        if part is None or not _passing(part, query)[doc]:
            return []
        found = []
        for term in self._terms(query, scoring):
            number = part.segment.vocabulary.find(term.term)
            if number < 0:
                continue
            docs, tfs = part.segment.postings(term.field, number)
            at = int(np.searchsorted(docs, doc))
            if at < len(docs) and docs[at] == doc:
                found.append(self._explained(term, part, doc, int(tfs[at]), scoring))
        return found

    def find(self, note_id: str) -> tuple[Part | None, int]:
        """The part and document number of a live note, (None, -1) for none."""
        for part in reversed(self.parts):
            doc = part.segment.note_ids.find(note_id)
            if doc >= 0 and part.live[doc]:
                return part, doc
        return None, -1

    def coverage(self, query: Query, note_ids: Sequence[str]) -> npt.NDArray[np.float64]:
        """The share of the query's words that each note holds, weighted by idf."""
        places = [self.find(note_id) for note_id in note_ids]
        held, whole = np.zeros(len(places)), 0.0
        for terms in words_of(query).values():
            holders = [self._holders(part, terms) for part in self.parts]
            df = sum(
                int(np.count_nonzero(mask & p.live))
                for mask, p in zip(holders, self.parts, strict=True)
            )
            rarity = float(idf(len(self), df))
            whole += rarity
            by_part = dict(zip(map(id, self.parts), holders, strict=True))
            held += [rarity * bool(p and by_part[id(p)][doc]) for p, doc in places]
        return held / whole if whole else np.ones(len(places))

    @staticmethod
    def _holders(part: Part, terms: Sequence[str]) -> Mask:
        masks = [part.holds(field, term) for field in FIELDS for term in terms]
        return np.asarray(np.logical_or.reduce(masks))

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """(term, the most live notes that hold it in one field), sorted by term."""
        counts: dict[str, npt.NDArray[np.int64]] = {}
        for part in self.parts:
            table = np.zeros((len(part.segment.vocabulary), len(FIELDS)), np.int64)
            for column, field in enumerate(FIELDS):
                offsets = part.segment.column(f"{field}.offsets")
                alive = part.live[part.segment.column(f"{field}.docs")]
                running = np.concatenate([[0], np.cumsum(alive)])
                table[:, column] = running[offsets[1:]] - running[offsets[:-1]]
            for term, row in zip(part.segment.vocabulary, table, strict=True):
                counts[term] = counts[term] + row if term in counts else row
        for term in sorted(counts):
            if most := int(counts[term].max()):
                yield term, most

    def signals(self, note_ids: Sequence[str]) -> dict[str, Signals]:
        """What is known of live notes, by id."""
        places = ((note_id, *self.find(note_id)) for note_id in note_ids)
        return {i: part.segment.signals(doc) for i, part, doc in places if part}

    def labels(self, name: str) -> dict[str, int]:
        """`tags` or `brands` -> live notes that carry it."""
        counts: dict[str, int] = {}
        for part in self.parts:
            segment = part.segment
            sizes = np.diff(segment.column(f"{name}_of.offsets"))
            alive = np.repeat(part.live, sizes)
            numbers = segment.column(f"{name}_of.labels")[alive]
            for number, count in enumerate(np.bincount(numbers).tolist() if len(numbers) else ()):
                if count:
                    label = segment.labels[number]
                    counts[label] = counts.get(label, 0) + count
        return counts

    def _terms(self, query: Query, scoring: Scoring) -> Iterator[_Term]:
        for field, boost in scoring.boosts():
            notes, _ = self.statistics[field]
            for clause in query.clauses:
                df = sum(part.df(field, clause.term) for part in self.parts)
                if df and clause.weight > 0:
                    rarity = idf(notes, df)
                    weight = clause_weight(clause.weight, boost, rarity)
                    factor = np.float32(boost) * np.float32(clause.weight)
                    yield _Term(field, clause.term, weight, factor, rarity, df)

    def _factors(self, field: str, scoring: Scoring) -> npt.NDArray[np.float32]:
        notes, terms = self.statistics[field]
        return length_factors(scoring.k1, scoring.b, average_length(terms, notes))

    def _score(
        self, part: Part, query: Query, terms: Sequence[_Term], scoring: Scoring
    ) -> tuple[npt.NDArray[np.float32], Mask]:
        """(float32 score a document, which documents are hits) of one segment."""
        sums = np.zeros(part.segment.documents, np.float64)
        matched = np.zeros(part.segment.documents, bool)
        factors = {field: self._factors(field, scoring) for field in {t.field for t in terms}}
        for term in terms:
            number = part.segment.vocabulary.find(term.term)
            if number < 0:
                continue
            docs, tfs = part.segment.postings(term.field, number)
            codes = part.segment.column(f"{term.field}.codes")[docs]
            sums[docs] += term_scores(term.weight, tfs, codes, factors[term.field])
            matched[docs] = True
        passing = _passing(part, query)
        return sums.astype(np.float32), passing & matched if query.clauses else passing

    def _explained(self, term: _Term, part: Part, doc: int, tf: int, scoring: Scoring) -> TermScore:
        codes = part.segment.column(f"{term.field}.codes")[doc : doc + 1]
        factors = self._factors(term.field, scoring)
        value = term_scores(term.weight, np.array([tf]), codes, factors)[0]
        return TermScore(
            field=term.field,
            term=term.term,
            value=float(value),
            weight=float(term.boost),
            idf=float(term.idf),
            tf=tf,
            length=int(part.segment.column(f"{term.field}.lengths")[doc]),
            df=term.df,
            notes=self.statistics[term.field][0],
        )

    def _hits(
        self,
        found: Sequence[tuple[int, npt.NDArray[np.float32], npt.NDArray[Any]]],
        limit: int,
        total: int,
    ) -> Hits:
        """The best of all parts' leaders, (part number, scores, documents), with their columns."""
        rows = [
            (self.parts[number].segment, scores, docs)
            for number, scores, docs in found
            if len(docs)
        ]
        note_ids = [segment.note_ids[doc] for segment, _, docs in rows for doc in docs.tolist()]
        bm25 = _joined([scores for _, scores, _ in rows], np.float32)
        values = (-bm25).tolist()
        order = sorted(range(len(note_ids)), key=lambda row: (values[row], note_ids[row]))

        def numbers(name: str) -> npt.NDArray[np.int64]:
            return _joined([segment.column(name)[docs] for segment, _, docs in rows], np.int64)

        def texts(read: Callable[[Segment, int], str]) -> list[str]:
            return [read(segment, doc) for segment, _, docs in rows for doc in docs.tolist()]

        return Hits(
            note_ids=note_ids,
            bm25=bm25,
            published=numbers("published"),
            likes=numbers("likes"),
            collects=numbers("collects"),
            comments=numbers("comments"),
            shares=numbers("shares"),
            kinds=texts(Segment.kind),
            channels=texts(Segment.channel),
            authors=texts(Segment.author),
            clusters=texts(lambda segment, doc: segment.clusters[doc]),
            total=total,
        ).take(order[:limit])


def _joined(columns: Sequence[npt.NDArray[Any]], dtype: type[Any]) -> npt.NDArray[Any]:
    return np.concatenate(columns) if columns else np.empty(0, dtype)


def _leaders(
    scores: npt.NDArray[np.float32], docs: npt.NDArray[Any], limit: int
) -> npt.NDArray[Any]:
    """Those of `docs` that can be among the best `limit`, all ties of the last place included."""
    if limit <= 0:
        return docs[:0]
    if len(docs) <= limit:
        return docs
    values = scores[docs]
    threshold = np.partition(values, len(values) - limit)[len(values) - limit]
    best: npt.NDArray[Any] = docs[values >= threshold]
    return best


def _passing(part: Part, query: Query) -> Mask:
    """Live documents that pass the filter, hold what is required and nothing excluded."""
    mask = part.live & _filtered(part.segment, query.filter)
    for group in query.required:
        mask &= _together(part, group)
    for group in query.excluded:
        mask &= ~_together(part, group)
    return mask


def _together(part: Part, group: Sequence[str]) -> Mask:
    """Documents with all terms of the group in one field."""
    found = np.zeros(part.segment.documents, bool)
    for field in FIELDS:
        found |= np.logical_and.reduce([part.holds(field, term) for term in group])
    return found


def _filtered(segment: Segment, wanted: Filter) -> Mask:
    mask = np.ones(segment.documents, bool)
    if wanted.kinds:
        mask &= segment.one_of("kind", wanted.kinds)
    if wanted.channels:
        mask &= segment.one_of("channel", wanted.channels)
    if wanted.authors:
        mask &= segment.one_of("author", wanted.authors)
    if wanted.tags:
        mask &= segment.labelled("tags_of", wanted.tags)
    if wanted.brands:
        mask &= segment.labelled("brands_of", wanted.brands)
    if wanted.since is not None or wanted.until is not None:
        published = segment.column("published")
        mask &= published != np.iinfo(np.int64).min
        if wanted.since is not None:
            mask &= published >= wanted.since
        if wanted.until is not None:
            mask &= published < wanted.until
    return mask
