"""A trie in one hash table: (node, character) -> child, one 64-bit entry an edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part

_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_LOW = np.uint64((1 << 21) - 1)
_SHIFT = np.uint64(21)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
_HALF = np.uint64(32)
_ROOT = np.uint64(0)
_BASIC = np.uint32(65536)
_SIFT_BITS = 21
_SIFT_SHIFT, _WORD, _BIT = np.uint64(64 - _SIFT_BITS), np.uint64(6), np.uint64(63)
NONE = np.uint64((1 << 21) - 1)
MOST_NODES = (1 << 21) - 1


class Trie(NamedTuple):
    """`edges`: child + ((node << 21 | character) << 21), open addressing; its size is a power of 2.

    `roots` are the children of node 0 by character of the basic plane, else NONE; `sieve` has a bit
    for each edge below (and so for some others): small enough for a near cache;
    `size[0]` counts the nodes.
    """

    edges: npt.NDArray[np.uint64]
    roots: npt.NDArray[np.uint32]
    sieve: npt.NDArray[np.uint64]
    size: npt.NDArray[np.int64]


def empty(edges: int) -> Trie:
    """A trie with room for so many edges."""
    slots = 1 << max(10, int(edges * 2).bit_length())
    return Trie(
        np.full(slots, _EMPTY, np.uint64),
        np.full(65536, NONE, np.uint32),
        np.zeros(1 << (_SIFT_BITS - 6), np.uint64),
        np.ones(1, np.int64),
    )


def roomy(trie: Trie, edges: int) -> Trie:
    """The trie with room for so many further edges: itself or a copy."""
    wanted = int(trie.size[0]) + edges
    if wanted >= MOST_NODES:
        raise ValueError(f"a dictionary of {wanted:,} prefixes; {MOST_NODES:,} is the limit")
    if wanted * 2 <= len(trie.edges):
        return trie
    larger = empty(wanted)
    larger.size[0] = trie.size[0]
    larger.roots[:] = trie.roots
    larger.sieve[:] = trie.sieve
    _move(trie.edges, larger.edges)
    return larger


def copied(trie: Trie) -> Trie:
    return Trie(trie.edges.copy(), trie.roots.copy(), trie.sieve.copy(), trie.size.copy())


def code_points(text: str) -> npt.NDArray[np.uint32]:
    """The characters of a text as numbers."""
    encoded = bytearray(text.encode("utf-32-le", "surrogatepass"))  # writable, as all text is
    return np.frombuffer(encoded, np.uint32)


def flat(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """Many texts as (characters in a row, where each begins and the last ends)."""
    bounds = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=bounds[1:])
    return code_points("".join(texts)), bounds


def insert_all(trie: Trie, texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """The node of each text, made where it is missing."""
    nodes = np.empty(len(texts), np.int64)
    _insert_all(trie, *flat(texts), nodes)
    return nodes


@part
def child(edges, roots, node, character):  # type: ignore[no-untyped-def]
    """The node (uint64) behind `character` at `node`, NONE when there is none."""
    if node == _ROOT and character < _BASIC:
        return np.uint64(roots[np.uint64(character)])
    key = (node << _SHIFT) | np.uint64(character)
    mask = np.uint64(len(edges) - 1)
    slot = ((key * _MIX) >> _HALF) & mask
    while True:
        edge = edges[slot]
        if edge >> _SHIFT == key:
            return edge & _LOW
        if edge == _EMPTY:
            return NONE
        slot = (slot + _ONE) & mask


@part
def likely(sieve, node, character):  # type: ignore[no-untyped-def]
    """False when `node` has certainly no child behind `character`."""
    bit = (((node << _SHIFT) | np.uint64(character)) * _MIX) >> _SIFT_SHIFT
    return (sieve[bit >> _WORD] >> (bit & _BIT)) & _ONE != _ROOT


@kernel(work=lambda edges, roots, text, begin, end: end - begin)
def walk(edges, roots, text, begin, end):  # type: ignore[no-untyped-def]
    """The node of text[begin:end], NONE when nothing begins with it."""
    node = _ROOT
    for place in range(np.uint64(begin), np.uint64(end)):
        node = child(edges, roots, node, text[place])
        if node == NONE:
            return node
    return node


@kernel(work=lambda trie, text, begin, end: end - begin)
def insert(trie, text, begin, end):  # type: ignore[no-untyped-def]
    """The node of text[begin:end], made where it is missing."""
    node = _ROOT
    for place in range(begin, end):
        below = child(trie.edges, trie.roots, node, text[place])
        if below == NONE:
            below = np.uint64(trie.size[0])
            trie.size[0] += 1
            if node == _ROOT and text[place] < _BASIC:
                trie.roots[text[place]] = below
            key = (node << _SHIFT) | np.uint64(text[place])
            _put(trie.edges, key, below)
            bit = (key * _MIX) >> _SIFT_SHIFT
            trie.sieve[bit >> _WORD] |= _ONE << (bit & _BIT)
        node = below
    return node


@kernel(work=lambda trie, text, *_: len(text))
def _insert_all(trie, text, bounds, nodes):  # type: ignore[no-untyped-def]
    for number in range(len(nodes)):
        nodes[number] = insert(trie, text, bounds[number], bounds[number + 1])


@part
def _put(edges, key, below):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(edges) - 1)
    slot = (key * _MIX) >> np.uint64(32) & mask
    while edges[slot] != _EMPTY:
        slot = (slot + _ONE) & mask
    edges[slot] = (key << _SHIFT) | np.uint64(below)


@kernel(work=lambda old, new: len(old))
def _move(old, new):  # type: ignore[no-untyped-def]
    for edge in old:
        if edge != _EMPTY:
            _put(new, edge >> _SHIFT, edge & _LOW)
