"""Spreads authors over a page: the one loop of the display rules, compiled."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel

SCREEN = 10  # places in a row: the stretch in which an author's notes are counted
_Integers = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


def spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    """Orders notes so that at most `most` notes of an author stand among any ten places in a row.

    `authors` (int64) are author numbers in the order of the scores, 0 for unknown. Each place takes
    the first note whose author may stand there; when no other author is left, the limit no longer
    holds. Returns (the first `places` notes as int64 positions in `authors`, how many notes were
    examined).
    """
    turns, looked = _spread(authors, most, places)
    return turns, int(looked)


def stand(
    columns: tuple[_Floats, _Integers, _Integers, _Integers],
    score: float,
    note: tuple[int, int, int],
    same_author: int,
) -> int:
    """Returns the place (from 1) of one more note on a page; 0 for a copy of a note above it.

    `columns` are scores, ties, authors and clusters of the notes in the order of their scores,
    without copies; `note` is (tie, author, cluster) of the added note. The result equals that of
    `first_places` with the note among the others.
    """
    return int(_stand(*columns, score, *note, same_author))


@kernel
def _dense(authors: _Integers) -> tuple[_Integers, int]:
    """Renumbers authors from 0, -1 for unknown; also returns how many authors there are."""
    size = 2
    while size < 2 * len(authors) + 2:
        size *= 2
    names = np.zeros(size, np.int64)
    numbers = np.empty(size, np.int64)
    author_of = np.full(len(authors), -1, np.int64)
    count = 0
    for at, author in enumerate(authors):
        if author:
            slot = (author * 0x9E3779B1) & (size - 1)
            while names[slot] and names[slot] != author:
                slot = (slot + 1) & (size - 1)
            if not names[slot]:
                names[slot], numbers[slot] = author, count
                count += 1
            author_of[at] = numbers[slot]
    return author_of, count


@kernel
def _earliest(first: _Integers, authors: _Integers, count: int) -> int:
    """Returns, of the first `count` authors, the one whose queue begins with the earliest note; -1
    for none."""
    chosen = -1
    for at in range(count):
        author = authors[at]
        if first[author] >= 0 and (chosen < 0 or first[author] < first[chosen]):
            chosen = author
    return chosen


@kernel
def _passed(
    turn: int, author_of: _Integers, recent: _Integers, most: int, queues: tuple[_Integers, ...]
) -> int:
    """Returns the next turn whose author may stand; puts the notes before it in their queues."""
    first, last, next_turn = queues
    while turn < len(author_of) and author_of[turn] >= 0 and recent[author_of[turn]] >= most:
        author = author_of[turn]
        if first[author] < 0:
            first[author] = turn
        else:
            next_turn[last[author]] = turn
        last[author], next_turn[turn] = turn, -1
        turn += 1
    return turn


@kernel
def _without(author: int, free: _Integers, free_count: int) -> int:
    for at in range(free_count):
        if free[at] == author:
            free[at] = free[free_count - 1]
            return free_count - 1
    return free_count


@kernel
def _spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    """Computes `spread` with one queue per author.

    A note whose author stood too often waits in the author's queue. A queue is free when its author
    may stand again; its first note then comes before all notes not yet examined.
    """
    author_of, count = _dense(authors)
    recent = np.zeros(count, np.int64)  # notes of each author in the last nine places
    first, last = np.full(count, -1, np.int64), np.empty(count, np.int64)
    next_turn = np.empty(len(author_of), np.int64)
    turns = np.empty(min(places, len(author_of)), np.int64)
    all_authors, free, free_count = np.arange(count), np.empty(count + 1, np.int64), 0
    turn = 0
    for place in range(len(turns)):
        author = author_of[turns[place - SCREEN]] if place >= SCREEN else -1
        if author >= 0:
            recent[author] -= 1
            if first[author] >= 0 and recent[author] == most - 1:
                free[free_count] = author
                free_count += 1
        author = _earliest(first, free, free_count)
        if author < 0:
            turn = _passed(turn, author_of, recent, most, (first, last, next_turn))
            if turn == len(author_of):
                author = _earliest(first, all_authors, count)  # nobody else is left
        if author < 0:
            turns[place], author, turn = turn, author_of[turn], turn + 1
        else:
            turns[place] = first[author]
            first[author] = next_turn[first[author]]
        if author >= 0:
            recent[author] += 1
            if recent[author] >= most or first[author] < 0:
                free_count = _without(author, free, free_count)
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
    page_authors = np.empty(count + 1, np.int64)
    page_authors[:before] = authors[:before]
    page_authors[before] = author
    filled = before + 1
    for at in range(before, count):
        if clusters[at] != cluster:
            page_authors[filled] = authors[at]
            filled += 1
    turns, _ = _spread(page_authors[:filled], same_author, filled)
    for place in range(filled):
        if turns[place] == before:
            return place + 1
    return 0
