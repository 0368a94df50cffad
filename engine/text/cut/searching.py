"""Batches of texts -> jieba's `cut` or `cut_for_search` as numbers or lists of strings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel
from engine.text.cut import trie
from engine.text.cut.cutting import Lexis, cut, frequent, scratch
from engine.text.cut.vocabulary import Vocabulary, known, known_long, number

_WORDS_A_CHARACTER = 3  # a word, a pair and a triple can begin at each


def lists(lexis: Lexis, texts: Sequence[str], grams: bool) -> list[list[str]]:
    """The words of each text; with `grams`, each word behind the shorter words inside it."""
    vocabulary = Vocabulary()
    ids, offsets = numbers(lexis, texts, vocabulary, grams)
    words = list(map(vocabulary.texts.__getitem__, ids.tolist()))
    edges = offsets.tolist()
    return [words[a:b] for a, b in pairwise(edges)]


def numbers(
    lexis: Lexis, texts: Sequence[str], vocabulary: Vocabulary, grams: bool
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """(term numbers of all texts in a row, where each text begins and the last ends)."""
    text, bounds = trie.flat(texts)
    longest = int(np.diff(bounds).max(initial=0))
    room, ends = scratch(longest), np.empty(longest, np.int32)
    ids = np.empty(len(text) * (_WORDS_A_CHARACTER if grams else 1), np.int32)
    offsets = np.zeros(len(bounds), np.int64)
    done = 0
    while done < len(texts):
        done = _numbers(
            lexis, room, ends, vocabulary.table, text, bounds, done, grams, ids, offsets
        )
        if done < len(texts):
            vocabulary.grow()
    return ids[: offsets[-1]], offsets


@kernel(work=lambda lexis, room, ends, table, text, *_: 20 * len(text))
def _numbers(  # type: ignore[no-untyped-def]  # noqa: C901
    lexis, room, ends, table, text, bounds, done, grams, ids, offsets
):
    """Cut texts from number `done` on until the vocabulary is full; how many are done."""
    edges, roots, sieve = lexis.words.edges, lexis.words.roots, lexis.words.sieve
    logs = lexis.logs
    single, double, triple = table.single, table.double, table.triple
    long, hashes, blob, borders = table.long, table.hashes, table.blob, table.bounds
    for row in range(done, len(bounds) - 1):
        own = text[bounds[row] : bounds[row + 1]]
        count = cut(lexis, room, own, 0, len(own), True, ends, 0)
        at = offsets[row]
        first = np.int64(0)
        for word in range(count):
            last = np.int64(ends[word])
            for width in (2, 3):
                if not grams or last - first <= width:
                    break
                for begin in range(first, last - width + 1):
                    if frequent(edges, roots, sieve, logs, own, begin, begin + width):
                        term = known(single, double, triple, own, begin, begin + width)
                        if term < 0:
                            term = number(table, own, begin, begin + width)
                        if term < 0:
                            return row
                        ids[at] = term
                        at += 1
            term = known(single, double, triple, own, first, last)
            if term < 0 and last - first > 3:
                term = known_long(long, hashes, blob, borders, own, first, last)
            if term < 0:
                term = number(table, own, first, last)
            if term < 0:
                return row
            ids[at] = term
            at += 1
            first = last
        offsets[row + 1] = at
    return len(bounds) - 1
