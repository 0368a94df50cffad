"""Pages, explanations, completions and what a library holds as flat rows; keys are promises."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypedDict

from engine.model import CHINA, Count
from engine.ranking.page import Explanation, Result, Stats
from engine.ranking.snippet import Snippet
from engine.rows.column import Column, columns
from engine.rows.table import Table

NOTE_ID = "6372b5da50be4a575fd9408b"
Text = str | None
Whole = int | None
NoteId = Annotated[str, Column(NOTE_ID)]
Title = Annotated[str, Column("敏感肌面霜怎么选")]
Kind = Annotated[Text, Column("image")]
Author = Annotated[Text, Column("8d6a3e8e7c9bc0d9")]
Published = Annotated[Text, Column("2026-10-01T20:15:00+08:00")]
Tags = Annotated[str, Column("敏感肌,面霜", "Joined by commas.")]
Brands = Annotated[str, Column("沐禾集", "Joined by commas.")]
Channel = Annotated[Text, Column("organic")]
Url = Annotated[Text, Column(None)]
Likes = Annotated[Whole, Column(12_000)]
Collects = Annotated[Whole, Column(100_000)]
Comments = Annotated[Whole, Column(9)]
Shares = Annotated[Whole, Column(None)]


class _Place(TypedDict):
    position: Annotated[int, Column(1)]
    note_id: NoteId
    title: Title
    snippet: Annotated[str, Column("换季泛红，屏障修护最要紧。")]
    score: Annotated[float, Column(14.2)]
    bm25: Annotated[float, Column(12.1)]
    kind: Kind
    author: Author
    published_at: Published
    likes: Likes
    collects: Collects
    comments: Comments
    shares: Shares
    tags: Tags
    brands: Brands
    channel: Channel
    url: Url


class SearchRow(_Place, total=False):
    """A place of a page."""

    why: Annotated[str, Column("标题命中“面霜”。", "With `explain=true`.")]
    title_marks: Annotated[str, Column("0-2 5-8", "With `marks=true`: `0-2 5-8`.")]
    snippet_marks: Annotated[str, Column("0-2", "With `marks=true`.")]


class ExplainRow(TypedDict):
    """A line of an explanation; `value` and `factor` add and multiply up to the score."""

    part: Annotated[str, Column("bm25.title:面霜")]
    value: Annotated[float, Column(12.1)]
    factor: Annotated[float | None, Column(None)]
    note: Annotated[str, Column("weight 1, idf 1.204 …")]


class SuggestRow(TypedDict):
    """A completion."""

    keyword: Annotated[str, Column("敏感肌")]
    notes: Annotated[int, Column(42)]


class StatsRow(TypedDict):
    """What a library holds."""

    notes: Annotated[int, Column(630)]
    authors: Annotated[int, Column(211)]
    observations: Annotated[int, Column(0)]
    tags: Annotated[int, Column(480)]
    terms: Annotated[int, Column(9120)]
    first_published: Annotated[Text, Column("2025-11-02T08:00:00+08:00")]
    last_published: Annotated[Text, Column("2026-10-30T21:40:00+08:00")]
    index_version: Annotated[int, Column(630)]
    lexicon: Annotated[str, Column("5f0c2a9be1d4")]
    rule_set: Annotated[str, Column("balanced@1")]
    comments: Annotated[int, Column(0)]
    creators: Annotated[int, Column(0)]
    outcomes: Annotated[int, Column(0)]


def result_row(result: Result, explain: bool = False, marks: bool = False) -> SearchRow:
    """A place of a page, with the sentence and the spans of matches where they are asked for."""
    note = result.note
    row: SearchRow = {
        "position": result.position,
        "note_id": note.note_id,
        "title": note.title,
        "snippet": result.snippet.text,
        "score": result.score,
        "bm25": result.bm25,
        "kind": note.kind or None,
        "author": note.author or None,
        "published_at": stamp(note.published_at),
        "likes": value_of(note.counts.likes),
        "collects": value_of(note.counts.collects),
        "comments": value_of(note.counts.comments),
        "shares": value_of(note.counts.shares),
        "tags": ",".join(note.tags),
        "brands": ",".join(result.brands),
        "channel": note.channel or None,
        "url": note.url or None,
    }
    if explain:
        row["why"] = result.sentence
    if marks:
        row["title_marks"], row["snippet_marks"] = _spans(result.title), _spans(result.snippet)
    return row


def explain_table(explanation: Explanation) -> Table:
    """A row a line."""
    values = [(part.part, part.value, part.factor, part.note) for part in explanation.parts]
    return Table.of(ExplainRow, values)


def stats_table(stats: Stats) -> Table:
    """The one row of what a library holds."""
    values = [getattr(stats, name) for name in columns(StatsRow)]
    return Table.of(StatsRow, [[stamp(v) if isinstance(v, datetime) else v for v in values]])


def value_of(count: Count | None) -> int | None:
    """A count's value; None when it is missing, which is not 0."""
    return None if count is None else count.value


def stamp(moment: datetime | None) -> str | None:
    """A moment as ISO-8601 with China's offset."""
    return None if moment is None else moment.astimezone(CHINA).isoformat()


def _spans(snippet: Snippet) -> str:
    return " ".join(f"{start}-{end}" for start, end in snippet.marks)
