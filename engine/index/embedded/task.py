"""One thread's searches: lists of a query in a row, memory to work in, one call of the kernel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.index.embedded import layout, pruned
from engine.index.embedded.bits import address
from engine.index.embedded.lists import window_bits
from engine.index.embedded.part import Part
from engine.index.embedded.scorer import Row, Scorer
from engine.model import Filter, Query

_SPARSE = 16  # one document in so many or fewer: a set leads the search


class Ranking(NamedTuple):
    """The best notes, best first: score, number of the part, document in it."""

    scores: npt.NDArray[np.float32]
    parts: npt.NDArray[np.int32]
    docs: npt.NDArray[np.int32]


class Task:
    """Searches over the parts of a view, one at a time; not for two threads at once."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._columns = np.zeros(layout.TASK_COLUMNS, np.int64)
        self._set = memoryview(self._columns)  # type: ignore[arg-type]  # an array is a buffer
        self._segments = _segments(parts)
        self._kept: dict[int, npt.NDArray[Any]] = {}  # what the kernel reads by address
        side = 1 << max((window_bits(part.segment.documents) for part in parts), default=0)
        words = max((part.segment.documents for part in parts), default=0) // 64 + 1
        self._keep(layout.SEGMENTS, self._segments)
        self._keep(layout.SUMS, np.zeros(side))
        self._keep(layout.ONE, np.zeros(side))
        self._keep(layout.DOC_ROOM, np.empty(side + 1, np.uint32))
        self._keep(layout.SCORE_ROOM, np.empty(side + 1))
        self._keep(layout.WORDS, np.empty(words, np.uint64))
        self._set[layout.SIDE], self._set[layout.WORD_COUNT] = side, words
        self._set[layout.SEGMENT_COUNT] = len(parts)
        self._sets: list[object] = []
        self._filter: Filter | None = None  # of the query before; None when it had more
        self._scratch = np.zeros(2, np.int64)
        self._room_for_lists(16)
        self._room_for_hits(16)

    def load(self, query: Query, weights: Scorer) -> None:
        """Take up a query."""
        if query.filter is not self._filter or query.required or query.excluded:
            self._restrict(query)
        self._rows = _rows(query, weights)  # kept, since the kernel has their addresses
        count = len(self._rows)
        if count > len(self._lists):
            self._room_for_lists(2 * count)
        lists = self._lists
        for at, row in enumerate(self._rows):
            lists[at] = row[0]
        self._set[layout.LIST_COUNT] = count

    def best(self, limit: int) -> Ranking:
        """The best `limit` of the query: score descending, then note id."""
        if limit > len(self._found.scores):
            self._room_for_hits(limit)
        self._set[layout.LIMIT] = limit if limit > 0 else 0
        found = limit > 0 and self._rows
        count = pruned.search(self._columns, self._scratch) if found else 0
        scores, parts, docs = self._found
        return Ranking(scores[:count].copy(), parts[:count].copy(), docs[:count].copy())

    def total(self) -> int:
        """How many notes match the query."""
        return int(pruned.matching(self._columns)) if self._rows else 0

    def best_of_many(
        self, queries: Sequence[Query], weights: Scorer, limit: int, workers: int
    ) -> list[Ranking]:
        """`best` for many queries on so many threads; sets are those of the first query."""
        limit = max(limit, 0)
        scores = np.empty((len(queries), limit), np.float32)
        parts = np.empty((len(queries), limit), np.int32)
        docs = np.empty((len(queries), limit), np.int32)
        sizes = np.zeros(len(queries), np.int64)

        def work(task: Task, rows: slice) -> None:
            bounds = task._load_many(queries[rows], weights)
            task._room_for_hits(limit)
            task._set[layout.LIMIT] = limit
            columns = scores[rows], parts[rows], docs[rows], sizes[rows]
            own, pair = task._columns.copy(), np.zeros(2, np.int64)
            pruned.search_many(task._columns, own, pair, bounds, *columns)

        self._share(len(queries), workers, work)
        return [
            Ranking(scores[row, :count], parts[row, :count], docs[row, :count])
            for row, count in enumerate(sizes.tolist())
        ]

    def above_many(
        self,
        queries: Sequence[Query],
        weights: Scorer,
        scores: npt.NDArray[np.float64],
        most: int,
        workers: int,
    ) -> npt.NDArray[np.int64]:
        """For each query (notes above its score, notes of just this score); see `View.places`."""
        counts = np.zeros((len(queries), 2), np.int64)

        def work(task: Task, rows: slice) -> None:
            bounds = task._load_many(queries[rows], weights)
            task._set[layout.LIMIT] = most
            own = task._columns.copy()
            pruned.above_many(task._columns, own, bounds, scores[rows], counts[rows])

        self._share(len(queries), workers, work)
        return counts

    def _share(self, count: int, workers: int, work: Callable[[Task, slice], None]) -> None:
        """Cut the queries in as many pieces as there are workers, each with its own memory."""
        step = max(1, -(-count // max(1, workers)))
        pieces = [slice(at, at + step) for at in range(0, count, step)]
        tasks = [Task(self._parts) for _ in pieces]
        with ThreadPoolExecutor(max(1, len(pieces))) as pool:
            list(pool.map(work, tasks, pieces))

    def _load_many(self, queries: Sequence[Query], weights: Scorer) -> npt.NDArray[np.int64]:
        """Where each query's lists begin, and the last ends."""
        self._restrict(queries[0])
        each = [_rows(query, weights) for query in queries]
        bounds = np.zeros(len(queries) + 1, np.int64)
        np.cumsum([len(rows) for rows in each], out=bounds[1:])
        self._rows = [row for rows in each for row in rows]
        self._room_for_lists(max(1, len(self._rows)))
        self._kept[layout.LISTS][: len(self._rows)] = [row[0] for row in self._rows]
        return bounds

    def _restrict(self, query: Query) -> None:
        """The documents that may be hits, by part."""
        more = query.required or query.excluded
        self._filter = None if more else query.filter
        allowed = [part.allowed(query) for part in self._parts]
        self._set[layout.FILTERED] = bool(more or query.filter != _NO_FILTER)
        self._sets = [words for words, _ in allowed]
        for row, part, (words, count) in zip(self._segments, self._parts, allowed, strict=True):
            row[layout.ALLOWED] = 0 if words is None else address(words)
            row[layout.SPARSE] = words is not None and count * _SPARSE < part.segment.documents

    def _room_for_lists(self, count: int) -> None:
        self._keep(layout.LISTS, np.zeros(count, np.int64))
        self._keep(layout.ROWS, np.zeros((count, layout.LIST_COLUMNS), np.int64))
        self._keep(layout.BOUNDS, np.empty(count))
        self._keep(layout.ORDER, np.empty(count, np.int64))
        self._keep(layout.RANGES, np.empty((count, 3), np.int64))
        self._lists = memoryview(self._kept[layout.LISTS])  # type: ignore[arg-type]

    def _room_for_hits(self, limit: int) -> None:
        self._found = Ranking(
            np.empty(limit, np.float32), np.empty(limit, np.int32), np.empty(limit, np.int32)
        )
        for column, array in zip(
            (layout.SCORES, layout.FOUND_SEGMENTS, layout.FOUND_DOCS), self._found, strict=True
        ):
            self._keep(column, array)

    def _keep(self, column: int, array: npt.NDArray[Any]) -> None:
        self._kept[column] = array
        self._set[column] = address(array)


_NO_FILTER = Filter()


def _rows(query: Query, weights: Scorer) -> list[Row]:
    """A query's lists in the order of the sum."""
    return [
        row
        for field, boost in weights.boosts
        for clause in query.clauses
        for row in weights.entries(field, boost, clause)
    ]


def _segments(parts: Sequence[Part]) -> npt.NDArray[np.int64]:
    rows = np.zeros((len(parts), layout.SEGMENT_COLUMNS), np.int64)
    for row, part in zip(rows, parts, strict=True):
        segment = part.segment
        row[layout.DOCUMENTS] = segment.documents
        row[layout.WINDOW] = window_bits(segment.documents)
        row[layout.RANK_OF] = address(segment.column("rank_of"))
        row[layout.ID_BYTES] = address(segment.ids.blob)
        row[layout.ID_STARTS] = address(segment.ids.offsets)
    return rows
