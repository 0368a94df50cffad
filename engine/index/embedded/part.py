"""A segment and which of its documents are alive: lists, frequencies and sets of one part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.index.embedded import bits
from engine.index.embedded.bits import Words, address
from engine.index.embedded.lists import RANKS
from engine.index.embedded.segment import Segment
from engine.index.hits import MISSING
from engine.model import FIELDS, Filter, Query

Mask = npt.NDArray[np.bool_]
_KEPT_SETS = 64


@dataclass(frozen=True, slots=True)
class Held:
    """A list of one part: addresses of its columns (0 for what it has not), its size, strengths.

    `peak` is the greatest strength, `tops` those at RANKS; `dead` counts postings of the dead.
    """

    docs: int
    codes: int
    size: int
    starts: int
    peaks: int
    bits: int
    ranks: int
    peak: float
    tops: tuple[float, ...]
    dead: int


@dataclass(frozen=True)
class Part:
    """A segment and which of its documents are alive."""

    segment: Segment
    live: Mask

    @cached_property
    def alive(self) -> int:
        return int(np.count_nonzero(self.live))

    @cached_property
    def words(self) -> Words | None:
        """The live documents as a bitmap; None when all are."""
        return None if self.alive == len(self.live) else bits.packed(self.live)

    @cached_property
    def totals(self) -> dict[str, tuple[int, int]]:
        """Field -> (live notes that have it, their terms in all)."""
        found = {}
        dead = np.flatnonzero(~self.live)
        for field in FIELDS:
            notes, terms = self.segment.totals[field]
            lost = self.segment.column(f"{field}.lengths")[dead]
            found[field] = notes - int(np.count_nonzero(lost)), terms - int(lost.sum())
        return found

    def held(self, field: str, term: str) -> Held | None:
        """The list of a term, None when no document has it."""
        segment = self.segment
        number = segment.term(term)
        if number < 0:
            return None
        begin, end = segment.column(f"{field}.offsets")[number : number + 2].tolist()
        if begin == end:
            return None
        starts, peaks, tops = self._windows(field, number)
        words, ranks = self._bitmap(field, number)
        docs = segment.sound(f"{field}.docs", begin, end)
        return Held(
            docs=address(docs),
            codes=address(segment.sound(f"{field}.codes", begin, end)),
            size=end - begin,
            starts=starts,
            peaks=peaks,
            bits=words,
            ranks=ranks,
            peak=float(segment.column(f"{field}.peaks")[number]),
            tops=tops,
            dead=0 if self.words is None else int((~self.live[docs]).sum()),
        )

    def holds(self, field: str, term: str) -> Mask:
        """Which documents hold the term in the field, dead ones included."""
        mask = np.zeros(self.segment.documents, bool)
        number = self.segment.term(term)
        if number >= 0:
            mask[self.segment.postings(field, number)[0]] = True
        return mask

    def code(self, field: str, term: str, doc: int) -> int | None:
        """The code of a document's posting, None when it does not hold the term."""
        number = self.segment.term(term)
        if number < 0:
            return None
        docs, codes = self.segment.postings(field, number)
        at = int(np.searchsorted(docs, doc))
        return int(codes[at]) if at < len(docs) and docs[at] == doc else None

    def holding(self, terms: Sequence[str], fields: Sequence[str]) -> int:
        """Live documents that hold all terms in one of the fields; the shortest list leads."""
        numbers = [self.segment.term(term) for term in terms]
        if not numbers or min(numbers) < 0:
            return 0
        found = [self._all_in(field, numbers) for field in fields]
        docs = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
        return int(np.count_nonzero(self.live[docs]))

    def _all_in(self, field: str, numbers: Sequence[int]) -> npt.NDArray[np.int64]:
        lists = sorted((self.segment.postings(field, n)[0] for n in numbers), key=len)
        kept = lists[0].astype(np.int64)
        for docs in lists[1:]:
            if not len(kept):
                break
            places = np.minimum(np.searchsorted(docs, kept), len(docs) - 1)
            kept = kept[docs[places] == kept]
        return kept

    def passing(self, query: Query) -> Mask:
        """Live documents that pass the filter, hold what is required and nothing excluded."""
        mask = self.live & self._filtered(query.filter)
        for group in query.required:
            mask &= self._together(group)
        for group in query.excluded:
            mask &= ~self._together(group)
        return mask

    def allowed(self, query: Query) -> tuple[Words | None, int]:
        """(the documents that may be hits, None for all; how many they are)."""
        if query.required or query.excluded:
            mask = self.passing(query)
            return bits.packed(mask), int(np.count_nonzero(mask))
        if query.filter == Filter():
            return self.words, self.alive
        known = self._sets.get(query.filter)
        if known is None:
            if len(self._sets) >= _KEPT_SETS:
                self._sets.clear()
            words = bits.packed(self.passing(query))
            known = self._sets[query.filter] = words, bits.count(words)
        return known

    @cached_property
    def _sets(self) -> dict[Filter, tuple[Words, int]]:
        return {}

    def _windows(self, field: str, number: int) -> tuple[int, int, tuple[float, ...]]:
        terms = self.segment.column(f"{field}.window_terms")
        row = int(np.searchsorted(terms, number))
        if row == len(terms) or terms[row] != number:
            return 0, 0, (0.0,) * len(RANKS)
        tops = self.segment.column(f"{field}.window_tops")[row * len(RANKS) :][: len(RANKS)]
        size = len(self.segment.column(f"{field}.window_peaks")) // len(terms)
        begin = row * (size + 1)
        starts = self.segment.sound(f"{field}.window_starts", begin, begin + size + 1)
        peaks = self.segment.sound(f"{field}.window_peaks", row * size, (row + 1) * size)
        return address(starts), address(peaks), tuple(tops.tolist())

    def _bitmap(self, field: str, number: int) -> tuple[int, int]:
        terms = self.segment.column(f"{field}.bitmap_terms")
        row = int(np.searchsorted(terms, number))
        if row == len(terms) or terms[row] != number:
            return 0, 0
        size = len(self.segment.column(f"{field}.bitmap_bits")) // len(terms)
        rows = row * size, (row + 1) * size
        words = self.segment.sound(f"{field}.bitmap_bits", *rows)
        return address(words), address(self.segment.sound(f"{field}.bitmap_ranks", *rows))

    def _together(self, group: Sequence[str]) -> Mask:
        """Documents with all terms of the group in one field."""
        found = np.zeros(self.segment.documents, bool)
        for field in FIELDS:
            found |= np.logical_and.reduce([self.holds(field, term) for term in group])
        return found

    def _filtered(self, wanted: Filter) -> Mask:
        segment = self.segment
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
            published = segment.numbers("published")
            mask &= published != MISSING
            if wanted.since is not None:
                mask &= published >= wanted.since
            if wanted.until is not None:
                mask &= published < wanted.until
        return mask
