"""Authors spread over a page: the one loop of the display rules, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part

SCREEN = 10  # places in a row within which one author may stand only so often
_Integers = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


class _Room(NamedTuple):
    """Working memory for rows of so many notes; see `_spread` and `_dense`."""

    names: _Integers
    numbers: _Integers
    own: _Integers
    near: _Integers
    first: _Integers
    last: _Integers
    behind: _Integers
    free: _Integers


def _room(notes: int) -> _Room:
    slots = 2
    while slots < 2 * notes + 2:
        slots *= 2
    sizes = slots, slots, *(notes + 1 for _ in range(6))
    return _Room(*(np.empty(size, np.int64) for size in sizes))


def spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    """At most `most` notes of an author among any ten places in a row, while there are others.

    `authors` are numbers in the order of the scores, 0 for unknown. Each place takes the first
    note whose author may stand there. Gives which notes the first `places` are, and how far it
    had to look for them.
    """
    turns = np.empty(min(places, len(authors)), np.int64)
    looked = _spread(authors, most, _room(len(authors)), turns)
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
    notes = len(columns[0]) + 1
    rows = np.empty(notes, np.int64), np.empty(notes, np.int64)
    return int(_stand(*columns, score, *own, same_author, _room(notes), *rows))


@part
def _dense(authors: _Integers, room: _Room) -> int:
    """Write authors as numbers from 0, -1 for unknown, to `own`; how many there are."""
    names, numbers, own = room.names, room.numbers, room.own
    size = 2
    while size < 2 * len(authors) + 2:
        size *= 2
    for slot in range(size):
        names[slot] = 0
    count = 0
    for at in range(len(authors)):
        author = authors[at]
        own[at] = -1
        if author:
            slot = (author * 0x9E3779B1) & (size - 1)
            while names[slot] and names[slot] != author:
                slot = (slot + 1) & (size - 1)
            if not names[slot]:
                names[slot], numbers[slot] = author, count
                count += 1
            own[at] = numbers[slot]
    return count


@part
def _earliest(first: _Integers, authors: _Integers, count: int, every: bool) -> int:
    """Of the first `count` of `authors`, or of all, the one whose line begins first, -1 when no
    one waits."""
    chosen = -1
    for at in range(count):
        author = at if every else authors[at]
        if first[author] >= 0 and (chosen < 0 or first[author] < first[chosen]):
            chosen = author
    return chosen


@part
def _passed(turn: int, notes: int, most: int, room: _Room) -> int:
    """The next turn whose author may stand; those before it wait in their lines."""
    own, near, first, last, behind = room.own, room.near, room.first, room.last, room.behind
    while turn < notes and own[turn] >= 0 and near[own[turn]] >= most:
        author = own[turn]
        if first[author] < 0:
            first[author] = turn
        else:
            behind[last[author]] = turn
        last[author], behind[turn] = turn, -1
        turn += 1
    return turn


@part
def _without(author: int, free: _Integers, frees: int) -> int:
    for at in range(frees):
        if free[at] == author:
            free[at] = free[frees - 1]
            return frees - 1
    return frees


@kernel(work=lambda authors, *_: 10 * len(authors))
def _spread(authors: _Integers, most: int, room: _Room, turns: _Integers) -> int:
    """Notes whose authors stood too often wait in a line for each author; a line is free when its
    author may stand again, and its first note comes before all that were not looked at. `near`
    counts an author's notes on the last nine places."""
    count, notes = _dense(authors, room), len(authors)
    own, near, first, behind, free = room.own, room.near, room.first, room.behind, room.free
    for author in range(count):
        near[author], first[author] = 0, -1
    frees = 0
    turn = 0
    for place in range(len(turns)):
        author = own[turns[place - SCREEN]] if place >= SCREEN else -1
        if author >= 0:
            near[author] -= 1
            if first[author] >= 0 and near[author] == most - 1:
                free[frees] = author
                frees += 1
        author = _earliest(first, free, frees, False)
        if author < 0:
            turn = _passed(turn, notes, most, room)
            if turn == notes:
                author = _earliest(first, free, count, True)  # nobody else is left
        if author < 0:
            turns[place], author, turn = turn, own[turn], turn + 1
        else:
            turns[place] = first[author]
            first[author] = behind[first[author]]
        if author >= 0:
            near[author] += 1
            if near[author] >= most or first[author] < 0:
                frees = _without(author, free, frees)
    return turn


@kernel(work=lambda scores, *_: 10 * len(scores))
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
    room: _Room,
    row: _Integers,
    turns: _Integers,
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
    for at in range(before):
        row[at] = authors[at]
    row[before] = author
    filled = before + 1
    for at in range(before, count):
        if clusters[at] != cluster:
            row[filled] = authors[at]
            filled += 1
    _spread(row[:filled], same_author, room, turns[:filled])
    for place in range(filled):
        if turns[place] == before:
            return place + 1
    return 0
