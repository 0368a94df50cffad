"""Authors spread over a page: the one loop of the display rules, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel

SCREEN = 10  # places in a row within which one author may stand only so often
_Integers = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


def spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    """At most `most` notes of an author among any ten places in a row, while there are others.

    `authors` are numbers in the order of the scores, 0 for unknown. Each place takes the first
    note whose author may stand there. Gives which notes the first `places` are, and how far it
    had to look for them.
    """
    turns, looked = _spread(authors, most, places)
    return turns, int(looked)


def stand(
    columns: tuple[_Floats, _Integers, _Integers, _Integers],
    score: float,
    own: tuple[int, int, int],
    same_author: int,
) -> int:
    """The place of one more note on a page, from 1; 0 when it is a copy of a note above it.

    `columns` are scores, ties, authors and clusters of the notes in the order of their
    scores, without copies; `own` is the note's tie, author and cluster. What `first_places`
    says with the note among the others.
    """
    return int(_stand(*columns, score, *own, same_author))


@kernel
def _dense(authors: _Integers) -> tuple[_Integers, int]:
    """Authors as numbers from 0, -1 for unknown; how many there are."""
    size = 2
    while size < 2 * len(authors) + 2:
        size *= 2
    names = np.zeros(size, np.int64)
    numbers = np.empty(size, np.int64)
    found = np.full(len(authors), -1, np.int64)
    count = 0
    for at, author in enumerate(authors):
        if author:
            slot = (author * 0x9E3779B1) & (size - 1)
            while names[slot] and names[slot] != author:
                slot = (slot + 1) & (size - 1)
            if not names[slot]:
                names[slot], numbers[slot] = author, count
                count += 1
            found[at] = numbers[slot]
    return found, count


@kernel
def _earliest(first: _Integers, authors: _Integers, count: int) -> int:
    """Of the first `count` authors the one whose line begins first, -1 when no one waits."""
    chosen = -1
    for at in range(count):
        author = authors[at]
        if first[author] >= 0 and (chosen < 0 or first[author] < first[chosen]):
            chosen = author
    return chosen


@kernel
def _passed(
    turn: int, own: _Integers, near: _Integers, most: int, lines: tuple[_Integers, ...]
) -> int:
    """The next turn whose author may stand; those before it wait in their lines."""
    first, last, behind = lines
    while turn < len(own) and own[turn] >= 0 and near[own[turn]] >= most:
        author = own[turn]
        if first[author] < 0:
            first[author] = turn
        else:
            behind[last[author]] = turn
        last[author], behind[turn] = turn, -1
        turn += 1
    return turn


@kernel
def _without(author: int, free: _Integers, frees: int) -> int:
    for at in range(frees):
        if free[at] == author:
            free[at] = free[frees - 1]
            return frees - 1
    return frees


@kernel
def _spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    """Notes whose authors stood too often wait in a line for each author; a line is free when its
    author may stand again, and its first note comes before all that were not looked at."""
    own, count = _dense(authors)
    near = np.zeros(count, np.int64)  # places of the last nine
    first, last = np.full(count, -1, np.int64), np.empty(count, np.int64)
    behind = np.empty(len(own), np.int64)
    turns = np.empty(min(places, len(own)), np.int64)
    every, free, frees = np.arange(count), np.empty(count + 1, np.int64), 0
    turn = 0
    for place in range(len(turns)):
        author = own[turns[place - SCREEN]] if place >= SCREEN else -1
        if author >= 0:
            near[author] -= 1
            if first[author] >= 0 and near[author] == most - 1:
                free[frees] = author
                frees += 1
        author = _earliest(first, free, frees)
        if author < 0:
            turn = _passed(turn, own, near, most, (first, last, behind))
            if turn == len(own):
                author = _earliest(first, every, count)  # nobody else is left
        if author < 0:
            turns[place], author, turn = turn, own[turn], turn + 1
        else:
            turns[place] = first[author]
            first[author] = behind[first[author]]
        if author >= 0:
            near[author] += 1
            if near[author] >= most or first[author] < 0:
                frees = _without(author, free, frees)
    return turns, turn


@kernel
def _stand(
    scores: _Floats,
    ties: _Integers,
    authors: _Integers,
    clusters: _Integers,
    score: float,
    tie: int,
    author: int,
    cluster: int,
    same_author: int,
) -> int:
    count = len(scores)
    before = 0
    while before < count and (
        scores[before] > score or (scores[before] == score and ties[before] < tie)
    ):
        if clusters[before] == cluster:
            return 0
        before += 1
    if not same_author:
        return before + 1
    row = np.empty(count + 1, np.int64)
    row[:before] = authors[:before]
    row[before] = author
    filled = before + 1
    for at in range(before, count):
        if clusters[at] != cluster:
            row[filled] = authors[at]
            filled += 1
    turns, _ = _spread(row[:filled], same_author, filled)
    for place in range(filled):
        if turns[place] == before:
            return place + 1
    return 0
