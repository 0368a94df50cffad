"""Rows of a search crawl in file order -> the run each belongs to, the place it had on the page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

_PAGE_END = 220  # no crawl gets more notes a keyword


@dataclass(slots=True)
class _Run:
    run: str
    day: str
    notes: set[str] = field(default_factory=set)
    places: int = 0


class Runs:
    """The current run of each keyword, at most 220 note ids each.

    A keyword's new run starts when a note comes again under it or the capture day changes.
    The id of a run depends on its own start only, so that it outlives renaming and appending.
    """

    def __init__(self) -> None:
        self._current: dict[str, _Run] = {}
        self._starts: dict[str, int] = {}

    def place(self, keyword: str, note_id: str, day: str) -> tuple[str, int]:
        """(run id, position from 1) of the next row; `day` is the row's own capture day or ""."""
        run = self._current.get(keyword)
        if run is None or run.day != day or note_id in run.notes:
            run = self._current[keyword] = _Run(self._start(keyword, day, note_id), day)
        run.places += 1
        if len(run.notes) < _PAGE_END:
            run.notes.add(note_id)
        return run.run, run.places

    def _start(self, keyword: str, day: str, note_id: str) -> str:
        start = _digest(keyword, day, note_id)
        ordinal = self._starts[start] = self._starts.get(start, 0) + 1
        return _digest(keyword, day, note_id, str(ordinal))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:12]
