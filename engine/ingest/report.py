"""What an import did and what is wrong with the data, as a brand analyst asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

import orjson

from engine.formats import Export
from engine.model import CHINA, COUNTS, Cell, Comment, Creator, Note, Outcome, Sighting
from engine.text.document import scored_title
from engine.text.normalise import bare_letters, blank_markup

_MARK = re.compile(r"[#＃\[@]")
_WORD = re.compile(r"[^\W_]")


@dataclass(slots=True)
class ImportReport:
    """Tallies of one file; a warning is a line with a number and, where there is one, a cure.

    `rows` = added + updated + unchanged + rejected + skipped + demand + related + comments +
    creators + outcomes.
    """

    path: str
    format: str
    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    skipped: int = 0
    demand: int = 0
    related: int = 0
    comments: int = 0
    creators: int = 0
    outcomes: int = 0
    unjoined: int = 0
    resumed_at: int = 0
    observations: int = 0
    unordered: int = 0
    unknown_sort: int = 0
    repeated_ids: int = 0
    near_duplicates: int = 0
    empty_bodies: int = 0
    hashtag_only: int = 0
    title_from_body: int = 0
    no_title: int = 0
    no_date: int = 0
    no_kind: int = 0
    missing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    censored: int = 0
    rounded: int = 0
    all_zero: int = 0
    first_published: str | None = None
    last_published: str | None = None
    rejected_file: str = ""
    reasons: dict[str, list[int]] = field(default_factory=dict)  # reason -> first lines
    skips: dict[str, int] = field(default_factory=dict)  # why rows were passed over -> how many
    unreadable: dict[str, list[Any]] = field(default_factory=dict)  # column -> number, examples
    tables: list[str] = field(default_factory=list)  # tables read, of a file with several
    left_out: list[str] = field(default_factory=list)  # tables left out, with the reason
    unused: list[str] = field(default_factory=list)  # columns that nothing reads
    withheld: dict[str, list[Any]] = field(default_factory=dict)  # rule -> number, note ids
    suspect: dict[str, list[str]] = field(default_factory=dict)  # sort -> keywords that look so

    def notes_of(self, notes: Sequence[Note]) -> None:
        """Tally what captured notes lack and how exact their counts are."""
        for note in notes:
            counts = note.counts
            values = (counts.likes, counts.collects, counts.comments, counts.shares)
            present = [count for count in values if count is not None]
            if len(present) < 4:
                for name, count in zip(COUNTS, values, strict=True):
                    self.missing[name] += count is None
            self.censored += any(count.at_least for count in present)
            self.rounded += any(count.precision for count in present)
            self.all_zero += len(present) >= 3 and not any(count.value for count in present)
            self.no_title += not note.title.strip()
            self.no_kind += not note.kind
            body = note.body.strip()
            self.empty_bodies += not body
            self.hashtag_only += bool(body) and not _has_words(body)
            self.title_from_body += scored_title(note)[0] != note.title
        dates = [note.published_at for note in notes if note.published_at is not None]
        self.no_date += len(notes) - len(dates)
        if dates:
            self._span(min(dates))
            self._span(max(dates))

    def fact(self, fact: Comment | Creator | Outcome) -> None:
        """Tally a row that is kept as its own kind."""
        self.comments += isinstance(fact, Comment)
        self.creators += isinstance(fact, Creator)
        self.outcomes += isinstance(fact, Outcome)

    def withhold(self, note_id: str, rules: Iterable[str]) -> None:
        """Tally what a note keeps against a row, by rule, the first two notes as examples."""
        for rule in rules:
            tally = self.withheld.setdefault(rule, [0])
            tally[0] += 1
            if len(tally) < 3 and note_id not in tally:
                tally.append(note_id)

    def again(self) -> ImportReport:
        """The report of the same file imported once more: nothing new."""
        return replace(self, added=0, updated=0, unchanged=self.notes, observations=0, resumed_at=0,
                       withheld={}, repeated_ids=0)  # fmt: skip

    @property
    def kept(self) -> int:
        """Rows that the library holds now."""
        facts = self.comments + self.creators + self.outcomes
        return self.notes + self.demand + self.related + facts

    def sighting(self, sighting: Sighting) -> None:
        """Tally an observation that is new to the library."""
        self.observations += 1
        self.unordered += sighting.position is None
        self.unknown_sort += not sighting.sort

    def skip(self, reason: str) -> None:
        """Tally a row that is passed over."""
        self.skipped += 1
        self.skips[reason] = self.skips.get(reason, 0) + 1

    def cells(self, unreadable: Iterable[Cell]) -> None:
        """Tally cells that could not be read, by column, the first two as examples."""
        for column, cell in unreadable:
            tally = self.unreadable.setdefault(column, [0])
            tally[0] += 1
            if len(tally) < 3 and cell not in tally:
                tally.append(cell)

    def about(self, export: Export) -> None:
        """Name the tables and columns of an export that was read to its end."""
        parts = export.parts or (export,)
        self.tables = [part.table for part in parts if part.table] if len(parts) > 1 else []
        self.left_out = [f"{left.table or self.path}: {left.reason}" for left in export.left_out]
        unused = [column for part in parts for column in part.usage.unused]
        self.unused = list(dict.fromkeys(unused))

    def reject(self, line: int, reason: str) -> None:
        """Tally a rejected row; the first fifty reasons are named, with their first ten lines."""
        self.rejected += 1
        if reason in self.reasons or len(self.reasons) < 50:
            lines = self.reasons.setdefault(reason, [])
            if len(lines) < 10:
                lines.append(line)

    @property
    def notes(self) -> int:
        """Rows that are notes."""
        return self.added + self.updated + self.unchanged

    def warnings(self) -> list[str]:
        """What the reader of a ranking should know about this file, most harmful first."""
        kept = f", kept in {self.rejected_file}" if self.rejected_file else ""
        faults = [
            (self.rejected, f"rows rejected{kept}"),
            (
                self.unknown_sort,
                "observations of unknown sort order: a crawl sorted by likes is not the general"
                " page; import again with --sort general (or likes …) if you know it",
            ),
            (self.unordered, "observations without a position: this format keeps no page order"),
            (self.repeated_ids, "rows repeat a note id of this file"),
            (
                self.unjoined,
                "results of no note that is known, by title and time: kept, joined when it comes",
            ),
            (self.near_duplicates, "notes are near-copies of another note"),
            (self.title_from_body, "titles are only the beginning of the body: not scored twice"),
            (self.no_title, "rows without a title"),
            (self.empty_bodies, "rows without a body"),
            (self.hashtag_only, "bodies of hashtags only"),
            (self.no_date, "rows without a publication date: freshness unknown"),
            (self.no_kind, "rows that may be image or video: kind unknown"),
            (self.censored, "rows with a count that is only a floor (10万+)"),
            (self.rounded, "rows with a rounded count (1.2万 is ±500)"),
            (self.all_zero, "rows with 0 for every count: often a crawler's fault"),
            *self._missing(),
        ]
        lines = [f"{number:,} {text}" for number, text in faults if number]
        return [*lines, *self._suspects(), *self._withheld(), *self._cells(), *self._parts()]

    def _suspects(self) -> list[str]:
        return [
            f"{len(words):,} pages declared general fall by {name} ({', '.join(words[:2])}):"
            " another sort? fidelity and calibrate leave them out without --trust-sort"
            for name, words in self.suspect.items()
        ]

    def _withheld(self) -> list[str]:
        return [
            f"{number:,} rows: {rule} ({', '.join(examples)})"
            for rule, (number, *examples) in self.withheld.items()
        ]

    def _cells(self) -> list[str]:
        return [
            f"{number:,} cells of {column} that cannot be read, for example"
            f" {', '.join(map(repr, examples))}: unknown"
            for column, (number, *examples) in self.unreadable.items()
        ]

    def _parts(self) -> list[str]:
        """Rows passed over, tables, and columns that are not read."""
        skips = [f"{number:,} rows passed over: {why}" for why, number in self.skips.items()]
        tables = [f"{len(self.tables):,} tables: {', '.join(self.tables)}"] if self.tables else []
        left = [f"left out: {line}" for line in self.left_out]
        unused = [f"columns not read: {', '.join(self.unused)}"] if self.unused else []
        return [*skips, *tables, *left, *unused]

    def _missing(self) -> list[tuple[int, str]]:
        """Counts that rows lack, those that as many rows lack on one line."""
        numbers = sorted({number for number in self.missing.values() if number}, reverse=True)
        return [
            (number, f"rows without {', '.join(names)}: unknown, not 0")
            for number in numbers
            if (names := [name for name, n in self.missing.items() if n == number])
        ]

    def dump(self) -> bytes:
        """The tallies as JSON, to go on after an interruption."""
        return orjson.dumps(asdict(self))

    @classmethod
    def load(cls, content: bytes, path: str = "", format_name: str = "") -> ImportReport:
        """A report from `dump`; path and format stand where it has none."""
        values: dict[str, Any] = {"path": path, "format": format_name, **orjson.loads(content)}
        names = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in names})

    def _span(self, moment: datetime) -> None:
        text = moment.astimezone(CHINA).isoformat(timespec="seconds")
        self.first_published = min(self.first_published or text, text)
        self.last_published = max(self.last_published or text, text)


def _has_words(body: str) -> bool:
    """Whether a body has letters outside of its mark-up."""
    mark = _MARK.search(body)
    if _WORD.search(body, 0, mark.start() if mark else len(body)):
        return True
    return bool(bare_letters(blank_markup(body)))
