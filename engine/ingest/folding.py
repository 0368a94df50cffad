"""Journals of old imports -> import 0, which can no longer be taken back; old counts get fewer."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from engine.ingest.merging import days_in, note_of
from engine.model import CHINA, Counts
from engine.store import Capture, Store, decode_capture, encode_capture

_AT_ONCE = 10_000  # notes


def fold_journals(store: Store, kept: int) -> int:
    """Let go what imports changed, but for the newest `kept`; how many can be undone no more.

    They are the oldest, so that what later ones made of them stays the same.
    """
    journals = [imported.number for imported in store.imports() if imported.journal]
    old = journals[:-kept] if kept else journals
    if not old:
        return 0
    for note_ids in _in_parts(store.captured_until(old[-1])):
        notes = {note_id: row.note for note_id, row in store.get_many(note_ids).items()}
        captures = store.captures(note_ids)
        rows = []
        for note_id, note in notes.items():
            mine = [
                decode_capture(note, rank, content)
                for number, rank, content in captures[note_id]
                if number <= old[-1]
            ]
            folded = Capture(note_of(mine), min(c.rank for c in mine), days_in(mine))
            rows.append((note_id, 0, folded.rank, encode_capture(folded, note)))
        store.replace_captures(old[-1], rows)
    store.fold_rows(old[-1])
    return len(old)


def thin_counts(store: Store, before: datetime) -> int:
    """Keep of days before a moment the last one of each month; how many were dropped.

    What an import that can be taken back said stays whole.
    """
    limit = before.astimezone(CHINA).date().isoformat()
    dropped = 0
    for note_ids in _in_parts(store.counted_before(limit)):
        captures = store.captures(note_ids)
        notes = {note_id: row.note for note_id, row in store.get_many(note_ids).items()}
        rows = []
        for note_id in note_ids:
            mine = captures.get(note_id, [])
            if any(number for number, _, _ in mine):
                continue
            days = dict(store.count_history(note_id))
            left = _thinned(days, limit)
            dropped += len(days) - len(left)
            store.drop_days(note_id, [day for day in days if day not in left])
            for number, rank, content in mine if note_id in notes else ():
                base = replace(decode_capture(notes[note_id], rank, content), days=left)
                rows.append((note_id, number, rank, encode_capture(base, notes[note_id])))
        store.put_captures(rows)
    return dropped


def _thinned(days: Mapping[str, Counts], limit: str) -> dict[str, Counts]:
    """Days without an age, those from the limit on, and the last of each month before it."""
    months: dict[str, str] = {}
    for day in sorted(days):
        if day and day < limit:
            months[day[:7]] = day
    kept = set(months.values())
    return {d: counts for d, counts in days.items() if not d or d >= limit or d in kept}


def _in_parts(note_ids: list[str]) -> Iterator[list[str]]:
    iterator = iter(note_ids)
    while part := list(itertools.islice(iterator, _AT_ONCE)):
        yield part
