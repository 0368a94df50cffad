"""Runs the searches of one thread: a query's lists, working memory, one kernel call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.index.embedded import layout, pruned
from engine.index.embedded.bits import address
from engine.index.embedded.postings import window_bits
from engine.index.embedded.scorer import Row, Scorer
from engine.index.embedded.segment_reader import SegmentReader
from engine.model import Filter, Query

_SPARSE = 16  # a set with less than 1 document in 16 leads the search


class Ranking(NamedTuple):
    """The best notes, best first.

    `scores` (float32), `segments` (int32, number of the segment reader), `docs` (int32, document in
    the segment) have one entry per note.
    """

    scores: npt.NDArray[np.float32]
    segments: npt.NDArray[np.int32]
    docs: npt.NDArray[np.int32]


class Task:
    """Searches some segment readers, one query at a time; two threads must not share a task."""

    def __init__(self, readers: Sequence[SegmentReader]) -> None:
        self._readers = readers
        self._columns = np.zeros(layout.TASK_COLUMNS, np.int64)
        self._fields = memoryview(self._columns)  # type: ignore[arg-type]  # an array is a buffer
        self._segments = _segments(readers)
        self._kept_alive: dict[int, npt.NDArray[Any]] = {}  # what the kernel reads by address
        side = 1 << max((window_bits(reader.segment.documents) for reader in readers), default=0)
        words = max((reader.segment.documents for reader in readers), default=0) // 64 + 1
        self._keep(layout.SEGMENTS, self._segments)
        self._keep(layout.SUMS, np.zeros(side))
        self._keep(layout.LIST_SUMS, np.zeros(side))
        self._keep(layout.DOC_ROOM, np.empty(side + 1, np.uint32))
        self._keep(layout.SCORE_ROOM, np.empty(side + 1))
        self._keep(layout.WORDS, np.empty(words, np.uint64))
        self._fields[layout.SIDE], self._fields[layout.WORD_COUNT] = side, words
        self._fields[layout.SEGMENT_COUNT] = len(readers)
        self._sets: list[object] = []
        self._filter: Filter | None = None  # of the previous query; None when it also had groups
        self._room_for_lists(16)
        self._room_for_hits(16)

    def load(self, query: Query, weights: Scorer) -> None:
        """Loads a query for `best` and `total`."""
        if query.filter is not self._filter or query.required or query.excluded:
            self._restrict(query)
        self._rows = _rows(query, weights)  # kept alive: the kernel reads them by address
        count = len(self._rows)
        if count > len(self._lists):
            self._room_for_lists(2 * count)
        lists = self._lists
        for at, row in enumerate(self._rows):
            lists[at] = row[0]
        self._fields[layout.LIST_COUNT] = count

    def best(self, limit: int) -> Ranking:
        """Returns the best `limit` notes of the loaded query: score descending, then note id."""
        if limit > len(self._best.scores):
            self._room_for_hits(limit)
        self._fields[layout.LIMIT] = limit if limit > 0 else 0
        searchable = limit > 0 and self._rows
        count = pruned.search(self._columns) if searchable else 0
        scores, segments, docs = self._best
        return Ranking(scores[:count].copy(), segments[:count].copy(), docs[:count].copy())

    def total(self) -> int:
        """Counts the notes that match the loaded query."""
        return int(pruned.matching(self._columns)) if self._rows else 0

    def best_of_many(
        self, queries: Sequence[Query], weights: Scorer, limit: int, workers: int
    ) -> list[Ranking]:
        """Runs `best` for many queries on `workers` threads.

        All queries must have the same filter and the same required and excluded groups.
        """
        limit = max(limit, 0)
        scores = np.empty((len(queries), limit), np.float32)
        segments = np.empty((len(queries), limit), np.int32)
        docs = np.empty((len(queries), limit), np.int32)
        sizes = np.zeros(len(queries), np.int64)

        def work(task: Task, rows: slice) -> None:
            bounds = task._load_many(queries[rows], weights)
            task._room_for_hits(limit)
            task._fields[layout.LIMIT] = limit
            columns = scores[rows], segments[rows], docs[rows], sizes[rows]
            pruned.search_many(task._columns, task._columns.copy(), bounds, *columns)

        self._share(len(queries), workers, work)
        return [
            Ranking(scores[row, :count], segments[row, :count], docs[row, :count])
            for row, count in enumerate(sizes.tolist())
        ]

    def _share(self, count: int, workers: int, work: Callable[[Task, slice], None]) -> None:
        """Splits the queries into one piece per worker, each with its own memory."""
        step = max(1, -(-count // max(1, workers)))
        pieces = [slice(at, at + step) for at in range(0, count, step)]
        tasks = [Task(self._readers) for _ in pieces]
        with ThreadPoolExecutor(max(1, len(pieces))) as pool:
            list(pool.map(work, tasks, pieces))

    def _load_many(self, queries: Sequence[Query], weights: Scorer) -> npt.NDArray[np.int64]:
        """Loads many queries; returns where each one's lists begin and the last end."""
        self._restrict(queries[0])
        rows_by_query = [_rows(query, weights) for query in queries]
        bounds = np.zeros(len(queries) + 1, np.int64)
        np.cumsum([len(rows) for rows in rows_by_query], out=bounds[1:])
        self._rows = [row for rows in rows_by_query for row in rows]
        self._room_for_lists(max(1, len(self._rows)))
        self._kept_alive[layout.LISTS][: len(self._rows)] = [row[0] for row in self._rows]
        return bounds

    def _restrict(self, query: Query) -> None:
        """Sets the documents that may be hits in each segment."""
        has_groups = query.required or query.excluded
        self._filter = None if has_groups else query.filter
        allowed = [reader.allowed(query) for reader in self._readers]
        self._fields[layout.FILTERED] = bool(has_groups or query.filter != _NO_FILTER)
        self._sets = [words for words, _ in allowed]
        for row, reader, (words, count) in zip(self._segments, self._readers, allowed, strict=True):
            row[layout.ALLOWED] = 0 if words is None else address(words)
            row[layout.SPARSE] = words is not None and count * _SPARSE < reader.segment.documents

    def _room_for_lists(self, count: int) -> None:
        self._keep(layout.LISTS, np.zeros(count, np.int64))
        self._keep(layout.ROWS, np.zeros((count, layout.LIST_COLUMNS), np.int64))
        self._keep(layout.BOUNDS, np.empty(count))
        self._keep(layout.ORDER, np.empty(count, np.int64))
        self._keep(layout.RANGES, np.empty((count, 3), np.int64))
        self._lists = memoryview(self._kept_alive[layout.LISTS])  # type: ignore[arg-type]

    def _room_for_hits(self, limit: int) -> None:
        self._best = Ranking(
            np.empty(limit, np.float32), np.empty(limit, np.int32), np.empty(limit, np.int32)
        )
        for column, array in zip(
            (layout.SCORES, layout.BEST_SEGMENTS, layout.BEST_DOCS), self._best, strict=True
        ):
            self._keep(column, array)

    def _keep(self, column: int, array: npt.NDArray[Any]) -> None:
        self._kept_alive[column] = array
        self._fields[column] = address(array)


_NO_FILTER = Filter()


def _rows(query: Query, weights: Scorer) -> list[Row]:
    """Returns a query's lists in the order of the sum."""
    return [
        row
        for field, boost in weights.boosts
        for clause in query.clauses
        for row in weights.entries(field, boost, clause)
    ]


def _segments(readers: Sequence[SegmentReader]) -> npt.NDArray[np.int64]:
    rows = np.zeros((len(readers), layout.SEGMENT_COLUMNS), np.int64)
    for row, reader in zip(rows, readers, strict=True):
        segment = reader.segment
        row[layout.DOCUMENTS] = segment.documents
        row[layout.WINDOW] = window_bits(segment.documents)
        row[layout.RANK_OF] = address(segment.column("rank_of"))
        row[layout.ID_BYTES] = address(segment.ids.blob)
        row[layout.ID_STARTS] = address(segment.ids.offsets)
    return rows
