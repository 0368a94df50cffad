"""Rescored hits -> the order a reader sees: sorted, copies collapsed, authors spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.index.hits import MISSING, Hits
from engine.model import Sort
from engine.ranking.ruleset import PageRules
from engine.ranking.spread import SCREEN, spread


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
        authors = _numbers([hits.authors[row] for row in order])
        turns, _ = spread(authors, rules.same_author, len(order))
        order = [order[turn] for turn in turns.tolist()]
    return Order(order, copies)


def first_places(
    scores: Floats,
    ties: npt.NDArray[np.int64],
    clusters: npt.NDArray[np.int64],
    authors: npt.NDArray[np.int64],
    most: int,
    rules: PageRules,
) -> npt.NDArray[np.int64]:
    """The first `most` rows of the general page, without the rest: what `arrange` begins with.

    `ties` sorts rows of one score (by note id), `clusters` are equal for near-copies, `authors` is
    0 for unknown. The best rows are arranged; where they do not suffice, more are.
    """
    reach = 3 * most + SCREEN
    while True:
        rows = _best(scores, reach)
        order = rows[by_score(scores[rows], ties[rows], clusters[rows], rules)]
        placed, looked = order[:most], min(most, len(order))
        if rules.same_author:
            turns, looked = spread(authors[order], rules.same_author, most)
            placed = order[turns]
        if len(rows) == len(scores) or (len(placed) == most and looked < len(order)):
            return placed
        reach *= 4


def by_score(
    scores: Floats,
    ties: npt.NDArray[np.int64],
    clusters: npt.NDArray[np.int64],
    rules: PageRules,
) -> npt.NDArray[np.int64]:
    """All rows by score, copies taken out: a page before authors are spread over it."""
    order = np.lexsort((ties, -scores))
    if rules.collapse_copies:
        _, first = np.unique(clusters[order], return_index=True)
        order = order[np.sort(first)]
    return np.asarray(order)


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


def _numbers(authors: Sequence[str]) -> npt.NDArray[np.int64]:
    """A number for each author, 0 for unknown."""
    known = {"": 0}
    return np.array([known.setdefault(author, len(known)) for author in authors], np.int64)
