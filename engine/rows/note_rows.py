"""Single notes and imports as flat rows; the keys are promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from engine.ingest.report import ImportReport
from engine.model import Count, Note
from engine.rows.column import Column, columns
from engine.rows.search_rows import (
    Author,
    Brands,
    Channel,
    Collects,
    Comments,
    Kind,
    Likes,
    NoteId,
    Published,
    Shares,
    Tags,
    Text,
    Title,
    Url,
    Whole,
    stamp,
    value_of,
)
from engine.rows.table import Table

Floor = bool | None


class NoteRow(TypedDict):
    """A note by itself, as exports and `GET /notes/{id}` give it."""

    note_id: NoteId
    kind: Kind
    title: Title
    body: Annotated[str, Column("换季泛红，屏障修护最要紧。")]
    tags: Tags
    brands: Brands
    author: Author
    fans: Annotated[Whole, Column(None)]
    published_at: Published
    captured_at: Annotated[Text, Column("2026-10-31T09:00:00+08:00")]
    channel: Channel
    url: Url
    likes: Likes
    likes_at_least: Annotated[Floor, Column(False)]
    likes_precision: Annotated[Whole, Column(500)]
    collects: Collects
    collects_at_least: Annotated[Floor, Column(True)]
    collects_precision: Annotated[Whole, Column(0)]
    comments: Comments
    comments_at_least: Annotated[Floor, Column(False)]
    comments_precision: Annotated[Whole, Column(0)]
    shares: Shares
    shares_at_least: Annotated[Floor, Column(None)]
    shares_precision: Annotated[Whole, Column(None)]


class ImportRow(TypedDict):
    """What the import of one file did."""

    path: Annotated[str, Column("request")]
    format: Annotated[str, Column("stream")]
    rows: Annotated[int, Column(3)]
    added: Annotated[int, Column(2)]
    updated: Annotated[int, Column(0)]
    unchanged: Annotated[int, Column(0)]
    rejected: Annotated[int, Column(1)]
    warnings: Annotated[str, Column("1 rows rejected, kept in rejected/request-5f0c2a9b.jsonl")]


NOTE_COLUMNS = columns(NoteRow)


def note_row(note: Note, brands: Sequence[str] = ()) -> NoteRow:
    """A note with floors and precision of its counts."""
    counts = note.counts
    return {
        "note_id": note.note_id,
        "kind": note.kind or None,
        "title": note.title,
        "body": note.body,
        "tags": ",".join(note.tags),
        "brands": ",".join(brands),
        "author": note.author or None,
        "fans": value_of(note.fans),
        "published_at": stamp(note.published_at),
        "captured_at": stamp(note.captured_at),
        "channel": note.channel or None,
        "url": note.url or None,
        "likes": value_of(counts.likes),
        "likes_at_least": _floor(counts.likes),
        "likes_precision": _precision(counts.likes),
        "collects": value_of(counts.collects),
        "collects_at_least": _floor(counts.collects),
        "collects_precision": _precision(counts.collects),
        "comments": value_of(counts.comments),
        "comments_at_least": _floor(counts.comments),
        "comments_precision": _precision(counts.comments),
        "shares": value_of(counts.shares),
        "shares_at_least": _floor(counts.shares),
        "shares_precision": _precision(counts.shares),
    }


def import_table(reports: Sequence[ImportReport]) -> Table:
    """A row a file."""
    values = [
        (r.path, r.format, r.rows, r.added, r.updated, r.unchanged, r.rejected,
         " | ".join(r.warnings()))
        for r in reports
    ]  # fmt: skip
    return Table.of(ImportRow, values)


def _floor(count: Count | None) -> bool | None:
    return None if count is None else count.at_least


def _precision(count: Count | None) -> int | None:
    return None if count is None else count.precision
