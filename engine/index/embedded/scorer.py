"""Scorer: clauses -> posting lists with weights and bounds, for one scoring and statistics."""

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
from engine.index.protocol import Scoring, Statistics
from engine.model import Clause

_SLACK = 5e-7  # of the weight: what float32 rounding may add to a score
_NEAR = 1e-6  # what float32 rounding may do to a strength
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class TermPostings:
    """A term of a field: its document frequency, and its posting list in each segment."""

    df: int
    lists: tuple[PostingList | None, ...]


Row = tuple[int, npt.NDArray[np.int64]]  # (address, columns) of a list for the kernel


class Scorer:
    """Computes weights and bounds of clauses, each once.

    `factors` has for each field the tf factor of each length byte.
    """

    def __init__(
        self,
        readers: Sequence[SegmentReader],
        postings: Callable[[str, str], TermPostings],
        fields: Mapping[str, tuple[int, int]],
        scoring: Scoring,
        correction: Statistics | None = None,
    ) -> None:
        """`fields` has (notes that have it, the number of their terms) of each field; `postings`
        returns the postings of (field, term)."""
        self.boosts = scoring.boosts()
        self._postings = postings
        self._correction = correction
        self.fields = {field: _corrected(field, pair, correction) for field, pair in fields.items()}
        self._entries: dict[tuple[str, str, float], tuple[Row, ...]] = {}
        self.factors = {field: _factors(self.fields[field], scoring) for field, _ in self.boosts}
        self._tables = {
            field: [_table(reader, field, self.factors[field]) for reader in readers]
            for field, _ in self.boosts
        }

    def entries(self, field: str, boost: float, clause: Clause) -> tuple[Row, ...]:
        """Returns the rows of a clause in a field, one per segment that has the term."""
        key = (field, clause.term, clause.weight)
        entry = self._entries.get(key)
        if entry is None:
            if len(self._entries) >= _MOST_ENTRIES:
                self._entries.clear()
            entry = self._entries[key] = tuple(self._rows(field, boost, clause))
        return entry

    def weight(self, field: str, boost: float, clause: Clause) -> tuple[np.float32, np.float32]:
        """Returns (boost × clause weight × idf, idf) of a clause in a field; (0, 0) at df 0."""
        df = self.df(field, clause.term)
        if not df or clause.weight <= 0:
            return np.float32(0), np.float32(0)
        rarity = idf(self.fields[field][0], df)
        return clause_weight(clause.weight, boost, rarity), rarity

    def df(self, field: str, term: str) -> int:
        """Counts the notes that have the term in the field, correction included."""
        more = self._correction[field].df.get(term, 0) if self._correction else 0
        return self._postings(field, term).df + more

    def _rows(self, field: str, boost: float, clause: Clause) -> list[Row]:
        weight = float(self.weight(field, boost, clause)[0])
        if not weight:
            return []
        return [
            _row(number, postings, weight, self._tables[field][number])
            for number, postings in enumerate(self._postings(field, clause.term).lists)
            if postings is not None
        ]


_Table = tuple[npt.NDArray[np.float32], float, float]


def _corrected(
    field: str, counts: tuple[int, int], correction: Statistics | None
) -> tuple[int, int]:
    notes, terms = counts
    if correction is None:
        return notes, terms
    return notes + correction[field].notes, terms + correction[field].terms


def _factors(counts: tuple[int, int], scoring: Scoring) -> npt.NDArray[np.float32]:
    notes, terms = counts
    average = average_length(terms, notes) if notes else 1.0
    return length_factors(scoring.k1, scoring.b, average)


def _table(reader: SegmentReader, field: str, factors: npt.NDArray[np.float32]) -> _Table:
    """Returns (1 + tf × factor by code, greatest and least factor ÷ reference factor)."""
    pairs = reader.segment.pairs(field)
    table = np.float32(1) + pairs.tfs.astype(np.float32) * factors[pairs.norms]
    norms = np.unique(pairs.norms)
    if not len(norms):
        return table, 1.0, 1.0
    reference = reader.segment.column(f"{field}.reference")[norms].astype(np.float64)
    ratios = factors[norms].astype(np.float64) / reference
    return table, float(ratios.max()) * (1 + _NEAR), float(ratios.min()) * (1 - _NEAR)


def _row(number: int, postings: PostingList, weight: float, table_and_ratios: _Table) -> Row:
    """Returns the columns of a list for the kernel; `number` is that of its segment."""
    table, most, least = table_and_ratios
    row = np.zeros(layout.LIST_COLUMNS, np.int64)
    numbers = row.view(np.float64)
    row[layout.SEGMENT], row[layout.DOCS], row[layout.CODES] = number, postings.docs, postings.codes
    row[layout.SIZE], row[layout.TABLE] = postings.size, address(table)
    row[layout.STARTS], row[layout.PEAKS] = postings.starts, postings.peaks
    row[layout.BITS], row[layout.RANKS] = postings.bits, postings.ranks
    strength = postings.peak * most
    numbers[layout.WEIGHT], numbers[layout.RATIO] = weight, most
    numbers[layout.TOP] = weight * (strength / (1 + strength) + _SLACK)
    numbers[layout.GRAIN] = (1 + strength) / weight
    lows = [top * least for top in postings.tops]
    floors = [max(0.0, weight * (low / (1 + low) - _SLACK)) for low in lows]
    numbers[layout.FLOORS :] = _reliable(floors, postings.deleted_docs)
    return address(row), row


def _reliable(floors: Sequence[float], dead: int) -> list[float]:
    """Returns for each of RANKS a floor that holds although `dead` postings are deleted."""
    reliable = []
    for rank in RANKS:
        later = [f for f, other in zip(floors, RANKS, strict=True) if other >= rank + dead]
        reliable.append(later[0] if later else 0.0)
    return reliable
