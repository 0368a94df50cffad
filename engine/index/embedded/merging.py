"""Several segments -> one, without the dead; lists stream through in flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.index.embedded import facts as known
from engine.index.embedded.lists import Pairs, Postings, table_of
from engine.index.embedded.segment import Segment
from engine.index.embedded.writer import Writer
from engine.index.embedded.writing import write_facts, write_lists
from engine.kernels import kernel, part
from engine.model import FIELDS

_CHUNK = 1 << 22  # postings that are merged at once
_MOST_PAIRS = 1 << 16
Mask = npt.NDArray[np.bool_]


class _Source(NamedTuple):
    """A segment of a merge: new numbers of its documents (-1 for the dead) and of its terms."""

    segment: Segment
    docs: npt.NDArray[np.int64]
    terms: npt.NDArray[np.int64]


def mergeable(segments: Sequence[Segment]) -> bool:
    """Whether one pair table could hold what all of these have."""
    return all(len(_pair_keys(segments, field)) <= _MOST_PAIRS for field in FIELDS)


def merge(parts: Sequence[tuple[Segment, Mask]], path: Path) -> None:
    """Write the live documents of the parts as one segment; DamagedIndex when one is not whole."""
    for segment, _ in parts:
        segment.check()
        segment.forget()
    alive = [np.flatnonzero(live) for _, live in parts]
    kept = [known.taken(s.facts, docs) for (s, _), docs in zip(parts, alive, strict=True)]
    facts = known.joined(kept)
    lengths = {
        field: np.concatenate(
            [s.column(f"{field}.lengths")[d] for (s, _), d in zip(parts, alive, strict=True)]
        )
        for field in FIELDS
    }
    by_id = np.array(sorted(range(len(facts.note_ids)), key=facts.note_ids.__getitem__), np.int64)
    order = by_id[np.argsort(lengths["body"][by_id], kind="stable")]
    terms, sources = _sources(parts, alive, order)
    totals = {
        field: [int(np.count_nonzero(own)), int(own.sum(dtype=np.int64))]
        for field, own in lengths.items()
    }
    with Writer(path, len(order), totals) as writer:
        writer.strings("vocabulary", terms)
        write_facts(writer, known.taken(facts, order))
        for field in FIELDS:
            offsets = _offsets(sources, field, len(terms))
            keys = _pair_keys([source.segment for source in sources], field)
            chunks = _chunks(sources, field, offsets, keys)
            write_lists(writer, field, offsets, chunks, table_of(keys), lengths[field][order])
    for segment, _ in parts:
        segment.forget()


def _sources(
    parts: Sequence[tuple[Segment, Mask]],
    alive: Sequence[npt.NDArray[np.int64]],
    order: npt.NDArray[np.int64],
) -> tuple[list[str], list[_Source]]:
    """(the merged vocabulary, the parts with their new numbers)."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    used = [_used(segment, live) for segment, live in parts]
    texts = [s.vocabulary.take(rows) for (s, _), rows in zip(parts, used, strict=True)]
    terms = sorted({term for own in texts for term in own})
    number = {term: at for at, term in enumerate(terms)}
    sources = []
    begin = 0
    for (segment, live), docs, rows, own in zip(parts, alive, used, texts, strict=True):
        new_docs = np.full(len(live), -1, np.int64)
        new_docs[docs] = place[begin : begin + len(docs)]
        begin += len(docs)
        new_terms = np.full(len(segment.vocabulary), -1, np.int64)
        new_terms[rows] = [number[term] for term in own]
        sources.append(_Source(segment, new_docs, new_terms))
    return terms, sources


def _used(segment: Segment, live: Mask) -> npt.NDArray[np.int64]:
    """The terms that live documents have."""
    if live.all():
        return np.arange(len(segment.vocabulary))
    used = np.zeros(len(segment.vocabulary), np.bool_)
    for field in FIELDS:
        used |= live_counts(segment, field, live) > 0
    return np.flatnonzero(used)


def live_counts(segment: Segment, field: str, live: Mask) -> npt.NDArray[np.int64]:
    """For each term the live documents that have it in the field."""
    offsets = segment.column(f"{field}.offsets")
    if live.all():
        return np.diff(offsets)
    found = np.zeros(len(offsets) - 1, np.int64)
    _live_counts(offsets, segment.column(f"{field}.docs"), live, found)
    return found


def _offsets(sources: Sequence[_Source], field: str, terms: int) -> npt.NDArray[np.int64]:
    counts = np.zeros(terms, np.int64)
    for segment, docs, numbers in sources:
        own = live_counts(segment, field, docs >= 0)
        counts[numbers[numbers >= 0]] += own[numbers >= 0]
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _pair_keys(segments: Sequence[Segment], field: str) -> npt.NDArray[np.int64]:
    """All pairs of the segments as tf << 8 | norm, ascending."""
    return np.unique(np.concatenate([_keys(segment.pairs(field)) for segment in segments]))


def _keys(pairs: Pairs) -> npt.NDArray[np.int64]:
    return pairs.tfs.astype(np.int64) << 8 | pairs.norms


def _chunks(
    sources: Sequence[_Source],
    field: str,
    offsets: npt.NDArray[np.int64],
    keys: npt.NDArray[np.int64],
) -> Iterator[tuple[int, Postings]]:
    """The merged lists, some at a time."""
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
            own = segment.column(f"{field}.offsets")
            columns = segment.column(f"{field}.docs"), segment.column(f"{field}.codes")
            _gather(own, *columns, source.docs, source.terms, codes, first, last, free, rows)
            if terms:
                segment.forget()
        docs, settled = np.empty(len(rows), np.uint32), np.empty(len(rows), np.uint16)
        _settled(bounds, rows, np.empty_like(rows), docs, settled)
        yield first, Postings(bounds, docs, settled)
        first = last
        if not terms:
            return


@kernel(work=lambda offsets, docs, *_: len(docs))
def _live_counts(offsets, docs, live, found):  # type: ignore[no-untyped-def]
    for term in range(len(found)):
        for place in range(offsets[term], offsets[term + 1]):
            found[term] += live[docs[place]]


@kernel(work=lambda offsets, docs, *_: len(docs))
def _gather(  # type: ignore[no-untyped-def]
    offsets, docs, codes, new_docs, new_terms, new_codes, first, last, free, rows
):
    """Put the live postings of terms first to last behind what their lists have already."""
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
def _settled(bounds, rows, other, docs, codes):  # type: ignore[no-untyped-def]
    """Each list in order of its documents; the runs that it consists of are merged in pairs."""
    for row in range(len(bounds) - 1):
        begin, end = bounds[row], bounds[row + 1]
        while _merge_runs(rows, other, begin, end) > 1:
            for place in range(begin, end):
                rows[place] = other[place]
        for place in range(begin, end):
            docs[place] = rows[place] >> np.uint64(16)
            codes[place] = rows[place] & np.uint64(0xFFFF)


@part
def _merge_runs(rows, other, begin, end):  # type: ignore[no-untyped-def]
    """Merge the first ascending run with the second, and so on, into `other`; how many runs."""
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
        one, two, at = first, middle, first
        while at < last:
            if two == last or (one < middle and rows[one] < rows[two]):
                other[at] = rows[one]
                one += 1
            else:
                other[at] = rows[two]
                two += 1
            at += 1
        first = last
    return runs
