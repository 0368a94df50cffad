"""What an import did and what is wrong with the data, as a brand analyst asks for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

import orjson

from engine.formats import Export
from engine.model import CHINA, Cell, Note, Sighting

_COUNTS = ("likes", "collects", "comments", "shares")


@dataclass(slots=True)
class ImportReport:
    """Tallies of one file; a warning is a line with a number and, where there is one, a cure.

    `rows` = added + updated + unchanged + rejected + skipped + demand + related.
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
    missing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
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

    def note(self, note: Note) -> None:
        """Tally what a captured note lacks and how exact its counts are."""
        known = [getattr(note.counts, name) for name in _COUNTS]
        for name, count in zip(_COUNTS, known, strict=True):
            self.missing[name] += count is None
        self.censored += any(count is not None and count.at_least for count in known)
        self.rounded += any(count is not None and count.precision for count in known)
        present = [count for count in known if count is not None]
        self.all_zero += len(present) >= 3 and all(count.value == 0 for count in present)
        self.empty_bodies += not note.body.strip()
        self.no_title += not note.title.strip()
        self.no_date += note.published_at is None
        self.no_kind += not note.kind
        if note.published_at is not None:
            self._span(note.published_at)

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
            known = self.unreadable.setdefault(column, [0])
            known[0] += 1
            if len(known) < 3 and cell not in known:
                known.append(cell)

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
        found = [
            (self.rejected, f"rows rejected{kept}"),
            (
                self.unknown_sort,
                "observations of unknown sort order: a crawl sorted by likes is not the general"
                " page; import again with --sort general (or likes …) if you know it",
            ),
            (self.unordered, "observations without a position: this format keeps no page order"),
            (self.repeated_ids, "rows repeat a note id of this file"),
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
        told = [f"{number:,} {text}" for number, text in found if number]
        return [*told, *self._cells(), *self._parts()]

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
    def load(cls, content: bytes) -> ImportReport:
        """A report from `dump`."""
        known: dict[str, Any] = orjson.loads(content)
        names = {entry.name for entry in fields(cls)}
        return cls(**{name: value for name, value in known.items() if name in names})

    def _span(self, moment: datetime) -> None:
        text = moment.astimezone(CHINA).isoformat(timespec="seconds")
        self.first_published = min(self.first_published or text, text)
        self.last_published = max(self.last_published or text, text)
