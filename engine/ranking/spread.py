"""Spreads authors over a page: the one loop of the display rules, compiled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part

SCREEN = 10  # places in a row: the stretch in which an author's notes are counted
_Integers = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


class _Room(NamedTuple):
    """Working memory of `_spread`."""

    names: _Integers  # hash table of authors
    numbers: _Integers  # the number of each author in it
    author_of: _Integers  # the author's number of each note
    recent: _Integers  # notes of each author in the last nine places
    first: _Integers  # the queue of each author: its first and last note
    last: _Integers
    next_turn: _Integers  # the note behind each in its queue
    free: _Integers  # authors whose queue is free


def _room(notes: int) -> _Room:
    slots = 2
    while slots < 2 * notes + 2:
        slots *= 2
    sizes = slots, slots, *(notes + 1 for _ in range(6))
    return _Room(*(np.empty(size, np.int64) for size in sizes))


def spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    """Orders notes so that at most `most` notes of an author stand among any ten places in a row.

    `authors` (int64) are author numbers in the order of the scores, 0 for unknown. Each place takes
    the first note whose author may stand there; when no other author is left, the limit no longer
    holds. Returns (the first `places` notes as int64 positions in `authors`, how many notes were
    examined).
    """
    turns = np.empty(min(places, len(authors)), np.int64)
    looked = _spread(authors, most, _room(len(authors)), turns)
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
    notes = len(columns[0]) + 1
    rows = np.empty(notes, np.int64), np.empty(notes, np.int64)
    return int(_stand(*columns, score, *note, same_author, _room(notes), *rows))


@part
def _dense(authors: _Integers, room: _Room) -> int:
    """Renumbers authors from 0, -1 for unknown, into `author_of`; returns how many there are."""
    names, numbers, author_of = room.names, room.numbers, room.author_of
    size = 2
    while size < 2 * len(authors) + 2:
        size *= 2
    for slot in range(size):
        names[slot] = 0
    count = 0
    for at in range(len(authors)):
        author = authors[at]
        author_of[at] = -1
        if author:
            slot = (author * 0x9E3779B1) & (size - 1)
            while names[slot] and names[slot] != author:
                slot = (slot + 1) & (size - 1)
            if not names[slot]:
                names[slot], numbers[slot] = author, count
                count += 1
            author_of[at] = numbers[slot]
    return count


@part
def _earliest(first: _Integers, authors: _Integers, count: int, every: bool) -> int:
    """Returns, of the first `count` of `authors` or of all, the one whose queue begins with the
    earliest note; -1 for none."""
    chosen = -1
    for at in range(count):
        author = at if every else authors[at]
        if first[author] >= 0 and (chosen < 0 or first[author] < first[chosen]):
            chosen = author
    return chosen


@part
def _passed(turn: int, notes: int, most: int, room: _Room) -> int:
    """Returns the next turn whose author may stand; puts the notes before it in their queues."""
    author_of, recent = room.author_of, room.recent
    first, last, next_turn = room.first, room.last, room.next_turn
    while turn < notes and author_of[turn] >= 0 and recent[author_of[turn]] >= most:
        author = author_of[turn]
        if first[author] < 0:
            first[author] = turn
        else:
            next_turn[last[author]] = turn
        last[author], next_turn[turn] = turn, -1
        turn += 1
    return turn


@part
def _without(author: int, free: _Integers, free_count: int) -> int:
    for at in range(free_count):
        if free[at] == author:
            free[at] = free[free_count - 1]
            return free_count - 1
    return free_count


@kernel(work=lambda authors, *_: 10 * len(authors))
def _spread(authors: _Integers, most: int, room: _Room, turns: _Integers) -> int:
    """Writes `spread` to `turns` with one queue per author; returns how many notes it examined.

    A note whose author stood too often waits in the author's queue. A queue is free when its author
    may stand again; its first note then comes before all notes not yet examined.
    """
    count, notes = _dense(authors, room), len(authors)
    author_of, recent = room.author_of, room.recent
    first, next_turn, free = room.first, room.next_turn, room.free
    for author in range(count):
        recent[author], first[author] = 0, -1
    free_count = 0
    turn = 0
    for place in range(len(turns)):
        author = author_of[turns[place - SCREEN]] if place >= SCREEN else -1
        if author >= 0:
            recent[author] -= 1
            if first[author] >= 0 and recent[author] == most - 1:
                free[free_count] = author
                free_count += 1
        author = _earliest(first, free, free_count, False)
        if author < 0:
            turn = _passed(turn, notes, most, room)
            if turn == notes:
                author = _earliest(first, free, count, True)  # nobody else is left
        if author < 0:
            turns[place], author, turn = turn, author_of[turn], turn + 1
        else:
            turns[place] = first[author]
            first[author] = next_turn[first[author]]
        if author >= 0:
            recent[author] += 1
            if recent[author] >= most or first[author] < 0:
                free_count = _without(author, free, free_count)
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
    page_authors: _Integers,
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
        page_authors[at] = authors[at]
    page_authors[before] = author
    filled = before + 1
    for at in range(before, count):
        if clusters[at] != cluster:
            page_authors[filled] = authors[at]
            filled += 1
    _spread(page_authors[:filled], same_author, room, turns[:filled])
    for place in range(filled):
        if turns[place] == before:
            return place + 1
    return 0
