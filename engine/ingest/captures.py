"""Captured rows -> notes, their count history, groups of copies and sightings, a batch at a time.

The store keeps what each import said of a note; the note is made of that, in the order of imports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.ingest.copies import Change, Copies, note_text
from engine.ingest.merging import days_in, merged, note_of, withheld
from engine.ingest.report import ImportReport
from engine.model import Captured, Counts, Note
from engine.store import (
    Capture,
    Ranked,
    Store,
    Stored,
    days_of,
    decode_capture,
    encode_capture,
    filled,
    same_content,
)
from engine.text.sketch import Sketches


@dataclass(slots=True)
class Pending:
    """A note on its way: what imports said of it, as it was stored, as it is now."""

    captures: dict[int, Capture]
    old: Ranked | None = None
    days: dict[str, Counts] | None = None
    note: Note | None = None


class Captures:
    """Writes captures into one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._copies = Copies(store)

    def take(self, rows: Sequence[tuple[Captured, int]], number: int, report: ImportReport) -> None:
        """Store the rows of import `number`, each with its rank, and tally them."""
        states = self._states(dict.fromkeys(row.note.note_id for row, _ in rows))
        for row, rank in rows:
            self._row(states, row, rank, number, report)
        self._write(list(states.values()))
        for row, _ in rows:
            if row.sighting and self._store.observe(row.note.note_id, row.sighting, number):
                report.sighting(row.sighting)
        report.notes_of([row.note for row, _ in rows])

    def derive(self, note_ids: Sequence[str], without: int, at_once: int) -> None:
        """Make notes again of all their captures but those of one import; drop those without."""
        changes: list[Change] = []
        for start in range(0, len(note_ids), at_once):
            changes += self._derived(note_ids[start : start + at_once], without)
        self._copies.settle(changes)

    def removed(self, row: Ranked) -> None:
        """Bring the groups of copies up after a note went."""
        self._copies.settle([(row, None)])

    # --- inside --------------------------------------------------------------------------------

    def _derived(self, note_ids: Sequence[str], without: int) -> list[Change]:
        states = self._states(dict.fromkeys(note_ids))
        gone: list[Ranked] = []
        kept: list[Pending] = []
        for state in states.values():
            state.captures.pop(without, None)
            if not state.captures and state.old:
                gone.append(state.old)
            elif state.old:
                state.note = note_of(list(state.captures.values()))
                state.days = None
                kept.append(state)
        self._store.drop_counts(states)
        self._store.remove(gone)
        return [*self._write(kept, settled=False), *((row, None) for row in gone)]

    def _states(self, note_ids: dict[str, None]) -> dict[str, Pending]:
        ids = list(note_ids)
        old = self._store.ranked(ids)
        captures = self._store.captures(list(old)) if old else {}
        states: dict[str, Pending] = {}
        for note_id, row in old.items():
            note = row.stored.note
            of_note = {
                number: decode_capture(note, rank, content)
                for number, rank, content in captures.get(note_id, ())
            }
            if not of_note:
                history = dict(self._store.count_history(note_id))
                of_note = {0: Capture(note, row.rank, history or days_of(note))}
            days = dict(days_in(list(of_note.values())))
            states[note_id] = Pending(of_note, row, days, note)
        return states

    def _row(
        self,
        states: dict[str, Pending],
        row: Captured,
        rank: int,
        number: int,
        report: ImportReport,
    ) -> None:
        note = row.note
        state = states.get(note.note_id)
        if state is None:
            capture = Capture(note, rank, days_of(note))
            states[note.note_id] = Pending({number: capture}, note=note)
            report.added += 1
            return
        before = state.note
        mine = state.captures.get(number)
        if mine is None and note == before and number > max(state.captures):
            state.captures[number] = Capture(note, rank, days_of(note))
            report.unchanged += 1
            return
        report.repeated_ids += mine is not None
        state.captures[number] = _joined(mine, note, rank)
        last = max(state.captures)
        if len(state.captures) == 1:
            state.note = state.captures[number].note
        elif last == number and mine is None and before:
            state.note = merged(before, note)
        else:
            state.captures = dict(sorted(state.captures.items()))
            state.note = note_of(list(state.captures.values()))
        if before and state.note and same_content(before, state.note):
            report.unchanged += 1
        else:
            report.updated += 1
        if before:
            report.withhold(note.note_id, withheld(before, note))

    def _write(self, states: Sequence[Pending], settled: bool = True) -> list[Change]:
        """Store notes and what was said of them; what changed for the groups of copies."""
        changes = self._put(states, settled)
        rows = []
        counts = []
        for state in states:
            note = state.note
            assert note is not None
            note_id = note.note_id
            rows += [
                (note_id, number, capture.rank, encode_capture(capture, note))
                for number, capture in state.captures.items()
            ]
            days = days_in(list(state.captures.values()))
            earlier = state.days or {}
            counts += [(note_id, day, of) for day, of in days.items() if earlier.get(day) != of]
        self._store.put_captures(rows)
        self._store.put_counts(counts)
        return changes

    def _put(self, states: Sequence[Pending], settled: bool) -> list[Change]:
        new: list[tuple[Note, int]] = []
        moved: list[tuple[Ranked, Note, int]] = []  # of another text or rank
        same: list[Ranked] = []
        again: list[Stored] = []
        for state in states:
            note, old = state.note, state.old
            assert note is not None
            rank = min(capture.rank for capture in state.captures.values())
            if old is None:
                new.append((note, rank))
            elif rank != old.rank or note_text(note) != note_text(old.stored.note):
                moved.append((old, note, rank))
            elif not same_content(note, old.stored.note):
                same.append(replace(old, stored=replace(old.stored, note=note)))
            elif note != old.stored.note:
                again.append(replace(old.stored, note=note))
        before = {state.old.stored.note.note_id: state.old for state in states if state.old}
        last = self._store.last_rank()
        appends = not moved and all(rank > last for _, rank in new)
        if new and appends and settled:
            rows = self._copies.appended(new)
            changes: list[Change] = []
        else:
            rows, changes = _provisional(new, moved)
        self._store.put_many([*same, *rows], before)
        self._store.recapture(again)
        if changes and settled:
            self._copies.settle(changes)
        return changes


def _joined(mine: Capture | None, note: Note, rank: int) -> Capture:
    """What an import says of a note with one row more."""
    if mine is None:
        return Capture(note, rank, days_of(note))
    days = dict(mine.days)
    for day, counts in days_of(note).items():
        days[day] = filled(counts, days[day]) if day in days else counts
    return Capture(merged(mine.note, note), mine.rank, days)


def _provisional(
    new: Sequence[tuple[Note, int]], moved: Sequence[tuple[Ranked, Note, int]]
) -> tuple[list[Ranked], list[Change]]:
    """(rows whose groups are still to be found, the same as changes)."""
    texts = [note_text(note) for note, _ in new] + [note_text(note) for _, note, _ in moved]
    keys = Sketches(texts).keys()
    rows = [
        Ranked(Stored(note, 0, note.note_id), rank, mine)
        for (note, rank), mine in zip(new, keys, strict=False)
    ]
    changes: list[Change] = [(None, row) for row in rows]
    for (old, note, rank), mine in zip(moved, keys[len(new) :], strict=True):
        row = Ranked(Stored(note, 0, old.stored.cluster), rank, mine)
        rows.append(row)
        changes.append((old, row))
    return rows, changes
