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
def _spread(authors: _Integers, most: int, places: int) -> tuple[_Integers, int]:
    count = len(authors)
    turns = np.empty(min(places, count), np.int64)
    after = np.arange(1, count + 2)  # the next note without a place; entry 0 is before the first
    after[0] = 1
    looked = 0
    for place in range(len(turns)):
        before, at = 0, after[0]
        while at <= count:
            author = authors[at - 1]
            near = 0
            if author:
                for earlier in range(max(0, place - SCREEN + 1), place):
                    near += authors[turns[earlier]] == author
            if near < most:
                break
            before, at = at, after[at]
        looked = max(looked, min(at, count))
        if at > count:
            before, at = 0, after[0]  # nobody else is left
        turns[place] = at - 1
        after[before] = after[at]
    return turns, looked


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
