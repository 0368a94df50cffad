"""Engine: one library, opened; each method is one path through the house."""

from __future__ import annotations

import contextlib
import itertools
import logging
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from engine.backends.embedded import EmbeddedIndex
from engine.columns import Batch
from engine.display import ruleset
from engine.display.ruleset import RuleSet
from engine.errors import DamagedIndex, LibraryBusy, NotFound, StaleIndex
from engine.formats import ReadOptions
from engine.formats.keywords import KeywordLine
from engine.insight.discover import NewWord
from engine.insight.extract import Phrase
from engine.insight.portrait import Portrait
from engine.insight.sets import Edits
from engine.model import CHINA, Note, Query, Row
from engine.pipeline import ingest
from engine.pipeline.answers import Explanation, Page, Stats
from engine.pipeline.calibration import Calibration, Calibrator
from engine.pipeline.drafts import Drafts
from engine.pipeline.fidelity import Comparer, Fidelity
from engine.pipeline.insights import Battle, Insights, Voice
from engine.pipeline.keyword_rows import KeywordAnswer
from engine.pipeline.library import Library, this_task
from engine.pipeline.observed import ObservedPage
from engine.pipeline.preview import Change, changes
from engine.pipeline.report import ImportReport
from engine.pipeline.search import Asked, Searcher
from engine.pipeline.shelf import Shelf
from engine.store import Store, Stored
from engine.text import lexicon as lexicons
from engine.text.document import batch as columns
from engine.text.normalise import fold
from engine.text.segment import Segmenter, is_word
from engine.text.suggest import Suggester

_LOG = logging.getLogger("noterank")
_TYPED = 8  # characters of a query that may be one misspelt word
_STORING = 0.4  # of the work of an import; the rest is analysis and indexing
_BATCH = 10_000  # notes that are analysed and indexed at once
Tick = Callable[[float], None]
_T = TypeVar("_T")


def _quiet(_: float) -> None:
    """A progress callback for nobody."""


class Engine:
    """The notes of one library, ready for questions; use it as a context manager."""

    def __init__(self, library: Library, rules: str | Path | None = None) -> None:
        self.library = library
        own = library.rules if library.rules.is_file() else ruleset.DEFAULT
        self.rule_set: RuleSet = ruleset.load(rules or own)
        self.store = Store(library.notes)
        self._suggester: tuple[tuple[int, str], Suggester] | None = None
        self._known: tuple[tuple[object, ...], Insights] | None = None
        self.shelf = Shelf(library, self.store)
        self._load_lexicon()

    @classmethod
    def open(cls, folder: Path, rules: str | Path | None = None, create: bool = False) -> Engine:
        """Open a library; NotFound when it is not there and `create` is false.

        An index that is behind the notes (a killed import) is brought up to them when it is asked.
        """
        library = Library(folder)
        if create:
            library.create()
        else:
            library.demand()
        return cls(library, rules)

    def __enter__(self) -> Engine:
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

    # --- notes in ------------------------------------------------------------------------------

    def import_file(
        self, path: Path, options: ReadOptions, now: datetime, tick: Tick = _quiet
    ) -> ImportReport:
        """Import one export and make it searchable; see `ingest.import_file`.

        `tick` is told the share done: storing, then indexing. After an interruption what is
        stored becomes searchable when the library is next used.
        """
        with self._changing(lambda share: tick(_STORING + (1 - _STORING) * share)):
            return ingest.import_file(
                *(self.store, path, options, now),
                lambda share: tick(_STORING * share),
                self.library.rejected,
            )

    def dry_run(
        self, path: Path, options: ReadOptions, now: datetime, tick: Tick = _quiet
    ) -> ImportReport:
        """The report that `import_file` would give; nothing is kept."""
        with self.library.writing(this_task()):
            return ingest.rehearse(self.store, path, options, now, tick)

    def import_rows(self, name: str, rows: Iterable[Row], now: datetime) -> ImportReport:
        """Import a stream of rows and make it searchable."""
        with self._changing():
            rejected = self.library.rejected
            return ingest.import_rows(self.store, name, rows, now, rejected)

    def delete(self, note_id: str) -> None:
        """Drop a note from the library and the index; NotFound when it is not there."""
        with self._changing():
            with self.store.writing():
                gone = self.store.delete(note_id)
            if not gone:
                raise NotFound(f"no note {note_id}", "take an id from `search --json`")

    def rebuild(self, tick: Tick = _quiet) -> int:
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

    # --- answers out ---------------------------------------------------------------------------

    def as_of(self, now: datetime | None = None) -> datetime:
        """`now` if given, else the latest moment the library knows: pages do not age by lying."""
        return now or self.store.as_of() or datetime(2000, 1, 1, tzinfo=CHINA)

    def search(self, words: str, asked: Asked | None = None, now: datetime | None = None) -> Page:
        """The page of a query."""
        asked = asked or Asked()
        page = self._fresh(lambda: self.searcher(now).page(words, asked))
        if asked.offset or (page.total and not self._unwritten(words)):
            return page
        return _with_corrections(page, self.suggester(), self.segmenter)

    def explain(
        self,
        note_id: str,
        words: str,
        asked: Asked | None = None,
        now: datetime | None = None,
    ) -> Explanation:
        """Why a note stands where it stands for a query."""
        asked = asked or Asked()
        return self._fresh(lambda: self.searcher(now).explain(note_id, words, asked))

    def note(self, note_id: str) -> Note:
        """A stored note; NotFound when it is not there."""
        stored = self.store.get(note_id)
        if stored is None:
            raise NotFound(f"no note {note_id}", "take an id from `search --json`")
        return stored.note

    def brands(self, note_id: str) -> tuple[str, ...]:
        """The brands that a note names, in their usual spelling."""
        signals = self._fresh(lambda: self.index.signals([note_id])).get(note_id)
        lexicon = self.segmenter.lexicon
        return tuple(lexicon.brand_named(brand) for brand in signals.brands) if signals else ()

    def suggest(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Completions of what is being typed, with how many notes hold them."""
        return self._fresh(lambda: self.suggester().complete(prefix, limit))

    def ready(self) -> tuple[int, int]:
        """(notes, index version) of an index that answers; StaleIndex or Damaged if none does."""
        return self._fresh(lambda: (len(self.index), self.index.version))

    def suggester(self) -> Suggester:
        """Completions and corrections over the words of the notes, made once per state."""
        state = (self.index.version, self.segmenter.fingerprint)
        if self._suggester is None or self._suggester[0] != state:
            self._suggester = (state, Suggester(self._words()))
        return self._suggester[1]

    def stats(self) -> Stats:
        """What the library holds."""
        return self._fresh(self._stats)

    def _stats(self) -> Stats:
        totals = self.store.totals()
        first, last = self.store.published()
        return Stats(
            notes=totals["notes"],
            authors=totals["authors"],
            observations=totals["observations"],
            tags=len(self.index.labels("tags")),
            terms=sum(1 for _ in self.index.vocabulary()),
            first_published=first,
            last_published=last,
            index_version=self.index.version,
            lexicon=self.segmenter.lexicon.fingerprint,
            rule_set=self.rule_set.label,
        )

    def verify(self) -> tuple[int, int]:
        """Read every stored byte: (notes, index files). Damaged names what is wrong."""
        return self.store.check(), self.index.check()

    def notes(self) -> Iterator[Note]:
        """All notes, by id."""
        return (stored.note for stored in self.store.all())

    # --- keywords ------------------------------------------------------------------------------

    def insights(self, now: datetime | None = None) -> Insights:
        """Analyses over the library as it is now; kept until it changes."""
        return self._fresh(lambda: self._insights(self.as_of(now)))

    def extract(self, note: Note, most: int = 10) -> list[Phrase]:
        """The keyword phrases of a note or draft, best first."""
        return self.insights().extract(note, most)

    def keywords(
        self, portrait: Portrait, most: int = 50, edits: Edits | None = None
    ) -> KeywordAnswer:
        """A portrait's keywords with what a fight for each would meet; nothing is stored."""
        insights = self.insights()
        _, found = insights.keywords(portrait, edits or self.shelf.edits(portrait.name), most)
        return KeywordAnswer(found, insights.fights(found.keywords))

    def opportunity(
        self, lines: Sequence[KeywordLine], own: Sequence[str] = (), tick: Tick | None = None
    ) -> Battle:
        """What a fight for each keyword of a list would meet."""
        return self.insights().opportunities(lines, own, None, tick)

    def visibility(
        self,
        lines: Sequence[KeywordLine],
        own: Sequence[str],
        rivals: Sequence[str] = (),
        portrait: str = "",
        tick: Tick | None = None,
    ) -> Voice:
        """Share of voice of brands over a list of keywords."""
        return self.insights().voice(lines, [*own, *rivals], portrait, tick)

    def drafts(self, now: datetime | None = None, draft: Note | None = None) -> Drafts:
        """Drafts over the library as it is now; an import of `draft` may bring a later moment."""
        moment = self.as_of(now)
        if draft and draft.published_at and not now:
            moment = max(moment, draft.published_at)
        return Drafts(self.insights(moment), self.store)

    def fidelity(
        self, observed: Sequence[ObservedPage], now: datetime | None = None, tick: Tick = _quiet
    ) -> Fidelity:
        """Agreement of the rule set with observed pages, beside baselines."""
        return self._comparer(now).fidelity(observed, self.rule_set, tick)

    def calibrate(
        self, observed: Sequence[ObservedPage], now: datetime | None = None, tick: Tick = _quiet
    ) -> Calibration:
        """A rule set fitted to observed pages, with its held-out figure; nothing is written."""
        comparer = self._comparer(now)
        fitting = Calibrator(self.index, self.segmenter, comparer)
        return fitting.calibrate(observed, self.rule_set, tick)

    def keep_rules(self, rules: RuleSet, remark: str) -> Path:
        """Make a rule set the library's own; the one before lies beside it by its name."""
        with self.library.writing(this_task()):
            path = self.library.rules
            if path.is_file():
                old = ruleset.load(path)
                path.replace(path.with_name(f"rules.{old.label}.toml"))
            temporary = path.with_suffix(".tmp")
            temporary.write_text(ruleset.dump(rules, remark), "utf-8")
            temporary.replace(path)
        return path

    def propose(self, most: int = 50, tick: Tick = _quiet) -> list[NewWord]:
        """New words of the notes that the lexicon lacks; refused ones are not proposed again."""
        return self.insights().new_words(most, self.shelf.refused(), tick)

    # --- lexicon -------------------------------------------------------------------------------

    def term(self, word: str) -> str:
        """A word as the index knows it."""
        return lexicons.as_term(word)

    def lexicon_lines(self, word: str, kind: str, same: Sequence[str]) -> dict[str, list[str]]:
        """The lines that say a word is of a kind and written in other ways too, by file name."""
        lexicons.check_phrases([word, *same])
        lines = {f"{kind}.txt": [word]}
        if same:
            lines["aliases.txt"] = [" = ".join([word, *same])]
        return lines

    def preview(self, lines: Mapping[str, Sequence[str]]) -> Iterator[Change]:
        """Notes whose terms change when these lines join the library's lexicon."""
        with tempfile.TemporaryDirectory(prefix="noterank-") as folder:
            trial = Path(folder) / "lexicon"
            if self.library.lexicon.is_dir():
                shutil.copytree(self.library.lexicon, trial)
            lexicons.append(trial, lines)
            after = Segmenter(lexicons.load(trial))
        phrases = [part for rows in lines.values() for row in rows for part in row.split("=")]
        return changes(self.notes(), phrases, self.segmenter, after)

    def add_to_lexicon(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Add lines to the library's lexicon and make the index anew."""
        with self.library.writing(this_task()):
            lexicons.append(self.library.lexicon, lines)
            self._rebuild(_quiet)

    # --- inside --------------------------------------------------------------------------------

    def _insights(self, now: datetime) -> Insights:
        state = (self.index.version, self.segmenter.fingerprint, self.rule_set.label, now)
        if self._known is None or self._known[0] != state:
            made = Insights(self.store, self.index, self.segmenter, self.rule_set, now)
            self._known = state, made
        return self._known[1]

    def _comparer(self, now: datetime | None) -> Comparer:
        self._fresh(lambda: self.index.version)
        return Comparer(self.index, self.segmenter, self.as_of(now))

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
        self._rebuild(_quiet)
        _LOG.warning("%s; the index was made again, its files lie in %s", error.problem, aside)

    def searcher(self, now: datetime | None = None) -> Searcher:
        """Search over the library as it is now."""
        return Searcher(self.store, self.index, self.segmenter, self.rule_set, self.as_of(now))

    @contextlib.contextmanager
    def _changing(self, tick: Tick = _quiet) -> Iterator[None]:
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

    def _catch_up(self, tick: Tick = _quiet) -> None:
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

    def _unwritten(self, words: str) -> bool:
        """Whether one short word was typed that no note writes, though parts of it are found."""
        typed = words.strip()
        if not 2 <= len(typed) <= _TYPED or any(not char.isalnum() for char in typed):
            return False
        terms = tuple(dict.fromkeys(p.term for p in self.segmenter.pieces(fold(typed).text)))
        whole = Query(typed, required=(terms,))
        return self.index.search(whole, self.rule_set.scoring, 1).total == 0

    def _words(self) -> dict[str, int]:
        """Words of the notes with how many hold them: dictionary and lexicon words, and tags."""
        lexicon = self.segmenter.lexicon
        words = {
            lexicon.spelling(term): count
            for term, count in self.index.vocabulary()
            if term in lexicon.entries or (len(term) > 1 and is_word(term))
        }
        for tag, count in self.index.labels("tags").items():
            words[tag] = max(count, words.get(tag, 0))
        return words


def _with_corrections(page: Page, suggester: Suggester, segmenter: Segmenter) -> Page:
    """The page with queries to try instead."""
    typed = page.words.strip()
    whole = suggester.correct(typed)
    single = [
        typed.replace(word, better)
        for word in segmenter.words(typed.lower())
        for better in suggester.correct(word, 1)
    ]
    return replace(page, did_you_mean=tuple(dict.fromkeys([*whole, *single]))[:3])
