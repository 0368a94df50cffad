"""A library's store and index, in step: who changes the notes brings the index after them."""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from engine.errors import DamagedIndex, LibraryBusy, StaleIndex
from engine.index.embedded import EmbeddedIndex
from engine.index.hits import Batch
from engine.library import Library, this_task
from engine.model import CHINA
from engine.ranking import ruleset
from engine.ranking.ruleset import RuleSet
from engine.saved import Shelf
from engine.store import Store, Stored
from engine.text import lexicon as lexicons
from engine.text.document import batch as columns
from engine.text.segment import Segmenter

_LOG = logging.getLogger("noterank")
_BATCH = 10_000  # notes that are analysed and indexed at once
Tick = Callable[[float], None]
_T = TypeVar("_T")


def quiet(_: float) -> None:
    """A progress callback for nobody."""


class Upkeep:
    """The notes of one library and the index over them; use it as a context manager."""

    def __init__(self, library: Library, rules: str | Path | None = None) -> None:
        self.library = library
        own = library.rules if library.rules.is_file() else ruleset.DEFAULT
        self.rule_set: RuleSet = ruleset.load(rules or own)
        self.store = Store(library.notes)
        self.shelf = Shelf(library, self.store)
        self._load_lexicon()

    @classmethod
    def open(cls, folder: Path, rules: str | Path | None = None, create: bool = False) -> Self:
        """Open a library; NotFound when it is not there and `create` is false.

        An index that is behind the notes (a killed import) is brought up to them when it is asked.
        """
        library = Library(folder)
        if create:
            library.create()
        else:
            library.demand()
        return cls(library, rules)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self.store.close()

    def rebuild(self, tick: Tick = quiet) -> int:
        """Make the index again from notes.db; the number of notes."""
        with self.library.writing(this_task()):
            return self._rebuild(tick)

    def refresh(self) -> None:
        """Bring the index up to the notes, when nobody else is doing it."""
        if not self._behind():
            return
        busy = contextlib.suppress(LibraryBusy, OSError)
        with busy, self.library.writing(this_task(), wait=0):
            self._catch_up()

    def as_of(self, now: datetime | None = None) -> datetime:
        """`now` if given, else the latest moment the library knows: pages do not age by lying."""
        return now or self.store.as_of() or datetime(2000, 1, 1, tzinfo=CHINA)

    def state(self) -> tuple[Hashable, ...]:
        """What answers are made of: while it stays the same, so do they."""
        made = self.segmenter.fingerprint, self.rule_set, self.index.stamp()
        return *made, *self.store.state()

    # --- inside ---------------------------------------------------------------------------------

    def _load_lexicon(self) -> None:
        self.segmenter = Segmenter(lexicons.load(self.library.lexicon))
        self.index = EmbeddedIndex(self.library.index, self.segmenter.fingerprint)

    def _rebuild(self, tick: Tick) -> int:
        self._load_lexicon()
        total, seq = self.store.totals()["notes"], self.store.seq
        self.index.rebuild(self._batches(self.store.all(), total, tick), seq)
        return total

    def _fresh(self, answer: Callable[[], _T]) -> _T:
        """An answer from an index that is up to the notes; a lexicon changed by another is read.

        A damaged index is never searched: it is set aside and made again, when nobody else does.
        """
        try:
            self.refresh()
            return answer()
        except StaleIndex:
            self._load_lexicon()
        except DamagedIndex as error:
            self._mend(error)
        self.refresh()
        return answer()

    def _mend(self, error: DamagedIndex) -> None:
        try:
            with self.library.writing(this_task(), wait=0):
                self._make_again(error)
        except (LibraryBusy, OSError):
            raise error from None

    def _make_again(self, error: DamagedIndex) -> None:
        """Set a damaged index aside and build another; the caller holds the lock."""
        aside = self.index.set_aside()
        self._rebuild(quiet)
        _LOG.warning("%s; the index was made again, its files lie in %s", error.problem, aside)

    @contextlib.contextmanager
    def _changing(self, tick: Tick = quiet) -> Iterator[None]:
        """Be the only writer, with an index that can follow; what changed is then searchable."""
        with self.library.writing(this_task()):
            try:
                self._catch_up()
            except DamagedIndex as error:
                self._make_again(error)
            yield
            self._catch_up(tick)

    def _behind(self) -> bool:
        """Whether notes wait to be indexed. Raises StaleIndex on an older copy of notes.db."""
        version, seq = self.index.version, self.store.seq
        if version > seq:
            raise StaleIndex("the index knows more than notes.db", "run `noterank rebuild`")
        return version < seq

    def _catch_up(self, tick: Tick = quiet) -> None:
        """Index what changed since the index's version, in batches that are whole by themselves."""
        if not self._behind():
            return
        known, seq = self.index.version, self.store.seq
        deleted = self.store.deleted_since(self.index.version)
        changed = self.store.since(self.index.version)
        for batch in iter(lambda: list(itertools.islice(changed, _BATCH)), []):
            self.index.update(self._columns(batch), deleted, batch[-1].seq)
            deleted = []
            tick((batch[-1].seq - known) / (seq - known))
        if self.index.version < seq:
            self.index.update([], deleted, seq)

    def _columns(self, batch: Sequence[Stored]) -> Batch:
        notes = [stored.note for stored in batch]
        return columns(notes, [stored.cluster for stored in batch], self.segmenter)

    def _batches(self, stored: Iterator[Stored], total: int, tick: Tick) -> Iterator[Batch]:
        done = 0
        for batch in iter(lambda: list(itertools.islice(stored, _BATCH)), []):
            yield self._columns(batch)
            done += len(batch)
            tick(done / total)
