"""Notes -> groups of near-copies, the same whatever the batches they came in.

Notes have ranks: the order in which the library met them. A note repeats the note of lowest rank
that shares a sketch key with it, stands before it and is alike; of each key the first eight notes
are looked at, so that a text that thousands copy costs no more than one. The group is named by the
note at the end of that chain. So groups depend on texts and ranks alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from engine.model import Note
from engine.store import Ranked, Stored, StoreReader
from engine.text.sketch import NEAR, Keys, Shingles, Sketches, overlap, shingles

_FIRST = 8  # notes of a key that are looked at
_LAST = 1 << 62  # a rank above all
_KEPT = 40_000  # shingles that are kept, of 1.5 kB

Change = tuple[Ranked | None, Ranked | None]  # a note before and after


def note_text(note: Note) -> str:
    """What two notes are compared by."""
    return f"{note.title}\n{note.body}"


def copied_from(store: StoreReader, note: Note, keys: Keys) -> tuple[str, float]:
    """(the stored note that a text repeats, "" for none; how alike they are); `keys` is the note's
    sketch."""
    ranks = _before(store.alike(keys, _FIRST).values(), _LAST)
    mine = shingles(note_text(note)) if ranks else None
    for _, other in sorted(store.at_ranks(ranks).items()):
        if mine is None or other.stored.note.note_id == note.note_id:
            continue
        alike = overlap(mine, shingles(note_text(other.stored.note)))
        if alike >= NEAR:
            return other.stored.note.note_id, alike
    return "", 0.0


def grouped_with(store: StoreReader, note: Note, keys: Keys) -> list[Stored]:
    """The note with its group as an import would find it, and then the notes that would change
    theirs; nothing is written."""
    supposed = Supposed(store, note, keys)
    Copies(supposed).settle([(supposed.old, supposed.new)])
    return [row.stored for row in (supposed.new, *supposed.others.values())]


class Grouped(Protocol):
    """What groups are found in: a store, or one with a note that nobody wrote."""

    def alike(self, keys: Sequence[int], limit: int) -> dict[int, list[int]]: ...

    def alike_above(self, key: int, rank: int) -> list[int]: ...

    def at_ranks(self, ranks: Sequence[int]) -> dict[int, Ranked]: ...

    def regroup(self, rows: Iterable[Ranked]) -> None: ...


class Supposed:
    """A store as it would be with one note more, or another text of a note."""

    def __init__(self, store: StoreReader, note: Note, keys: Keys) -> None:
        self._store = store
        self.old = store.ranked([note.note_id]).get(note.note_id)
        rank = self.old.rank if self.old else _LAST
        self.new = Ranked(Stored(note, 0, note.note_id), rank, keys)
        self.others: dict[int, Ranked] = {}

    def alike(self, keys: Sequence[int], limit: int) -> dict[int, list[int]]:
        stored = self._store.alike(keys, limit + 1)
        buckets = {key: self._with(key, stored.get(key, [])) for key in keys}
        return {key: ranks[:limit] for key, ranks in buckets.items() if ranks}

    def alike_above(self, key: int, rank: int) -> list[int]:
        return [
            other for other in self._with(key, self._store.alike_above(key, rank)) if other > rank
        ]

    def at_ranks(self, ranks: Sequence[int]) -> dict[int, Ranked]:
        rows = {**self._store.at_ranks(ranks), **self.others, self.new.rank: self.new}
        return {rank: rows[rank] for rank in ranks if rank in rows}

    def regroup(self, rows: Iterable[Ranked]) -> None:
        for row in rows:
            if row.rank == self.new.rank:
                self.new = row
            else:
                self.others[row.rank] = row

    def _with(self, key: int, ranks: Sequence[int]) -> list[int]:
        mine = [self.new.rank] if key in self.new.keys else []
        return sorted({*(rank for rank in ranks if rank != self.new.rank), *mine})


def _before(buckets: Iterable[Sequence[int]], rank: int) -> list[int]:
    """The ranks of buckets that stand before a rank, each once, ascending."""
    return sorted({other for bucket in buckets for other in bucket if other < rank})


class Copies:
    """Finds the groups of the notes of one store; keeps what notes are compared by."""

    def __init__(self, store: Grouped) -> None:
        self._store = store
        self._kept: dict[int, tuple[Shingles, str]] = {}  # by rank: shingles, group

    def appended(self, notes: Sequence[tuple[Note, int]]) -> list[Ranked]:
        """New notes with their groups; their ranks ascend and stand above all of the store."""
        sketches = Sketches([note_text(note) for note, _ in notes])
        keys = sketches.keys()
        shared, buckets = self._buckets(keys)
        self._prepare(keys, buckets)
        rows: list[Ranked] = []
        for place, ((note, rank), whole) in enumerate(zip(notes, keys, strict=True)):
            cluster = note.note_id
            mine = [key for key in whole if key in shared]
            if mine:
                compared = sketches.shingles(place)
                others = _before((buckets.get(key, ()) for key in mine), rank)
                cluster = self._group(compared, others) or cluster
                self._keep(rank, compared, cluster)
            for key in mine:
                bucket = buckets.setdefault(key, [])
                if len(bucket) < _FIRST:
                    bucket.append(rank)
            rows.append(Ranked(Stored(note, 0, cluster), rank, whole))
        return rows

    def settle(self, changes: Iterable[Change]) -> None:
        """Bring the groups up after notes of the store changed text or rank, came or went."""
        self._kept.clear()
        waiting: list[int] = []
        marks: dict[int, int] = {}
        for change in changes:
            for row in filter(None, change):
                for key in row.keys:
                    marks[key] = min(row.rank, marks.get(key, _LAST))
            if change[1]:
                waiting.append(change[1].rank)
        done: dict[int, int] = {}
        for key, rank in marks.items():
            waiting += self._touched(key, rank, done)
        heapq.heapify(waiting)
        last = -1
        while waiting:
            rank = heapq.heappop(waiting)
            if rank == last:
                continue
            last = rank
            for other in self._regrouped(rank, done):
                heapq.heappush(waiting, other)

    def _regrouped(self, rank: int, done: dict[int, int]) -> Iterator[int]:
        """Find the group of one note again; the ranks of those that may follow it."""
        row = self._store.at_ranks([rank]).get(rank)
        if row is None:
            return
        note = row.stored.note
        others = _before(self._store.alike(row.keys, _FIRST).values(), rank)
        cluster = note.note_id
        if others:
            cluster = self._group(self._look(rank)[0], others) or cluster
        if cluster == row.stored.cluster:
            return
        self._kept.pop(rank, None)
        self._store.regroup([replace(row, stored=replace(row.stored, cluster=cluster))])
        for key in row.keys:
            yield from self._touched(key, rank, done)

    def _touched(self, key: int, rank: int, done: dict[int, int]) -> list[int]:
        """The ranks above of notes that look at what has the key and this rank."""
        first = self._store.alike([key], _FIRST).get(key, [])
        if len(first) == _FIRST and rank > first[-1]:
            return []
        upto = done.get(key, _LAST)
        if rank >= upto:
            return []
        done[key] = rank
        return [other for other in self._store.alike_above(key, rank) if other <= upto]

    def _buckets(self, keys: Sequence[Keys]) -> tuple[set[int], dict[int, list[int]]]:
        """(the keys that more than one note has, the first ranks that the store has of each)."""
        flat = np.fromiter((key for row in keys for key in row), np.int64)
        distinct, counts = np.unique(flat, return_counts=True)
        buckets = self._store.alike(distinct.tolist(), _FIRST)
        return set(distinct[counts > 1].tolist()) | buckets.keys(), buckets

    def _prepare(self, keys: Sequence[Keys], buckets: dict[int, list[int]]) -> None:
        """Read the stored notes that are compared first, all at once."""
        wanted = {
            min(ranks)
            for row in keys
            if (ranks := [buckets[key][0] for key in row if key in buckets])
        }
        missing = sorted(wanted - self._kept.keys())
        rows = list(self._store.at_ranks(missing).values()) if missing else []
        sketches = Sketches([note_text(row.stored.note) for row in rows])
        for place, row in enumerate(rows):
            self._keep(row.rank, sketches.shingles(place), row.stored.cluster)

    def _group(self, mine: Shingles, others: Sequence[int]) -> str:
        """The group of the first of these notes that is alike; "" for none."""
        for rank in others:
            theirs, cluster = self._look(rank)
            if overlap(mine, theirs) >= NEAR:
                return cluster
        return ""

    def _look(self, rank: int) -> tuple[Shingles, str]:
        if rank not in self._kept:
            row = self._store.at_ranks([rank])[rank]
            self._keep(rank, shingles(note_text(row.stored.note)), row.stored.cluster)
        return self._kept[rank]

    def _keep(self, rank: int, compared: Shingles, cluster: str) -> None:
        while len(self._kept) >= _KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[rank] = compared, cluster
