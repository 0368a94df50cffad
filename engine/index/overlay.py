"""A snapshot with hypothetical notes in it: what it would answer had they been added.

The base answers with statistics corrected by what the notes add and the replaced ones take away;
the notes' own scores are summed here, by the same float32 steps, and merged into each window.
Nothing is written, and every backend can be the base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from heapq import merge

import numpy as np
import numpy.typing as npt

from engine.bm25 import (
    average_length,
    clause_weight,
    encode_length,
    idf,
    length_factors,
    term_scores,
)
from engine.index.hits import Batch, DocColumns, DocTexts, Hits, Integers, Scores
from engine.index.protocol import (
    FieldStatistics,
    IndexSnapshot,
    Label,
    Scoring,
    Statistics,
    TermScore,
    holds_all,
    qualifies,
)
from engine.model import FIELDS, Clause, Document, Query

_FIRST_CODE = -2  # codes of the hypothetical notes go down from here; -1 means none


class Overlay:
    """`base` with `added` notes; `replaced` are those of their ids as the base holds them.

    Raises ValueError when a replaced document is missing, or is one too many.
    """

    def __init__(
        self, base: IndexSnapshot, added: Iterable[Document], replaced: Iterable[Document] = ()
    ) -> None:
        batch = Batch.of(added)
        self._base = base
        self._added = {document.note_id: document for document in batch}
        self._replaced = {document.note_id: document for document in replaced}
        stored = base.columns(list(self._added))
        if set(stored.note_ids) != set(self._replaced):
            raise ValueError("`replaced` has to be the stored documents of the added ids")
        self._gone = stored.keys
        self._texts = _JoinedTexts(stored.texts, DocColumns.of(batch.note_ids, batch.signals))
        self._columns = self._texts.columns
        self._correction = _difference(self._added.values(), self._replaced.values())

    @property
    def version(self) -> int:
        return self._base.version

    @property
    def state_id(self) -> str:
        """The base's, marked: what an overlay answers belongs to no published state."""
        return f"{self._base.state_id}+{len(self._added)}"

    def __len__(self) -> int:
        return len(self._base) + len(self._added) - len(self._replaced)

    def search_many(
        self,
        queries: Sequence[Query],
        scoring: Scoring,
        limit: int,
        *,
        total: bool = False,
        correction: Statistics | None = None,
    ) -> list[Hits]:
        """As the base would; `correction` comes on top of the notes' own."""
        windows = self._base.search_many(
            queries,
            scoring,
            limit + len(self._replaced),
            total=total,
            correction=self._corrected(correction),
        )
        scorer = self._scorer(queries, scoring, correction)
        return [
            self._merged(query, hits, scorer, limit)
            for query, hits in zip(queries, windows, strict=True)
        ]

    def statistics(self, terms: Sequence[str]) -> Statistics:
        stored = self._base.statistics(terms)
        wanted = set(terms)
        asked = {
            field: replace(change, df={t: n for t, n in change.df.items() if t in wanted})
            for field, change in self._correction.items()
        }
        return _sum(stored, asked)

    def explain_many(
        self,
        query: Query,
        scoring: Scoring,
        note_ids: Sequence[str],
        correction: Statistics | None = None,
    ) -> list[list[TermScore]]:
        scorer = self._scorer([query], scoring, correction)
        stored = [note_id for note_id in note_ids if note_id not in self._added]
        whole = self._corrected(correction)
        answers = iter(self._base.explain_many(query, scoring, stored, whole))
        return [
            scorer.terms(query, self._added[note_id]) if note_id in self._added else next(answers)
            for note_id in note_ids
        ]

    def columns(self, note_ids: Sequence[str]) -> DocColumns:
        stored = self._base.columns([i for i in note_ids if i not in self._added])
        ids = stored.note_ids
        rows = {note_id: row for row, note_id in enumerate([*ids, *self._added])}
        both = stored.followed_by(self._columns, self._texts)
        return both.take([rows[note_id] for note_id in note_ids if note_id in rows])

    def count_matching(
        self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS
    ) -> list[int]:
        return [
            count
            + sum(sign for doc, sign in self._signed() if group and holds_all(doc, group, fields))
            for group, count in zip(groups, self._base.count_matching(groups, fields), strict=True)
        ]

    def count_any(self, groups: Sequence[Sequence[str]]) -> list[int]:
        return [
            count + sum(sign for doc, sign in self._signed() if not _terms(doc).isdisjoint(group))
            for group, count in zip(groups, self._base.count_any(groups), strict=True)
        ]

    def hold_any(
        self, note_ids: Sequence[str], groups: Sequence[Sequence[str]]
    ) -> npt.NDArray[np.bool_]:
        held = self._base.hold_any(note_ids, groups)
        for row, note_id in enumerate(note_ids):
            if note_id in self._added:
                terms = _terms(self._added[note_id])
                held[row] = [not terms.isdisjoint(group) for group in groups]
        return held

    def copies(self, clusters: Sequence[str]) -> list[int]:
        changes: Counter[str] = Counter()
        for document, sign in self._signed():
            changes[document.signals.cluster or document.note_id] += sign
        sizes = self._base.copies(clusters)
        return [size + changes[cluster] for cluster, size in zip(clusters, sizes, strict=True)]

    def facets(self, label: Label, note_ids: Sequence[str] | None = None) -> dict[str, int]:
        stored = None if note_ids is None else [i for i in note_ids if i not in self._added]
        counts = Counter(self._base.facets(label, stored))
        among = self._added if note_ids is None else set(note_ids) & self._added.keys()
        for note_id in among:
            counts.update(set(getattr(self._added[note_id].signals, label)))
        if note_ids is None:
            for document in self._replaced.values():
                counts.subtract(set(getattr(document.signals, label)))
        return {name: count for name, count in counts.items() if count > 0}

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        touched = sorted({t for doc, _ in self._signed() for t in _terms(doc)})
        fields = self.statistics(touched).values()
        counts = {t: max(field.df.get(t, 0) for field in fields) for t in touched}
        others = (pair for pair in self._base.vocabulary() if pair[0] not in counts)
        return merge(others, ((t, n) for t, n in counts.items() if n > 0))

    # --- inside --------------------------------------------------------------------------------

    def _signed(self) -> Iterator[tuple[Document, int]]:
        """Each note that comes (1) and that goes (-1)."""
        yield from ((document, 1) for document in self._added.values())
        yield from ((document, -1) for document in self._replaced.values())

    def _corrected(self, correction: Statistics | None) -> Statistics:
        return _sum(self._correction, correction) if correction else self._correction

    def _scorer(
        self, queries: Sequence[Query], scoring: Scoring, correction: Statistics | None
    ) -> _Scorer:
        """Scores of the notes; only terms that stand in one of them need statistics."""
        written = {term for document, _ in self._signed() for term in _terms(document)}
        asked = {clause.term for query in queries for clause in query.clauses}
        statistics = self.statistics(sorted(written & asked))
        return _Scorer(_sum(statistics, correction) if correction else statistics, scoring)

    def _merged(self, query: Query, hits: Hits, scorer: _Scorer, limit: int) -> Hits:
        """The base's window without the replaced notes, with the added ones at their places."""
        lost = sum(scorer.matches(query, document) for document in self._replaced.values())
        if lost:
            hits = hits.take(np.flatnonzero(~np.isin(hits.columns.keys, self._gone)))
        documents = list(self._added.values())
        rows = [row for row, doc in enumerate(documents) if scorer.matches(query, doc)]
        total = None if hits.total is None else hits.total - lost + len(rows)
        if not rows:
            return Hits(hits.bm25[:limit], hits.columns.take(np.arange(len(hits))[:limit]), total)
        scores = np.array([scorer.score(query, documents[row]) for row in rows], np.float32)
        bm25 = np.concatenate([hits.bm25, scores])
        columns = hits.columns.followed_by(self._columns.take(rows), self._texts)
        order = _best_first(bm25, columns, len(rows))[:limit]
        return Hits(bm25[order], columns.take(order), total)


class _Scorer:
    """Scores of single documents under corrected statistics, by Lucene's float32 steps."""

    def __init__(self, statistics: Statistics, scoring: Scoring) -> None:
        self._statistics = statistics
        self._boosts = scoring.boosts()
        self._factors = {}
        for field, _ in self._boosts:
            notes, terms = statistics[field].notes, statistics[field].terms
            average = average_length(terms, notes) if notes else 1.0
            self._factors[field] = length_factors(scoring.k1, scoring.b, average)

    def matches(self, query: Query, document: Document) -> bool:
        """Whether the document is a hit."""
        if not qualifies(document, query):
            return False
        terms = {term for field, _ in self._boosts for term in getattr(document, field)}
        clauses = [clause for clause in query.clauses if clause.weight > 0]
        return not query.clauses or any(clause.term in terms for clause in clauses)

    def score(self, query: Query, document: Document) -> float:
        """The sum, rounded to float32 at the end."""
        return float(np.float32(sum(t.value for t in self._summands(query, document))))

    def terms(self, query: Query, document: Document) -> list[TermScore]:
        """The summands; none where the document is no hit."""
        return list(self._summands(query, document)) if qualifies(document, query) else []

    def _summands(self, query: Query, document: Document) -> Iterator[TermScore]:
        for field, boost in self._boosts:
            terms: tuple[str, ...] = getattr(document, field)
            for clause in query.clauses:
                if clause.weight > 0 and (tf := terms.count(clause.term)):
                    yield self._summand(field, boost, clause, tf, len(terms))

    def _summand(self, field: str, boost: float, clause: Clause, tf: int, length: int) -> TermScore:
        counts = self._statistics[field]
        rarity = idf(counts.notes, counts.df[clause.term])
        weight = clause_weight(clause.weight, boost, rarity)
        code = encode_length([length])
        return TermScore(
            field=field,
            term=clause.term,
            value=float(term_scores(weight, np.array([tf]), code, self._factors[field])[0]),
            weight=float(np.float32(boost) * np.float32(clause.weight)),
            idf=float(rarity),
            tf=tf,
            length=length,
            df=counts.df[clause.term],
            notes=counts.notes,
        )


class _JoinedTexts:
    """The base's texts, and those of hypothetical notes: their keys and new codes are negative."""

    def __init__(self, base: DocTexts, added: DocColumns) -> None:
        self._base = base
        self._added = added
        names = [added.author(row) for row in range(len(added))]
        groups = [added.cluster(row) for row in range(len(added))]
        self._authors = _codes(names, base.author_code)
        self._clusters = _codes(groups, base.cluster_code)
        self._names = {code: name for name, code in self._authors.items()}
        self.columns = replace(
            added,
            keys=_FIRST_CODE - added.keys,
            authors=np.array([self._authors[name] for name in names], np.int64),
            clusters=np.array([self._clusters[group] for group in groups], np.int64),
            texts=self,
        )

    def note_ids(self, keys: Integers) -> list[str]:
        ids = np.empty(len(keys), object)
        new = keys < 0
        ids[~new] = self._base.note_ids(keys[~new])
        ids[new] = self._added.texts.note_ids(_FIRST_CODE - keys[new])
        return list(ids)

    def brands(self, key: int) -> tuple[str, ...]:
        return self._base.brands(key) if key >= 0 else self._added.brands(_FIRST_CODE - key)

    def cluster(self, key: int) -> str:
        return self._base.cluster(key) if key >= 0 else self._added.cluster(_FIRST_CODE - key)

    def author(self, code: int) -> str:
        return self._base.author(code) if code >= 0 else self._names[code]

    def author_code(self, author: str) -> int | None:
        return self._authors.get(author, self._base.author_code(author))

    def cluster_code(self, cluster: str) -> int | None:
        return self._clusters.get(cluster, self._base.cluster_code(cluster))


def _codes(names: Sequence[str], base_code: Callable[[str], int | None]) -> dict[str, int]:
    """Each name's code: the base's, 0 for "", else a negative one of its own."""
    codes: dict[str, int] = {"": 0}
    for name in names:
        if name not in codes:
            code = base_code(name)
            codes[name] = _FIRST_CODE - len(codes) if code is None else code
    return codes


def _best_first(bm25: Scores, columns: DocColumns, added: int) -> Integers:
    """Rows by score, then note id; all but the last `added` stand so already."""
    order = np.argsort(-bm25, kind="stable")
    tied = np.isin(bm25, bm25[len(bm25) - added :])
    if np.count_nonzero(tied) > added:
        ids = np.empty(len(bm25), object)
        ids[tied] = columns.take(np.flatnonzero(tied)).note_ids
        places = np.flatnonzero(tied[order])
        rows = sorted(order[places].tolist(), key=lambda row: (-bm25[row], ids[row]))
        order[places] = rows
    return order


def _terms(document: Document) -> set[str]:
    return {*document.title, *document.tags, *document.body}


def _difference(added: Iterable[Document], gone: Iterable[Document]) -> Statistics:
    """What the statistics gain by some documents and lose by others."""
    fields = {}
    signed = [*((d, 1) for d in added), *((d, -1) for d in gone)]
    for field in FIELDS:
        df: Counter[str] = Counter()
        notes = terms = 0
        for document, sign in signed:
            words = getattr(document, field)
            notes, terms = notes + sign * bool(words), terms + sign * len(words)
            for word in set(words):
                df[word] += sign
        fields[field] = FieldStatistics(notes, terms, df)
    return fields


def _sum(first: Statistics, second: Statistics) -> Statistics:
    fields = {}
    for field in FIELDS:
        a, b = first[field], second[field]
        df = Counter(a.df)
        df.update(b.df)
        fields[field] = FieldStatistics(a.notes + b.notes, a.terms + b.terms, df)
    return fields
