"""New words of a library: neighbouring words that behave as one, proposed with their evidence.

A stretch of two to four words is proposed when its words attract each other (normalised pointwise
mutual information, Bouma 2009, of the weakest split) and its surroundings vary (entropy of the
words to its left and right, natural logarithm; a sign or a line end counts as a new surrounding
each time). Counting is done on one array of word numbers, so that a hundred thousand notes take
seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.insight.candidates import LONGEST, Text
from engine.text.normalise import fold_key
from engine.text.runs import Reader, Run, may_begin, may_end

Numbers = npt.NDArray[np.int64]
MIN_NOTES, MIN_NPMI, MIN_ENTROPY = 5, 0.35, 1.2
_LONGEST_STRETCH = 4
_GAP = -1  # stands between runs
_SHORTEST = 3  # characters


@dataclass(frozen=True, slots=True)
class NewWord:
    """A proposal: in how many notes, as a tag of how many, attraction (npmi, −1 to 1), the lower
    entropy of its two sides (nats), how it is cut today, an example note."""

    phrase: str
    notes: int
    tagged: int
    npmi: float
    entropy: float
    cut: tuple[str, ...]
    example: str

    @property
    def strength(self) -> float:
        """What the queue is ordered by: ln notes × npmi × entropy, twice for a tag."""
        return math.log(self.notes) * self.npmi * self.entropy * (2 if self.tagged else 1)


class _Stream(NamedTuple):
    """All pieces in a row: word numbers with a gap behind each run, and the note of each."""

    words: Numbers
    notes: Numbers


class Discovery:
    """Takes the notes of a library batch by batch, then proposes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._numbers: dict[str, int] = {}
        self._surfaces: list[str] = []
        self._ids: list[str] = []
        self._tags: dict[str, int] = {}
        self._words: list[Numbers] = []
        self._owners: list[Numbers] = []

    def take(self, note_ids: Sequence[str], texts: Sequence[Text]) -> None:
        """Read more notes."""
        flat = [part for text in texts for part in (text.title, text.body)]
        runs = self._reader.runs(flat)
        words: list[int] = []
        owners: list[int] = []
        for number, (note_id, text) in enumerate(zip(note_ids, texts, strict=True)):
            owner = len(self._ids)
            self._ids.append(note_id)
            for tag in {fold_key(tag) for tag in text.tags}:
                self._tags[tag] = self._tags.get(tag, 0) + 1
            for part, own in zip((text.title, text.body), runs[2 * number : 2 * number + 2],
                                 strict=True):  # fmt: skip
                before = len(words)
                self._add(words, own, part)
                owners += [owner] * (len(words) - before)
        self._words.append(np.array(words, np.int64))
        self._owners.append(np.array(owners, np.int64))

    def proposals(self, most: int, known: Iterable[str] = ()) -> list[NewWord]:
        """The strongest new words: without those of the lexicon and those in `known`."""
        if not self._words:
            return []
        stream = _Stream(np.concatenate(self._words), np.concatenate(self._owners))
        out = {fold_key(word) for word in known}
        found: dict[str, NewWord] = {}
        counts = np.bincount(stream.words[stream.words >= 0], minlength=len(self._surfaces))
        total = max(int(counts.sum()), 2)
        codes = stream.words.copy()
        for length in range(2, _LONGEST_STRETCH + 1):
            codes, starts, members = _longer(stream, codes, length)
            if not len(starts):
                break
            for new in self._judged(stream, starts, members, length, counts, total):
                if new.phrase not in out and self._reader.proposable(new.phrase):
                    found[new.phrase] = new
        order = sorted(found.values(), key=lambda new: (-new.strength, new.phrase))
        return _without_parts(order)[:most]

    def _add(self, words: list[int], runs: Sequence[Run], text: str) -> None:
        for run in runs:
            for piece in run:
                number = self._numbers.setdefault(piece.key, len(self._numbers))
                if number == len(self._surfaces):
                    self._surfaces.append(text[piece.start : piece.end])
                words.append(number)
            words.append(_GAP)

    def _judged(
        self,
        stream: _Stream,
        starts: Sequence[Numbers],
        members: Numbers,
        length: int,
        counts: Numbers,
        total: int,
    ) -> Iterable[NewWord]:
        """Those of the stretches of one length that behave as one word."""
        for own, words in zip(starts, members.tolist(), strict=True):
            if not self._may_be(words):
                continue
            notes = np.unique(stream.notes[own])
            if len(notes) < MIN_NOTES:
                continue
            npmi = _npmi(len(own), [int(counts[word]) for word in words], total)
            entropy = min(
                _entropy(stream.words[own - 1], len(own)),
                _entropy(stream.words[own + length], len(own)),
            )
            if npmi < MIN_NPMI or entropy < MIN_ENTROPY:
                continue
            cut = tuple(self._surfaces[word] for word in words)
            phrase = fold_key(_joined(cut))
            if not _SHORTEST <= len(phrase) <= LONGEST:
                continue
            tagged = self._tags.get(phrase, 0)
            example = self._ids[int(notes[0])]
            yield NewWord(phrase, len(notes), tagged, npmi, entropy, cut, example)

    def _may_be(self, words: Sequence[int]) -> bool:
        keys = [fold_key(self._surfaces[word]) for word in words]
        if any(key.replace(".", "").isdigit() for key in keys):
            return False
        if self._reader.weak(keys[0]) and self._reader.weak(keys[-1]):
            return False
        return may_begin(keys[0]) and may_end(keys[-1])


def _longer(stream: _Stream, codes: Numbers, length: int) -> tuple[Numbers, list[Numbers], Numbers]:
    """Stretches one word longer: (their number at each place where one begins, else a gap; for
    each frequent one its places; for each its words)."""
    size = len(stream.words) - length + 1
    new = np.full(len(codes), _GAP, np.int64)
    if size <= 0:
        return new, [], np.zeros((0, length), np.int64)
    tail = stream.words[length - 1 :]
    valid = np.flatnonzero((codes[:size] >= 0) & (tail[:size] >= 0))
    if not len(valid):
        return new, [], np.zeros((0, length), np.int64)
    wide = int(stream.words.max()) + 1
    pairs = codes[valid] * wide + tail[valid]
    _, inverse, sizes = np.unique(pairs, return_inverse=True, return_counts=True)
    frequent = np.flatnonzero(sizes >= MIN_NOTES)
    renumbered = np.full(len(sizes), _GAP, np.int64)
    renumbered[frequent] = np.arange(len(frequent))
    new[valid] = renumbered[inverse]
    order = np.argsort(new[valid], kind="stable")
    ordered = valid[order]
    edges = np.searchsorted(new[ordered], np.arange(len(frequent) + 1))
    starts = [ordered[edges[i] : edges[i + 1]] for i in range(len(frequent))]
    firsts = np.array([own[0] for own in starts], np.int64)
    members = stream.words[firsts[:, None] + np.arange(length)] if len(firsts) else firsts
    return new, starts, members.reshape(-1, length)


def _npmi(together: int, apart: Sequence[int], total: int) -> float:
    """Normalised PMI of all words at once: 1 when they only come together, 0 when by chance."""
    whole = together / total
    chance = math.prod(count / total for count in apart)
    return math.log(whole / chance) / (-(len(apart) - 1) * math.log(whole))


def _entropy(beside: Numbers, times: int) -> float:
    """Entropy of the neighbours; each gap is a neighbour of its own."""
    _, counts = np.unique(beside[beside >= 0], return_counts=True)
    shares = counts / times
    gaps = times - int(counts.sum())
    return float(-(shares * np.log(shares)).sum() + gaps / times * math.log(times))


def _joined(cut: Sequence[str]) -> str:
    text = cut[0]
    for word in cut[1:]:
        apart = text[-1].isascii() and word[0].isascii()
        text += f" {word}" if apart else word
    return text


def _without_parts(order: Sequence[NewWord]) -> list[NewWord]:
    """Without those that mostly stand inside another proposal."""
    kept: list[NewWord] = []
    for new in order:
        if any(new.phrase in other.phrase and new.notes < 1.5 * other.notes for other in order
               if other is not new):  # fmt: skip
            continue
        kept.append(new)
    return kept
