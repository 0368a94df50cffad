"""Index: the protocol that every backend fulfils. An index is written; only a snapshot is asked.

The border: analysis above, BM25 below, ranking rules above. A backend takes Documents and gives
candidates with scores. What every backend promises is held by one contract test class:

- a hit shares a term with the query and scores above zero; a query without clauses lets its filter
  alone decide, and scores 0;
- score = float32 of the sum over fields and clauses of boost × weight × BM25 (Lucene's, one-byte
  lengths, see engine.bm25), where N and the mean length count live notes that have the field;
- order is score, then note_id; nothing depends on the order of additions;
- a snapshot answers the same for as long as it is held, whatever is written, merged, rebuilt;
- row numbers never leave a backend; keys and codes of columns compare within one snapshot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from engine.errors import BadOption
from engine.index.hits import Batch, DocColumns, Hits
from engine.model import FIELDS, Document, Filter, Query, Signals

BIGRAM = "bigram"  # the route of a clause that is no word
Label = Literal["tags", "brands"]


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


@dataclass(frozen=True, slots=True)
class FieldStatistics:
    """A field over the live notes: how many have it, their terms in all, df by term."""

    notes: int
    terms: int
    df: Mapping[str, int]


Statistics = Mapping[str, FieldStatistics]  # by field


class IndexSnapshot(Protocol):
    """One state of an index, to be asked; it never changes. Bulk forms only."""

    @property
    def version(self) -> int:
        """The store's sequence number that this state holds."""
        ...

    @property
    def state_id(self) -> str:
        """Identifier of this state's content; differs after every publication, merges included."""
        ...

    def __len__(self) -> int:
        """Live notes."""
        ...

    def search_many(
        self,
        queries: Sequence[Query],
        scoring: Scoring,
        limit: int,
        *,
        total: bool = False,
        correction: Statistics | None = None,
    ) -> list[Hits]:
        """The best `limit` notes of each query; `total` also counts all that match.

        `correction` is added to the statistics that scores are computed from (numbers may be
        negative): what hypothetical notes change.
        """
        ...

    def statistics(self, terms: Sequence[str]) -> Statistics:
        """What scores of these terms are computed from, by field."""
        ...

    def explain_many(
        self,
        query: Query,
        scoring: Scoring,
        note_ids: Sequence[str],
        correction: Statistics | None = None,
    ) -> list[list[TermScore]]:
        """The summands of each note's score, in the order in which they are summed; none when it
        does not match or is not there."""
        ...

    def columns(self, note_ids: Sequence[str]) -> DocColumns:
        """The columns of those of the notes that are live, in the order asked for."""
        ...

    def count_matching(
        self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS
    ) -> list[int]:
        """For each group of terms the live notes that hold all of them in one of the fields."""
        ...

    def count_any(self, groups: Sequence[Sequence[str]]) -> list[int]:
        """For each group of terms the live notes that hold any of them in any field."""
        ...

    def hold_any(
        self, note_ids: Sequence[str], groups: Sequence[Sequence[str]]
    ) -> npt.NDArray[np.bool_]:
        """Whether each note (row) holds any term of each group (column) in any field."""
        ...

    def copies(self, clusters: Sequence[str]) -> list[int]:
        """For each group of near-copies, named by the note it stands for, its live notes."""
        ...

    def facets(self, label: Label, note_ids: Sequence[str] | None = None) -> dict[str, int]:
        """Folded tag or brand -> live notes that carry it; of `note_ids` if given."""
        ...

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        """(term, live notes that hold it in the field where most do), each term once, sorted."""
        ...


@dataclass(frozen=True, slots=True)
class IndexHealth:
    """What `verify` read: how many files, and how many live notes they hold."""

    files: int
    notes: int


def nothing() -> None:
    """For who has nothing to do before publication."""


class Index(Protocol):
    """An index that is opened by its URL and written; it never answers."""

    def snapshot(self) -> IndexSnapshot:
        """The state that is published now.

        Raises StaleIndex when it was made by another analysis, DamagedIndex when it cannot be read.
        """
        ...

    def apply(
        self,
        added: Iterable[Document],
        deleted: Sequence[str],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        """Publish added or replaced documents (or a Batch) and deleted ids: one step, seen whole.

        `commit` is called when everything is written, right before publication; what it raises
        leaves the state before. The caller is the only writer.
        """
        ...

    def rebuild(
        self,
        batches: Iterable[Batch | Sequence[Document]],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        """Replace everything by these documents, in one step at the end; each id comes once."""
        ...

    def verify(self) -> IndexHealth:
        """Read every stored byte. DamagedIndex names what is wrong."""
        ...

    def quarantine(self) -> str:
        """Set the stored bytes aside for whoever wants to look; where they are now."""
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


def qualifies(document: Document, query: Query) -> bool:
    """Whether a document passes the filter, holds what is required, and nothing excluded."""
    return (
        passes(document.signals, query.filter)
        and all(holds_all(document, group) for group in query.required)
        and not any(holds_all(document, group) for group in query.excluded)
    )


def holds_all(document: Document, group: Sequence[str], fields: Sequence[str] = FIELDS) -> bool:
    """Whether all terms of a group stand in one of the fields."""
    return any(set(group) <= set(getattr(document, field)) for field in fields)
