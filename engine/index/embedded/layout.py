"""What the search kernels are handed: tables of addresses, and how they are opened.

A query is a row of lists (a term in a field of a segment, with its weight). Kernels see mapped
columns by their addresses, so that a call hands over one array; whoever calls keeps the columns
alive.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.index.embedded.lists import RANKS as RANKED
from engine.kernels import array_at, part

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


def postings(task: npt.NDArray[np.int64]) -> int:
    """The postings of a task's lists, and what it costs to open them: steps of a search."""
    rows = array_at(task[LISTS], (task[LIST_COUNT],), np.int64)
    sizes = [int(array_at(row, (LIST_COLUMNS,), np.int64)[SIZE]) for row in rows]
    return sum(sizes) + 10 * len(sizes)


@part
def opened(task):  # type: ignore[no-untyped-def]
    """(lists, segments, room, best) of a task; the lists are copied side by side."""
    count, segments = task[LIST_COUNT], task[SEGMENT_COUNT]
    side, limit = task[SIDE], task[LIMIT]
    lists = Lists(
        array_at(task[ROWS], (count, LIST_COLUMNS), np.int64),
        array_at(task[ROWS], (count, LIST_COLUMNS), np.float64),
    )
    room = Room(
        array_at(task[SUMS], (side,), np.float64),
        array_at(task[ONE], (side,), np.float64),
        array_at(task[DOC_ROOM], (side + 1,), np.uint32),
        array_at(task[SCORE_ROOM], (side + 1,), np.float64),
        array_at(task[BOUNDS], (count,), np.float64),
        array_at(task[ORDER], (count,), np.int64),
        array_at(task[RANGES], (count, 3), np.int64),
        array_at(task[WORDS], (task[WORD_COUNT],), np.uint64),
    )
    found = Best(
        array_at(task[SCORES], (limit,), np.float32),
        array_at(task[FOUND_SEGMENTS], (limit,), np.int32),
        array_at(task[FOUND_DOCS], (limit,), np.int32),
    )
    places = array_at(task[SEGMENTS], (segments, SEGMENT_COLUMNS), np.int64)
    given = array_at(task[LISTS], (count,), np.int64)
    at = 0
    for segment in range(segments):
        places[segment, FIRST] = at
        for row in range(count):  # the order within a segment stays
            source = array_at(given[row], (LIST_COLUMNS,), np.int64)
            if source[SEGMENT] == segment:
                for column in range(LIST_COLUMNS):
                    lists.rows[at, column] = source[column]
                at += 1
        places[segment, LAST] = at
    return lists, places, room, found
