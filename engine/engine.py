"""Engine: one library, opened: what is written goes in here, what is asked comes from snapshots."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from engine.errors import BadOption, DamagedIndex, NotFound
from engine.formats import ReadOptions
from engine.formats.keywords import KeywordLine
from engine.index import compare
from engine.index.compare import Comparison
from engine.ingest import importer, removing, tidying
from engine.ingest.keeping import Policy, Tidied
from engine.ingest.removing import Undone
from engine.ingest.report import ImportReport
from engine.insight.calibration import Calibration, Calibrator
from engine.insight.discover import NewWord, new_words
from engine.insight.drafts import Drafts
from engine.insight.events import Event, watch_pages
from engine.insight.extract import Phrase
from engine.insight.extract import extract as extract_phrases
from engine.insight.fidelity import Comparer, Fidelity
from engine.insight.keywords import keyword_sets
from engine.insight.observed import ObservedPage
from engine.insight.opportunity_of_keywords import (
    OpportunityReport,
    opportunity_of_keywords,
    opportunity_of_set,
)
from engine.insight.portrait import Portrait
from engine.insight.rank_changes import LibraryState, RankChange, RankChanges
from engine.insight.sets import Edits
from engine.insight.share_of_voice import ShareOfVoice
from engine.insight.share_of_voice import share_of_voice as shares_of
from engine.library import Library, this_task
from engine.model import Note, Progress, Row, quiet
from engine.ranking import ruleset
from engine.ranking.page import Explanation, Page, Stats
from engine.ranking.ruleset import RuleSet
from engine.ranking.searcher import SearchRequest
from engine.rows.keyword_rows import KeywordAnswer
from engine.saved import SavedItems
from engine.snapshot import LibrarySnapshot
from engine.store import Imported
from engine.sync import Sync
from engine.text import lexicon as lexicons
from engine.text.document import batch
from engine.text.preview import Change, changes
from engine.text.segment import Segmenter

_T = TypeVar("_T")


class Engine:
    """The notes of one library; use it as a context manager.

    `snapshot` gives the state that all questions below are asked of; whoever asks several things
    that belong together takes one and asks it.
    """

    def __init__(self, library: Library, rules: str | Path | None = None) -> None:
        self.library = library
        of_library = library.rules if library.rules.is_file() else ruleset.DEFAULT
        self.rule_set: RuleSet = ruleset.load(rules or of_library)
        self.sync = Sync(library)
        self.store = self.sync.store
        self.saved = SavedItems(library, self.store)

    @classmethod
    def open(cls, folder: Path, rules: str | Path | None = None, create: bool = False) -> Self:
        """Open a library; NotFound when it is not there and `create` is false."""
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
        self.sync.close()

    def snapshot(self, now: datetime | None = None) -> LibrarySnapshot:
        """The library as it is published, by the engine's rule set, as of `now` or the latest
        moment that the library knows. Close it, or use it in a `with` block."""
        return self.sync.snapshot(self.rule_set, now)

    def ask(self, question: Callable[[LibrarySnapshot], _T], now: datetime | None = None) -> _T:
        """The answer to a question about one state of the library.

        An index in which damage is found is set aside and made again, and the question is asked
        once more; when somebody else is writing, DamagedIndex.
        """
        try:
            with self.snapshot(now) as library:
                return question(library)
        except DamagedIndex as error:
            self.sync.mend(error)
        with self.snapshot(now) as library:
            return question(library)

    @property
    def segmenter(self) -> Segmenter:
        """The analysis that the library's lexicon asks for."""
        return self.sync.segmenter

    def ready(self) -> tuple[int, int]:
        """(notes, index version) of an index that answers; StaleIndex or Damaged if none does."""
        return self.ask(lambda library: (len(library), library.index.version))

    def published(self) -> Hashable:
        """Identifies the published state without waiting: equal while nothing changes."""
        return self.rule_set, self.sync.published()

    # --- notes in ------------------------------------------------------------------------------

    def import_file(
        self, path: Path, options: ReadOptions, now: datetime, tick: Progress = quiet
    ) -> ImportReport:
        """Import one export; each batch of rows is stored and searchable in one step.

        `tick` gets the share of the file that is done. An interrupted import continues when the
        file is imported again.
        """
        with self.sync.changing():
            return importer.import_file(
                self.store, path, options, now, tick, self.library.rejected, self.sync.step
            )

    def dry_run(
        self, path: Path, options: ReadOptions, now: datetime, tick: Progress = quiet
    ) -> ImportReport:
        """The report that `import_file` would give; nothing is kept."""
        with self.library.writing(this_task()):
            return importer.rehearse(self.store, path, options, now, tick)

    def import_rows(self, name: str, rows: Iterable[Row], now: datetime) -> ImportReport:
        """Import a stream of rows and make it searchable."""
        with self.sync.changing():
            return importer.import_rows(
                self.store, name, rows, now, self.library.rejected, self.sync.step
            )

    def delete(self, note_id: str) -> None:
        """Drop a note from the library and the index; NotFound when it is not there."""
        with self.sync.changing(), self.sync.step():
            removing.delete(self.store, note_id)

    def imports(self) -> list[Imported]:
        """What came in and was not taken back, the oldest first."""
        return self.store.imports()

    def undo(self, number: int) -> Undone:
        """Take one import back exactly, later ones kept; notes and index follow in one step."""
        with self.sync.changing():
            with self.sync.step():
                undone = removing.undo(self.store, number)
            name = importer.rejected_name(undone.imported.path, undone.imported.digest)
            (self.library.rejected / name).unlink(missing_ok=True)
        return undone

    def tidy(self, now: datetime, drop: bool = True, policy: Policy | None = None) -> Tidied:
        """Let go what the keeping policy no longer keeps; without `drop` only say what."""
        with self.library.writing(this_task()):
            return tidying.tidy(self.library, self.store, policy or Policy(), now, drop)

    def rebuild(self, tick: Progress = quiet) -> int:
        """Make the index again from notes.db; the number of notes."""
        return self.sync.rebuild(tick)

    def verify(self) -> tuple[int, int]:
        """Read every stored byte: (notes, index files). Damaged names what is wrong."""
        return self.store.check(), self.sync.index.verify().files

    def verify_scores(self) -> Comparison:
        """Scores on sampled queries beside rank_bm25's; BadOption on a large library."""
        return self.ask(scores_beside_reference)

    # --- pages ---------------------------------------------------------------------------------

    def search(
        self, words: str, asked: SearchRequest | None = None, now: datetime | None = None
    ) -> Page:
        """The page of a query."""
        return self.ask(lambda library: library.search(words, asked or SearchRequest()), now)

    def explain(
        self,
        note_id: str,
        words: str,
        asked: SearchRequest | None = None,
        now: datetime | None = None,
    ) -> Explanation:
        """Why a note stands where it stands for a query."""
        return self.ask(
            lambda library: library.explain(note_id, words, asked or SearchRequest()), now
        )

    def suggest(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """Completions of what is being typed, with how many notes hold them."""
        return self.ask(lambda library: library.suggester.complete(prefix, limit))

    def note(self, note_id: str) -> Note:
        """A stored note; NotFound when it is not there."""
        stored = self.store.get(note_id)
        if stored is None:
            raise NotFound(f"no note {note_id}", "take an id from `search --json`")
        return stored.note

    def notes(self) -> Iterator[Note]:
        """All notes, by id."""
        with self.snapshot() as library:
            for stored in library.store.all():
                yield stored.note

    def stats(self) -> Stats:
        """What the library holds."""
        return self.ask(lambda library: library.stats())

    def as_of(self, now: datetime | None = None) -> datetime:
        """`now` if given, else the latest moment that the library knows."""
        return self.ask(lambda library: library.now, now)

    # --- which words to fight for --------------------------------------------------------------

    def extract(self, note: Note, most: int = 10) -> list[Phrase]:
        """The keyword phrases of a note or draft, best first."""
        return self.ask(lambda library: extract_phrases(library, note, most))

    def keywords(
        self, portrait: Portrait, most: int = 50, edits: Edits | None = None
    ) -> KeywordAnswer:
        """A portrait's keywords with what a fight for each would meet; nothing is stored."""
        kept = edits or self.saved.edits(portrait.name)
        return self.ask(lambda library: keyword_answer(library, portrait, most, kept))

    def opportunity(
        self, lines: Sequence[KeywordLine], own: Sequence[str] = (), tick: Progress = quiet
    ) -> OpportunityReport:
        """What a fight for each keyword of a list would meet."""
        return self.ask(lambda library: opportunity_of_keywords(library, lines, own, None, tick))

    def visibility(
        self,
        lines: Sequence[KeywordLine],
        own: Sequence[str],
        rivals: Sequence[str] = (),
        portrait: str = "",
        tick: Progress = quiet,
    ) -> ShareOfVoice:
        """Share of voice of brands over a list of keywords."""
        brands = [*own, *rivals]
        return self.ask(lambda library: shares_of(library, lines, brands, portrait, tick))

    def propose(self, most: int = 50, tick: Progress = quiet) -> list[NewWord]:
        """New words of the notes that the lexicon lacks; refused ones are not proposed again."""
        refused = self.saved.refused()
        return self.ask(lambda library: new_words(library, refused, most, tick))

    def watch(
        self, name: str, keywords: Sequence[str], own: Sequence[str], rivals: Sequence[str]
    ) -> tuple[list[Event], bool]:
        """(what happened on the pages since the last look under this name, whether it is the
        first one); the look is remembered."""
        remembered = self.saved.watched(name)
        looked, events = self.ask(
            lambda library: watch_pages(library, keywords, own, rivals, remembered)
        )
        self.saved.keep_watched(name, looked)
        return events, not remembered

    # --- drafts and trust ----------------------------------------------------------------------

    def drafts(self, now: datetime | None = None, draft: Note | None = None) -> Drafts:
        """Drafts over the library as it is now; an import of `draft` may bring a later moment."""
        return Drafts(self.snapshot(now), draft if now is None else None)

    def fidelity(
        self, observed: Sequence[ObservedPage], now: datetime | None = None, tick: Progress = quiet
    ) -> Fidelity:
        """Agreement of the rule set with observed pages, beside baselines."""
        return self.ask(
            lambda library: Comparer(library).fidelity(observed, library.rule_set, tick), now
        )

    def calibrate(
        self, observed: Sequence[ObservedPage], now: datetime | None = None, tick: Progress = quiet
    ) -> Calibration:
        """A rule set fitted to observed pages, with its held-out figure; nothing is written."""
        return self.ask(
            lambda library: Calibrator(library).calibrate(observed, library.rule_set, tick), now
        )

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
        self.rule_set = rules
        return path

    # --- states that are kept ------------------------------------------------------------------

    def keep_snapshot(self, name: str) -> Path:
        """Keep notes, lexicon and rules as they are now, to compare with later: a folder."""
        folder = self.library.snapshot(name)
        if folder.exists():
            raise BadOption(
                f"there is a snapshot {name}", "choose another name, or delete its folder"
            )
        making = folder.with_name(f".{name}.making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        with self.library.writing(this_task()):
            self.store.copy_to(making / self.library.notes.name)
            if self.library.lexicon.is_dir():
                shutil.copytree(self.library.lexicon, making / self.library.lexicon.name)
            rules = making / self.library.rules.name
            rules.write_text(ruleset.dump(self.rule_set), "utf-8")
        making.rename(folder)
        return folder

    def moves(
        self, note_id: str, keywords: Sequence[str], since: str, tick: Progress = quiet
    ) -> list[RankChange]:
        """Why a note's places changed since a snapshot, in parts that sum to each move."""
        before = LibraryState.of(self.library.snapshot(since))
        after = LibraryState.of(self.library.folder, self.rule_set)
        return RankChanges(before, after, note_id).moves(keywords, tick)

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
            trial = lexicons.copied(self.library.lexicon, Path(folder), lines)
            after = Segmenter(lexicons.load(trial))
        phrases = [part for rows in lines.values() for row in rows for part in row.split("=")]
        with self.snapshot() as library:
            notes = (stored.note for stored in library.store.all())
            yield from changes(notes, phrases, library.segmenter, after)

    def add_to_lexicon(self, lines: Mapping[str, Sequence[str]]) -> None:
        """Add lines to the library's lexicon and make the index anew."""
        self.sync.change_lexicon(lines)


def keyword_answer(
    library: LibrarySnapshot, portrait: Portrait, most: int, edits: Edits
) -> KeywordAnswer:
    """A portrait's keywords after the user's edits, with what a fight for each would meet."""
    _, keyword_set = keyword_sets(library, portrait, edits, most)
    return KeywordAnswer(keyword_set, opportunity_of_set(library, keyword_set.keywords))


def scores_beside_reference(library: LibrarySnapshot) -> Comparison:
    """The scores of sampled queries beside rank_bm25's; BadOption on a large library."""
    from engine.index.reference import ReferenceIndex  # rank_bm25 is loaded for this alone

    notes = len(library)
    if notes > compare.MOST_NOTES:
        most = f"at most {compare.MOST_NOTES:,} notes, which it holds in memory"
        raise BadOption(f"--scores takes {most}; here are {notes:,}", "leave --scores out")
    stored = list(library.store.all())
    documents = batch([s.note for s in stored], [s.cluster for s in stored], library.segmenter)
    reference = ReferenceIndex()
    reference.rebuild([documents], library.index.version)
    return compare.compare(library.index, reference.snapshot(), library.rule_set.scoring)
