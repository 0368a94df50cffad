"""The best documents so far: a heap with the worst on top; note ids break ties."""

from __future__ import annotations

import numpy as np

from engine.index.embedded.layout import ID_BYTES, ID_STARTS, RANK_OF
from engine.kernels import array_at, part


@part
def _worse(best, segments, at, score, segment, doc):  # type: ignore[no-untyped-def]
    """Whether the entry `at` ranks behind the document: lower score, or later note id."""
    if best.scores[at] != score:
        return best.scores[at] < score
    return _earlier(segments, segment, doc, best.segments[at], best.docs[at])


@part
def _earlier(segments, segment, doc, other_segment, other_doc):  # type: ignore[no-untyped-def]
    """Whether the note id of `doc` sorts before that of `other_doc`."""
    size = max(doc, other_doc) + 1
    rank_of = array_at(segments[segment, RANK_OF], (size,), np.int32)
    if segment == other_segment:
        return rank_of[doc] < rank_of[other_doc]
    other_rank = array_at(segments[other_segment, RANK_OF], (size,), np.int32)[other_doc]
    rank = rank_of[doc]
    starts = array_at(segments[segment, ID_STARTS], (rank + 2,), np.int64)
    other_starts = array_at(segments[other_segment, ID_STARTS], (other_rank + 2,), np.int64)
    first, last = starts[rank], starts[rank + 1]
    begin, end = other_starts[other_rank], other_starts[other_rank + 1]
    id_bytes = array_at(segments[segment, ID_BYTES], (last,), np.uint8)
    other_bytes = array_at(segments[other_segment, ID_BYTES], (end,), np.uint8)
    while first < last and begin < end:
        if id_bytes[first] != other_bytes[begin]:
            return id_bytes[first] < other_bytes[begin]
        first += 1
        begin += 1
    return last - first < end - begin


@part
def push(best, segments, count, score, segment, doc):  # type: ignore[no-untyped-def]
    """Adds a document if it is among the best; returns the number of documents in the heap."""
    capacity = len(best.scores)
    if count < capacity:
        at = count
        while at > 0:
            above = (at - 1) >> 1
            if _worse(best, segments, above, score, segment, doc):
                break
            _copy(best, above, at)
            at = above
        _put(best, at, score, segment, doc)
        return count + 1
    if capacity > 0 and _worse(best, segments, 0, score, segment, doc):
        _sink(best, segments, count, score, segment, doc)
    return count


@part
def _sink(best, segments, count, score, segment, doc):  # type: ignore[no-untyped-def]
    """Replaces the worst entry of a heap of `count` entries."""
    at = 0
    while True:
        below = 2 * at + 1
        if below >= count:
            break
        if below + 1 < count and _worse(
            best, segments, below + 1, best.scores[below], best.segments[below],
            best.docs[below],
        ):  # fmt: skip
            below += 1
        if not _worse(best, segments, below, score, segment, doc):
            break
        _copy(best, below, at)
        at = below
    _put(best, at, score, segment, doc)


@part
def _put(best, at, score, segment, doc):  # type: ignore[no-untyped-def]
    best.scores[at], best.segments[at], best.docs[at] = score, segment, doc


@part
def _copy(best, source, target):  # type: ignore[no-untyped-def]
    best.scores[target] = best.scores[source]
    best.segments[target] = best.segments[source]
    best.docs[target] = best.docs[source]


@part
def sort(best, segments, count):  # type: ignore[no-untyped-def]
    """Sorts the heap into a list, best first."""
    for size in range(count - 1, 0, -1):
        score, segment, doc = best.scores[size], best.segments[size], best.docs[size]
        _copy(best, 0, size)
        _sink(best, segments, size, score, segment, doc)
