"""Clauses -> lists with weights and bounds, under one scoring and one set of statistics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.bm25 import average_length, clause_weight, idf, length_factors
from engine.index.embedded import layout
from engine.index.embedded.bits import address
from engine.index.embedded.postings import RANKS
from engine.index.embedded.segment_reader import PostingList, SegmentReader
from engine.index.protocol import Scoring
from engine.model import Clause, Document

_SLACK = 5e-7  # of the weight: what float32 rounding may add to a score
_NEAR = 1e-6  # what float32 rounding may do to a strength
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Known:
    """A term of a field: live documents that have it, and its list in each part."""

    df: int
    lists: tuple[PostingList | None, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Field -> (notes that have it, their terms in all), a draft counted in when there is one."""

    fields: Mapping[str, tuple[int, int]]
    draft: Document | None = None

    def having(self, field: str, term: str) -> int:
        """1 when the draft has the term in the field."""
        return int(self.draft is not None and term in getattr(self.draft, field))


Row = tuple[int, npt.NDArray[np.int64]]  # a list for the kernel, its address first


class Scorer:
    """Weights and bounds of clauses; each is computed once.

    `factors` has for each field and byte of a length the factor of tf.
    """

    def __init__(
        self,
        parts: Sequence[SegmentReader],
        known: Callable[[str, str], Known],
        statistics: Statistics,
        scoring: Scoring,
    ) -> None:
        self.boosts = scoring.boosts()
        self._known = known
        self._statistics = statistics
        self._entries: dict[tuple[str, str, float], tuple[Row, ...]] = {}
        self.factors = {field: _factors(field, statistics, scoring) for field, _ in self.boosts}
        self._tables = {
            field: [_table(part, field, self.factors[field]) for part in parts]
            for field, _ in self.boosts
        }

    def entries(self, field: str, boost: float, clause: Clause) -> tuple[Row, ...]:
        """The rows of a clause in a field, part by part."""
        key = (field, clause.term, clause.weight)
        found = self._entries.get(key)
        if found is None:
            if len(self._entries) >= _MOST_ENTRIES:
                self._entries.clear()
            found = self._entries[key] = tuple(self._made(field, boost, clause))
        return found

    def weight(self, field: str, boost: float, clause: Clause) -> tuple[np.float32, np.float32]:
        """(boost × clause weight × idf, idf) of a clause in a field; (0, 0) when nothing has it."""
        notes = self._statistics.fields[field][0]
        df = self._known(field, clause.term).df + self._statistics.having(field, clause.term)
        if not df or clause.weight <= 0:
            return np.float32(0), np.float32(0)
        rarity = idf(notes, df)
        return clause_weight(clause.weight, boost, rarity), rarity

    def _made(self, field: str, boost: float, clause: Clause) -> list[Row]:
        weight = float(self.weight(field, boost, clause)[0])
        if not weight:
            return []
        held = self._known(field, clause.term).lists
        return [
            _row(part, own, weight, self._tables[field][part])
            for part, own in enumerate(held)
            if own is not None
        ]


_Table = tuple[npt.NDArray[np.float32], float, float]


def _factors(field: str, statistics: Statistics, scoring: Scoring) -> npt.NDArray[np.float32]:
    notes, terms = statistics.fields[field]
    average = average_length(terms, notes) if notes else 1.0
    return length_factors(scoring.k1, scoring.b, average)


def _table(part: SegmentReader, field: str, factors: npt.NDArray[np.float32]) -> _Table:
    """(1 + tf × factor by code, the greatest and the least of factor ÷ reference factor)."""
    pairs = part.segment.pairs(field)
    table = np.float32(1) + pairs.tfs.astype(np.float32) * factors[pairs.norms]
    norms = np.unique(pairs.norms)
    if not len(norms):
        return table, 1.0, 1.0
    reference = part.segment.column(f"{field}.reference")[norms].astype(np.float64)
    ratios = factors[norms].astype(np.float64) / reference
    return table, float(ratios.max()) * (1 + _NEAR), float(ratios.min()) * (1 - _NEAR)


def _row(part: int, own: PostingList, weight: float, known: _Table) -> Row:
    """The columns of a list for the kernel."""
    table, most, least = known
    row = np.zeros(layout.LIST_COLUMNS, np.int64)
    numbers = row.view(np.float64)
    row[layout.SEGMENT], row[layout.DOCS], row[layout.CODES] = part, own.docs, own.codes
    row[layout.SIZE], row[layout.TABLE] = own.size, address(table)
    row[layout.STARTS], row[layout.PEAKS] = own.starts, own.peaks
    row[layout.BITS], row[layout.RANKS] = own.bits, own.ranks
    strength = own.peak * most
    numbers[layout.WEIGHT], numbers[layout.RATIO] = weight, most
    numbers[layout.TOP] = weight * (strength / (1 + strength) + _SLACK)
    numbers[layout.GRAIN] = (1 + strength) / weight
    lows = [top * least for top in own.tops]
    floors = [max(0.0, weight * (low / (1 + low) - _SLACK)) for low in lows]
    numbers[layout.FLOORS :] = _reliable(floors, own.deleted_docs)
    return address(row), row


def _reliable(floors: Sequence[float], dead: int) -> list[float]:
    """For each of RANKS a floor that holds although so many of the list are dead."""
    found = []
    for rank in RANKS:
        later = [f for f, other in zip(floors, RANKS, strict=True) if other >= rank + dead]
        found.append(later[0] if later else 0.0)
    return found
