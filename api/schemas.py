"""The answers as OpenAPI shows them: pydantic, and only here.

Answers are not passed through these models (that costs a multiple of the search on wide answers);
a test holds real answers against them.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, RootModel


class SearchRow(BaseModel):
    position: int
    note_id: str
    title: str
    snippet: str
    score: float
    bm25: float
    kind: str | None
    author: str | None
    published_at: str | None
    likes: int | None
    collects: int | None
    comments: int | None
    shares: int | None
    tags: str = Field(description="Joined by commas.")
    brands: str = Field(description="Joined by commas.")
    channel: str | None
    url: str | None
    why: str | None = Field(None, description="With `explain=true`.")
    title_marks: str | None = Field(None, description="With `marks=true`: `0-2 5-8`.")
    snippet_marks: str | None = Field(None, description="With `marks=true`.")


class ExplainRow(BaseModel):
    part: str
    value: float
    factor: float | None
    note: str


class SuggestRow(BaseModel):
    keyword: str
    notes: int


class StatsRow(BaseModel):
    notes: int
    authors: int
    observations: int
    tags: int
    terms: int
    first_published: str | None
    last_published: str | None
    index_version: int
    lexicon: str
    rule_set: str


class NoteRow(BaseModel):
    note_id: str
    kind: str | None
    title: str
    body: str
    tags: str
    brands: str
    author: str | None
    fans: int | None
    published_at: str | None
    captured_at: str | None
    channel: str | None
    url: str | None
    likes: int | None
    likes_at_least: bool | None
    likes_precision: int | None
    collects: int | None
    collects_at_least: bool | None
    collects_precision: int | None
    comments: int | None
    comments_at_least: bool | None
    comments_precision: int | None
    shares: int | None
    shares_at_least: bool | None
    shares_precision: int | None


class ImportRow(BaseModel):
    path: str
    format: str
    rows: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    warnings: str


class Deleted(BaseModel):
    note_id: str
    deleted: bool


class Health(BaseModel):
    status: str


class Ready(BaseModel):
    status: str
    notes: int
    index_version: int


class Meta(BaseModel):
    total: int
    limit: int | None
    offset: int
    next: int | None
    took_ms: float
    model_config = {"extra": "allow"}


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    cure: str
    request_id: str
    errors: list[dict[str, Any]] | None = None


class SearchEnvelope(BaseModel):
    data: list[SearchRow]
    meta: Meta


class ExplainEnvelope(BaseModel):
    data: list[ExplainRow]
    meta: Meta


class SuggestEnvelope(BaseModel):
    data: list[SuggestRow]
    meta: Meta


class StatsEnvelope(BaseModel):
    data: list[StatsRow]
    meta: Meta


class NoteEnvelope(BaseModel):
    data: list[NoteRow]
    meta: Meta


class ImportEnvelope(BaseModel):
    data: list[ImportRow]
    meta: Meta


class SearchAnswer(RootModel[SearchEnvelope | list[SearchRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class ExplainAnswer(RootModel[ExplainEnvelope | list[ExplainRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class SuggestAnswer(RootModel[SuggestEnvelope | list[SuggestRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class StatsAnswer(RootModel[StatsEnvelope | list[StatsRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class NoteAnswer(RootModel[NoteEnvelope | list[NoteRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class ImportAnswer(RootModel[ImportEnvelope | list[ImportRow]]):
    """The envelope, or with `shape=rows` the bare array."""
