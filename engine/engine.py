"""Engine: one library, opened; each method is one path through the house."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine.analyses import Analyses
from engine.errors import BadOption, NotFound
from engine.formats import ReadOptions
from engine.index import compare
from engine.index.compare import Comparison
from engine.ingest import importer as ingest
from engine.ingest.report import ImportReport
from engine.library import this_task
from engine.model import Note, Row
from engine.ranking.page import Explanation, Page, Stats
from engine.ranking.searcher import Asked, Searcher
from engine.sync import quiet
from engine.text import lexicon as lexicons
from engine.text.normalise import fold
from engine.text.preview import Change, changes
from engine.text.segment import Segmenter, is_word
from engine.text.suggest import Suggester

_TYPED = 8  # characters of a query that may be one misspelt word
_STORING = 0.4  # of the work of an import; the rest is analysis and indexing
Tick = Callable[[float], None]


class Engine(Analyses):
    """The notes of one library, ready for questions; use it as a context manager."""

    _suggester: tuple[tuple[int, str], Suggester] | None = None

    # --- notes in ------------------------------------------------------------------------------

    def import_file(
        self, path: Path, options: ReadOptions, now: datetime, tick: Tick = quiet
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
        self, path: Path, options: ReadOptions, now: datetime, tick: Tick = quiet
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

    # --- answers out ---------------------------------------------------------------------------

    def search(self, words: str, asked: Asked | None = None, now: datetime | None = None) -> Page:
        """The page of a query."""
        asked = asked or Asked()
        page = self._fresh(lambda: self.searcher(now).page(words, asked))
        if asked.offset or (page.total and not self._unwritten(page)):
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

    def seal(self) -> str:
        """Names the state of an index that answers by what is in it."""
        return self._fresh(lambda: self.index.seal)

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

    def verify_scores(self) -> Comparison:
        """Scores on sampled queries beside rank_bm25's; BadOption on a large library."""
        from engine.index.reference import ReferenceIndex  # rank_bm25 is loaded for this alone

        index, notes = self.index.now(), self.store.totals()["notes"]
        if notes > compare.MOST_NOTES:
            most = f"at most {compare.MOST_NOTES:,} notes, which it holds in memory"
            raise BadOption(f"--scores takes {most}; here are {notes:,}", "leave --scores out")
        reference = ReferenceIndex()
        for batch in self._batches(self.store.all(), max(notes, 1), quiet):
            reference.update(batch, (), self.store.seq)
        return compare.compare(index, reference, self.rule_set.scoring, index.vocabulary())

    def notes(self) -> Iterator[Note]:
        """All notes, by id."""
        return (stored.note for stored in self.store.all())

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
            self._rebuild(quiet)

    # --- inside --------------------------------------------------------------------------------

    def searcher(self, now: datetime | None = None) -> Searcher:
        """Search over the library as it is now."""
        return Searcher(self.store, self.index, self.segmenter, self.rule_set, self.as_of(now))

    def _unwritten(self, page: Page) -> bool:
        """Whether one short word was typed that no note writes, though parts of it are found."""
        typed = page.words.strip()
        if not 2 <= len(typed) <= _TYPED or any(not char.isalnum() for char in typed):
            return False
        if any(typed in text for r in page.results for text in (r.note.title, r.note.body)):
            return False
        terms = tuple(dict.fromkeys(p.term for p in self.segmenter.pieces(fold(typed).text)))
        return self.index.holding([terms]) == [0]

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
