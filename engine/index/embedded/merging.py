"""Merges segments into one without deleted docs; postings stream through in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.index.embedded import doc_values
from engine.index.embedded.postings import MAX_PAIRS, Pairs, Postings, table_of
from engine.index.embedded.segment import Segment
from engine.index.embedded.writer import Writer
from engine.index.embedded.writing import write_doc_values, write_postings
from engine.kernels import kernel, part
from engine.model import FIELDS

_CHUNK = 1 << 22  # postings that are merged at once
Mask = npt.NDArray[np.bool_]


class _Source(NamedTuple):
    """A segment of a merge; the new numbers of its documents (-1 for deleted) and of its terms."""

    segment: Segment
    docs: npt.NDArray[np.int64]
    terms: npt.NDArray[np.int64]


def mergeable(segments: Sequence[Segment]) -> bool:
    """Whether one pair table can hold the pairs of all segments."""
    return all(len(_pair_keys(segments, field)) <= MAX_PAIRS for field in FIELDS)


def merge(segments: Sequence[tuple[Segment, Mask]], path: Path) -> None:
    """Writes the live documents of several segments as one segment.

    Raises DamagedIndex when a segment fails its checksums.
    """
    for segment, _ in segments:
        segment.check()
        segment.release_pages()
    live_docs = [np.flatnonzero(live) for _, live in segments]
    live_values = [
        doc_values.selected(s.doc_values, docs)
        for (s, _), docs in zip(segments, live_docs, strict=True)
    ]
    values = doc_values.joined(live_values)
    lengths = {
        field: np.concatenate(
            [s.column(f"{field}.lengths")[d] for (s, _), d in zip(segments, live_docs, strict=True)]
        )
        for field in FIELDS
    }
    by_id = np.array(sorted(range(len(values.note_ids)), key=values.note_ids.__getitem__), np.int64)
    order = by_id[np.argsort(lengths["body"][by_id], kind="stable")]
    terms, sources = _sources(segments, live_docs, order)
    totals = {
        field: [int(np.count_nonzero(column)), int(column.sum(dtype=np.int64))]
        for field, column in lengths.items()
    }
    with Writer(path, len(order), totals) as writer:
        writer.strings("vocabulary", terms)
        write_doc_values(writer, doc_values.selected(values, order))
        for field in FIELDS:
            offsets = _offsets(sources, field, len(terms))
            keys = _pair_keys([source.segment for source in sources], field)
            chunks = _chunks(sources, field, offsets, keys)
            write_postings(writer, field, offsets, chunks, table_of(keys), lengths[field][order])
    for segment, _ in segments:
        segment.release_pages()


def _sources(
    segments: Sequence[tuple[Segment, Mask]],
    live_docs: Sequence[npt.NDArray[np.int64]],
    order: npt.NDArray[np.int64],
) -> tuple[list[str], list[_Source]]:
    """Returns (the merged vocabulary, the segments with their new numbers)."""
    new_number = np.empty(len(order), np.int64)
    new_number[order] = np.arange(len(order))
    used = [_used(segment, live) for segment, live in segments]
    texts = [s.vocabulary.take(rows) for (s, _), rows in zip(segments, used, strict=True)]
    terms = sorted({term for segment_terms in texts for term in segment_terms})
    term_number = {term: at for at, term in enumerate(terms)}
    sources = []
    begin = 0
    for (segment, live), docs, rows, segment_terms in zip(
        segments, live_docs, used, texts, strict=True
    ):
        new_docs = np.full(len(live), -1, np.int64)
        new_docs[docs] = new_number[begin : begin + len(docs)]
        begin += len(docs)
        new_terms = np.full(len(segment.vocabulary), -1, np.int64)
        new_terms[rows] = [term_number[term] for term in segment_terms]
        sources.append(_Source(segment, new_docs, new_terms))
    return terms, sources


def _used(segment: Segment, live: Mask) -> npt.NDArray[np.int64]:
    """Lists the term numbers that live documents have."""
    if live.all():
        return np.arange(len(segment.vocabulary))
    used = np.zeros(len(segment.vocabulary), np.bool_)
    for field in FIELDS:
        used |= live_counts(segment, field, live) > 0
    return np.flatnonzero(used)


def live_counts(segment: Segment, field: str, live: Mask) -> npt.NDArray[np.int64]:
    """Counts for each term the live documents that have it in the field."""
    offsets = segment.column(f"{field}.offsets")
    if live.all():
        return np.diff(offsets)
    counts = np.zeros(len(offsets) - 1, np.int64)
    _live_counts(offsets, segment.column(f"{field}.docs"), live, counts)
    return counts


def _offsets(sources: Sequence[_Source], field: str, terms: int) -> npt.NDArray[np.int64]:
    counts = np.zeros(terms, np.int64)
    for segment, docs, numbers in sources:
        segment_counts = live_counts(segment, field, docs >= 0)
        counts[numbers[numbers >= 0]] += segment_counts[numbers >= 0]
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _pair_keys(segments: Sequence[Segment], field: str) -> npt.NDArray[np.int64]:
    """Lists all pairs of the segments as tf << 8 | norm, ascending."""
    return np.unique(np.concatenate([_keys(segment.pairs(field)) for segment in segments]))


def _keys(pairs: Pairs) -> npt.NDArray[np.int64]:
    return pairs.tfs.astype(np.int64) << 8 | pairs.norms


def _chunks(
    sources: Sequence[_Source],
    field: str,
    offsets: npt.NDArray[np.int64],
    keys: npt.NDArray[np.int64],
) -> Iterator[tuple[int, Postings]]:
    """Yields (term number of the first list, merged lists), some lists at a time."""
    recoded = [np.searchsorted(keys, _keys(s.segment.pairs(field))) for s in sources]
    first = 0
    terms = len(offsets) - 1
    while first < terms or first == 0:
        last = int(np.searchsorted(offsets, offsets[first] + _CHUNK, side="right")) - 1
        last = min(max(last, first + 1), terms)
        bounds = offsets[first : last + 1] - offsets[first]
        rows = np.empty(bounds[-1], np.uint64)
        free = bounds[:-1].copy()
        for source, codes in zip(sources, recoded, strict=True):
            segment = source.segment
            list_offsets = segment.column(f"{field}.offsets")
            columns = segment.column(f"{field}.docs"), segment.column(f"{field}.codes")
            _gather(
                list_offsets, *columns, source.docs, source.terms, codes, first, last, free, rows
            )
            if terms:
                segment.release_pages()
        docs, settled = np.empty(len(rows), np.uint32), np.empty(len(rows), np.uint16)
        _settled(bounds, rows, np.empty_like(rows), docs, settled)
        yield first, Postings(bounds, docs, settled)
        first = last
        if not terms:
            return


@kernel(work=lambda offsets, docs, *_: len(docs))
def _live_counts(offsets, docs, live, counts):  # type: ignore[no-untyped-def]
    for term in range(len(counts)):
        for place in range(offsets[term], offsets[term + 1]):
            counts[term] += live[docs[place]]


@kernel(work=lambda offsets, docs, *_: len(docs))
def _gather(  # type: ignore[no-untyped-def]
    offsets, docs, codes, new_docs, new_terms, new_codes, first, last, free, rows
):
    """Appends the live postings of terms first to last to their lists."""
    for term in range(len(new_terms)):
        number = new_terms[term]
        if number < first or number >= last:
            continue
        at = free[number - first]
        for place in range(offsets[term], offsets[term + 1]):
            doc = new_docs[docs[place]]
            if doc >= 0:
                rows[at] = np.uint64(doc) << np.uint64(16) | np.uint64(new_codes[codes[place]])
                at += 1
        free[number - first] = at


@kernel(work=lambda bounds, rows, *_: 4 * len(rows))
def _settled(bounds, rows, merged, docs, codes):  # type: ignore[no-untyped-def]
    """Sorts each list by document: merges in pairs the ascending runs that it consists of."""
    for row in range(len(bounds) - 1):
        begin, end = bounds[row], bounds[row + 1]
        while _merge_runs(rows, merged, begin, end) > 1:
            for place in range(begin, end):
                rows[place] = merged[place]
        for place in range(begin, end):
            docs[place] = rows[place] >> np.uint64(16)
            codes[place] = rows[place] & np.uint64(0xFFFF)


@part
def _merge_runs(rows, merged, begin, end):  # type: ignore[no-untyped-def]
    """Merges ascending runs in pairs into `merged`; returns the number of runs there were."""
    runs = 0
    first = begin
    while first < end:
        middle = first + 1
        while middle < end and rows[middle] > rows[middle - 1]:
            middle += 1
        last = middle
        if middle < end:
            last = middle + 1
            while last < end and rows[last] > rows[last - 1]:
                last += 1
        runs += 1 if middle == last else 2
        left, right, at = first, middle, first
        while at < last:
            if right == last or (left < middle and rows[left] < rows[right]):
                merged[at] = rows[left]
                left += 1
            else:
                merged[at] = rows[right]
                right += 1
            at += 1
        first = last
    return runs
