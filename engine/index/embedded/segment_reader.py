"""Reads one segment and its live docs: postings, frequencies and document sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.index.embedded import bits
from engine.index.embedded.bits import Words, address
from engine.index.embedded.postings import RANKS
from engine.index.embedded.segment import Segment
from engine.index.hits import MISSING
from engine.model import FIELDS, Filter, Query

Mask = npt.NDArray[np.bool_]
_KEPT_SETS = 64


@dataclass(frozen=True, slots=True)
class PostingList:
    """A posting list of one segment: addresses of its columns (0 for none), size, strengths.

    `peak` is the greatest strength, `tops` those at RANKS; `deleted_docs` counts postings of
    deleted documents.
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
    deleted_docs: int


@dataclass(frozen=True)
class SegmentReader:
    """A segment and its live docs.

    `live` is a mask (bool [documents]), False for deleted documents.
    """

    segment: Segment
    live: Mask

    @cached_property
    def live_count(self) -> int:
        """The number of live documents."""
        return int(np.count_nonzero(self.live))

    @cached_property
    def words(self) -> Words | None:
        """The live documents as a bitmap; None when no document is deleted."""
        return None if self.live_count == len(self.live) else bits.packed(self.live)

    @cached_property
    def totals(self) -> dict[str, tuple[int, int]]:
        """Returns field -> (live notes that have it, the number of their terms)."""
        totals = {}
        deleted_docs = np.flatnonzero(~self.live)
        for field in FIELDS:
            notes, terms = self.segment.totals[field]
            deleted_lengths = self.segment.column(f"{field}.lengths")[deleted_docs]
            totals[field] = (
                notes - int(np.count_nonzero(deleted_lengths)),
                terms - int(deleted_lengths.sum()),
            )
        return totals

    def posting_list(self, field: str, term: str) -> PostingList | None:
        """Returns the posting list of a term in a field, None when no document has it."""
        segment = self.segment
        number = segment.term(term)
        if number < 0:
            return None
        begin, end = segment.column(f"{field}.offsets")[number : number + 2].tolist()
        if begin == end:
            return None
        starts, peaks, tops = self._windows(field, number)
        words, ranks = self._bitmap(field, number)
        docs = segment.verified(f"{field}.docs", begin, end)
        return PostingList(
            docs=address(docs),
            codes=address(segment.verified(f"{field}.codes", begin, end)),
            size=end - begin,
            starts=starts,
            peaks=peaks,
            bits=words,
            ranks=ranks,
            peak=float(segment.column(f"{field}.peaks")[number]),
            tops=tops,
            deleted_docs=0 if self.words is None else int((~self.live[docs]).sum()),
        )

    def docs_with_term(self, field: str, term: str) -> Mask:
        """Masks the documents that have the term in the field, deleted ones included."""
        mask = np.zeros(self.segment.documents, bool)
        number = self.segment.term(term)
        if number >= 0:
            mask[self.segment.postings(field, number)[0]] = True
        return mask

    def code(self, field: str, term: str, doc: int) -> int | None:
        """Returns the code of a document's posting, None when it lacks the term."""
        number = self.segment.term(term)
        if number < 0:
            return None
        docs, codes = self.segment.postings(field, number)
        at = int(np.searchsorted(docs, doc))
        return int(codes[at]) if at < len(docs) and docs[at] == doc else None

    def count_docs_with_all(self, terms: Sequence[str], fields: Sequence[str]) -> int:
        """Counts live documents that have all terms in one of the fields."""
        numbers = [self.segment.term(term) for term in terms]
        if not numbers or min(numbers) < 0:
            return 0
        docs_by_field = [self._all_in(field, numbers) for field in fields]
        docs = np.unique(np.concatenate(docs_by_field)) if docs_by_field else np.zeros(0, np.int64)
        return int(np.count_nonzero(self.live[docs]))

    def _all_in(self, field: str, numbers: Sequence[int]) -> npt.NDArray[np.int64]:
        lists = sorted((self.segment.postings(field, n)[0] for n in numbers), key=len)
        docs_in_all = lists[0].astype(np.int64)
        for docs in lists[1:]:
            if not len(docs_in_all):
                break
            positions = np.minimum(np.searchsorted(docs, docs_in_all), len(docs) - 1)
            docs_in_all = docs_in_all[docs[positions] == docs_in_all]
        return docs_in_all

    def passing(self, query: Query) -> Mask:
        """Masks live documents that pass the filter, all required and no excluded groups."""
        mask = self.live & self._filtered(query.filter)
        for group in query.required:
            mask &= self._together(group)
        for group in query.excluded:
            mask &= ~self._together(group)
        return mask

    def allowed(self, query: Query) -> tuple[Words | None, int]:
        """Returns (the documents that may be hits, None for all; their number)."""
        if query.required or query.excluded:
            mask = self.passing(query)
            return bits.packed(mask), int(np.count_nonzero(mask))
        if query.filter == Filter():
            return self.words, self.live_count
        allowed = self._sets.get(query.filter)
        if allowed is None:
            if len(self._sets) >= _KEPT_SETS:
                self._sets.clear()
            words = bits.packed(self.passing(query))
            allowed = self._sets[query.filter] = words, bits.count(words)
        return allowed

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
        starts = self.segment.verified(f"{field}.window_starts", begin, begin + size + 1)
        peaks = self.segment.verified(f"{field}.window_peaks", row * size, (row + 1) * size)
        return address(starts), address(peaks), tuple(tops.tolist())

    def _bitmap(self, field: str, number: int) -> tuple[int, int]:
        terms = self.segment.column(f"{field}.bitmap_terms")
        row = int(np.searchsorted(terms, number))
        if row == len(terms) or terms[row] != number:
            return 0, 0
        size = len(self.segment.column(f"{field}.bitmap_bits")) // len(terms)
        rows = row * size, (row + 1) * size
        words = self.segment.verified(f"{field}.bitmap_bits", *rows)
        return address(words), address(self.segment.verified(f"{field}.bitmap_ranks", *rows))

    def _together(self, group: Sequence[str]) -> Mask:
        """Masks the documents with all terms of the group in one field."""
        mask = np.zeros(self.segment.documents, bool)
        for field in FIELDS:
            mask |= np.logical_and.reduce([self.docs_with_term(field, term) for term in group])
        return mask

    def _filtered(self, note_filter: Filter) -> Mask:
        segment = self.segment
        mask = np.ones(segment.documents, bool)
        if note_filter.kinds:
            mask &= segment.docs_with_value("kind", note_filter.kinds)
        if note_filter.channels:
            mask &= segment.docs_with_value("channel", note_filter.channels)
        if note_filter.authors:
            mask &= segment.docs_with_value("author", note_filter.authors)
        if note_filter.tags:
            mask &= segment.docs_with_label("tags_of", note_filter.tags)
        if note_filter.brands:
            mask &= segment.docs_with_label("brands_of", note_filter.brands)
        if note_filter.since is not None or note_filter.until is not None:
            published = segment.numbers("published")
            mask &= published != MISSING
            if note_filter.since is not None:
                mask &= published >= note_filter.since
            if note_filter.until is not None:
                mask &= published < note_filter.until
        return mask
