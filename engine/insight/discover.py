"""Finds new words of a library: neighbouring words that behave as one, each with its evidence.

A sequence of two to four words is proposed when its words attract each other (normalised pointwise
mutual information, Bouma 2009, of all words at once) and its surroundings vary (entropy of the
words to its left and right, natural logarithm; a sign or a line end counts as a new neighbour each
time). Counting runs on one array of word numbers, so that a hundred thousand notes take seconds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.insight.candidates import LONGEST, Text
from engine.model import Progress, quiet
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key
from engine.text.runs import Reader, Run, may_begin, may_end

Numbers = npt.NDArray[np.int64]
_MIN_NOTES, _MIN_NPMI, _MIN_ENTROPY = 5, 0.35, 1.2
_LONGEST_STRETCH = 4
_GAP = -1  # the number between two runs
_SHORTEST = 3  # characters
_BATCH = 2_000  # notes that are read at once


@dataclass(frozen=True, slots=True)
class NewWord:
    """A proposed word with its evidence.

    `notes` that hold it, `tagged` notes that have it as a tag, attraction `npmi` (−1 to 1), the
    lower `entropy` of its two sides (nats), how it is `cut` today, `example` note id.
    """

    phrase: str
    notes: int
    tagged: int
    npmi: float
    entropy: float
    cut: tuple[str, ...]
    example: str

    @property
    def strength(self) -> float:
        """The key that proposals are ordered by: ln notes × npmi × entropy, twice for a tag."""
        return math.log(self.notes) * self.npmi * self.entropy * (2 if self.tagged else 1)


def new_words(
    library: LibrarySnapshot, excluded: Sequence[str], limit: int, tick: Progress = quiet
) -> list[NewWord]:
    """Lists words that the notes use and the lexicon lacks, without those of `excluded`."""
    discovery = Discovery(library.reader)
    notes = (stored.note for stored in library.store.all())
    done = 0
    while batch := list(itertools.islice(notes, _BATCH)):
        discovery.take([note.note_id for note in batch], [Text.of(note) for note in batch])
        done += len(batch)
        tick(min(done / len(library), 1.0))
    return discovery.proposals(limit, excluded)


class _Stream(NamedTuple):
    """All words in a row: word numbers with a gap behind each run, and the note of each."""

    words: Numbers
    notes: Numbers


class Discovery:
    """Reads the notes of a library batch by batch, then proposes words."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._numbers: dict[str, int] = {}
        self._surfaces: list[str] = []
        self._ids: list[str] = []
        self._tags: dict[str, int] = {}
        self._words: list[Numbers] = []
        self._owners: list[Numbers] = []

    def take(self, note_ids: Sequence[str], texts: Sequence[Text]) -> None:
        """Reads a batch of notes."""
        flat = [part for text in texts for part in (text.title, text.body)]
        runs = self._reader.runs(flat)
        words: list[int] = []
        owners: list[int] = []
        for number, (note_id, text) in enumerate(zip(note_ids, texts, strict=True)):
            owner = len(self._ids)
            self._ids.append(note_id)
            for tag in {fold_key(tag) for tag in text.tags}:
                self._tags[tag] = self._tags.get(tag, 0) + 1
            of_note = runs[2 * number : 2 * number + 2]
            for part, runs_of_part in zip((text.title, text.body), of_note, strict=True):
                before = len(words)
                self._add(words, runs_of_part, part)
                owners += [owner] * (len(words) - before)
        self._words.append(np.array(words, np.int64))
        self._owners.append(np.array(owners, np.int64))

    def proposals(self, limit: int, excluded: Iterable[str] = ()) -> list[NewWord]:
        """Lists the strongest new words, without words of the lexicon and `excluded`."""
        if not self._words:
            return []
        stream = _Stream(np.concatenate(self._words), np.concatenate(self._owners))
        excluded_keys = {fold_key(word) for word in excluded}
        proposals: dict[str, NewWord] = {}
        counts = np.bincount(stream.words[stream.words >= 0], minlength=len(self._surfaces))
        total = max(int(counts.sum()), 2)
        codes = stream.words.copy()
        for length in range(2, _LONGEST_STRETCH + 1):
            codes, starts, members = _longer(stream, codes, length)
            if not len(starts):
                break
            for new in self._judged(stream, starts, members, length, counts, total):
                if new.phrase not in excluded_keys and self._reader.proposable(new.phrase):
                    proposals[new.phrase] = new
        order = sorted(proposals.values(), key=lambda new: (-new.strength, new.phrase))
        return _without_parts(order)[:limit]

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
        """Yields the sequences of one length that behave as one word."""
        for positions, words in zip(starts, members.tolist(), strict=True):
            if not self._may_be(words):
                continue
            notes = np.unique(stream.notes[positions])
            if len(notes) < _MIN_NOTES:
                continue
            npmi = _npmi(len(positions), [int(counts[word]) for word in words], total)
            entropy = min(
                _entropy(stream.words[positions - 1], len(positions)),
                _entropy(stream.words[positions + length], len(positions)),
            )
            if npmi < _MIN_NPMI or entropy < _MIN_ENTROPY:
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
    """Extends sequences by one word.

    Returns their number at each position where one begins (a gap elsewhere), the positions of each
    frequent sequence, and its words (int64 [sequences, length]).
    """
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
    frequent = np.flatnonzero(sizes >= _MIN_NOTES)
    renumbered = np.full(len(sizes), _GAP, np.int64)
    renumbered[frequent] = np.arange(len(frequent))
    new[valid] = renumbered[inverse]
    order = np.argsort(new[valid], kind="stable")
    ordered = valid[order]
    edges = np.searchsorted(new[ordered], np.arange(len(frequent) + 1))
    starts = [ordered[edges[i] : edges[i + 1]] for i in range(len(frequent))]
    firsts = np.array([positions[0] for positions in starts], np.int64)
    members = stream.words[firsts[:, None] + np.arange(length)] if len(firsts) else firsts
    return new, starts, members.reshape(-1, length)


def _npmi(joint_count: int, counts: Sequence[int], total: int) -> float:
    """Normalised PMI of all words at once: 1 when they occur only together, 0 when by chance."""
    joint_share = joint_count / total
    chance_share = math.prod(count / total for count in counts)
    return math.log(joint_share / chance_share) / (-(len(counts) - 1) * math.log(joint_share))


def _entropy(neighbours: Numbers, times: int) -> float:
    """Entropy of the neighbours in nats; each gap is a neighbour of its own."""
    _, counts = np.unique(neighbours[neighbours >= 0], return_counts=True)
    shares = counts / times
    gaps = times - int(counts.sum())
    return float(-(shares * np.log(shares)).sum() + gaps / times * math.log(times))


def _joined(cut: Sequence[str]) -> str:
    text = cut[0]
    for word in cut[1:]:
        spaced = text[-1].isascii() and word[0].isascii()
        text += f" {word}" if spaced else word
    return text


def _without_parts(order: Sequence[NewWord]) -> list[NewWord]:
    """Removes proposals that mostly stand inside another proposal."""
    kept: list[NewWord] = []
    for new in order:
        if any(new.phrase in longer.phrase and new.notes < 1.5 * longer.notes for longer in order
               if longer is not new):  # fmt: skip
            continue
        kept.append(new)
    return kept
