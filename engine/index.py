"""Index: the small protocol that every backend fulfils, and what it hands back.

The border: analysis above, BM25 below, ranking rules above. A backend takes Documents and gives
candidates with scores. What every backend promises is held by one contract test class:

- a hit shares a term with the query and scores above zero; a query without clauses lets its filter
  alone decide, and scores 0;
- score = float32 of the sum over fields and clauses of boost × weight × BM25 (Lucene's, one-byte
  lengths, see engine.bm25), where N and the mean length count live notes that have the field;
- order is score, then note_id; nothing depends on the order of additions;
- a reader during a write sees before or after, never between.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from engine.errors import BadOption
from engine.model import FIELDS, Document, Filter, Query, Signals

BIGRAM = "bigram"  # the route of a clause that is no word
MISSING = np.iinfo(np.int64).min  # an unknown time or count in a column


@dataclass(frozen=True, slots=True)
class Scoring:
    """What the sum over fields and terms needs: BM25's k1 and b, and a boost for each field."""

    k1: float = 1.5
    b: float = 0.75
    title: float = 3.0
    tags: float = 2.0
    body: float = 1.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.k1) and self.k1 >= 0):
            raise BadOption(f"k1 is {self.k1}", "give a number of 0 or more, for example 1.5")
        if not 0 <= self.b <= 1:
            raise BadOption(f"b is {self.b}", "give a number from 0 to 1, for example 0.75")

    def boosts(self) -> tuple[tuple[str, float], ...]:
        """(field, boost) of the fields that count."""
        pairs = (("title", self.title), ("tags", self.tags), ("body", self.body))
        return tuple((field, boost) for field, boost in pairs if boost > 0)


Integers = npt.NDArray[np.int64]
Texts = tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents as columns, each note once: what a fast path hands over instead of Documents.

    For each field `fields` has (term numbers of all notes in a row, where each note begins and
    the last ends); the numbers index `vocabulary`, which may hold more.
    """

    note_ids: Sequence[str]
    fields: Mapping[str, Texts]
    vocabulary: Sequence[str]
    signals: Sequence[Signals]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Batch:
        """The columns of documents; of two with one id the last one counts."""
        latest = {document.note_id: document for document in documents}
        numbers: dict[str, int] = {}
        fields = {}
        for name in FIELDS:
            texts: list[tuple[str, ...]] = [getattr(d, name) for d in latest.values()]
            offsets = np.zeros(len(texts) + 1, np.int64)
            np.cumsum([len(terms) for terms in texts], out=offsets[1:])
            ids = [numbers.setdefault(term, len(numbers)) for terms in texts for term in terms]
            fields[name] = np.array(ids, np.int32), offsets
        signals = [document.signals for document in latest.values()]
        return cls(list(latest), fields, list(numbers), signals)

    def __len__(self) -> int:
        return len(self.note_ids)

    def __iter__(self) -> Iterator[Document]:
        """The documents, for whoever works note by note."""
        for number, (note_id, signals) in enumerate(zip(self.note_ids, self.signals, strict=True)):
            texts = []
            for name in FIELDS:
                ids, offsets = self.fields[name]
                own = ids[offsets[number] : offsets[number + 1]].tolist()
                texts.append(tuple(self.vocabulary[term] for term in own))
            title, tags, body = texts
            yield Document(note_id, title, tags, body, signals)


@dataclass(frozen=True, slots=True)
class Hits:
    """The best notes of a query as columns of one length, best first.

    `bm25` is float32. Integer columns hold MISSING for unknown. `kinds`, `channels`, `authors` and
    `clusters` are strings. `total` counts all matching notes, not only these.
    """

    note_ids: list[str]
    bm25: npt.NDArray[np.float32]
    published: Integers
    likes: Integers
    collects: Integers
    comments: Integers
    shares: Integers
    kinds: list[str]
    channels: list[str]
    authors: list[str]
    clusters: list[str]
    total: int

    def __len__(self) -> int:
        return len(self.note_ids)

    def take(self, rows: Sequence[int]) -> Hits:
        """Some rows, in the order given; `total` stays."""
        columns = {}
        for name in ("bm25", "published", "likes", "collects", "comments", "shares"):
            columns[name] = getattr(self, name)[list(rows)]
        for name in ("note_ids", "kinds", "channels", "authors", "clusters"):
            values = getattr(self, name)
            columns[name] = [values[row] for row in rows]
        return Hits(total=self.total, **columns)


@dataclass(frozen=True, slots=True)
class Roster:
    """All documents of an index as columns, for work on many pages at once; a row a document.

    Rows of dropped notes may be among them; no page shows them. `order` sorts by note id. `authors`
    is 0 for unknown; notes of one number in `clusters` are near-copies. `counts` holds
    published, likes, collects, comments, shares (MISSING for unknown). Brands of row r are
    `brand_names[brands[brand_starts[r]:brand_starts[r + 1]]]`, folded.
    """

    note_ids: list[str]
    order: Integers
    kinds: npt.NDArray[np.object_]
    channels: npt.NDArray[np.object_]
    authors: Integers
    clusters: Integers
    counts: Mapping[str, Integers]
    brand_starts: Integers
    brands: Integers
    brand_names: Sequence[str]

    def hits(self) -> Hits:
        """All rows as hits of score 0, for rules that look at their columns."""
        none = [""] * len(self.note_ids)
        return Hits(
            note_ids=self.note_ids,
            bm25=np.zeros(len(self.note_ids), np.float32),
            kinds=self.kinds.tolist(),
            channels=self.channels.tolist(),
            authors=none,
            clusters=none,
            total=len(self.note_ids),
            **self.counts,
        )

    def brands_of(self, row: int) -> list[str]:
        """The brands that a document names, folded."""
        begin, end = self.brand_starts[row : row + 2].tolist()
        return [self.brand_names[number] for number in self.brands[begin:end].tolist()]


@dataclass(frozen=True, slots=True)
class TermScore:
    """One summand of a note's score and all that it was computed from (float32 values)."""

    field: str
    term: str
    value: float
    weight: float
    idf: float
    tf: int
    length: float
    df: int
    notes: int


class Index(Protocol):
    """Documents in, candidates with scores out."""

    @property
    def version(self) -> int:
        """Grows with each published change; the store's sequence number that it holds."""
        ...

    def update(self, documents: Iterable[Document], deleted: Sequence[str], version: int) -> None:
        """Add or replace documents (or a Batch) and drop deleted ids: one step, seen whole."""
        ...

    def search(self, query: Query, scoring: Scoring, limit: int) -> Hits:
        """The best `limit` notes of a query."""
        ...

    def explain(self, query: Query, scoring: Scoring, note_id: str) -> list[TermScore]:
        """The summands of one note's score; empty when it does not match or is not there."""
        ...

    def coverage(self, query: Query, note_ids: Sequence[str]) -> npt.NDArray[np.float64]:
        """For each note the share of the query's words it holds in any field, by idf, 0 to 1.

        A word is held by any of its clauses but bigrams; a query without words is held by all.
        """
        ...

    def best_of_many(
        self, queries: Sequence[Query], scoring: Scoring, limit: int
    ) -> list[tuple[Integers, npt.NDArray[np.float32]]]:
        """`search` for many queries at once, as (rows of the roster, scores); without filters."""
        ...

    def roster(self) -> Roster:
        """The documents that the rows of `best_of_many` mean; read both in one state."""
        ...

    def holding(self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS) -> list[int]:
        """For each group of terms the live notes that hold all of them in one of the fields."""
        ...

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """(term, live notes that hold it in the field where most do), each term once, sorted."""
        ...

    def signals(self, note_ids: Sequence[str]) -> dict[str, Signals]:
        """What is known of live notes, by id; unknown ids are left out."""
        ...

    def labels(self, name: Literal["tags", "brands"]) -> dict[str, int]:
        """Folded tag or brand -> live notes that carry it."""
        ...

    def __len__(self) -> int:
        """Live notes."""
        ...


def roster_of(
    note_ids: Sequence[str],
    clusters: Sequence[str],
    authors: Sequence[str],
    kinds: Sequence[str],
    channels: Sequence[str],
    counts: Mapping[str, Integers],
    brands: tuple[Integers, Integers, Sequence[str]],
) -> Roster:
    """A roster from plain columns; `clusters` has "" or the own id for a note that stands alone."""
    ids = list(note_ids)
    numbers: dict[str, int] = {}
    for group in clusters:
        if group:
            numbers.setdefault(group, len(ids) + len(numbers))
    own = zip(ids, clusters, strict=True)
    grouped = [numbers[c] if c else numbers.get(i, row) for row, (i, c) in enumerate(own)]
    names = {name: number for number, name in enumerate(sorted(set(authors) - {""}), 1)}
    order = np.empty(len(ids), np.int64)
    order[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return Roster(
        note_ids=ids,
        order=order,
        kinds=np.array(kinds, object),
        channels=np.array(channels, object),
        authors=np.array([names.get(name, 0) for name in authors], np.int64),
        clusters=np.array(grouped, np.int64),
        counts=counts,
        brand_starts=brands[0],
        brands=brands[1],
        brand_names=brands[2],
    )


def signal_columns(
    note_ids: Sequence[str],
    bm25: npt.NDArray[np.float32],
    signals: Sequence[Signals],
    total: int,
) -> Hits:
    """Hits from signals a note at a time."""

    def numbers(values: Iterable[int | None]) -> Integers:
        return np.array([MISSING if value is None else value for value in values], np.int64)

    return Hits(
        note_ids=list(note_ids),
        bm25=bm25,
        published=numbers(row.published for row in signals),
        likes=numbers(row.likes for row in signals),
        collects=numbers(row.collects for row in signals),
        comments=numbers(row.comments for row in signals),
        shares=numbers(row.shares for row in signals),
        kinds=[row.kind for row in signals],
        channels=[row.channel for row in signals],
        authors=[row.author for row in signals],
        clusters=[row.cluster for row in signals],
        total=total,
    )


def words_of(query: Query) -> dict[str, list[str]]:
    """The words of a query, each with the terms that stand for it: itself and its aliases."""
    words: dict[str, list[str]] = {}
    for clause in query.clauses:
        if clause.route != BIGRAM:
            words.setdefault(clause.word, []).append(clause.term)
    return words


def passes(signals: Signals, wanted: Filter) -> bool:
    """Whether a note may stand on the page: the meaning of Filter that backends must share."""
    lists = (
        (wanted.kinds, (signals.kind,)),
        (wanted.channels, (signals.channel,)),
        (wanted.authors, (signals.author,)),
        (wanted.tags, signals.tags),
        (wanted.brands, signals.brands),
    )
    if any(allowed and not set(allowed) & set(values) for allowed, values in lists):
        return False
    if wanted.since is None and wanted.until is None:
        return True
    if signals.published is None:
        return False
    return (wanted.since is None or signals.published >= wanted.since) and (
        wanted.until is None or signals.published < wanted.until
    )
