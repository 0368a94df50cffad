"""The tables of addresses that the search kernels read.

A query is a row of posting lists (a term in a field of a segment, with its weight). Kernels see
mapped columns by their addresses, so that a call passes one array; the caller keeps the columns
alive.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.index.embedded.postings import RANKS as RANKED
from engine.kernels import array_at, part

# columns of a list; from WEIGHT on they hold float64
SEGMENT, DOCS, CODES, SIZE, TABLE, STARTS, PEAKS, BITS, RANKS = range(9)
WEIGHT, RATIO, TOP, GRAIN, FLOORS = range(9, 14)
LIST_COLUMNS = FLOORS + len(RANKED)
# columns of a segment
DOCUMENTS, WINDOW, ALLOWED, SPARSE, RANK_OF, ID_BYTES, ID_STARTS, FIRST, LAST = range(9)
SEGMENT_COLUMNS = 9
# columns of a task: all addresses and sizes, so that a call passes one array
LISTS, LIST_COUNT, SEGMENTS, SEGMENT_COUNT, LIMIT, FILTERED, SIDE, WORD_COUNT = range(8)
ROWS, SUMS, LIST_SUMS, DOC_ROOM, SCORE_ROOM, BOUNDS, ORDER, RANGES, WORDS = range(8, 17)
SCORES, BEST_SEGMENTS, BEST_DOCS = range(17, 20)
TASK_COLUMNS = 20


class PostingLists(NamedTuple):
    """The posting lists of a query, int64 and float64 views [lists, LIST_COLUMNS] of the same
    memory.

    Lists of one segment stand together, each in the order of the sum. A list has its weight
    (WEIGHT), how much stronger a posting may be than by the reference scoring (RATIO), the most
    that it can add to a score (TOP), how fine the steps of its scores can be (GRAIN), and the least
    score of the documents at RANKED (FLOORS).
    """

    rows: npt.NDArray[np.int64]
    numbers: npt.NDArray[np.float64]


class Room(NamedTuple):
    """Working memory of one thread.

    `sums` and `list_sums` have one value per document of a window and are zero between uses; `docs`
    and `scores` hold candidates; `bounds`, `order` and `ranges` have one row per list; `words` is a
    bitmap.
    """

    sums: npt.NDArray[np.float64]
    list_sums: npt.NDArray[np.float64]
    docs: npt.NDArray[np.uint32]
    scores: npt.NDArray[np.float64]
    bounds: npt.NDArray[np.float64]
    order: npt.NDArray[np.int64]
    ranges: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint64]


class Best(NamedTuple):
    """Memory for the best k documents: a heap, worst first, during a search; best first after
    it."""

    scores: npt.NDArray[np.float32]
    segments: npt.NDArray[np.int32]
    docs: npt.NDArray[np.int32]


def postings(task: npt.NDArray[np.int64]) -> int:
    """The postings of a task's lists, and what it costs to open them: steps of a search."""
    rows = array_at(task[LISTS], (task[LIST_COUNT],), np.int64)
    sizes = [int(array_at(row, (LIST_COLUMNS,), np.int64)[SIZE]) for row in rows]
    return sum(sizes) + 10 * len(sizes)


@part
def opened(task):  # type: ignore[no-untyped-def]
    """Opens a task: returns (lists, segment table, room, best).

    Copies the query's lists so that those of a segment stand together.
    """
    count, segments = task[LIST_COUNT], task[SEGMENT_COUNT]
    side, limit = task[SIDE], task[LIMIT]
    lists = PostingLists(
        array_at(task[ROWS], (count, LIST_COLUMNS), np.int64),
        array_at(task[ROWS], (count, LIST_COLUMNS), np.float64),
    )
    room = Room(
        array_at(task[SUMS], (side,), np.float64),
        array_at(task[LIST_SUMS], (side,), np.float64),
        array_at(task[DOC_ROOM], (side + 1,), np.uint32),
        array_at(task[SCORE_ROOM], (side + 1,), np.float64),
        array_at(task[BOUNDS], (count,), np.float64),
        array_at(task[ORDER], (count,), np.int64),
        array_at(task[RANGES], (count, 3), np.int64),
        array_at(task[WORDS], (task[WORD_COUNT],), np.uint64),
    )
    best = Best(
        array_at(task[SCORES], (limit,), np.float32),
        array_at(task[BEST_SEGMENTS], (limit,), np.int32),
        array_at(task[BEST_DOCS], (limit,), np.int32),
    )
    segment_table = array_at(task[SEGMENTS], (segments, SEGMENT_COLUMNS), np.int64)
    list_addresses = array_at(task[LISTS], (count,), np.int64)
    at = 0
    for segment in range(segments):
        segment_table[segment, FIRST] = at
        for row in range(count):  # keeps the order within a segment
            source = array_at(list_addresses[row], (LIST_COLUMNS,), np.int64)
            if source[SEGMENT] == segment:
                for column in range(LIST_COLUMNS):
                    lists.rows[at, column] = source[column]
                at += 1
        segment_table[segment, LAST] = at
    return lists, segment_table, room, best
