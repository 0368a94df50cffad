"""What an import did and what is wrong with the data, as a brand analyst asks for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

import orjson

from engine.model import CHINA, COUNTS, Note, Sighting


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
    missing: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    censored: int = 0
    rounded: int = 0
    all_zero: int = 0
    first_published: str | None = None
    last_published: str | None = None
    rejected_file: str = ""
    reasons: dict[str, list[int]] = field(default_factory=dict)  # reason -> first lines

    def note(self, note: Note) -> None:
        """Tally what a captured note lacks and how exact its counts are."""
        known = [getattr(note.counts, name) for name in COUNTS]
        for name, count in zip(COUNTS, known, strict=True):
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
        return [f"{number:,} {text}" for number, text in found if number]

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
