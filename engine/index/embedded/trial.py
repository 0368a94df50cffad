"""Answers of a view, and the view as it would be with more notes.

A trial writes its notes as a segment into a temporary folder and reads it beside the others: all
statistics are those of the index after `update`, and nothing of the index is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from operator import is_
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.index.embedded.scorer import Known
from engine.index.embedded.segment import Segment
from engine.index.embedded.segment_reader import SegmentReader
from engine.index.embedded.view import View
from engine.index.embedded.writing import write_batch
from engine.index.hits import Batch, Hits, Integers, Roster
from engine.index.protocol import Scoring, TermScore
from engine.model import FIELDS, Document, Query, Signals


class Answers:
    """What an index answers, from the view that `view` gives."""

    def view(self) -> View:
        """The state that answers."""
        raise NotImplementedError

    @property
    def version(self) -> int:
        return self.view().version

    @property
    def seal(self) -> str:
        return self.view().seal

    def now(self) -> Answers:
        return Held(self.view())

    def __len__(self) -> int:
        return len(self.view())

    def search(self, query: Query, scoring: Scoring, limit: int) -> Hits:
        return self.view().search(query, scoring, limit)

    def explain(self, query: Query, scoring: Scoring, note_id: str) -> list[TermScore]:
        return self.view().explain(query, scoring, note_id)

    def coverage(self, query: Query, note_ids: Sequence[str]) -> npt.NDArray[np.float64]:
        return self.view().coverage(query, note_ids)

    def best_of_many(
        self, queries: Sequence[Query], scoring: Scoring, limit: int
    ) -> list[tuple[Integers, npt.NDArray[np.float32]]]:
        view = self.view()
        found = view.best_of_many(queries, scoring, limit) if queries else []
        return [(view.rows(ranking), ranking.scores) for ranking in found]

    def roster(self) -> Roster:
        return self.view().roster

    def holding(self, groups: Sequence[Sequence[str]], fields: Sequence[str] = FIELDS) -> list[int]:
        return self.view().holding(groups, fields)

    def lengths(self, field: str) -> tuple[int, int]:
        return self.view().statistics.fields[field]

    def vocabulary(self) -> Iterator[tuple[str, int]]:
        return self.view().vocabulary()

    def signals(self, note_ids: Sequence[str]) -> dict[str, Signals]:
        return self.view().signals(note_ids)

    def labels(
        self, name: Literal["tags", "brands"], among: Sequence[str] | None = None
    ) -> dict[str, int]:
        return self.view().labels(name, among)

    def with_notes(self, documents: Iterable[Document]) -> Trial:
        batch = documents if isinstance(documents, Batch) else Batch.of(documents)
        return Trial(self.view(), batch)


class Held(Answers):
    """Answers of one view, whatever is published meanwhile."""

    def __init__(self, view: View) -> None:
        self._view = view

    def view(self) -> View:
        return self._view


class Trial(Held):
    """A view with more notes."""

    def __init__(self, base: View, batch: Batch) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="noterank-trial-")
        path = Path(self._folder.name) / "trial.nrs"
        write_batch(batch, path)
        segment = Segment(path)
        own = SegmentReader(segment, np.ones(segment.documents, bool))
        super().__init__(_With(base, own, without(base.parts, batch.note_ids)))


class _With(View):
    """A view with one part behind its others; what the base has looked up is not looked up again.

    `parts` are the base's, some of their notes dropped or none.
    """

    def __init__(self, base: View, own: SegmentReader, parts: Sequence[SegmentReader]) -> None:
        super().__init__([*parts, own], base.version)
        self._base = base
        self._own = own
        self._untouched = all(map(is_, parts, base.parts))

    @cached_property
    def roster(self) -> Roster:
        segment = self._own.segment
        docs = np.arange(segment.documents)
        return self._base.roster.with_notes(segment.note_ids(docs), segment.signals(docs))

    def known(self, field: str, term: str) -> Known:
        if not self._untouched:
            return super().known(field, term)
        base, held = self._base.known(field, term), self._own.posting_list(field, term)
        return Known(base.df + (held.size if held else 0), (*base.lists, held))


def without(parts: Sequence[SegmentReader], note_ids: Sequence[str]) -> list[SegmentReader]:
    """The parts with these notes dead."""
    changed = []
    for part in parts:
        docs = [doc for i in note_ids if (doc := part.segment.find(i)) >= 0]
        if docs and part.live[docs].any():
            live = part.live.copy()
            live[docs] = False
            part = SegmentReader(part.segment, live)
        changed.append(part)
    return changed
