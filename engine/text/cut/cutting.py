"""jieba's `cut`, compiled: the same words for every text, word ends instead of strings.

A twin of jieba 0.42.1 (`Tokenizer.cut` with and without HMM, `finalseg.cut`): float64 in jieba's
order of operations, ties broken as Python's `max` over tuples does. Public for the passes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part
from engine.text.cut.dictionary import (
    DIGIT,
    HAN,
    LETTER,
    SIGN,
    WORD,
    Folding,
    Model,
)
from engine.text.cut.trie import NONE, Trie, child, likely, walk

_BEGIN, _END, _MIDDLE, _SINGLE = 0, 1, 2, 3
_LATIN = LETTER | DIGIT
_POINT, _PERCENT = 46, 37
_ROOT, _ONE = np.uint64(0), np.uint64(1)
_RETURN, _FEED = 13, 10


class Lexis(NamedTuple):
    """Everything that decides a cut; `forced` marks words that the HMM must not join."""

    words: Trie
    logs: npt.NDArray[np.float64]
    forced: npt.NDArray[np.uint8]
    log_total: float
    model: Model
    classes: npt.NDArray[np.uint8]
    folding: Folding


class Scratch(NamedTuple):
    """Room for one text: log probability and end of the best word from each character on, and
    for each state its better predecessor."""

    best: npt.NDArray[np.float64]
    reach: npt.NDArray[np.uint32]
    path: npt.NDArray[np.uint8]


def scratch(characters: int) -> Scratch:
    room = characters + 2
    return Scratch(np.empty(room), np.empty(room, np.uint32), np.empty((room, 4), np.uint8))


@kernel(work=lambda lexis, room, text, begin, end, *_: 20 * (end - begin))
def cut(  # type: ignore[no-untyped-def]  # noqa: C901
    lexis, room, text, begin, end, hmm, ends, count
):
    """Write the end of each word of text[begin:end] to `ends` from `count` on; the new count."""
    classes, logs, forced = lexis.classes, lexis.logs, lexis.forced  # once: each costs a count
    edges, roots, sieve = lexis.words.edges, lexis.words.roots, lexis.words.sieve
    start, move, emit = lexis.model.start, lexis.model.move, lexis.model.emit
    best, reach, path = room.best, room.reach, room.path
    place = begin
    while place < end:
        if classes[text[place]] & WORD:
            stop = place + 1
            while stop < end and classes[text[stop]] & WORD:
                stop += 1
            _route(edges, roots, sieve, logs, lexis.log_total, best, reach, text, place, stop)
            if not hmm:
                count = _plain(classes, reach, text, place, stop, ends, count)
                place = stop
                continue
            first = place
            alone = place
            while first < stop:  # runs of lone characters go through the HMM
                last = np.int64(reach[first])
                if last - first > 1 or last == stop:
                    run = first if last - first > 1 else last
                    if run - alone == 1:
                        ends[count] = run
                        count += 1
                    elif run > alone:
                        count = _run(
                            edges, roots, sieve, logs, forced, classes, start, move, emit, path,
                            text, alone, run, ends, count,
                        )  # fmt: skip
                    if last - first > 1:
                        ends[count] = last
                        count += 1
                    alone = last
                first = last
            place = stop
            continue
        if text[place] == _RETURN and place + 1 < end and text[place + 1] == _FEED:
            place += 1
        place += 1
        ends[count] = place
        count += 1
    return count


@part
def frequent(edges, roots, sieve, logs, text, begin, end):  # type: ignore[no-untyped-def]
    """Whether text[begin:end] is a word of the dictionary; two characters or more."""
    node = child(edges, roots, _ROOT, text[begin])
    for place in range(np.uint64(begin + 1), np.uint64(end)):
        if node == NONE or not likely(sieve, node, text[place]):
            return False
        node = child(edges, roots, node, text[place])
    return node != NONE and logs[node] >= 0.0


@part
def _route(edges, roots, sieve, logs, log_total, best, reach, text, begin, end):  # type: ignore[no-untyped-def]
    """The most likely words by their frequencies: `reach[i]` ends the one that begins at i."""
    first, stop = np.uint64(end), np.uint64(end)
    best[first] = 0.0
    while first > np.uint64(begin):
        first -= _ONE
        top = 0.0 - log_total + best[first + _ONE]
        last = first + _ONE
        found = False
        node = child(edges, roots, _ROOT, text[first])
        place = first + _ONE
        while node != NONE:
            log = logs[node]
            if log >= 0.0:
                chance = log - log_total + best[place]
                if not found or chance >= top:
                    top = chance
                    last = place
                    found = True
            if place == stop or not likely(sieve, node, text[place]):
                break
            node = child(edges, roots, node, text[place])
            place += _ONE
        best[first] = top
        reach[first] = last


@part
def _plain(classes, reach, text, begin, end, ends, count):  # type: ignore[no-untyped-def]
    """Words of the route without HMM; lone letters and digits stay together."""
    first = begin
    while first < end:
        last = np.int64(reach[first])
        if last - first == 1 and classes[text[first]] & _LATIN:
            while last < end and reach[last] - last == 1 and classes[text[last]] & _LATIN:
                last += 1
        ends[count] = last
        count += 1
        first = last
    return count


@part
def _run(  # type: ignore[no-untyped-def]
    edges,
    roots,
    sieve,
    logs,
    forced,
    classes,
    start,
    move,
    emit,
    path,
    text,
    begin,
    end,
    ends,
    count,
):
    """Lone characters in a row: apart when together they are a word, else by the HMM."""
    if frequent(edges, roots, sieve, logs, text, begin, end):
        for place in range(begin, end):
            ends[count] = place + 1
            count += 1
        return count
    place = begin
    while place < end:
        stop = place + 1
        if classes[text[place]] & HAN:
            while stop < end and classes[text[stop]] & HAN:
                stop += 1
            state = _viterbi(start, move, emit, path, text, place, stop)
            count = _hidden(edges, roots, forced, path, state, text, place, stop, ends, count)
        elif classes[text[place]] & _LATIN:
            stop = _latin(classes, text, place, end)
            ends[count] = stop
            count += 1
        else:
            while stop < end and classes[text[stop]] & SIGN:
                stop += 1
            ends[count] = stop
            count += 1
        place = stop
    return count


@part
def _latin(classes, text, begin, end):  # type: ignore[no-untyped-def]
    """The end of `[a-zA-Z0-9]+(?:\\.\\d+)?%?` from `begin` on."""
    stop = begin
    while stop < end and classes[text[stop]] & _LATIN:
        stop += 1
    if stop + 1 < end and text[stop] == _POINT and classes[text[stop + 1]] & DIGIT:
        stop += 1
        while stop < end and classes[text[stop]] & DIGIT:
            stop += 1
    if stop < end and text[stop] == _PERCENT:
        stop += 1
    return stop


@part
def _hidden(edges, roots, forced, path, state, text, begin, end, ends, count):  # type: ignore[no-untyped-def]
    """Words of a run of Han characters, from its last state back along `path`."""
    for place in range(end - begin - 1, -1, -1):
        before = path[place, state]
        path[place, 0] = state
        state = before
    first = begin
    for place in range(begin, end):
        state = path[place - begin, 0]
        if state != _END and state != _SINGLE and place + 1 != end:
            continue
        node = walk(edges, roots, text, first, place + 1) if len(forced) else NONE
        if node != NONE and forced[node]:  # deleted by the user
            for at in range(first, place + 1):
                ends[count] = at + 1
                count += 1
        else:
            ends[count] = place + 1
            count += 1
        first = place + 1
    return count


@part
def _viterbi(start, move, emit, path, text, begin, end):  # type: ignore[no-untyped-def]
    """Fill `path` (rows from 0) with the better predecessor of each state; the last state."""
    code = text[begin]
    b, e = start[_BEGIN] + emit[code, _BEGIN], start[_END] + emit[code, _END]
    m, s = start[_MIDDLE] + emit[code, _MIDDLE], start[_SINGLE] + emit[code, _SINGLE]
    for row in range(1, end - begin):
        code = text[begin + row]
        low, high = e + move[_END, _BEGIN], s + move[_SINGLE, _BEGIN]
        chance = emit[code, _BEGIN]
        low, high = low + chance, high + chance
        path[row, _BEGIN] = _SINGLE if high >= low else _END
        next_b = max(low, high)
        chance = emit[code, _SINGLE]
        low, high = e + move[_END, _SINGLE] + chance, s + move[_SINGLE, _SINGLE] + chance
        path[row, _SINGLE] = _SINGLE if high >= low else _END
        next_s = max(low, high)
        chance = emit[code, _END]
        low, high = b + move[_BEGIN, _END] + chance, m + move[_MIDDLE, _END] + chance
        path[row, _END] = _MIDDLE if high >= low else _BEGIN
        next_e = max(low, high)
        chance = emit[code, _MIDDLE]
        low, high = b + move[_BEGIN, _MIDDLE] + chance, m + move[_MIDDLE, _MIDDLE] + chance
        path[row, _MIDDLE] = _MIDDLE if high >= low else _BEGIN
        next_m = max(low, high)
        b, e, m, s = next_b, next_e, next_m, next_s
    return _SINGLE if s >= e else _END
