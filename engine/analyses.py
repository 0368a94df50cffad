"""Analyses of a library: words, fights, drafts, trust, what changed; each method is one path."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.insight.calibration import Calibration, Calibrator
from engine.insight.discover import NewWord
from engine.insight.drafts import Drafts
from engine.insight.events import Event
from engine.insight.extract import Phrase
from engine.insight.fidelity import Comparer, Fidelity
from engine.insight.insights import Battle, Insights, Voice
from engine.insight.observed import ObservedPage
from engine.insight.portrait import Portrait
from engine.insight.rank_changes import Move, Moves, State
from engine.insight.sets import Edits
from engine.library import this_task
from engine.model import Note
from engine.ranking import ruleset
from engine.ranking.ruleset import RuleSet
from engine.rows.keyword_rows import KeywordAnswer
from engine.sync import Upkeep, quiet

Tick = Callable[[float], None]


class Analyses(Upkeep):
    """What a library answers besides pages."""

    _known: tuple[tuple[object, ...], Insights] | None = None

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
        self, observed: Sequence[ObservedPage], now: datetime | None = None, tick: Tick = quiet
    ) -> Fidelity:
        """Agreement of the rule set with observed pages, beside baselines."""
        return self._comparer(now).fidelity(observed, self.rule_set, tick)

    def calibrate(
        self, observed: Sequence[ObservedPage], now: datetime | None = None, tick: Tick = quiet
    ) -> Calibration:
        """A rule set fitted to observed pages, with its held-out figure; nothing is written."""
        comparer = self._comparer(now)
        fitting = Calibrator(self.index, self.segmenter, comparer)
        return fitting.calibrate(observed, self.rule_set, tick)

    def snapshot(self, name: str) -> Path:
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
        self, note_id: str, keywords: Sequence[str], since: str, tick: Tick = quiet
    ) -> list[Move]:
        """Why a note's places changed since a snapshot, in parts that sum to each move."""
        before = State.of(self.library.snapshot(since))
        after = State.of(self.library.folder, self.rule_set)
        return Moves(before, after, note_id).moves(keywords, tick)

    def watch(
        self, name: str, keywords: Sequence[str], own: Sequence[str], rivals: Sequence[str]
    ) -> tuple[list[Event], bool]:
        """(what happened on the pages since the last look under this name, whether it is the
        first one); the look is remembered."""
        insights = self.insights()
        known = self.shelf.watched(name)
        looked, events = insights.watch(keywords, own, rivals, known)
        self.shelf.keep_watched(name, looked)
        return events, not known

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

    def propose(self, most: int = 50, tick: Tick = quiet) -> list[NewWord]:
        """New words of the notes that the lexicon lacks; refused ones are not proposed again."""
        return self.insights().new_words(most, self.shelf.refused(), tick)

    # --- inside ---------------------------------------------------------------------------------

    def _insights(self, now: datetime) -> Insights:
        state = (self.index.version, self.segmenter.fingerprint, self.rule_set.label, now)
        if self._known is None or self._known[0] != state:
            made = Insights(self.store, self.index, self.segmenter, self.rule_set, now)
            self._known = state, made
        return self._known[1]

    def _comparer(self, now: datetime | None) -> Comparer:
        self._fresh(lambda: self.index.version)
        return Comparer(self.index, self.segmenter, self.as_of(now))
