"""Notes, pages, explanations and imports as flat rows; the keys are promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.ingest.report import ImportReport
from engine.model import CHINA, Count, Note
from engine.ranking.page import Part, Result, Stats

Row = dict[str, Any]  # flat: text, numbers and null


def result_row(result: Result) -> Row:
    """A search row."""
    note = result.note
    return {
        "position": result.position,
        "note_id": note.note_id,
        "title": note.title,
        "snippet": result.snippet.text,
        "score": result.score,
        "bm25": result.bm25,
        "kind": note.kind or None,
        "author": note.author or None,
        "published_at": _moment(note.published_at),
        "likes": _count(note.counts.likes),
        "collects": _count(note.counts.collects),
        "comments": _count(note.counts.comments),
        "shares": _count(note.counts.shares),
        "tags": ",".join(note.tags),
        "brands": ",".join(result.brands),
        "channel": note.channel or None,
        "url": note.url or None,
    }


def part_row(part: Part) -> Row:
    """An explain row."""
    return {"part": part.part, "value": part.value, "factor": part.factor, "note": part.note}


def stats_row(stats: Stats) -> Row:
    """The stats row."""
    return {
        "notes": stats.notes,
        "authors": stats.authors,
        "observations": stats.observations,
        "tags": stats.tags,
        "terms": stats.terms,
        "first_published": _moment(stats.first_published),
        "last_published": _moment(stats.last_published),
        "index_version": stats.index_version,
        "lexicon": stats.lexicon,
        "rule_set": stats.rule_set,
        "comments": stats.comments,
        "creators": stats.creators,
        "outcomes": stats.outcomes,
    }


def import_row(report: ImportReport) -> Row:
    """The import row of one file."""
    return {
        "path": report.path,
        "format": report.format,
        "rows": report.rows,
        "added": report.added,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
        "warnings": " | ".join(report.warnings()),
    }


def note_row(note: Note, brands: Sequence[str] = ()) -> Row:
    """A note by itself, as exports and `GET /notes/{id}` give it; floors and precision included."""
    row: Row = {
        "note_id": note.note_id,
        "kind": note.kind or None,
        "title": note.title,
        "body": note.body,
        "tags": ",".join(note.tags),
        "brands": ",".join(brands),
        "author": note.author or None,
        "fans": _count(note.fans),
        "published_at": _moment(note.published_at),
        "captured_at": _moment(note.captured_at),
        "channel": note.channel or None,
        "url": note.url or None,
    }
    for name in ("likes", "collects", "comments", "shares"):
        count: Count | None = getattr(note.counts, name)
        row[name] = _count(count)
        row[f"{name}_at_least"] = None if count is None else count.at_least
        row[f"{name}_precision"] = None if count is None else count.precision
    return row


def _count(count: Count | None) -> int | None:
    return None if count is None else count.value


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(CHINA).isoformat()


NOTE_COLUMNS = tuple(note_row(Note("")))
