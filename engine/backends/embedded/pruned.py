"""The search itself: exact top k, counts above a score, and all matches of many lists.

A query is a row of lists (a term in a field of a segment, with its weight). Documents are visited
in windows. MaxScore (Turtle & Flood 1995) splits the lists of a window by their bounds: those
that cannot lift a document over the threshold together are only asked about documents that
others found. Bounds hold for any statistics, so nothing is rewritten when they change; scores are
the very float32 values of `engine.bm25`, summed in float64 and rounded once.

Kernels see mapped columns by their addresses; whoever calls keeps the columns alive.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.backends.embedded.lists import RANKS as RANKED
from engine.kernels import carray, first_one, inline, kernel, ones, pointer

# columns of a list; from WEIGHT on they hold float64
SEGMENT, DOCS, CODES, SIZE, TABLE, STARTS, PEAKS, BITS, RANKS = range(9)
WEIGHT, RATIO, TOP, GRAIN, FLOORS = range(9, 14)
LIST_COLUMNS = FLOORS + len(RANKED)
# columns of a segment
DOCUMENTS, WINDOW, ALLOWED, SPARSE, RANK_OF, ID_BYTES, ID_STARTS, FIRST, LAST = range(9)
SEGMENT_COLUMNS = 9
# a task: where everything lies, so that a call hands over one array
LISTS, LIST_COUNT, SEGMENTS, SEGMENT_COUNT, LIMIT, FILTERED, SIDE, WORD_COUNT = range(8)
ROWS, SUMS, ONE, DOC_ROOM, SCORE_ROOM, BOUNDS, ORDER, RANGES, WORDS = range(8, 17)
SCORES, FOUND_SEGMENTS, FOUND_DOCS = range(17, 20)
TASK_COLUMNS = 20
_HALF_STEP = 1.0 - 1.2e-7  # a sum may round up to its float32 by so much
_SLACK = 5e-7  # of the weight: what float32 rounding may add to a score
_WIDEST = 2.0**26  # sums of float32 are exact in float64 while their scale is not wider
_U = np.uint64
_ZERO, _ONE, _SIX, _LOW = _U(0), _U(1), _U(6), _U(63)


class Lists(NamedTuple):
    """Lists, those of a segment together, each in the order of the sum: the same memory as
    integers and as float64. A list has its weight, how much stronger a posting may be than by
    the reference scoring, the most that it can add to a score, how fine the steps of its scores
    can be, and what the documents at RANKED score at least."""

    rows: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.float64]


class Room(NamedTuple):
    """Working memory of one thread: per document of a window a sum, zero between uses; the same
    for one list; candidates; per list bounds, order and ranges; words of a bitmap."""

    sums: npt.NDArray[np.float64]
    one: npt.NDArray[np.float64]
    docs: npt.NDArray[np.uint32]
    scores: npt.NDArray[np.float64]
    bounds: npt.NDArray[np.float64]
    order: npt.NDArray[np.int64]
    ranges: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint64]


class Best(NamedTuple):
    """Room for the best k: a heap, worst first, while searching; then best first."""

    scores: npt.NDArray[np.float32]
    segments: npt.NDArray[np.int32]
    docs: npt.NDArray[np.int32]


@inline
def _task(task):  # type: ignore[no-untyped-def]
    """(lists, segments, room, best) of a task; the lists are copied side by side."""
    count, segments = task[LIST_COUNT], task[SEGMENT_COUNT]
    side, limit = task[SIDE], task[LIMIT]
    lists = Lists(
        carray(pointer(task[ROWS]), (count, LIST_COLUMNS), np.int64),
        carray(pointer(task[ROWS]), (count, LIST_COLUMNS), np.float64),
    )
    room = Room(
        carray(pointer(task[SUMS]), (side,), np.float64),
        carray(pointer(task[ONE]), (side,), np.float64),
        carray(pointer(task[DOC_ROOM]), (side + 1,), np.uint32),
        carray(pointer(task[SCORE_ROOM]), (side + 1,), np.float64),
        carray(pointer(task[BOUNDS]), (count,), np.float64),
        carray(pointer(task[ORDER]), (count,), np.int64),
        carray(pointer(task[RANGES]), (count, 3), np.int64),
        carray(pointer(task[WORDS]), (task[WORD_COUNT],), np.uint64),
    )
    found = Best(
        carray(pointer(task[SCORES]), (limit,), np.float32),
        carray(pointer(task[FOUND_SEGMENTS]), (limit,), np.int32),
        carray(pointer(task[FOUND_DOCS]), (limit,), np.int32),
    )
    places = carray(pointer(task[SEGMENTS]), (segments, SEGMENT_COLUMNS), np.int64)
    given = carray(pointer(task[LISTS]), (count,), np.int64)
    at = 0
    for segment in range(segments):
        places[segment, FIRST] = at
        for row in range(count):  # the order within a segment stays
            source = carray(pointer(given[row]), (LIST_COLUMNS,), np.int64)
            if source[SEGMENT] == segment:
                for column in range(LIST_COLUMNS):
                    lists.rows[at, column] = source[column]
                at += 1
        places[segment, LAST] = at
    return lists, places, room, found


@inline
def _exact(numbers):  # type: ignore[no-untyped-def]
    """Whether sums of these scores are exact in float64, whatever their order."""
    total = 0.0
    grain = 0.0
    for row in range(len(numbers)):
        total += numbers[row, TOP]
        grain = max(grain, numbers[row, GRAIN])
    return total * grain < _WIDEST


@inline
def _floor(numbers, limit):  # type: ignore[no-untyped-def]
    """A score that at least `limit` documents reach for sure, 0 when none is known."""
    floor = 0.0
    for level in range(len(RANKED)):
        if RANKED[level] >= limit:
            for row in range(len(numbers)):
                floor = max(floor, numbers[row, FLOORS + level])
            break
    return floor


@kernel
def search(task, scores):  # type: ignore[no-untyped-def]
    """Find the best documents, best first; how many. `scores` is working memory for two."""
    lists, segments, room, found = _task(task)
    exact = _exact(lists.numbers)
    floor = 0.0 if task[FILTERED] else _floor(lists.numbers, task[LIMIT])
    count = 0
    for segment in range(len(segments)):
        count = _visit(lists, segments, segment, room, found, count, floor, exact, False, scores)
    _sort(found, segments, count)
    return count


@kernel
def above(task, score, counts):  # type: ignore[no-untyped-def]
    """Count (documents above a score, documents that have just this score); with a limit in the
    task counting ends once so many are above."""
    lists, segments, room, found = _task(task)
    exact = _exact(lists.numbers)
    for segment in range(len(segments)):
        _visit(lists, segments, segment, room, found, 0, score, exact, True, counts)


@kernel
def search_many(task, bounds, scores, segments, docs, sizes):  # type: ignore[no-untyped-def]
    """`search` for many queries: query q has the lists from bounds[q] to bounds[q + 1]; row q of
    `scores`, `segments` and `docs` takes what it finds."""
    own = task.copy()
    counts = np.zeros(2, np.int64)
    limit = task[LIMIT]
    for query in range(len(bounds) - 1):
        own[LISTS] = task[LISTS] + bounds[query] * 8
        own[LIST_COUNT] = bounds[query + 1] - bounds[query]
        size = search(own, counts)
        sizes[query] = size
        scores[query, :size] = carray(pointer(task[SCORES]), (limit,), np.float32)[:size]
        segments[query, :size] = carray(pointer(task[FOUND_SEGMENTS]), (limit,), np.int32)[:size]
        docs[query, :size] = carray(pointer(task[FOUND_DOCS]), (limit,), np.int32)[:size]


@kernel
def above_many(task, bounds, scores, counts):  # type: ignore[no-untyped-def]
    """`above` for many queries, each with its score."""
    own = task.copy()
    for query in range(len(bounds) - 1):
        own[LISTS] = task[LISTS] + bounds[query] * 8
        own[LIST_COUNT] = bounds[query + 1] - bounds[query]
        if scores[query] > 0.0:
            above(own, scores[query], counts[query])


@kernel
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
        total = _bound(rows, numbers, bounds, ranges, first, last, window, shift)
        if total == 0.0 or total < limit:
            continue
        _rank(bounds, order, first, last)
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
            _span(rows, ranges, order[place], window, shift)
            cost += ranges[order[place], 1] - ranges[order[place], 0]
        if minor == last - 1 and not sparse:
            here = _alone(rows, numbers, ranges, order[minor], base, least, candidates, scores)
        else:
            for place in range(minor, last):
                row = order[place]
                if sparse and rows[row, BITS] != 0:
                    _add_common(rows, numbers, ranges, row, base, size, allowed, sums)
                elif sparse:
                    _add_allowed(rows, numbers, ranges, row, base, allowed, sums)
                else:
                    _add(rows, numbers, ranges, row, base, sums)
            if cost * 4 < size or sparse:
                here = _gather(
                    rows, ranges, order, minor, last, base, size, allowed if sparse else 0, least,
                    sums, candidates, scores,
                )  # fmt: skip
            else:
                here = _sweep(sums, size, least, candidates, scores)
        if allowed != 0:
            here = _permitted(allowed, base, here, candidates, scores)
        for place in range(minor - 1, first - 1, -1):
            if here == 0:
                break
            row = order[place]
            rest -= bounds[row]
            _span(rows, ranges, row, window, shift)
            here = _ask(
                rows, numbers, ranges, row, base, limit - rest, here, candidates, scores, room.one
            )
        for place in range(here):
            doc = base + np.int64(candidates[place])
            score = np.float32(scores[place])
            if not exact:
                score = _again(rows, numbers, first, last, doc)
            if counting:
                counts[0] += score > np.float32(threshold)
                counts[1] += score == np.float32(threshold)
            else:
                grown = _push(found, segments, count, score, segment, doc)
                if grown != count or count == capacity:
                    count = grown
                    limit = _limit(found, count, capacity, threshold)
    return count


@inline
def _limit(found, count, capacity, threshold):  # type: ignore[no-untyped-def]
    """What a sum must reach to be among the best."""
    limit = threshold
    if count == capacity and capacity > 0:
        limit = max(limit, np.float64(found.scores[0]) * _HALF_STEP)
    return limit


@kernel
def _bound(rows, numbers, bounds, ranges, first, last, window, shift):  # type: ignore[no-untyped-def]
    """The most that each list can add in a window, and all together; short lists move on."""
    total = 0.0
    for row in range(first, last):
        if rows[row, PEAKS] != 0:
            peaks = carray(pointer(rows[row, PEAKS]), (window + 1,), np.float32)
            strength = np.float64(peaks[window]) * numbers[row, RATIO]
            weight = numbers[row, WEIGHT]
            bounds[row] = weight * (strength / (1.0 + strength)) + weight * _SLACK
            if strength == 0.0:
                bounds[row] = 0.0
        else:
            docs = carray(pointer(rows[row, DOCS]), (rows[row, SIZE],), np.uint32)
            begin = ranges[row, 2]
            end = begin
            while end < rows[row, SIZE] and docs[end] >> np.uint32(shift) == window:
                end += 1
            ranges[row, 0], ranges[row, 1], ranges[row, 2] = begin, end, end
            bounds[row] = numbers[row, TOP] if end > begin else 0.0
        total += bounds[row]
    return total


@inline
def _span(rows, ranges, row, window, shift):  # type: ignore[no-untyped-def]
    """Where the window's postings lie in the list."""
    if rows[row, STARTS] != 0:
        starts = carray(pointer(rows[row, STARTS]), (window + 2,), np.uint32)
        ranges[row, 0] = starts[window]
        ranges[row, 1] = starts[window + 1]


@kernel
def _rank(bounds, order, first, last):  # type: ignore[no-untyped-def]
    """The lists by their bounds, ascending."""
    for place in range(first, last):
        at = place
        while at > first and bounds[order[at - 1]] > bounds[place]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = place


@inline
def _columns(rows, row):  # type: ignore[no-untyped-def]
    docs = carray(pointer(rows[row, DOCS]), (rows[row, SIZE],), np.uint32)
    codes = carray(pointer(rows[row, CODES]), (rows[row, SIZE],), np.uint16)
    table = carray(pointer(rows[row, TABLE]), (65536,), np.float32)
    return docs, codes, table


@kernel
def _alone(rows, numbers, ranges, row, base, least, candidates, scores):  # type: ignore[no-untyped-def]
    """Candidates of a window in which one list decides."""
    docs, codes, table = _columns(rows, row)
    weight, offset = np.float32(numbers[row, WEIGHT]), np.uint32(base)
    count = _ZERO
    for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
        score = np.float64(weight - weight / table[_U(codes[place])])
        candidates[count] = docs[place] - offset
        scores[count] = score
        count += _U(score >= least)
    return np.int64(count)


@kernel
def _add(rows, numbers, ranges, row, base, sums):  # type: ignore[no-untyped-def]
    docs, codes, table = _columns(rows, row)
    weight, offset = np.float32(numbers[row, WEIGHT]), np.uint32(base)
    for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
        sums[_U(docs[place] - offset)] += np.float64(weight - weight / table[_U(codes[place])])


@kernel
def _add_allowed(rows, numbers, ranges, row, base, allowed, sums):  # type: ignore[no-untyped-def]
    """Like `_add`, for documents of a small set only."""
    docs, codes, table = _columns(rows, row)
    weight, offset = np.float32(numbers[row, WEIGHT]), np.uint32(base)
    words = carray(pointer(allowed), (1 << 26,), np.uint64)
    for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
        doc = _U(docs[place])
        if (words[doc >> _SIX] >> (doc & _LOW)) & _ONE != _ZERO:
            score = weight - weight / table[_U(codes[place])]
            sums[_U(docs[place] - offset)] += np.float64(score)


@kernel
def _add_common(rows, numbers, ranges, row, base, size, allowed, sums):  # type: ignore[no-untyped-def]
    """Like `_add_allowed` for a list with a bitmap: both sets word by word."""
    _, codes, table = _columns(rows, row)
    weight = np.float32(numbers[row, WEIGHT])
    words = carray(pointer(allowed), (1 << 26,), np.uint64)
    bits = carray(pointer(rows[row, BITS]), (1 << 26,), np.uint64)
    ranks = carray(pointer(rows[row, RANKS]), (1 << 26,), np.uint32)
    begin = _U(base) >> _SIX
    for word in range(begin, begin + _U((size + 63) >> 6)):
        both = words[word] & bits[word]
        while both != _ZERO:
            bit = first_one(both)
            both &= both - _ONE
            place = _U(ranks[word]) + ones(bits[word] & ((_ONE << bit) - _ONE))
            score = weight - weight / table[_U(codes[place])]
            sums[((word - begin) << _SIX) + bit] += np.float64(score)


@kernel
def _gather(  # type: ignore[no-untyped-def]
    rows, ranges, order, minor, last, base, size, allowed, least, sums, candidates, scores
):
    """Candidates by the postings that were added (or the documents allowed); sums become 0."""
    count = _ZERO
    if allowed != 0:
        words = carray(pointer(allowed), (1 << 26,), np.uint64)
        begin = _U(base) >> _SIX
        for word in range(begin, begin + _U((size + 63) >> 6)):
            left = words[word]
            while left != _ZERO:
                doc = ((word - begin) << _SIX) + first_one(left)
                left &= left - _ONE
                candidates[count] = doc
                scores[count] = sums[doc]
                count += _U((sums[doc] >= least) & (sums[doc] > 0.0))
                sums[doc] = 0.0
        return np.int64(count)
    offset = np.uint32(base)
    for at in range(minor, last):
        row = order[at]
        docs = carray(pointer(rows[row, DOCS]), (rows[row, SIZE],), np.uint32)
        for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
            doc = _U(docs[place] - offset)
            score = sums[doc]
            sums[doc] = 0.0
            candidates[count] = doc
            scores[count] = score
            count += _U((score >= least) & (score > 0.0))
    return np.int64(count)


@kernel
def _sweep(sums, size, least, candidates, scores):  # type: ignore[no-untyped-def]
    """Candidates of a crowded window, 64 documents at a look; sums become 0."""
    count = _ZERO
    least = max(least, 1e-300)  # a sum of 0 is no match
    for block in range(_ZERO, _U(size), _U(64)):
        some = False
        for doc in range(block, block + _U(64)):
            some |= sums[doc] >= least
        if some:
            for doc in range(block, block + _U(64)):
                score = sums[doc]
                candidates[count] = doc
                scores[count] = score
                count += _U(score >= least)
    sums[:size] = 0.0
    return np.int64(count)


@kernel
def _permitted(allowed, base, count, candidates, scores):  # type: ignore[no-untyped-def]
    """The candidates that are in the set."""
    words = carray(pointer(allowed), (1 << 26,), np.uint64)
    kept = np.int64(0)
    for place in range(count):
        doc = _U(base) + _U(candidates[place])
        candidates[kept] = candidates[place]
        scores[kept] = scores[place]
        kept += np.int64((words[doc >> _SIX] >> (doc & _LOW)) & _ONE)
    return kept


@kernel
def _ask(  # type: ignore[no-untyped-def]  # noqa: C901
    rows, numbers, ranges, row, base, least, count, candidates, scores, one
):
    """Add a list to the candidates that it holds; those stay that can still reach the limit."""
    docs, codes, table = _columns(rows, row)
    weight = np.float32(numbers[row, WEIGHT])
    begin, end = ranges[row, 0], ranges[row, 1]
    kept = _ZERO
    if rows[row, BITS] != 0:
        bits = carray(pointer(rows[row, BITS]), (1 << 26,), np.uint64)
        ranks = carray(pointer(rows[row, RANKS]), (1 << 26,), np.uint32)
        for at in range(_U(count)):
            doc = _U(base) + _U(candidates[at])
            score = scores[at]
            word = bits[doc >> _SIX]
            if (word >> (doc & _LOW)) & _ONE != _ZERO:
                place = _U(ranks[doc >> _SIX]) + ones(word & ((_ONE << (doc & _LOW)) - _ONE))
                score += np.float64(weight - weight / table[_U(codes[place])])
            candidates[kept] = candidates[at]
            scores[kept] = score
            kept += _U(score >= least)
        return np.int64(kept)
    dense = count * 6 > end - begin
    if dense:
        for place in range(_U(begin), _U(end)):
            score = np.float64(weight - weight / table[_U(codes[place])])
            one[_U(docs[place]) - _U(base)] = score
    for at in range(_U(count)):
        score = scores[at]
        if dense:
            score += one[_U(candidates[at])]
        else:
            doc = np.uint32(base) + candidates[at]
            place = _search(docs, begin, end, doc)
            if place < end and docs[place] == doc:
                score += np.float64(weight - weight / table[_U(codes[place])])
        candidates[kept] = candidates[at]
        scores[kept] = score
        kept += _U(score >= least)
    if dense:
        for place in range(_U(begin), _U(end)):
            one[_U(docs[place]) - _U(base)] = 0.0
    return np.int64(kept)


@inline
def _search(docs, begin, end, doc):  # type: ignore[no-untyped-def]
    """The first place from `begin` on whose document is not before `doc`."""
    low, high = begin, end
    while low < high:
        middle = (low + high) >> 1
        if docs[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def _again(rows, numbers, first, last, doc):  # type: ignore[no-untyped-def]
    """The score of a document, summed list by list."""
    total = 0.0
    for row in range(first, last):
        docs, codes, table = _columns(rows, row)
        place = _search(docs, np.int64(0), rows[row, SIZE], np.uint32(doc))
        if place < rows[row, SIZE] and docs[place] == np.uint32(doc):
            weight = np.float32(numbers[row, WEIGHT])
            total += np.float64(weight - weight / table[_U(codes[place])])
    return np.float32(total)


# --- the heap ----------------------------------------------------------------------------------


@inline
def _worse(found, segments, at, score, segment, doc):  # type: ignore[no-untyped-def]
    """Whether the entry at `at` stands behind the document: lower score, or later note id."""
    if found.scores[at] != score:
        return found.scores[at] < score
    return _earlier(segments, segment, doc, found.segments[at], found.docs[at])


@kernel
def _earlier(segments, segment, doc, other_segment, other):  # type: ignore[no-untyped-def]
    """Whether the note id of `doc` comes before that of `other`."""
    size = max(doc, other) + 1
    rank_of = carray(pointer(segments[segment, RANK_OF]), (size,), np.int32)
    if segment == other_segment:
        return rank_of[doc] < rank_of[other]
    other_rank = carray(pointer(segments[other_segment, RANK_OF]), (size,), np.int32)[other]
    rank = rank_of[doc]
    starts = carray(pointer(segments[segment, ID_STARTS]), (rank + 2,), np.int64)
    others = carray(pointer(segments[other_segment, ID_STARTS]), (other_rank + 2,), np.int64)
    first, last = starts[rank], starts[rank + 1]
    begin, end = others[other_rank], others[other_rank + 1]
    mine = carray(pointer(segments[segment, ID_BYTES]), (last,), np.uint8)
    their = carray(pointer(segments[other_segment, ID_BYTES]), (end,), np.uint8)
    while first < last and begin < end:
        if mine[first] != their[begin]:
            return mine[first] < their[begin]
        first += 1
        begin += 1
    return last - first < end - begin


@kernel
def _push(found, segments, count, score, segment, doc):  # type: ignore[no-untyped-def]
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


@kernel
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


@inline
def _put(found, at, score, segment, doc):  # type: ignore[no-untyped-def]
    found.scores[at], found.segments[at], found.docs[at] = score, segment, doc


@inline
def _copy(found, source, target):  # type: ignore[no-untyped-def]
    found.scores[target] = found.scores[source]
    found.segments[target] = found.segments[source]
    found.docs[target] = found.docs[source]


@kernel
def _sort(found, segments, count):  # type: ignore[no-untyped-def]
    """The heap as a list, best first."""
    for size in range(count - 1, 0, -1):
        score, segment, doc = found.scores[size], found.segments[size], found.docs[size]
        _copy(found, 0, size)
        _sink(found, segments, size, score, segment, doc)


# --- all matches -------------------------------------------------------------------------------


@kernel
def matching(task):  # type: ignore[no-untyped-def]
    """How many documents hold any of the lists and are allowed."""
    lists, segments, room, _ = _task(task)
    total = _ZERO
    rows, words = lists.rows, room.words
    for segment in range(len(segments)):
        size = _U((segments[segment, DOCUMENTS] + 63) >> 6)
        words[:size] = _ZERO
        for row in range(segments[segment, FIRST], segments[segment, LAST]):
            if rows[row, BITS] != 0:
                bits = carray(pointer(rows[row, BITS]), (np.int64(size),), np.uint64)
                for word in range(size):
                    words[word] |= bits[word]
            else:
                docs = carray(pointer(rows[row, DOCS]), (rows[row, SIZE],), np.uint32)
                for place in range(_U(rows[row, SIZE])):
                    doc = _U(docs[place])
                    words[doc >> _SIX] |= _ONE << (doc & _LOW)
        if segments[segment, ALLOWED] != 0:
            allowed = carray(pointer(segments[segment, ALLOWED]), (np.int64(size),), np.uint64)
            for word in range(size):
                words[word] &= allowed[word]
        for word in range(size):
            total += ones(words[word])
    return np.int64(total)
