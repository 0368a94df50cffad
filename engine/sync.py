"""A library's store and index in step: what is written is indexed before it is seen.

A reader takes a pair of states that belong together. Between the commit of the store and the
publication of the index lie milliseconds, in which readers wait; a writer that died there left an
index that is behind, and the next one brings it up.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from engine.errors import DamagedIndex, LibraryBusy, StaleIndex
from engine.index.hits import Batch
from engine.index.opening import open_index
from engine.index.protocol import Index, IndexSnapshot
from engine.library import Library, this_task
from engine.model import CHINA, Progress, quiet
from engine.ranking.ruleset import RuleSet
from engine.snapshot import LibrarySnapshot, Memo
from engine.store import Store, Stored, StoreSnapshot
from engine.text import lexicon as lexicons
from engine.text.document import batch
from engine.text.segment import Segmenter

_LOG = logging.getLogger("noterank")
_BATCH = 10_000  # notes that are analysed and indexed at once
_STEP = 50_000  # changed notes of one step above which the index is made anew
_PATIENCE = 10.0  # seconds that a reader waits for a writer to publish
_KEPT = 2  # states whose derived values are kept


class Sync:
    """The store and the index of one library folder."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.store = Store(library.notes)
        self._memos: dict[tuple[object, ...], Memo] = {}
        self._load(Segmenter(lexicons.load(library.lexicon)))

    @property
    def segmenter(self) -> Segmenter:
        """The analysis that the library's lexicon asks for."""
        return self._made[0]

    @property
    def index(self) -> Index:
        """The index, to be written."""
        return self._made[1]

    # --- one state -----------------------------------------------------------------------------

    def snapshot(self, rule_set: RuleSet, now: datetime | None = None) -> LibrarySnapshot:
        """The library as it is published, ranked by a rule set as of a moment (else the latest one
        that the library knows: pages do not age by lying).

        A damaged index is made again first, when nobody else is writing. Raises LibraryBusy when a
        writer does not come to an end, StaleIndex when the lexicon was changed by hand.
        """
        deadline = time.monotonic() + _PATIENCE
        wait = 0.0005
        while True:
            pair = self._pair()
            if pair:
                index, store, segmenter = pair
                moment = now or store.as_of() or datetime(2000, 1, 1, tzinfo=CHINA)
                memo = self._memo((index.state_id, store.revision(), segmenter.fingerprint))
                return LibrarySnapshot(index, store, segmenter, rule_set, moment, memo)
            if time.monotonic() > deadline:
                raise LibraryBusy(
                    f"{self.library.folder} is being written", "try again when it is done"
                )
            time.sleep(wait)
            wait = min(2 * wait, 0.1)

    def published(self) -> tuple[object, ...]:
        """What is published now, whether it belongs together or not; never waits."""
        index = self.index
        try:
            state = index.snapshot().state_id
        except (StaleIndex, DamagedIndex):
            state = ""
        return state, self.store.revision(), self.segmenter.fingerprint

    def _pair(self) -> tuple[IndexSnapshot, StoreSnapshot, Segmenter] | None:
        """An index state and a store state that belong together; None when they do not yet."""
        segmenter, index = self._made
        try:
            state = index.snapshot()
        except StaleIndex:
            fresh = Segmenter(lexicons.load(self.library.lexicon))
            if fresh.fingerprint == segmenter.fingerprint:
                raise
            self._load(fresh)  # another process changed the lexicon
            return None
        except DamagedIndex as error:
            self.mend(error)
            return None
        store = self.store.snapshot()
        if state.version == store.version:
            return state, store, segmenter
        behind = state.version < store.version
        store.close()
        if behind:
            self._repaired(self._catch_up)
        elif index.snapshot().version == state.version and self.store.seq < state.version:
            raise StaleIndex("the index knows more than notes.db", "run `noterank rebuild`")
        return None

    def _memo(self, state: tuple[object, ...]) -> Memo:
        memo = self._memos.get(state)
        if memo is None:
            memo = self._memos[state] = Memo()
            for old in list(self._memos)[:-_KEPT]:
                self._memos.pop(old, None)
        return memo

    # --- writing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Be the only writer, with an index that can follow."""
        with self.library.writing(this_task()):
            try:
                self._catch_up()
            except DamagedIndex as error:
                self._make_again(error)
            yield

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """One transaction of the store, analysed and indexed before it can be seen: readers have
        all of it or nothing. Within `changing`."""
        with self.store.writing():
            yield
            self._publish()

    def rebuild(self, tick: Progress = quiet) -> int:
        """Make the index again from notes.db; the number of notes."""
        with self.library.writing(this_task()):
            return self._rebuild(tick)

    def mend(self, error: DamagedIndex) -> None:
        """Set a damaged index aside and make it again; `error` when somebody else is writing."""
        if not self._repaired(partial(self._make_again, error)):
            raise error

    def change_lexicon(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Add lines to the library's lexicon; the old state answers until the new index stands."""
        folder = self.library.lexicon
        with self.library.writing(this_task()), tempfile.TemporaryDirectory() as staging:
            staged = lexicons.copied(folder, Path(staging), lines)
            segmenter = Segmenter(lexicons.load(staged))
            index = open_index(self.library.index, segmenter.fingerprint)
            self._fill(index, segmenter, quiet, lambda: lexicons.append(folder, lines))
            self._made = segmenter, index

    def close(self) -> None:
        self.store.close()

    # --- inside --------------------------------------------------------------------------------

    def _load(self, segmenter: Segmenter) -> None:
        """Take up an analysis: segmenter and index change together."""
        self._made = segmenter, open_index(self.library.index, segmenter.fingerprint)

    def _repaired(self, repair: Callable[[], object]) -> bool:
        """Work as the only writer; False when somebody else is writing, or nobody may."""
        try:
            with self.library.writing(this_task(), wait=0):
                repair()
        except (LibraryBusy, OSError):
            return False
        return True

    def _make_again(self, error: DamagedIndex) -> None:
        """Set a damaged index aside and build another; the caller holds the lock."""
        aside = self.index.quarantine()
        self._rebuild(quiet)
        _LOG.warning("%s; the index was made again, its files lie in %s", error.problem, aside)

    def _rebuild(self, tick: Progress) -> int:
        self._load(Segmenter(lexicons.load(self.library.lexicon)))
        return self._fill(self.index, self.segmenter, tick)

    def _fill(
        self,
        index: Index,
        segmenter: Segmenter,
        tick: Progress,
        commit: Callable[[], None] = lambda: None,
    ) -> int:
        """Make an index from all notes; how many they are."""
        total, seq = self.store.totals()["notes"], self.store.seq

        def batches() -> Iterator[Batch]:
            done = 0
            for stored in _batches(self.store.all()):
                yield _columns(stored, segmenter)
                done += len(stored)
                tick(done / total)

        index.rebuild(batches(), seq, commit)
        return total

    def _catch_up(self) -> None:
        """Index what changed since the index's version, in batches that are whole by themselves."""
        while self._version() < self.store.seq:
            self._index_next()

    def _version(self) -> int:
        """The version of the index. Raises StaleIndex on an older copy of notes.db."""
        version = self.index.snapshot().version
        if version > self.store.seq:
            raise StaleIndex("the index knows more than notes.db", "run `noterank rebuild`")
        return version

    def _publish(self) -> None:
        """Index all that the transaction changed and end it; what is much is a rebuild."""
        indexed, seq = self._version(), self.store.seq
        changed = list(itertools.islice(self.store.since(indexed), _STEP + 1))
        if len(changed) > _STEP:
            self._fill(self.index, self.segmenter, quiet, self.store.commit)
        elif indexed == seq:
            self.store.commit()
        else:
            added = _columns(changed, self.segmenter) if changed else ()
            deleted = self.store.deleted_since(indexed)
            self.index.apply(added, deleted, seq, self.store.commit)

    def _index_next(self) -> None:
        """Index the next batch of what is stored and not indexed."""
        indexed, seq = self._version(), self.store.seq
        changed = list(itertools.islice(self.store.since(indexed), _BATCH))
        version = changed[-1].seq if len(changed) == _BATCH else seq
        added = _columns(changed, self.segmenter) if changed else ()
        self.index.apply(added, self.store.deleted_since(indexed), version)


def _columns(stored: Sequence[Stored], segmenter: Segmenter) -> Batch:
    return batch([s.note for s in stored], [s.cluster for s in stored], segmenter)


def _batches(stored: Iterator[Stored]) -> Iterator[list[Stored]]:
    while group := list(itertools.islice(stored, _BATCH)):
        yield group
