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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from engine.errors import BadOption
from engine.index.hits import Hits, Integers, Roster
from engine.model import FIELDS, Document, Filter, Query, Signals

BIGRAM = "bigram"  # the route of a clause that is no word


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


class IndexView(Protocol):
    """An index as it answers: candidates with scores."""

    @property
    def version(self) -> int:
        """Grows with each published change; the store's sequence number that it holds."""
        ...

    @property
    def seal(self) -> str:
        """Names the state by what is in it: another one after each change."""
        ...

    def now(self) -> IndexView:
        """The index as it is now; what it answers stays so while it is held."""
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

    def lengths(self, field: str) -> tuple[int, int]:
        """(live notes that have a field, their terms in all)."""
        ...

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """(term, live notes that hold it in the field where most do), each term once, sorted."""
        ...

    def signals(self, note_ids: Sequence[str]) -> dict[str, Signals]:
        """What is known of live notes, by id; unknown ids are left out."""
        ...

    def labels(
        self, name: Literal["tags", "brands"], among: Sequence[str] | None = None
    ) -> dict[str, int]:
        """Folded tag or brand -> live notes that carry it; of the notes `among` if given."""
        ...

    def __len__(self) -> int:
        """Live notes."""
        ...

    def with_notes(self, documents: Iterable[Document]) -> IndexView:
        """The index as `update` would leave it, for as long as it is held; nothing is written."""
        ...


class Index(IndexView, Protocol):
    """Documents in, candidates with scores out."""

    def update(self, documents: Iterable[Document], deleted: Sequence[str], version: int) -> None:
        """Add or replace documents (or a Batch) and drop deleted ids: one step, seen whole."""
        ...


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
