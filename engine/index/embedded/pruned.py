"""Searches many posting lists: the exact top k, and counts of all matches.

It visits documents in windows. MaxScore (Turtle & Flood 1995) splits the lists of a window by their
bounds: lists that cannot lift a document over the threshold together are read only for documents
that other lists hold. Bounds hold for any statistics, so that a change of statistics rewrites
nothing. Scores are the float32 values of `engine.bm25`, summed in float64 and rounded once.
"""

from __future__ import annotations

import numpy as np

from engine.index.embedded import layout
from engine.index.embedded.heap import push, sort
from engine.index.embedded.layout import (
    ALLOWED,
    BEST_DOCS,
    BEST_SEGMENTS,
    BITS,
    DOCS,
    DOCUMENTS,
    FILTERED,
    FIRST,
    FLOORS,
    GRAIN,
    LAST,
    LIMIT,
    LIST_COUNT,
    LISTS,
    SCORES,
    SIZE,
    SPARSE,
    TOP,
    WINDOW,
    opened,
)
from engine.index.embedded.postings import RANKS as RANKED
from engine.index.embedded.window import (
    add,
    add_allowed,
    add_common,
    again,
    alone,
    ask,
    bound,
    gather,
    permitted,
    rank,
    span,
    sweep,
)
from engine.kernels import array_at, kernel, ones, part

_HALF_STEP = 1.0 - 1.2e-7  # how far rounding to float32 can raise a sum
_WIDEST = 2.0**26  # float32 values up to this ratio apart sum exactly in float64
_U = np.uint64
_ZERO, _ONE, _SIX, _LOW = _U(0), _U(1), _U(6), _U(63)


@part
def _exact(numbers):  # type: ignore[no-untyped-def]
    """Whether sums of these scores are exact in float64 in any order."""
    total = 0.0
    grain = 0.0
    for row in range(len(numbers)):
        total += numbers[row, TOP]
        grain = max(grain, numbers[row, GRAIN])
    return total * grain < _WIDEST


@part
def _floor(numbers, limit):  # type: ignore[no-untyped-def]
    """Returns a score that at least `limit` documents surely reach, 0 when none is known."""
    floor = 0.0
    for level in range(len(RANKED)):
        if RANKED[level] >= limit:
            for row in range(len(numbers)):
                floor = max(floor, numbers[row, FLOORS + level])
            break
    return floor


@kernel(work=layout.postings)
def search(task):  # type: ignore[no-untyped-def]
    """Finds the best documents of a task, best first; returns their number."""
    lists, segments, room, best = opened(task)
    exact = _exact(lists.numbers)
    floor = 0.0 if task[FILTERED] else _floor(lists.numbers, task[LIMIT])
    count = 0
    for segment in range(len(segments)):
        count = _visit(lists, segments, segment, room, best, count, floor, exact)
    sort(best, segments, count)
    return count


@kernel()
def search_many(task, query_task, bounds, scores, segments, docs, sizes):  # type: ignore[no-untyped-def]
    """Runs `search` for many queries; query q has lists bounds[q] to bounds[q + 1].

    Row q of `scores`, `segments` and `docs` receives its hits, `sizes[q]` their number;
    `query_task` is a copy of the task to work in.
    """
    limit = task[LIMIT]
    best_scores = array_at(task[SCORES], (limit,), np.float32)
    best_segments = array_at(task[BEST_SEGMENTS], (limit,), np.int32)
    best_docs = array_at(task[BEST_DOCS], (limit,), np.int32)
    for query in range(len(bounds) - 1):
        query_task[LISTS] = task[LISTS] + bounds[query] * 8
        query_task[LIST_COUNT] = bounds[query + 1] - bounds[query]
        size = search(query_task)
        sizes[query] = size
        for place in range(size):
            scores[query, place] = best_scores[place]
            segments[query, place] = best_segments[place]
            docs[query, place] = best_docs[place]


@part
def _visit(  # type: ignore[no-untyped-def]  # noqa: C901
    lists, segments, segment, room, best, count, threshold, exact
):
    """Searches one segment window by window; returns the number of documents in `best`."""
    rows, numbers = lists.rows, lists.numbers
    sums, candidates, scores = room.sums, room.docs, room.scores
    bounds, order, ranges = room.bounds, room.order, room.ranges
    first, last = segments[segment, FIRST], segments[segment, LAST]
    documents, shift = segments[segment, DOCUMENTS], segments[segment, WINDOW]
    allowed, sparse = segments[segment, ALLOWED], segments[segment, SPARSE]
    capacity = len(best.scores)
    limit = _limit(best, count, capacity, threshold)
    for row in range(first, last):
        ranges[row, 2] = 0
    windows = ((documents - 1) >> shift) + 1
    for window in range(windows):
        base = window << shift
        total = bound(rows, numbers, bounds, ranges, first, last, window, shift)
        if total == 0.0 or total < limit:
            continue
        rank(bounds, order, first, last)
        minor = first  # lists before it in `order` cannot reach the limit together
        rest = 0.0
        while minor < last and rest + bounds[order[minor]] < limit:
            rest += bounds[order[minor]]
            minor += 1
        if minor == last:
            continue
        least = limit - rest
        size = min(np.int64(1) << shift, documents - base)
        cost = 0
        for place in range(minor, last):
            span(rows, ranges, order[place], window, shift)
            cost += ranges[order[place], 1] - ranges[order[place], 0]
        if minor == last - 1 and not sparse:
            kept = alone(rows, numbers, ranges, order[minor], base, least, candidates, scores)
        else:
            for place in range(minor, last):
                row = order[place]
                if sparse and rows[row, BITS] != 0:
                    add_common(rows, numbers, ranges, row, base, size, allowed, sums)
                elif sparse:
                    add_allowed(rows, numbers, ranges, row, base, allowed, sums)
                else:
                    add(rows, numbers, ranges, row, base, sums)
            if cost * 4 < size or sparse:
                kept = gather(
                    rows, ranges, order, minor, last, base, size, allowed if sparse else 0, least,
                    sums, candidates, scores,
                )  # fmt: skip
            else:
                kept = sweep(sums, size, least, candidates, scores)
        if allowed != 0:
            kept = permitted(allowed, base, kept, candidates, scores)
        for place in range(minor - 1, first - 1, -1):
            if kept == 0:
                break
            row = order[place]
            rest -= bounds[row]
            span(rows, ranges, row, window, shift)
            kept = ask(
                rows, numbers, ranges, row, base, limit - rest, kept, candidates, scores,
                room.list_sums,
            )  # fmt: skip
        for place in range(kept):
            doc = base + np.int64(candidates[place])
            score = np.float32(scores[place])
            if not exact:
                score = again(rows, numbers, first, last, doc)
            grown = push(best, segments, count, score, segment, doc)
            if grown != count or count == capacity:
                count = grown
                limit = _limit(best, count, capacity, threshold)
    return count


@part
def _limit(best, count, capacity, threshold):  # type: ignore[no-untyped-def]
    """Returns the sum that a document must reach to be among the best."""
    limit = threshold
    if count == capacity and capacity > 0:
        limit = max(limit, np.float64(best.scores[0]) * _HALF_STEP)
    return limit


@kernel(work=layout.postings)
def matching(task):  # type: ignore[no-untyped-def]
    """Counts the allowed documents that any of the lists holds."""
    lists, segments, room, _ = opened(task)
    total = _ZERO
    rows, words = lists.rows, room.words
    for segment in range(len(segments)):
        size = _U((segments[segment, DOCUMENTS] + 63) >> 6)
        for word in range(size):
            words[word] = _ZERO
        for row in range(segments[segment, FIRST], segments[segment, LAST]):
            if rows[row, BITS] != 0:
                bits = array_at(rows[row, BITS], (np.int64(size),), np.uint64)
                for word in range(size):
                    words[word] |= bits[word]
            else:
                docs = array_at(rows[row, DOCS], (rows[row, SIZE],), np.uint32)
                for place in range(_U(rows[row, SIZE])):
                    doc = _U(docs[place])
                    words[doc >> _SIX] |= _ONE << (doc & _LOW)
        if segments[segment, ALLOWED] != 0:
            allowed = array_at(segments[segment, ALLOWED], (np.int64(size),), np.uint64)
            for word in range(size):
                words[word] &= allowed[word]
        for word in range(size):
            total += ones(words[word])
    return np.int64(total)
