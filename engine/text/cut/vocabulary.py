"""Vocabulary: terms numbered in the order in which they were first met, filled by kernels."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part

_MIX = np.uint64(0x9E3779B97F4A7C15)
_TURN = np.uint64(29)
_ONE = np.uint64(1)
_NONE = np.uint64(0)
_SHIFT = np.uint64(21)
_HALF = np.uint64(32)
_TERM_BITS = np.uint64(22)
_TERM = np.uint64((1 << 22) - 1)  # a double's; later pairs go where triples are
_BASIC = 65536
FULL = -1


class Table(NamedTuple):
    """Where terms are found, by their length in characters, 0 for none.

    `single`: term + 1 by character of the basic plane; `double`: both characters and term + 1 in
    one word; `triple`: rows of (all characters, term), for odd singles and pairs too; `long`:
    term + 1 by `hashes`. All but the first with open addressing. Term i has the characters
    blob[bounds[i]:bounds[i + 1]]; `size` counts the terms.
    """

    single: npt.NDArray[np.int32]
    double: npt.NDArray[np.uint64]
    triple: npt.NDArray[np.uint64]
    long: npt.NDArray[np.int32]
    hashes: npt.NDArray[np.uint32]
    blob: npt.NDArray[np.uint32]
    bounds: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]


class Vocabulary:
    """Terms by number and as strings; grows, never forgets."""

    def __init__(self, terms: int = 1 << 12) -> None:
        self.table = _room(terms, terms * 3)
        self._texts: list[str] = []

    def __len__(self) -> int:
        return int(self.table.size[0])

    @property
    def texts(self) -> list[str]:
        """All terms so far; the list grows with the vocabulary."""
        known, count = len(self._texts), len(self)
        if known < count:
            bounds = self.table.bounds[known : count + 1]
            blob = self.table.blob[bounds[0] : bounds[-1]].tobytes()
            text = blob.decode("utf-32-le", "surrogatepass")
            edges = (bounds - bounds[0]).tolist()
            self._texts += [text[a:b] for a, b in pairwise(edges)]
        return self._texts

    def grow(self) -> None:
        """Twice the room."""
        old = self.table
        self.table = _room(len(old.bounds) * 2, len(old.blob) * 2)
        _refill(old, self.table)


def _room(terms: int, characters: int) -> Table:
    slots = 1 << (terms + terms // 2).bit_length()  # at most two thirds are taken
    return Table(
        np.zeros(_BASIC, np.int32),
        np.zeros(slots, np.uint64),
        np.zeros((slots, 2), np.uint64),
        np.zeros(slots, np.int32),
        np.zeros(terms, np.uint32),
        np.zeros(characters, np.uint32),
        np.zeros(terms + 1, np.int64),
        np.zeros(1, np.int64),
    )


@part
def known(single, double, triple, text, begin, end):  # type: ignore[no-untyped-def]
    """The number of a term of up to three characters, -1 when it was not met or is longer.

    Ask this and `known_long` before `number`: a whole table costs more to hand over than a look.
    """
    if end - begin == 1 and text[begin] < _BASIC:
        return np.int64(single[text[begin]]) - 1
    if end - begin > 3:
        return np.int64(-1)
    key, place = _key(text, begin, end)
    if end - begin == 2:
        mask = np.uint64(len(double) - 1)
        slot = place & mask
        while double[slot] != _NONE:
            if double[slot] >> _TERM_BITS == key:
                return np.int64(double[slot] & _TERM) - 1
            slot = (slot + _ONE) & mask
        if len(double) <= _TERM:
            return np.int64(-1)
    mask = np.uint64(len(triple) - 1)
    slot = place & mask
    while triple[slot, 0] != _NONE:
        if triple[slot, 0] == key:
            return np.int64(triple[slot, 1])
        slot = (slot + _ONE) & mask
    return np.int64(-1)


@part
def number(table, text, begin, end):  # type: ignore[no-untyped-def]
    """The number of the term text[begin:end], new when it was not met; FULL without room."""
    if end - begin > 3:
        return _number_long(table, text, begin, end)
    term = known(table.single, table.double, table.triple, text, begin, end)
    if term >= 0:
        return term
    term = _append(table, text, begin, end)
    if term < 0:
        return term
    key, place = _key(text, begin, end)
    if end - begin == 1 and text[begin] < _BASIC:
        table.single[text[begin]] = term + 1
    elif end - begin == 2 and np.uint64(term + 1) <= _TERM:
        slot = _free(table.double, place)
        table.double[slot] = (key << _TERM_BITS) | np.uint64(term + 1)
    else:
        slot = _free(table.triple[:, 0], place)
        table.triple[slot, 0] = key
        table.triple[slot, 1] = term
    return term


@part
def _key(text, begin, end):  # type: ignore[no-untyped-def]
    """(the characters in 21 bits each, never 0, and their hash)."""
    key = _NONE
    for place in range(np.uint64(begin), np.uint64(end)):
        key = (key << _SHIFT) | (np.uint64(text[place]) + _ONE)
    return key, (key * _MIX) >> _HALF


@part
def _free(keys, place):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(keys) - 1)
    slot = place & mask
    while keys[slot] != _NONE:
        slot = (slot + _ONE) & mask
    return slot


@part
def known_long(long, hashes, blob, bounds, text, begin, end):  # type: ignore[no-untyped-def]
    """The number of a term of more than three characters, -1 when it was not met."""
    mask = np.uint64(len(long) - 1)
    value = _hash(text, begin, end)
    slot = value & mask
    while long[slot] != 0:
        term = np.int64(long[slot]) - 1
        if hashes[term] == np.uint32(value >> _HALF):
            offset = bounds[term] - begin
            same = bounds[term + 1] - bounds[term] == end - begin
            for place in range(begin, end):
                same = same and blob[offset + place] == text[place]
            if same:
                return term
        slot = (slot + _ONE) & mask
    return np.int64(-1)


@part
def _number_long(table, text, begin, end):  # type: ignore[no-untyped-def]
    term = known_long(table.long, table.hashes, table.blob, table.bounds, text, begin, end)
    if term < 0:
        term = _append(table, text, begin, end)
        if term >= 0:
            value = _hash(text, begin, end)
            table.hashes[term] = np.uint32(value >> _HALF)
            mask = np.uint64(len(table.long) - 1)
            slot = value & mask
            while table.long[slot] != 0:
                slot = (slot + _ONE) & mask
            table.long[slot] = term + 1
    return term


@part
def _hash(text, begin, end):  # type: ignore[no-untyped-def]
    value = np.uint64(end - begin)
    for place in range(np.uint64(begin), np.uint64(end)):
        value = (value ^ np.uint64(text[place])) * _MIX
        value ^= value >> _TURN
    return value


@part
def _append(table, text, begin, end):  # type: ignore[no-untyped-def]
    term = table.size[0]
    start = table.bounds[term]
    if term + 1 >= len(table.bounds) or start + end - begin > len(table.blob):
        return np.int64(FULL)
    for place in range(begin, end):
        table.blob[start + place - begin] = text[place]
    table.bounds[term + 1] = start + end - begin
    table.size[0] = term + 1
    return term


@kernel(work=lambda old, new: 10 * int(old.size[0]))
def _refill(old, new):  # type: ignore[no-untyped-def]
    for term in range(old.size[0]):
        number(new, old.blob, old.bounds[term], old.bounds[term + 1])
