"""The best documents so far: a heap with the worst on top; ties go by note id."""

from __future__ import annotations

import numpy as np

from engine.index.embedded.layout import ID_BYTES, ID_STARTS, RANK_OF
from engine.kernels import array_at, part


@part
def _worse(found, segments, at, score, segment, doc):  # type: ignore[no-untyped-def]
    """Whether the entry at `at` stands behind the document: lower score, or later note id."""
    if found.scores[at] != score:
        return found.scores[at] < score
    return _earlier(segments, segment, doc, found.segments[at], found.docs[at])


@part
def _earlier(segments, segment, doc, other_segment, other):  # type: ignore[no-untyped-def]
    """Whether the note id of `doc` comes before that of `other`."""
    size = max(doc, other) + 1
    rank_of = array_at(segments[segment, RANK_OF], (size,), np.int32)
    if segment == other_segment:
        return rank_of[doc] < rank_of[other]
    other_rank = array_at(segments[other_segment, RANK_OF], (size,), np.int32)[other]
    rank = rank_of[doc]
    starts = array_at(segments[segment, ID_STARTS], (rank + 2,), np.int64)
    others = array_at(segments[other_segment, ID_STARTS], (other_rank + 2,), np.int64)
    first, last = starts[rank], starts[rank + 1]
    begin, end = others[other_rank], others[other_rank + 1]
    mine = array_at(segments[segment, ID_BYTES], (last,), np.uint8)
    their = array_at(segments[other_segment, ID_BYTES], (end,), np.uint8)
    while first < last and begin < end:
        if mine[first] != their[begin]:
            return mine[first] < their[begin]
        first += 1
        begin += 1
    return last - first < end - begin


@part
def push(found, segments, count, score, segment, doc):  # type: ignore[no-untyped-def]
    """Put a document into the heap when it is among the best; how many it holds now."""
    capacity = len(found.scores)
    if count < capacity:
        at = count
        while at > 0:
            above = (at - 1) >> 1
            if _worse(found, segments, above, score, segment, doc):
                break
            _copy(found, above, at)
            at = above
        _put(found, at, score, segment, doc)
        return count + 1
    if capacity > 0 and _worse(found, segments, 0, score, segment, doc):
        _sink(found, segments, count, score, segment, doc)
    return count


@part
def _sink(found, segments, count, score, segment, doc):  # type: ignore[no-untyped-def]
    """Replace the worst entry of a heap of so many."""
    at = 0
    while True:
        below = 2 * at + 1
        if below >= count:
            break
        if below + 1 < count and _worse(
            found, segments, below + 1, found.scores[below], found.segments[below],
            found.docs[below],
        ):  # fmt: skip
            below += 1
        if not _worse(found, segments, below, score, segment, doc):
            break
        _copy(found, below, at)
        at = below
    _put(found, at, score, segment, doc)


@part
def _put(found, at, score, segment, doc):  # type: ignore[no-untyped-def]
    found.scores[at], found.segments[at], found.docs[at] = score, segment, doc


@part
def _copy(found, source, target):  # type: ignore[no-untyped-def]
    found.scores[target] = found.scores[source]
    found.segments[target] = found.segments[source]
    found.docs[target] = found.docs[source]


@part
def sort(found, segments, count):  # type: ignore[no-untyped-def]
    """The heap as a list, best first."""
    for size in range(count - 1, 0, -1):
        score, segment, doc = found.scores[size], found.segments[size], found.docs[size]
        _copy(found, 0, size)
        _sink(found, segments, size, score, segment, doc)
