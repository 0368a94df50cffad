"""Searches one window of documents: bounds, sums, candidates, scores of other lists."""

from __future__ import annotations

import numpy as np

from engine.index.embedded.layout import (
    BITS,
    CODES,
    DOCS,
    PEAKS,
    RANKS,
    RATIO,
    SIZE,
    STARTS,
    TABLE,
    TOP,
    WEIGHT,
)
from engine.kernels import array_at, first_one, ones, part

_SLACK = 5e-7  # share of the weight that float32 rounding may add to a score
_U = np.uint64
_ZERO, _ONE, _SIX, _LOW = _U(0), _U(1), _U(6), _U(63)


@part
def bound(rows, numbers, bounds, ranges, first, last, window, shift):  # type: ignore[no-untyped-def]
    """Computes the most that each list can add in a window; returns the sum of all. Advances short
    lists."""
    total = 0.0
    for row in range(first, last):
        if rows[row, PEAKS] != 0:
            peaks = array_at(rows[row, PEAKS], (window + 1,), np.float32)
            strength = np.float64(peaks[window]) * numbers[row, RATIO]
            weight = numbers[row, WEIGHT]
            bounds[row] = weight * (strength / (1.0 + strength)) + weight * _SLACK
            if strength == 0.0:
                bounds[row] = 0.0
        else:
            docs = array_at(rows[row, DOCS], (rows[row, SIZE],), np.uint32)
            begin = ranges[row, 2]
            end = begin
            while end < rows[row, SIZE] and docs[end] >> np.uint32(shift) == window:
                end += 1
            ranges[row, 0], ranges[row, 1], ranges[row, 2] = begin, end, end
            bounds[row] = numbers[row, TOP] if end > begin else 0.0
        total += bounds[row]
    return total


@part
def span(rows, ranges, row, window, shift):  # type: ignore[no-untyped-def]
    """Writes the range of the window's postings in the list."""
    if rows[row, STARTS] != 0:
        starts = array_at(rows[row, STARTS], (window + 2,), np.uint32)
        ranges[row, 0] = starts[window]
        ranges[row, 1] = starts[window + 1]


@part
def rank(bounds, order, first, last):  # type: ignore[no-untyped-def]
    """Sorts the lists by their bounds, ascending."""
    for place in range(first, last):
        at = place
        while at > first and bounds[order[at - 1]] > bounds[place]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = place


@part
def _columns(rows, row):  # type: ignore[no-untyped-def]
    docs = array_at(rows[row, DOCS], (rows[row, SIZE],), np.uint32)
    codes = array_at(rows[row, CODES], (rows[row, SIZE],), np.uint16)
    table = array_at(rows[row, TABLE], (65536,), np.float32)
    return docs, codes, table


@part
def alone(rows, numbers, ranges, row, base, least, candidates, scores):  # type: ignore[no-untyped-def]
    """Collects the candidates of a window in which a single list decides; returns their number."""
    docs, codes, table = _columns(rows, row)
    weight, offset = np.float32(numbers[row, WEIGHT]), np.uint32(base)
    count = _ZERO
    for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
        score = np.float64(weight - weight / table[_U(codes[place])])
        candidates[count] = docs[place] - offset
        scores[count] = score
        count += _U(score >= least)
    return np.int64(count)


@part
def add(rows, numbers, ranges, row, base, sums):  # type: ignore[no-untyped-def]
    """Adds a list's scores in the window to the sums."""
    docs, codes, table = _columns(rows, row)
    weight, offset = np.float32(numbers[row, WEIGHT]), np.uint32(base)
    for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
        sums[_U(docs[place] - offset)] += np.float64(weight - weight / table[_U(codes[place])])


@part
def add_allowed(rows, numbers, ranges, row, base, allowed, sums):  # type: ignore[no-untyped-def]
    """Like `add`, for documents of a small set only."""
    docs, codes, table = _columns(rows, row)
    weight, offset = np.float32(numbers[row, WEIGHT]), np.uint32(base)
    words = array_at(allowed, (1 << 26,), np.uint64)
    for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
        doc = _U(docs[place])
        if (words[doc >> _SIX] >> (doc & _LOW)) & _ONE != _ZERO:
            score = weight - weight / table[_U(codes[place])]
            sums[_U(docs[place] - offset)] += np.float64(score)


@part
def add_common(rows, numbers, ranges, row, base, size, allowed, sums):  # type: ignore[no-untyped-def]
    """Like `add_allowed` for a list with a bitmap: intersects both sets word by word."""
    _, codes, table = _columns(rows, row)
    weight = np.float32(numbers[row, WEIGHT])
    words = array_at(allowed, (1 << 26,), np.uint64)
    bits = array_at(rows[row, BITS], (1 << 26,), np.uint64)
    ranks = array_at(rows[row, RANKS], (1 << 26,), np.uint32)
    begin = _U(base) >> _SIX
    for word in range(begin, begin + _U((size + 63) >> 6)):
        both = words[word] & bits[word]
        while both != _ZERO:
            bit = first_one(both)
            both &= both - _ONE
            place = _U(ranks[word]) + ones(bits[word] & ((_ONE << bit) - _ONE))
            score = weight - weight / table[_U(codes[place])]
            sums[((word - begin) << _SIX) + bit] += np.float64(score)


@part
def gather(  # type: ignore[no-untyped-def]
    rows, ranges, order, minor, last, base, size, allowed, least, sums, candidates, scores
):
    """Collects candidates from the added postings (or the allowed documents); resets the sums to 0.

    Returns the number of candidates.
    """
    count = _ZERO
    if allowed != 0:
        words = array_at(allowed, (1 << 26,), np.uint64)
        begin = _U(base) >> _SIX
        for word in range(begin, begin + _U((size + 63) >> 6)):
            remaining = words[word]
            while remaining != _ZERO:
                doc = ((word - begin) << _SIX) + first_one(remaining)
                remaining &= remaining - _ONE
                candidates[count] = doc
                scores[count] = sums[doc]
                count += _U((sums[doc] >= least) & (sums[doc] > 0.0))
                sums[doc] = 0.0
        return np.int64(count)
    offset = np.uint32(base)
    for at in range(minor, last):
        row = order[at]
        docs = array_at(rows[row, DOCS], (rows[row, SIZE],), np.uint32)
        for place in range(_U(ranges[row, 0]), _U(ranges[row, 1])):
            doc = _U(docs[place] - offset)
            score = sums[doc]
            sums[doc] = 0.0
            candidates[count] = doc
            scores[count] = score
            count += _U((score >= least) & (score > 0.0))
    return np.int64(count)


@part
def sweep(sums, size, least, candidates, scores):  # type: ignore[no-untyped-def]
    """Collects the candidates of a crowded window, 64 documents at a time; resets the sums to 0.

    Returns the number of candidates.
    """
    count = _ZERO
    least = max(least, 1e-300)  # a sum of 0 is no match
    for block in range(_ZERO, _U(size), _U(64)):
        any_match = False
        for doc in range(block, block + _U(64)):
            any_match |= sums[doc] >= least
        if any_match:
            for doc in range(block, block + _U(64)):
                score = sums[doc]
                candidates[count] = doc
                scores[count] = score
                count += _U(score >= least)
    for doc in range(_U(size)):
        sums[doc] = 0.0
    return np.int64(count)


@part
def permitted(allowed, base, count, candidates, scores):  # type: ignore[no-untyped-def]
    """Keeps the candidates that are in the set; returns their number."""
    words = array_at(allowed, (1 << 26,), np.uint64)
    kept = np.int64(0)
    for place in range(count):
        doc = _U(base) + _U(candidates[place])
        candidates[kept] = candidates[place]
        scores[kept] = scores[place]
        kept += np.int64((words[doc >> _SIX] >> (doc & _LOW)) & _ONE)
    return kept


@part
def ask(  # type: ignore[no-untyped-def]  # noqa: C901
    rows, numbers, ranges, row, base, least, count, candidates, scores, list_sums
):
    """Adds a list's scores to the candidates that it holds; keeps those that can still reach the
    limit.

    Returns the number of candidates kept.
    """
    docs, codes, table = _columns(rows, row)
    weight = np.float32(numbers[row, WEIGHT])
    begin, end = ranges[row, 0], ranges[row, 1]
    kept = _ZERO
    if rows[row, BITS] != 0:
        bits = array_at(rows[row, BITS], (1 << 26,), np.uint64)
        ranks = array_at(rows[row, RANKS], (1 << 26,), np.uint32)
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
            list_sums[_U(docs[place]) - _U(base)] = score
    for at in range(_U(count)):
        score = scores[at]
        if dense:
            score += list_sums[_U(candidates[at])]
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
            list_sums[_U(docs[place]) - _U(base)] = 0.0
    return np.int64(kept)


@part
def _search(docs, begin, end, doc):  # type: ignore[no-untyped-def]
    """Finds the first position from `begin` on whose document is at least `doc`."""
    low, high = begin, end
    while low < high:
        middle = (low + high) >> 1
        if docs[middle] < doc:
            low = middle + 1
        else:
            high = middle
    return low


@part
def again(rows, numbers, first, last, doc):  # type: ignore[no-untyped-def]
    """Computes the score of a document, summed list by list."""
    total = 0.0
    for row in range(first, last):
        docs, codes, table = _columns(rows, row)
        place = _search(docs, np.int64(0), rows[row, SIZE], np.uint32(doc))
        if place < rows[row, SIZE] and docs[place] == np.uint32(doc):
            weight = np.float32(numbers[row, WEIGHT])
            total += np.float64(weight - weight / table[_U(codes[place])])
    return np.float32(total)
