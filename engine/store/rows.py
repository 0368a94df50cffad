"""Values -> the columns of a row, and back; a row that is not what was written is Damaged."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import orjson

from engine.errors import Damaged
from engine.model import CHINA, Count, Counts, Note, Sighting, Sort
from engine.store.opening import COPY, unpack_keys


@dataclass(frozen=True, slots=True)
class Stored:
    """A note as it stands in the store."""

    note: Note
    seq: int
    cluster: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A note with its place in the order in which the library met its notes, and its sketch."""

    stored: Stored
    rank: int
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """All that one import says of a note: the note, and its counts by day of capture.

    `rank` orders captures: import << 32 | row of the file.
    """

    note: Note
    rank: int
    days: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far the import of one file came: rows done, whether it ended, and its report so far.

    `change` is the last change of the library's captures that it knows of.
    """

    number: int
    rows: int
    finished: bool
    report: bytes
    change: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """An import as the store keeps it; without its `journal` it cannot be taken back."""

    number: int
    digest: str
    path: str
    format: str
    started_at: str
    rows: int
    finished: bool
    journal: bool
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


def ranked(
    note_id: str, seq: int, cluster: str, content: Any, crc: int, rank: int, sketch: bytes
) -> Ranked:
    return Ranked(stored(note_id, seq, cluster, content, crc), rank, unpack_keys(sketch))


def progress_of(
    number: int, rows: int, finished: int, report: bytes, change: int
) -> ImportProgress:
    return ImportProgress(number, rows, bool(finished), report, change)


def imported(
    number: int,
    digest: str,
    path: str,
    format_name: str,
    started_at: str,
    rows: int,
    finished: int,
    journal: int,
    report: bytes,
) -> Imported:
    ended, kept = bool(finished), bool(journal)
    return Imported(number, digest, path, format_name, started_at, rows, ended, kept, report)


def row_of(*values: Any) -> tuple[Any, ...]:
    return values


def _fields(note: Note) -> dict[str, Any]:
    return {
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


def encode(note: Note) -> bytes:
    return orjson.dumps({name: value for name, value in _fields(note).items() if value})


def encode_capture(capture: Capture, note: Note) -> bytes | None:
    """A capture as what it says otherwise than the note that came of all; None for nothing."""
    said, content = capture.note, {}
    if said is not note and said != note:
        row = _fields(said)
        names = [name for name in row if getattr(said, name) != getattr(note, name)]
        content = {name: row[name] for name in names}
    if capture.days != days_of(said):
        content["days"] = {day: counts_out(counts) for day, counts in capture.days.items()}
    return orjson.dumps(content) if content else None


def decode_capture(note: Note, rank: int, content: bytes | None) -> Capture:
    """A capture from its stored form, beside the note that came of all."""
    if content is None:
        return Capture(note, rank, days_of(note))
    row = orjson.loads(content)
    days = row.pop("days", None)
    said = decode(note.note_id, orjson.dumps(orjson.loads(encode(note)) | row))
    if days is None:
        return Capture(said, rank, days_of(said))
    return Capture(said, rank, {day: counts_in(counts) for day, counts in days.items()})


def days_of(note: Note) -> dict[str, Counts]:
    """A note's counts by the day they were captured; "" is an unknown day."""
    day = note.captured_at.astimezone(CHINA).date().isoformat() if note.captured_at else ""
    return {day: note.counts}


def decode(note_id: str, content: bytes) -> Note:
    """A note from its stored form; null and what is left out are unknown."""
    row = {name: value for name, value in orjson.loads(content).items() if value is not None}
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


_SAYS = tuple(entry.name for entry in fields(Note) if entry.name != "captured_at")


def same_content(first: Note, second: Note) -> bool:
    """Whether two notes say the same, whenever they were captured."""
    return all(getattr(first, name) == getattr(second, name) for name in _SAYS)


def filled(newer: Counts, older: Counts) -> Counts:
    """The newer counts, and the older ones where the newer are unknown."""
    return Counts(
        newer.likes or older.likes,
        newer.collects or older.collects,
        newer.comments or older.comments,
        newer.shares or older.shares,
    )


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
