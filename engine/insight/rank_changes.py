"""Why a note moved between two states of a library: each mixture of old and new is ranked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from itertools import islice
from pathlib import Path

import numpy as np

from engine.errors import NotFound
from engine.index.hits import MISSING, Batch, DocColumns
from engine.index.opening import open_index
from engine.index.protocol import IndexSnapshot
from engine.insight.attribution import Values, shapley
from engine.library import Library
from engine.model import CHINA, COUNTS, Counts, Note, Progress, quiet
from engine.ranking import ruleset
from engine.ranking.ranker import Ranker
from engine.ranking.ruleset import RuleSet
from engine.store import Store, Stored
from engine.text import lexicon as lexicons
from engine.text.document import batch
from engine.text.segment import Segmenter

OWN_EDIT, OWN_HEAT, AGEING = "own_edit", "own_engagement", "ageing"
RIVALS, RIVAL_HEAT = "rivals", "rival_engagement"
DICTIONARY, RULES = "dictionary", "rules"
CAUSES = (OWN_EDIT, OWN_HEAT, AGEING, RIVALS, RIVAL_HEAT, DICTIONARY, RULES)
_TEXTS = (OWN_EDIT, RIVALS, DICTIONARY)  # causes that need an index of their own
_BATCH = 2_000


@dataclass(frozen=True)
class LibraryState:
    """A library at one moment: everything that decides an order."""

    notes: Mapping[str, Stored]
    segmenter: Segmenter
    rules: RuleSet
    now: datetime

    @classmethod
    def of(cls, folder: Path, rules: RuleSet | None = None) -> LibraryState:
        """The state of a library or of a snapshot in a folder; NotFound when there is none."""
        library = Library(folder)
        library.demand()
        store = Store(library.notes, read_only=True)
        try:
            notes = {stored.note.note_id: stored for stored in store.all()}
            now = store.as_of() or datetime(2000, 1, 1, tzinfo=CHINA)
        finally:
            store.close()
        if rules is None:
            of_library = library.rules if library.rules.is_file() else ruleset.DEFAULT
            rules = ruleset.load(of_library)
        return cls(notes, Segmenter(lexicons.load(library.lexicon)), rules, now)


@dataclass(frozen=True, slots=True)
class RankChange:
    """A note's place for a keyword before and after (None: not on the page), and what each cause
    has of the difference; a note without a place counts as one behind the last."""

    keyword: str
    before: int | None
    after: int | None
    move: float
    parts: Mapping[str, float]


class RankChanges:
    """One note between two states."""

    def __init__(self, before: LibraryState, after: LibraryState, note_id: str) -> None:
        if note_id not in before.notes and note_id not in after.notes:
            raise NotFound(f"no note {note_id}, before or after", "take an id from `search --json`")
        self._sides = before, after
        self._id = note_id

    @cached_property
    def causes(self) -> list[str]:
        """What differs between the two states."""
        old, new = self._sides
        before, after = old.notes.get(self._id), new.notes.get(self._id)
        common = (old.notes.keys() & new.notes.keys()) - {self._id}
        differs = {
            OWN_EDIT: before is None or after is None or _text(before) != _text(after),
            OWN_HEAT: bool(before and after and before.note.counts != after.note.counts),
            AGEING: old.now != new.now,
            RIVALS: (old.notes.keys() ^ new.notes.keys()) - {self._id} != set()
            or any(_text(old.notes[i]) != _text(new.notes[i]) for i in common),
            RIVAL_HEAT: any(old.notes[i].note.counts != new.notes[i].note.counts for i in common),
            DICTIONARY: old.segmenter.fingerprint != new.segmenter.fingerprint,
            RULES: old.rules != new.rules,
        }
        return [cause for cause in CAUSES if differs[cause]]

    def moves(self, keywords: Sequence[str], tick: Progress = quiet) -> list[RankChange]:
        """The note's move for each keyword, in parts that sum to it."""
        with tempfile.TemporaryDirectory(prefix="noterank-moves-") as folder:
            mixtures = _Mixtures(self._sides, self._id, Path(folder), keywords)
            done = 0

            def value(taken: frozenset[str]) -> Values:
                nonlocal done
                done += 1
                tick(done / 2 ** len(self.causes))
                return np.array([place for place, _ in mixtures.places(taken)], np.float64)

            parts = shapley(self.causes, value)
            first = mixtures.places(frozenset())
            last = mixtures.places(frozenset(self.causes))
        return [
            RankChange(
                keyword=word,
                before=old[0] if old[1] else None,
                after=new[0] if new[1] else None,
                move=float(new[0] - old[0]),
                parts={cause: float(part[at]) for cause, part in parts.items()},
            )
            for at, (word, old, new) in enumerate(zip(keywords, first, last, strict=True))
        ]


class _Mixtures:
    """States that take some causes from the new side, ranked; texts are indexed once."""

    def __init__(
        self,
        sides: tuple[LibraryState, LibraryState],
        note_id: str,
        folder: Path,
        keywords: Sequence[str],
    ) -> None:
        self._sides = sides
        self._id = note_id
        self._folder = folder
        self._keywords = keywords
        self._indexes: dict[frozenset[str], IndexSnapshot] = {}
        self._places: dict[frozenset[str], list[tuple[int, bool]]] = {}
        self._counts = cache(self._count)

    def places(self, taken: frozenset[str]) -> list[tuple[int, bool]]:
        """For each keyword (the note's place, whether it has one)."""
        if taken not in self._places:
            self._places[taken] = self._ranked(taken)
        return self._places[taken]

    def _ranked(self, taken: frozenset[str]) -> list[tuple[int, bool]]:
        texts = frozenset(_TEXTS) & taken
        if texts not in self._indexes:
            self._indexes[texts] = self._index(texts)
        rules = self._side(RULES, taken).rules
        ranker = Ranker(
            self._indexes[texts],
            self._side(DICTIONARY, taken).segmenter,
            rules,
            self._side(AGEING, taken).now,
            lambda columns: self._recounted(columns, taken),
        )
        places = []
        for page in ranker.pages(self._keywords, rules.page.window):
            order = page.note_ids
            on_page = self._id in order
            places.append((order.index(self._id) + 1 if on_page else len(order) + 1, on_page))
        return places

    def _index(self, texts: frozenset[str]) -> IndexSnapshot:
        segmenter = self._side(DICTIONARY, texts).segmenter
        folder = self._folder / "-".join(["index", *sorted(texts)])
        index = open_index(folder, segmenter.fingerprint)
        index.rebuild(_batches(self._notes(texts), segmenter), 1)
        return index.snapshot()

    def _notes(self, texts: frozenset[str]) -> list[Stored]:
        rivals = self._side(RIVALS, texts).notes
        note = self._side(OWN_EDIT, texts).notes.get(self._id)
        others = [stored for note_id, stored in rivals.items() if note_id != self._id]
        return [*others, note] if note else others

    def _recounted(self, columns: DocColumns, taken: frozenset[str]) -> DocColumns:
        """The columns with the counts of the mixture."""
        rows = []
        for note_id in columns.note_ids:
            cause = OWN_HEAT if note_id == self._id else RIVAL_HEAT
            rows.append(self._counts(note_id, cause in taken))
        counts = np.array(rows, np.int64).reshape(-1, len(COUNTS)).T
        likes, collects, comments, shares = counts
        return replace(columns, likes=likes, collects=collects, comments=comments, shares=shares)

    def _count(self, note_id: str, new: bool) -> list[int]:
        """A note's counts on one side; the other's where it is not there."""
        first, second = self._sides[::-1] if new else self._sides
        stored = first.notes.get(note_id) or second.notes.get(note_id)
        return _values(stored.note.counts if stored else Counts())

    def _side(self, cause: str, taken: frozenset[str]) -> LibraryState:
        return self._sides[cause in taken]


def _text(stored: Stored) -> tuple[Note, str]:
    """All of a note but what changes by itself."""
    bare = replace(stored.note, counts=Counts(), fans=None, captured_at=None, url="")
    return bare, stored.cluster


def _values(counts: Counts) -> list[int]:
    return [MISSING if value is None else value for value in counts.values()]


def _batches(notes: Sequence[Stored], segmenter: Segmenter) -> Iterator[Batch]:
    rows = iter(notes)
    while group := list(islice(rows, _BATCH)):
        yield batch([s.note for s in group], [s.cluster for s in group], segmenter)
