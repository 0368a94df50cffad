"""Rescored hits -> the order a reader sees: sorted, copies collapsed, authors spread."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.index.hits import MISSING, Hits, Integers
from engine.model import Sort
from engine.ranking.ruleset import PageRules
from engine.ranking.spread import SCREEN, spread


@dataclass(frozen=True, slots=True)
class Order:
    """Rows of the hits, first place first; `copies` counts what each place stands for besides."""

    rows: list[int]
    copies: dict[int, int]


Floats = npt.NDArray[np.float64]
_COLUMNS = {"latest": "published", "likes": "likes", "comments": "comments", "collects": "collects"}


def arrange(hits: Hits, scores: Floats, covered: Floats, sort: Sort, rules: PageRules) -> Order:
    """The page's order; ties go by note id, whatever the sort.

    `covered` is the share of the query that each hit holds; sorts other than general show only
    hits that hold `sort_floor` of it.
    """
    rows = _sorted(hits, scores, covered >= rules.sort_floor, sort)
    copies: dict[int, int] = {}
    if rules.collapse_copies:
        rows, copies = _collapse(rows, hits.columns.clusters)
    if sort == "general" and rules.same_author:
        turns, _ = spread(hits.columns.authors[rows], rules.same_author, len(rows))
        rows = rows[turns]
    return Order(rows.tolist(), copies)


def first_places(hits: Hits, scores: Floats, most: int, rules: PageRules) -> Integers:
    """The first `most` rows of the general page, without the rest: what `arrange` begins with.

    The best rows are arranged; where they do not suffice, more are.
    """
    authors = hits.columns.authors
    reach = 3 * most + SCREEN
    while True:
        best = _best(scores, reach)
        order = by_score(hits, scores, best, rules)
        placed, looked = order[:most], min(most, len(order))
        if rules.same_author:
            turns, looked = spread(authors[order], rules.same_author, most)
            placed = order[turns]
        if len(best) == len(scores) or (len(placed) == most and looked < len(order)):
            return placed
        reach *= 4


def by_score(hits: Hits, scores: Floats, rows: Integers, rules: PageRules) -> Integers:
    """Rows by score, copies taken out: a page before authors are spread over it."""
    order = _ranked(hits, scores, rows)
    if rules.collapse_copies:
        _, first = np.unique(hits.columns.clusters[order], return_index=True)
        order = order[np.sort(first)]
    return np.asarray(order)


def _best(scores: Floats, reach: int) -> Integers:
    """Rows of the best scores, all of the last one's equals among them."""
    if reach >= len(scores):
        return np.arange(len(scores))
    least = np.partition(scores, len(scores) - reach)[len(scores) - reach]
    return np.flatnonzero(scores >= least)


def _ranked(hits: Hits, scores: Floats, rows: Integers) -> Integers:
    """Ascending rows by score. Hits of one BM25 stand by note id already, so that ids are read
    only where different BM25 made one score."""
    order = rows[np.argsort(-scores[rows], kind="stable")]
    equal = scores[order[1:]] == scores[order[:-1]]
    if (hits.bm25[order[1:]] != hits.bm25[order[:-1]])[equal].any():
        return _by_id_within(order, equal, hits)
    return order


def _sorted(hits: Hits, scores: Floats, good: npt.NDArray[np.bool_], sort: Sort) -> Integers:
    """By score, or by a column among the good ones; unknown values last."""
    if sort == "general":
        return _ranked(hits, scores, np.arange(len(hits)))
    column: Integers = getattr(hits.columns, _COLUMNS[sort])
    keys = np.where(column == MISSING, math.inf, -column.astype(np.float64))
    rows = np.flatnonzero(good)
    order = rows[np.argsort(keys[rows], kind="stable")]
    return _by_id_within(order, keys[order[1:]] == keys[order[:-1]], hits)


def _by_id_within(order: Integers, equal: npt.NDArray[np.bool_], hits: Hits) -> Integers:
    """The order with runs of equals by note id; `equal` compares each row with the one before."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]]).astype(np.int8)))
    for begin, end in zip(edges[::2].tolist(), (edges[1::2] + 1).tolist(), strict=True):
        run = order[begin:end]
        ids = hits.columns.take(run).note_ids
        order[begin:end] = run[sorted(range(len(run)), key=ids.__getitem__)]
    return order


def _collapse(order: Integers, clusters: Integers) -> tuple[Integers, dict[int, int]]:
    """The first of each group of near-copies, and how many more the group has."""
    leaders: dict[int, int] = {}
    copies: dict[int, int] = {}
    for row, cluster in zip(order.tolist(), clusters[order].tolist(), strict=True):
        leader = leaders.setdefault(cluster, row)
        if leader != row:
            copies[leader] = copies.get(leader, 0) + 1
    return np.array(list(leaders.values()), np.int64), copies
