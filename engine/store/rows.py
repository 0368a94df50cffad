"""Values -> the columns of a row, and back; a row that is not what was written is Damaged."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Literal

import orjson

from engine.errors import Damaged
from engine.model import Count, Counts, Note, Sighting, Sort
from engine.store.opening import COPY


@dataclass(frozen=True, slots=True)
class Stored:
    """A note as it stands in the store."""

    note: Note
    seq: int
    cluster: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the import of one file came: rows done, whether it ended, and its report so far."""

    rows: int
    finished: bool
    report: bytes


@dataclass(frozen=True, slots=True)
class Saved:
    """One version of a portrait, a keyword set, a snapshot or a decision; content is JSON."""

    kind: str
    name: str
    version: int
    created_at: str
    content: Any


def saved(kind: str, name: str, version: int, created_at: str, content: bytes, crc: int) -> Saved:
    if crc_of(kind, name, content) != crc:
        raise Damaged(f"{kind} {name} (version {version}) in notes.db is damaged", COPY)
    return Saved(kind, name, version, created_at, orjson.loads(content))


def crc_of(note_id: str, cluster: str, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(f"{note_id}\0{cluster}".encode()))


def stored(note_id: str, seq: int, cluster: str, content: Any, crc: int) -> Stored:
    if not isinstance(content, bytes) or crc_of(note_id, cluster, content) != crc:
        raise Damaged(
            f"note {note_id} in notes.db is not what was written",
            f"{COPY}, or delete the note and import it again",
        )
    return Stored(decode(note_id, content), seq, cluster)


def seen(
    note_id: str,
    keyword: str,
    run: str,
    position: int | None,
    sort: Sort | Literal[""],
    filters: str,
    captured: str | None,
) -> tuple[str, Sighting]:
    return note_id, Sighting(keyword, run, position, sort, filters, moment_of(captured))


def counted(day: str, content: bytes) -> tuple[str, Counts]:
    return day, counts_in(orjson.loads(content))


def engaged(
    published: str, day: str, fans: int | None, content: bytes
) -> tuple[datetime, datetime, int | None, Counts]:
    noon = datetime.fromisoformat(f"{day}T12:00:00+08:00")
    return datetime.fromisoformat(published), noon, fans, counts_in(orjson.loads(content))


def progress_of(rows: int, finished: int, report: bytes) -> Progress:
    return Progress(rows, bool(finished), report)


def row_of(*values: Any) -> tuple[Any, ...]:
    return values


def encode(note: Note) -> bytes:
    content = {
        "title": note.title,
        "body": note.body,
        "tags": note.tags,
        "kind": note.kind,
        "author": note.author,
        "fans": _count_out(note.fans),
        "published_at": note.published_at,
        "counts": counts_out(note.counts),
        "channel": note.channel,
        "url": note.url,
        "captured_at": note.captured_at,
        "declared_brand": note.declared_brand,
        "boosted": note.boosted,
    }
    return orjson.dumps({name: value for name, value in content.items() if value})


def decode(note_id: str, content: bytes) -> Note:
    """A note from its stored form."""
    row = orjson.loads(content)
    return Note(
        note_id=note_id,
        title=row.get("title", ""),
        body=row.get("body", ""),
        tags=tuple(row.get("tags", ())),
        kind=row.get("kind", ""),
        author=row.get("author", ""),
        fans=_count_in(row.get("fans")),
        published_at=moment_of(row.get("published_at")),
        counts=counts_in(row.get("counts", {})),
        channel=row.get("channel", ""),
        url=row.get("url", ""),
        captured_at=moment_of(row.get("captured_at")),
        declared_brand=row.get("declared_brand", ""),
        boosted=row.get("boosted", False),
    )


def same_content(one: Note, other: Note) -> bool:
    """Whether two notes say the same, whenever they were captured."""
    return replace(one, captured_at=None) == replace(other, captured_at=None)


def filled(newer: Counts, older: Counts) -> Counts:
    """The newer counts, and the older ones where the newer are unknown."""
    names = (entry.name for entry in fields(Counts))
    return Counts(**{name: getattr(newer, name) or getattr(older, name) for name in names})


def moment_of(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _count_out(count: Count | None) -> list[int] | None:
    return None if count is None else [count.value, int(count.at_least), count.precision]


def _count_in(row: list[int] | None) -> Count | None:
    return None if row is None else Count(row[0], bool(row[1]), row[2])


def counts_out(counts: Counts) -> dict[str, list[int] | None]:
    return {
        "likes": _count_out(counts.likes),
        "collects": _count_out(counts.collects),
        "comments": _count_out(counts.comments),
        "shares": _count_out(counts.shares),
    }


def counts_in(row: dict[str, list[int] | None]) -> Counts:
    return Counts(
        likes=_count_in(row.get("likes")),
        collects=_count_in(row.get("collects")),
        comments=_count_in(row.get("comments")),
        shares=_count_in(row.get("shares")),
    )
