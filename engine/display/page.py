"""Rescored hits -> the order a reader sees: sorted, copies collapsed, authors spread."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.display.ruleset import PageRules
from engine.index import MISSING, Hits
from engine.model import Sort

_SCREEN = 10  # places in a row within which one author may stand only so often


@dataclass(frozen=True, slots=True)
class Order:
    """Rows of the hits, first place first; `copies` counts what each place stands for besides."""

    rows: list[int]
    copies: dict[int, int]


Floats = npt.NDArray[np.float64]
Author = Any  # a text or a number, falsy when it is unknown
Authors = Sequence[Author] | npt.NDArray[np.int64]


def arrange(hits: Hits, scores: Floats, covered: Floats, sort: Sort, rules: PageRules) -> Order:
    """The page's order; ties go by note id, whatever the sort.

    `covered` is the share of the query that each hit holds; sorts other than general show only
    hits that hold `sort_floor` of it.
    """
    order = _sorted(hits, scores, covered >= rules.sort_floor, sort)
    copies: dict[int, int] = {}
    if rules.collapse_copies:
        order, copies = _collapse(order, hits.clusters)
    if sort == "general" and rules.same_author:
        order, _ = _spread(order, hits.authors, rules.same_author, len(order))
    return Order(order, copies)


def first_places(
    scores: Floats,
    ties: npt.NDArray[np.int64],
    clusters: npt.NDArray[np.int64],
    authors: npt.NDArray[np.int64],
    most: int,
    rules: PageRules,
) -> list[int]:
    """The first `most` rows of the general page, without the rest: what `arrange` begins with.

    `ties` sorts rows of one score (by note id), `clusters` are equal for near-copies, `authors` is
    0 for unknown. The best rows are arranged; where they do not suffice, more are.
    """
    reach = 3 * most + _SCREEN
    while True:
        rows = _best(scores, reach)
        order: list[int] = rows[np.lexsort((ties[rows], -scores[rows]))].tolist()
        if rules.collapse_copies:
            _, first = np.unique(clusters[order], return_index=True)
            order = [order[at] for at in np.sort(first).tolist()]
        placed, looked = order[:most], min(most, len(order))
        if rules.same_author:
            placed, looked = _spread(order, authors, rules.same_author, most)
        if len(rows) == len(scores) or (len(placed) == most and looked < len(order)):
            return placed
        reach *= 4


def _best(scores: Floats, reach: int) -> npt.NDArray[np.int64]:
    """Rows of the best scores, all of the last one's equals among them."""
    if reach >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - reach)[len(scores) - reach]
    return np.flatnonzero(scores >= least)


def _sorted(hits: Hits, scores: Floats, good: npt.NDArray[np.bool_], sort: Sort) -> list[int]:
    """By score, or by a column among the good ones; unknown values last."""
    if sort == "general":
        return _ascending(-scores, np.arange(len(hits)), hits.note_ids)
    column = {
        "latest": hits.published,
        "likes": hits.likes,
        "comments": hits.comments,
        "collects": hits.collects,
    }[sort]
    keys = np.where(column == MISSING, math.inf, -column.astype(np.float64))
    return _ascending(keys, np.flatnonzero(good), hits.note_ids)


def _ascending(keys: Floats, rows: npt.NDArray[np.int64], note_ids: Sequence[str]) -> list[int]:
    """Rows by their keys; those of one key by note id."""
    rows = rows[np.argsort(keys[rows], kind="stable")]
    order: list[int] = rows.tolist()
    begins = np.flatnonzero(keys[rows[1:]] != keys[rows[:-1]]) + 1
    for begin, end in pairwise([0, *begins.tolist(), len(order)]):
        if end - begin > 1:
            order[begin:end] = sorted(order[begin:end], key=note_ids.__getitem__)
    return order


def _collapse(order: Sequence[int], clusters: Sequence[str]) -> tuple[list[int], dict[int, int]]:
    """The first of each group of near-duplicates, and how many more the group has."""
    leaders: dict[str, int] = {}
    copies: dict[int, int] = {}
    for row in order:
        leader = leaders.setdefault(clusters[row], row)
        if leader != row:
            copies[leader] = copies.get(leader, 0) + 1
    return list(leaders.values()), copies


def _spread(
    order: Sequence[int], authors: Authors, most: int, places: int
) -> tuple[list[int], int]:
    """At most `most` notes of an author among any ten places in a row, while there are others.

    Each place takes the first note in `order` whose author may stand there. Gives the first
    `places`, and how far it had to look for them.
    """
    if max(Counter(authors[row] for row in order if authors[row]).values(), default=0) <= most:
        return list(order[:places]), min(places, len(order))
    placed: list[int] = []
    passed = _PassedOver(most)
    turn = 0
    for place in range(min(places, len(order))):
        if place >= _SCREEN:
            passed.leave(authors[placed[place - _SCREEN]])
        while turn < len(order) and passed.too_many(authors[order[turn]]):
            passed.add(turn, authors[order[turn]])
            turn += 1
        chosen = passed.first_that_may_stand(before=turn, last=turn == len(order))
        if chosen is None:
            chosen, turn = turn, turn + 1
        placed.append(order[chosen])
        passed.stand(authors[order[chosen]])
    return placed, turn


class _PassedOver:
    """Notes whose authors stood too often, by their turns in the order."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._near: Counter[Author] = Counter()  # authors of the places before
        self._turns: dict[Author, deque[int]] = {}
        self._free: list[tuple[int, Author]] = []  # first turns of authors who may stand again
        self._all: list[tuple[int, Author]] = []  # and of all; both hold outdated ones too

    def too_many(self, author: Author) -> bool:
        """Whether a note of the author must wait: too many near, or earlier ones wait."""
        return bool(author) and (self._near[author] >= self._most or bool(self._turns.get(author)))

    def add(self, turn: int, author: Author) -> None:
        turns = self._turns.setdefault(author, deque())
        turns.append(turn)
        if len(turns) == 1:
            heappush(self._all, (turn, author))

    def stand(self, author: Author) -> None:
        """The author has taken a place."""
        self._near[author] += 1
        if turns := self._turns.get(author):
            heappush(self._all, (turns[0], author))
            self._come(author)

    def leave(self, author: Author) -> None:
        """A place of the author is no longer near."""
        self._near[author] -= 1
        if self._turns.get(author):
            self._come(author)

    def first_that_may_stand(self, before: int, last: bool) -> int | None:
        """The earliest turn that may stand and comes before another; any when they are the last."""
        while self._free and not self._waits(self._free[0], self._most):
            heappop(self._free)
        if self._free and self._free[0][0] < before:
            return self._turns[heappop(self._free)[1]].popleft()
        if not last:
            return None
        while not self._waits(self._all[0], _SCREEN + 1):
            heappop(self._all)
        return self._turns[heappop(self._all)[1]].popleft()

    def _come(self, author: Author) -> None:
        if self._near[author] < self._most:
            heappush(self._free, (self._turns[author][0], author))

    def _waits(self, head: tuple[int, Author], most: int) -> bool:
        turn, author = head
        turns = self._turns[author]
        return bool(turns) and turns[0] == turn and self._near[author] < most
