"""The search itself: exact top k, counts above a score, and all matches of many lists.

Documents are visited in windows. MaxScore (Turtle & Flood 1995) splits the lists of a window by
their bounds: those that cannot lift a document over the threshold together are only asked about
documents that others found. Bounds hold for any statistics, so nothing is rewritten when they
change; scores are the very float32 values of `engine.bm25`, summed in float64 and rounded once.
"""

from __future__ import annotations

import numpy as np

from engine.index.embedded import layout
from engine.index.embedded.heap import push, sort
from engine.index.embedded.layout import (
    ALLOWED,
    BITS,
    DOCS,
    DOCUMENTS,
    FILTERED,
    FIRST,
    FLOORS,
    FOUND_DOCS,
    FOUND_SEGMENTS,
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
from engine.index.embedded.lists import RANKS as RANKED
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

_HALF_STEP = 1.0 - 1.2e-7  # a sum may round up to its float32 by so much
_WIDEST = 2.0**26  # sums of float32 are exact in float64 while their scale is not wider
_U = np.uint64
_ZERO, _ONE, _SIX, _LOW = _U(0), _U(1), _U(6), _U(63)


@part
def _exact(numbers):  # type: ignore[no-untyped-def]
    """Whether sums of these scores are exact in float64, whatever their order."""
    total = 0.0
    grain = 0.0
    for row in range(len(numbers)):
        total += numbers[row, TOP]
        grain = max(grain, numbers[row, GRAIN])
    return total * grain < _WIDEST


@part
def _floor(numbers, limit):  # type: ignore[no-untyped-def]
    """A score that at least `limit` documents reach for sure, 0 when none is known."""
    floor = 0.0
    for level in range(len(RANKED)):
        if RANKED[level] >= limit:
            for row in range(len(numbers)):
                floor = max(floor, numbers[row, FLOORS + level])
            break
    return floor


@kernel(work=lambda task, scores: layout.postings(task))
def search(task, scores):  # type: ignore[no-untyped-def]
    """Find the best documents, best first; how many. `scores` is working memory for two."""
    lists, segments, room, found = opened(task)
    exact = _exact(lists.numbers)
    floor = 0.0 if task[FILTERED] else _floor(lists.numbers, task[LIMIT])
    count = 0
    for segment in range(len(segments)):
        count = _visit(lists, segments, segment, room, found, count, floor, exact, False, scores)
    sort(found, segments, count)
    return count


@kernel()
def above(task, score, counts):  # type: ignore[no-untyped-def]
    """Count (documents above a score, documents that have just this score); with a limit in the
    task counting ends once so many are above."""
    lists, segments, room, found = opened(task)
    exact = _exact(lists.numbers)
    for segment in range(len(segments)):
        _visit(lists, segments, segment, room, found, 0, score, exact, True, counts)


@kernel()
def search_many(task, own, pair, bounds, scores, segments, docs, sizes):  # type: ignore[no-untyped-def]
    """`search` for many queries: query q has the lists from bounds[q] to bounds[q + 1]; row q of
    `scores`, `segments` and `docs` takes what it finds. `own` is a copy of the task to work in."""
    limit = task[LIMIT]
    best = array_at(task[SCORES], (limit,), np.float32)
    parts = array_at(task[FOUND_SEGMENTS], (limit,), np.int32)
    places = array_at(task[FOUND_DOCS], (limit,), np.int32)
    for query in range(len(bounds) - 1):
        own[LISTS] = task[LISTS] + bounds[query] * 8
        own[LIST_COUNT] = bounds[query + 1] - bounds[query]
        size = search(own, pair)
        sizes[query] = size
        for place in range(size):
            scores[query, place] = best[place]
            segments[query, place] = parts[place]
            docs[query, place] = places[place]


@kernel()
def above_many(task, own, bounds, scores, counts):  # type: ignore[no-untyped-def]
    """`above` for many queries, each with its score; `own` is a copy of the task to work in."""
    for query in range(len(bounds) - 1):
        own[LISTS] = task[LISTS] + bounds[query] * 8
        own[LIST_COUNT] = bounds[query + 1] - bounds[query]
        if scores[query] > 0.0:
            above(own, scores[query], counts[query])


@part
def _visit(  # type: ignore[no-untyped-def]  # noqa: C901
    lists, segments, segment, room, found, count, threshold, exact, counting, counts
):
    """Search one segment window by window; how many documents `found` holds now."""
    rows, numbers = lists.rows, lists.numbers
    sums, candidates, scores = room.sums, room.docs, room.scores
    bounds, order, ranges = room.bounds, room.order, room.ranges
    first, last = segments[segment, FIRST], segments[segment, LAST]
    documents, shift = segments[segment, DOCUMENTS], segments[segment, WINDOW]
    allowed, sparse = segments[segment, ALLOWED], segments[segment, SPARSE]
    capacity = len(found.scores)
    limit = threshold * _HALF_STEP if counting else _limit(found, count, capacity, threshold)
    for row in range(first, last):
        ranges[row, 2] = 0
    windows = ((documents - 1) >> shift) + 1
    for window in range(windows):
        if counting and 0 < capacity <= counts[0]:
            break
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
            here = alone(rows, numbers, ranges, order[minor], base, least, candidates, scores)
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
                here = gather(
                    rows, ranges, order, minor, last, base, size, allowed if sparse else 0, least,
                    sums, candidates, scores,
                )  # fmt: skip
            else:
                here = sweep(sums, size, least, candidates, scores)
        if allowed != 0:
            here = permitted(allowed, base, here, candidates, scores)
        for place in range(minor - 1, first - 1, -1):
            if here == 0:
                break
            row = order[place]
            rest -= bounds[row]
            span(rows, ranges, row, window, shift)
            here = ask(
                rows, numbers, ranges, row, base, limit - rest, here, candidates, scores, room.one
            )
        for place in range(here):
            doc = base + np.int64(candidates[place])
            score = np.float32(scores[place])
            if not exact:
                score = again(rows, numbers, first, last, doc)
            if counting:
                counts[0] += score > np.float32(threshold)
                counts[1] += score == np.float32(threshold)
            else:
                grown = push(found, segments, count, score, segment, doc)
                if grown != count or count == capacity:
                    count = grown
                    limit = _limit(found, count, capacity, threshold)
    return count


@part
def _limit(found, count, capacity, threshold):  # type: ignore[no-untyped-def]
    """What a sum must reach to be among the best."""
    limit = threshold
    if count == capacity and capacity > 0:
        limit = max(limit, np.float64(found.scores[0]) * _HALF_STEP)
    return limit


@kernel(work=layout.postings)
def matching(task):  # type: ignore[no-untyped-def]
    """How many documents hold any of the lists and are allowed."""
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
