"""Terms of notes -> posting lists, and the tables that let a search skip most of them.

A posting is a document and the code of its (frequency, length byte) pair in the field's pair
table: lossless, and free of statistics, so that no update rewrites it. Documents are numbered by
the length of their body, short ones first, so that neighbours score alike and windows of them
have tight bounds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.bm25 import average_length, encode_length, length_factors
from engine.kernels import kernel, part

COMMON = 256  # postings from which on a list has windows
DENSE = 32  # a list that holds more than one document in so many has a bitmap
RANKS = (10, 100, 1000)  # whose strengths are kept, to begin a search with a threshold
_MOST_PAIRS = 1 << 16
_K1, _B = 1.5, 0.75  # what strengths are measured by; any other scoring is bounded from them


class TooManyPairs(ValueError):
    """More pairs of frequency and length than codes: the documents must be split."""


class Postings(NamedTuple):
    """Lists of one field, term after term: list i has rows offsets[i] to offsets[i + 1]."""

    offsets: npt.NDArray[np.int64]
    docs: npt.NDArray[np.uint32]
    codes: npt.NDArray[np.uint16]


class Pairs(NamedTuple):
    """What a code stands for: (frequency, byte of the field's length), ascending."""

    tfs: npt.NDArray[np.int32]
    norms: npt.NDArray[np.uint8]


class Windows(NamedTuple):
    """Of lists with many postings, by window of documents: where its postings begin in the list,
    one column more than windows, and the greatest strength in it; `tops` has the strengths at
    RANKS, 0 where the list is shorter."""

    terms: npt.NDArray[np.uint32]
    starts: npt.NDArray[np.uint32]
    peaks: npt.NDArray[np.float32]
    tops: npt.NDArray[np.float32]


class Bitmaps(NamedTuple):
    """Of lists that hold many documents: a bit a document, and the postings before each word."""

    terms: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.uint64]
    ranks: npt.NDArray[np.uint32]


def window_bits(documents: int) -> int:
    """log2 of the documents in a window."""
    return 12 if documents <= 200_000 else 14


def reference(lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
    """For each byte of a length the factor of tf in a strength, from the field's own average."""
    having = int(np.count_nonzero(lengths))
    average = average_length(int(lengths.sum(dtype=np.int64)), having) if having else 1.0
    return length_factors(_K1, _B, average)


def strengths(pairs: Pairs, factors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """tf × factor of each code: a score is weight × s / (1 + s), growing with s."""
    return pairs.tfs.astype(np.float32) * factors[pairs.norms]


def postings(
    ids: npt.NDArray[np.int32],
    bounds: npt.NDArray[np.int64],
    order: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int32],
    terms: int,
) -> tuple[Postings, Pairs, npt.NDArray[np.int32]]:
    """Lists of one field of a batch, their pair table, the lengths of its documents.

    Document d is note order[d] of the batch; `numbers` turns term numbers of the batch into those
    of the lists.
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
    pairs, codes = coded(tfs, norms[docs])
    return Postings(offsets, docs, codes), pairs, lengths


def coded(
    tfs: npt.NDArray[np.int32], norms: npt.NDArray[np.uint8]
) -> tuple[Pairs, npt.NDArray[np.uint16]]:
    """The pair table of postings and their codes."""
    most = int(tfs.max(initial=0))
    seen = np.zeros((most + 1) * 256, np.bool_)
    keys = tfs.astype(np.int64) << 8 | norms
    seen[keys] = True
    known = np.flatnonzero(seen)
    if len(known) > _MOST_PAIRS:
        raise TooManyPairs(f"{len(known)} pairs of frequency and length in one segment")
    code = np.zeros(len(seen), np.uint16)
    code[known] = np.arange(len(known))
    return table_of(known), code[keys]


def table_of(keys: npt.NDArray[np.int64]) -> Pairs:
    """Pairs from tf << 8 | norm."""
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
    """The greatest strength of each list."""
    found = np.zeros(len(lists.offsets) - 1, np.float32)
    _peaks(lists.offsets, lists.codes, strength, found)
    return found


def windows(
    lists: Postings, first: int, strength: npt.NDArray[np.float32], documents: int
) -> Windows:
    """The windows of the lists that have COMMON postings; `first` is the number of list 0."""
    rows = np.flatnonzero(np.diff(lists.offsets) >= COMMON)
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
    """The bitmaps of the lists that hold more than one document in DENSE."""
    sizes = np.diff(lists.offsets)
    rows = np.flatnonzero((sizes >= COMMON) & (sizes * DENSE > documents))
    bits = np.zeros((len(rows), -(-documents // 64)), np.uint64)
    ranks = np.zeros(bits.shape, np.uint32)
    _bitmaps(lists.offsets, lists.docs, rows, bits, ranks)
    return Bitmaps((rows + first).astype(np.uint32), bits, ranks)


@kernel(work=lambda offsets, codes, *_: len(codes))
def _peaks(offsets, codes, strength, found):  # type: ignore[no-untyped-def]
    for row in range(len(found)):
        best = np.float32(0)
        for place in range(offsets[row], offsets[row + 1]):
            best = max(best, strength[codes[place]])
        found[row] = best


@kernel(work=lambda offsets, docs, *_: len(docs))
def _windows(  # type: ignore[no-untyped-def]
    offsets, docs, codes, strength, rows, bits, ranks, tally, descending, starts, best, tops
):
    """Fill the columns of `Windows`; `descending` has the codes, strongest first."""
    count = best.shape[1]
    for row in range(len(rows)):
        begin, end = offsets[rows[row]], offsets[rows[row] + 1]
        place = begin
        for window in range(count):
            starts[row, window] = place - begin
            most = np.float32(0)
            while place < end and docs[place] >> bits == window:
                tally[codes[place]] += 1
                most = max(most, strength[codes[place]])
                place += 1
            best[row, window] = most
        starts[row, count] = end - begin
        _top(tally, strength, descending, ranks, tops[row])


@part
def _top(tally, strength, descending, ranks, tops):  # type: ignore[no-untyped-def]
    """The strengths at `ranks` of a list whose codes were counted; the tally is emptied."""
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
