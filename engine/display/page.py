"""Rescored hits -> the order a reader sees: sorted, copies collapsed, authors spread."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

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
        order = _spread(order, hits.authors, rules.same_author)
    return Order(order, copies)


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


def _spread(order: Sequence[int], authors: Sequence[str], most: int) -> list[int]:
    """At most `most` notes of an author among any ten places in a row, while there are others.

    Each place takes the first note in `order` whose author may stand there.
    """
    placed: list[int] = []
    near: Counter[str] = Counter()  # authors of the nine places before
    waiting: dict[str, deque[int]] = {}  # for each author who was too many, the turns passed over
    heads: list[tuple[int, str]] = []  # first turns of waiting authors who may stand again
    turn = 0
    for place in range(len(order)):
        if place >= _SCREEN:
            gone = authors[placed[place - _SCREEN]]
            near[gone] -= 1
            if near[gone] == most - 1 and waiting.get(gone):
                heappush(heads, (waiting[gone][0], gone))
        while turn < len(order) and _too_many(authors[order[turn]], near, waiting, most):
            waiting.setdefault(authors[order[turn]], deque()).append(turn)
            turn += 1
        while heads and not _may_stand(heads[0], near, waiting, most):
            heappop(heads)
        if heads and (turn == len(order) or heads[0][0] < turn):
            chosen = waiting[heads[0][1]].popleft()
        elif turn < len(order):
            chosen, turn = turn, turn + 1
        else:  # only such as are too many are left
            chosen = min(turns[0] for turns in waiting.values() if turns)
            waiting[authors[order[chosen]]].popleft()
        author = authors[order[chosen]]
        placed.append(order[chosen])
        near[author] += 1
        if near[author] < most and waiting.get(author):
            heappush(heads, (waiting[author][0], author))
    return placed


def _too_many(
    author: str, near: Mapping[str, int], waiting: Mapping[str, deque[int]], most: int
) -> bool:
    return bool(author) and (near[author] >= most or bool(waiting.get(author)))


def _may_stand(
    head: tuple[int, str], near: Mapping[str, int], waiting: Mapping[str, deque[int]], most: int
) -> bool:
    turn, author = head
    turns = waiting[author]
    return bool(turns) and turns[0] == turn and near[author] < most
