"""The whole analysis of texts in one pass: fold, protect phrases, cut, add pairs, number.

What each step means is told in `engine.text.segment`; `tests/text/oracle.py` does the same with
jieba itself and is held to be equal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel, part
from engine.text.cut.cutting import Scratch, cut, frequent, scratch
from engine.text.cut.dictionary import DIGIT, LETTER, PAIR, TERM
from engine.text.cut.trie import NONE, Trie, child, likely
from engine.text.cut.vocabulary import known, known_long, number

PLAIN, TERMS = 0, 1  # the words that joined give the text; all terms
_SEVERAL = np.uint32(1 << 31)
_LATIN = LETTER | DIGIT
_ROOT = np.uint64(0)
_TWO, _THREE = np.uint8(1), np.uint8(2)  # a word of two, of three characters inside another
_BLANK, _JOINT = np.uint32(32), np.uint32(95)


class Phrases(NamedTuple):
    """Phrases to protect; `whole` marks the nodes where one ends."""

    trie: Trie
    whole: npt.NDArray[np.uint8]


class Room(NamedTuple):
    """Room for one folded text: its characters and where in the original each stood; per
    character the end of the word that begins there, short words inside, the end of its phrase."""

    text: npt.NDArray[np.uint32]
    origin: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    word: npt.NDArray[np.int32]
    inner: npt.NDArray[np.uint8]
    phrase: npt.NDArray[np.int32]
    cutting: Scratch


class Rows(NamedTuple):
    """Room for the terms of a batch; `bounds` has where each text's terms begin."""

    ids: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    pairs: npt.NDArray[np.uint8]
    bounds: npt.NDArray[np.int64]


def room(characters: int) -> Room:
    size = characters + 2
    numbers = [np.empty(size, np.int32) for _ in range(4)]
    return Room(
        np.empty(size, np.uint32),
        numbers[0],
        numbers[1],
        numbers[2],
        np.empty(size, np.uint8),
        numbers[3],
        scratch(size),
    )


def rows(count: int, texts: int, numbered: bool) -> Rows:
    """Room for so many terms; without ids when they are not to be numbered."""
    return Rows(
        np.empty(count if numbered else 0, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.int32),
        np.empty(count, np.uint8),
        np.zeros(texts + 1, np.int64),
    )


def longer(old: Rows, done: int) -> Rows:
    """Twice the room, with the terms of the texts that are done."""
    new = rows(2 * len(old.starts), len(old.bounds) - 1, len(old.ids) > 0)
    new.bounds[:] = old.bounds
    count = int(old.bounds[done])
    for name in ("ids", "starts", "ends", "pairs"):
        getattr(new, name)[:count] = getattr(old, name)[:count]
    return new


def cut_to(long: Rows, count: int) -> Rows:
    """The first `count` rows."""
    return Rows(
        long.ids[:count], long.starts[:count], long.ends[:count], long.pairs[:count], long.bounds
    )


@kernel(work=lambda one, starts, text, bounds: len(text))
def longest(one, starts, text, bounds):  # type: ignore[no-untyped-def]
    """The length of the longest text once it is folded."""
    most = np.int64(0)
    for row in range(len(bounds) - 1):
        length = np.int64(0)
        for place in range(bounds[row], bounds[row + 1]):
            folded = one[text[place]]
            if folded & _SEVERAL:
                several = folded ^ _SEVERAL
                length += starts[several + 1] - starts[several]
            else:
                length += 1
        most = max(most, length)
    return most


@kernel(work=lambda lexis, phrases, table, room, text, *_: 50 * len(text))
def analyse(lexis, phrases, table, room, text, bounds, done, mode, rows):  # type: ignore[no-untyped-def]
    """Write the terms of texts from number `done` on; how many are done at the end or where rows
    have no room, -1 - that where the vocabulary has none."""
    single, double, triple = table.single, table.double, table.triple
    long, hashes, blob, borders = table.long, table.hashes, table.blob, table.bounds
    ids, starts, ends, offsets = rows.ids, rows.starts, rows.ends, rows.bounds
    folded, origin = room.text, room.origin
    for row in range(done, len(bounds) - 1):
        length = _fold(lexis.folding, room, text, bounds[row], bounds[row + 1])
        _mark(lexis, phrases, room, length, mode)
        last = _spans(lexis, phrases, room, length, mode, rows, offsets[row])
        if last < 0:
            return row
        for at in range(offsets[row], last):
            if len(ids) == 0:  # spans in the folded text are enough
                break
            term = known(single, double, triple, folded, starts[at], ends[at])
            if term < 0 and ends[at] - starts[at] > 3:
                term = known_long(long, hashes, blob, borders, folded, starts[at], ends[at])
            if term < 0:
                term = _named(table, folded, starts[at], ends[at], room.cutting.reach)
            if term < 0:
                return -row - 1
            ids[at] = term
            starts[at], ends[at] = origin[starts[at]], origin[ends[at] - 1] + 1
        offsets[row + 1] = last
    return len(bounds) - 1


@part
def _fold(folding, room, text, begin, end):  # type: ignore[no-untyped-def]
    """Write the folded text to `room`; its length."""
    one, more, starts = folding.one, folding.more, folding.starts
    folded, origin = room.text, room.origin
    count = 0
    for place in range(begin, end):
        code = one[text[place]]
        if code & _SEVERAL:
            several = code ^ _SEVERAL
            for at in range(starts[several], starts[several + 1]):
                folded[count] = more[at]
                origin[count] = place - begin
                count += 1
        else:
            folded[count] = code
            origin[count] = place - begin
            count += 1
    return count


@part
def _mark(lexis, phrases, room, length, mode):  # type: ignore[no-untyped-def]
    """Find phrases, leftmost and longest, and the words between and inside them."""
    edges, roots, sieve = phrases.trie.edges, phrases.trie.roots, phrases.trie.sieve
    whole, classes = phrases.whole, lexis.classes
    text, phrase = room.text, room.phrase
    room.word[:length] = 0
    room.inner[:length] = 0
    phrase[:length] = 0
    begin = 0
    place = 0
    while place < length:
        stop = place
        if roots[min(text[place], np.uint32(65535))] != NONE or text[place] > 65535:
            stop = _longest(edges, roots, sieve, whole, classes, text, place, length)
        if stop == place:
            place += 1
            continue
        _words(lexis, room, begin, place, False, mode)
        if mode == TERMS:
            _words(lexis, room, place, stop, True, mode)
        phrase[place:stop] = stop
        begin = stop
        place = stop
    _words(lexis, room, begin, length, False, mode)


@part
def _longest(edges, roots, sieve, whole, classes, text, begin, length):  # type: ignore[no-untyped-def]
    """The end of the longest phrase that stands alone from `begin` on; `begin` for none."""
    found = begin
    node = child(edges, roots, _ROOT, text[begin])
    place = begin
    while node != NONE:
        place += 1
        if whole[node] and _alone(classes, text, begin, place, length):
            found = place
        if place == length or not likely(sieve, node, text[place]):
            break
        node = child(edges, roots, node, text[place])
    return found


@part
def _alone(classes, text, begin, end, length):  # type: ignore[no-untyped-def]
    """A phrase that begins or ends in Latin must not stand inside a longer word."""
    before = begin > 0 and classes[text[begin]] & _LATIN and classes[text[begin - 1]] & _LATIN
    behind = end < length and classes[text[end - 1]] & _LATIN and classes[text[end]] & _LATIN
    return not before and not behind


@part
def _words(lexis, room, begin, end, inside, mode):  # type: ignore[no-untyped-def]
    """Mark jieba's words of text[begin:end]; inside a phrase shards like the `sk` of `sk-ii` are
    noise: two characters or less, or the phrase itself."""
    edges, roots, sieve = lexis.words.edges, lexis.words.roots, lexis.words.sieve
    logs, classes = lexis.logs, lexis.classes
    text, word, inner, ends = room.text, room.word, room.inner, room.ends
    part = text[begin:end]
    count = cut(lexis, room.cutting, part, 0, end - begin, True, ends, 0)
    first = begin
    for at_word in range(count):
        last = begin + ends[at_word]
        shard = inside and (last - first <= 2 or last - first == end - begin)
        if not shard and _is_term(classes, text, first, last):
            word[first] = last
        if mode == TERMS and last - first > 2:
            for at in range(first, last - 1):
                if not inside and frequent(edges, roots, sieve, logs, text, at, at + 2):
                    inner[at] |= _TWO
                triple = last - first > 3 and at + 3 <= last and not (inside and end - begin == 3)
                if triple and frequent(edges, roots, sieve, logs, text, at, at + 3):
                    inner[at] |= _THREE
        first = last


@part
def _is_term(classes, text, begin, end):  # type: ignore[no-untyped-def]
    found = False
    for place in range(begin, end):
        found |= (classes[text[place]] & TERM) != 0
    return found


@part
def _spans(  # type: ignore[no-untyped-def]  # noqa: C901
    lexis, phrases, room, length, mode, rows, at
):
    """Write the spans of one text in reading order, each once; where they end, -1 without room."""
    edges, roots, sieve = phrases.trie.edges, phrases.trie.roots, phrases.trie.sieve
    whole, classes = phrases.whole, lexis.classes
    text, word, inner, phrase = room.text, room.word, room.inner, room.phrase
    starts, ends, pairs = rows.starts, rows.ends, rows.pairs
    for begin in range(length):
        if at + length - begin + 4 > len(ends):  # more cannot begin at one place
            return np.int64(-1)
        first = at
        if mode == PLAIN:
            if begin == 0 or phrase[begin - 1] != phrase[begin]:
                at = _put(starts, ends, pairs, at, begin, phrase[begin], 0)
            at = _put(starts, ends, pairs, at, begin, word[begin], 0)
            continue
        if inner[begin] & _TWO and _is_term(classes, text, begin, begin + 2):
            at = _put(starts, ends, pairs, at, begin, begin + 2, 0)
        if inner[begin] & _THREE and _is_term(classes, text, begin, begin + 3):
            at = _put(starts, ends, pairs, at, begin, begin + 3, 0)
        at = _put(starts, ends, pairs, at, begin, word[begin], 0)
        if phrase[begin]:
            node = child(edges, roots, _ROOT, text[begin])
            place = begin
            while node != NONE:
                place += 1
                if whole[node] and _alone(classes, text, begin, place, length):
                    at = _put(starts, ends, pairs, at, begin, place, 0)
                if place == phrase[begin] or not likely(sieve, node, text[place]):
                    break
                node = child(edges, roots, node, text[place])
        if begin + 1 < length and classes[text[begin]] & classes[text[begin + 1]] & PAIR:
            at = _put(starts, ends, pairs, at, begin, begin + 2, 1)
        at = _in_order(ends, pairs, first, at)
    return np.int64(at)


@part
def _put(starts, ends, pairs, at, begin, end, pair):  # type: ignore[no-untyped-def]
    if end > begin:
        starts[at], ends[at], pairs[at] = begin, end, pair
        at += 1
    return at


@part
def _in_order(ends, pairs, first, last):  # type: ignore[no-untyped-def]
    """Sort the few spans that begin at one place by their ends, each once, words before pairs."""
    for at in range(first + 1, last):
        end, pair = ends[at], pairs[at]
        back = at
        while back > first and (
            ends[back - 1] > end or (ends[back - 1] == end and pairs[back - 1] > pair)
        ):
            ends[back], pairs[back] = ends[back - 1], pairs[back - 1]
            back -= 1
        ends[back], pairs[back] = end, pair
    kept = first
    for at in range(first, last):
        if kept == first or ends[at] != ends[kept - 1]:
            ends[kept], pairs[kept] = ends[at], pairs[at]
            kept += 1
    return kept


@part
def _named(table, text, begin, end, spare):  # type: ignore[no-untyped-def]
    """The number of a new or long term; in a phrase blanks become `_`, written to `spare`."""
    blank = False
    for place in range(begin, end):
        blank |= text[place] == _BLANK
        spare[place - begin] = _JOINT if text[place] == _BLANK else text[place]
    if blank:
        return number(table, spare, 0, end - begin)
    return number(table, text, begin, end)
