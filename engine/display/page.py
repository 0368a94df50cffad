"""Rescored hits -> the order a reader sees: sorted, copies collapsed, authors spread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.display.ruleset import PageRules
from engine.index import MISSING, Hits
from engine.model import Sort

_SCREEN = 10  # places within which one author may stand only so often


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
        keys = {row: -float(scores[row]) for row in range(len(hits))}
    else:
        column = {
            "latest": hits.published,
            "likes": hits.likes,
            "comments": hits.comments,
            "collects": hits.collects,
        }[sort]
        rows = np.flatnonzero(good).tolist()
        keys = {row: -float(column[row]) if column[row] != MISSING else math.inf for row in rows}
    return sorted(keys, key=lambda row: (keys[row], hits.note_ids[row]))


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
    """At most `most` notes of an author in each ten places; who is too many waits for the next."""
    waiting = list(order)
    placed: list[int] = []
    while waiting:
        seen: dict[str, int] = {}
        screen: list[int] = []
        later: list[int] = []
        for position, row in enumerate(waiting):
            if len(screen) == _SCREEN:
                later += waiting[position:]
                break
            author = authors[row]
            if author and seen.get(author, 0) >= most:
                later.append(row)
                continue
            seen[author] = seen.get(author, 0) + 1
            screen.append(row)
        placed += screen
        waiting = later
    return placed
