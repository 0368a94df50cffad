"""Builds posting lists from the terms of notes, and the tables that let a search skip postings.

A posting is a document and the code of its (frequency, length byte) pair in the field's pair table.
It is lossless and holds no statistics, so that no update rewrites it. Documents are numbered by the
length of their body, short ones first, so that neighbours have similar scores and windows of them
have tight bounds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.bm25 import average_length, encode_length, length_factors
from engine.kernels import kernel, part

_COMMON = 256  # a list with so many postings has windows
_DENSE = 32  # a list that holds more than 1 document in 32 has a bitmap
RANKS = (10, 100, 1000)  # ranks whose strengths are stored, to start a search with a threshold
MAX_PAIRS = 1 << 16
_K1, _B = 1.5, 0.75  # scoring of the stored strengths; bounds of other scorings derive from them


class TooManyPairs(ValueError):
    """A segment has more pairs of frequency and length than codes; its documents must be split."""


class Postings(NamedTuple):
    """Posting lists of one field, term after term: list i has rows offsets[i] to offsets[i + 1]."""

    offsets: npt.NDArray[np.int64]
    docs: npt.NDArray[np.uint32]
    codes: npt.NDArray[np.uint16]


class Pairs(NamedTuple):
    """The (frequency, byte of the field's length) of each code, ascending."""

    tfs: npt.NDArray[np.int32]
    norms: npt.NDArray[np.uint8]


class Windows(NamedTuple):
    """Tables of lists with many postings, by window of documents.

    `terms` (one entry per list) are term numbers. `starts` [lists, windows + 1]: where a window's
    postings begin in the list. `peaks` [lists, windows]: the greatest strength in a window. `tops`
    [lists, RANKS]: the strengths at RANKS, 0 where the list is shorter.
    """

    terms: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.uint32]
    peaks: npt.NDArray[np.float32]
    tops: npt.NDArray[np.float32]


class Bitmaps(NamedTuple):
    """Bitmaps of lists that hold many documents.

    `bits` [lists, words] has one bit per document; `ranks` [lists, words] counts the postings
    before each word.
    """

    terms: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.uint64]
    ranks: npt.NDArray[np.uint32]


def window_bits(documents: int) -> int:
    """Returns log2 of the documents in a window."""
    return 12 if documents <= 200_000 else 14


def reference(lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """Returns the factor of tf in a strength for each length byte, float32 [256].

    It uses the field's own average length.
    """
    notes = int(np.count_nonzero(lengths))
    average = average_length(int(lengths.sum(dtype=np.int64)), notes) if notes else 1.0
    return length_factors(_K1, _B, average)


def strengths(pairs: Pairs, factors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns tf × factor of each code; a score is weight × s / (1 + s) and grows with s."""
    return pairs.tfs.astype(np.float32) * factors[pairs.norms]


def build_postings(
    ids: npt.NDArray[np.int32],
    bounds: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int32],
    terms: int,
) -> tuple[Postings, Pairs, npt.NDArray[np.int32]]:
    """Builds (posting lists, pair table, field lengths of the documents) of one field of a batch.

    Document d is note order[d] of the batch. `numbers` maps term numbers of the batch to term
    numbers of the lists. Raises TooManyPairs.
    """
    lengths = np.diff(bounds)[order].astype(np.int32)
    counts, last = np.zeros(terms, np.int64), np.full(terms, -1, np.int32)
    _document_counts(ids, bounds, numbers, counts, last)
    offsets = np.zeros(terms + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    docs, tfs = np.empty(offsets[-1], np.uint32), np.empty(offsets[-1], np.int32)
    last.fill(-1)
    _fill(ids, bounds, order, numbers, offsets[:-1].copy(), last, docs, tfs)
    norms = encode_length(lengths)
    pairs, codes = _coded(tfs, norms[docs])
    return Postings(offsets, docs, codes), pairs, lengths


def _coded(
    tfs: npt.NDArray[np.int32], norms: npt.NDArray[np.uint8]
) -> tuple[Pairs, npt.NDArray[np.uint16]]:
    """Returns the pair table of postings and each posting's code. Raises TooManyPairs."""
    max_tf = int(tfs.max(initial=0))
    is_used = np.zeros((max_tf + 1) * 256, np.bool_)
    keys = tfs.astype(np.int64) << 8 | norms
    is_used[keys] = True
    used_keys = np.flatnonzero(is_used)
    if len(used_keys) > MAX_PAIRS:
        raise TooManyPairs(f"{len(used_keys)} pairs of frequency and length in one segment")
    code = np.zeros(len(is_used), np.uint16)
    code[used_keys] = np.arange(len(used_keys))
    return table_of(used_keys), code[keys]


def table_of(keys: npt.NDArray[np.int64]) -> Pairs:
    """Splits keys tf << 8 | norm into Pairs."""
    return Pairs((keys >> 8).astype(np.int32), (keys & 255).astype(np.uint8))


@kernel(work=lambda ids, *_: len(ids))
def _document_counts(ids, bounds, numbers, counts, last):  # type: ignore[no-untyped-def]
    """Count for each term the notes that have it; `last` is -1 for each."""
    for note in range(len(bounds) - 1):
        for place in range(bounds[note], bounds[note + 1]):
            term = numbers[ids[place]]
            if last[term] != note:
                last[term] = note
                counts[term] += 1


@kernel(work=lambda ids, *_: len(ids))
def _fill(ids, bounds, order, numbers, free, last, docs, tfs):  # type: ignore[no-untyped-def]
    """Write documents and frequencies of all lists; `free` is where each list goes on."""
    for doc in range(len(order)):
        note = order[doc]
        for place in range(bounds[note], bounds[note + 1]):
            term = numbers[ids[place]]
            if last[term] != doc:
                last[term] = doc
                docs[free[term]] = doc
                tfs[free[term]] = 1
                free[term] += 1
            else:
                tfs[free[term] - 1] += 1


# --- what lets a search skip -------------------------------------------------------------------


def peaks(lists: Postings, strength: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns the greatest strength of each list."""
    values = np.zeros(len(lists.offsets) - 1, np.float32)
    _peaks(lists.offsets, lists.codes, strength, values)
    return values


def windows(
    lists: Postings, first: int, strength: npt.NDArray[np.float32], documents: int
) -> Windows:
    """Builds the windows of lists with _COMMON or more postings; list 0 is term `first`."""
    rows = np.flatnonzero(np.diff(lists.offsets) >= _COMMON)
    bits = window_bits(documents)
    count = ((documents - 1) >> bits) + 1
    made = Windows(
        (rows + first).astype(np.uint32),
        np.zeros((len(rows), count + 1), np.uint32),
        np.zeros((len(rows), count), np.float32),
        np.zeros((len(rows), len(RANKS)), np.float32),
    )
    tally, descending = np.zeros(len(strength), np.int64), np.argsort(-strength)
    columns = lists.offsets, lists.docs, lists.codes, strength
    _windows(*columns, rows, bits, np.array(RANKS), tally, descending, *made[1:])
    return made


def bitmaps(lists: Postings, first: int, documents: int) -> Bitmaps:
    """Builds the bitmaps of lists that hold more than one document in _DENSE."""
    sizes = np.diff(lists.offsets)
    rows = np.flatnonzero((sizes >= _COMMON) & (sizes * _DENSE > documents))
    bits = np.zeros((len(rows), -(-documents // 64)), np.uint64)
    ranks = np.zeros(bits.shape, np.uint32)
    _bitmaps(lists.offsets, lists.docs, rows, bits, ranks)
    return Bitmaps((rows + first).astype(np.uint32), bits, ranks)


@kernel(work=lambda offsets, codes, *_: len(codes))
def _peaks(offsets, codes, strength, values):  # type: ignore[no-untyped-def]
    for row in range(len(values)):
        best = np.float32(0)
        for place in range(offsets[row], offsets[row + 1]):
            best = max(best, strength[codes[place]])
        values[row] = best


@kernel(work=lambda offsets, docs, *_: len(docs))
def _windows(  # type: ignore[no-untyped-def]
    offsets, docs, codes, strength, rows, bits, ranks, tally, descending, starts, peaks, tops
):
    """Fills the columns of `Windows`; `descending` has the codes, strongest first."""
    count = peaks.shape[1]
    for row in range(len(rows)):
        begin, end = offsets[rows[row]], offsets[rows[row] + 1]
        place = begin
        for window in range(count):
            starts[row, window] = place - begin
            peak = np.float32(0)
            while place < end and docs[place] >> bits == window:
                tally[codes[place]] += 1
                peak = max(peak, strength[codes[place]])
                place += 1
            peaks[row, window] = peak
        starts[row, count] = end - begin
        _top(tally, strength, descending, ranks, tops[row])


@part
def _top(tally, strength, descending, ranks, tops):  # type: ignore[no-untyped-def]
    """Writes the strengths at `ranks` of a list whose codes were counted; resets the tally."""
    passed = 0
    rank = 0
    for code in descending:
        if tally[code]:
            passed += tally[code]
            tally[code] = 0
            while rank < len(ranks) and passed >= ranks[rank]:
                tops[rank] = strength[code]
                rank += 1


@kernel(work=lambda offsets, docs, *_: len(docs))
def _bitmaps(offsets, docs, rows, bits, ranks):  # type: ignore[no-untyped-def]
    words = bits.shape[1]
    for row in range(len(rows)):
        begin, end = offsets[rows[row]], offsets[rows[row] + 1]
        for place in range(begin, end):
            doc = np.uint64(docs[place])
            bits[row, doc >> np.uint64(6)] |= np.uint64(1) << (doc & np.uint64(63))
        place = begin
        for word in range(words):
            ranks[row, word] = place - begin
            while place < end and docs[place] >> np.uint32(6) == word:
                place += 1
