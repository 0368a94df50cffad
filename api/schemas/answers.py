"""The answers as OpenAPI shows them: pydantic, and only here.

Answers are not passed through these models (that costs a multiple of the search on wide answers);
a test holds real answers against them.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, RootModel


class Exact(BaseModel):
    """No key beside those that are named: the keys are promises."""

    model_config = ConfigDict(extra="forbid")


class SearchRow(Exact):
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


class ExplainRow(Exact):
    part: str
    value: float
    factor: float | None
    note: str


class SuggestRow(Exact):
    keyword: str
    notes: int


class StatsRow(Exact):
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
    comments: int
    creators: int
    outcomes: int


class NoteRow(Exact):
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


class ImportRow(Exact):
    path: str
    format: str
    rows: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    warnings: str


class ExtractRow(Exact):
    keyword: str
    score: float = Field(description="The chance that the author would tag it, 0 to 1.")
    kind: str


class KeywordRow(Exact):
    keyword: str
    kind: str
    intent: str
    weight: float = Field(description="Of all, they sum to 1.")
    demand: int | None = Field(description="Searches a month; null is unknown, never 0.")
    demand_source: str | None
    supply: int = Field(description="Notes of this library: a lower bound.")
    difficulty: float | None = Field(description="0 to 100, of the first ten places.")
    opportunity: float | None = Field(description="0 to 100; null without demand.")
    provenance: str
    examples: str = Field(description="Note ids, joined by commas.")
    supply_titled: int | None = Field(None, description="With `detail=true`, as what follows.")
    velocity: float | None = Field(None, description="Interactions a day: a proxy for demand.")
    places: int | None = None
    age_days: float | None = None
    video_share: float | None = None
    heat: float | None = None
    room: float | None = None
    scarcity: float | None = None
    difficulty_engagement: float | None = None
    difficulty_authors: float | None = None
    difficulty_young: float | None = None
    difficulty_exact: float | None = None
    difficulty_distinct: float | None = None


class VisibilityRow(Exact):
    keyword: str
    weight: float
    brand: str
    best_position: int | None = Field(description="Null when it is not on the page.")
    top3: int
    top10: int
    top20: int
    top50: int
    share: float
    share_organic: float
    share_declared: float


class VisibilityTotalRow(Exact):
    group: str
    brand: str
    keywords: int
    pages: int
    share: float
    share_organic: float
    share_declared: float
    share_boosted: float
    share_unknown: float
    share_image: float
    share_video: float
    share_form_unknown: float
    authors: int
    top3: int
    top10: int


class Health(Exact):
    status: str


class Ready(Exact):
    status: str
    notes: int
    index_version: int


class Meta(Exact):
    total: int = Field(description="Of the whole answer, not of this part of it.")
    limit: int | None
    offset: int
    next: int | None = Field(description="The next `offset`, null at the end.")
    index_version: int
    rule_set: str
    took_ms: float


class FacetValue(Exact):
    value: str
    notes: int


class SearchMeta(Meta):
    as_of: str = Field(description="Ages are counted from here.")
    cursor: str | None = Field(None, description="Asks for the page after this one.")
    did_you_mean: list[str]
    notes: list[str] = Field(description="What was understood in another way than typed.")
    facets: dict[str, list[FacetValue]] | None = Field(None, description="With `facets=true`.")


class ExplainMeta(Meta):
    note_id: str
    position: int | None = Field(description="Null when it has no place on the page.")
    matching: int
    score: float
    sentence: str


class RejectedLine(Exact):
    line: int
    reason: str


class PortraitMeta(Meta):
    portrait: str | None = Field(None, description="Of `portraits:keywords`, as what follows.")
    notes_read: int | None = None
    left_out: int | None = None


class ImportMeta(Meta):
    rejected: list[RejectedLine] = Field(description="The first hundred.")


class ProblemError(Exact):
    pointer: str
    code: str
    message: str


class Problem(Exact):
    """RFC 9457, with a cure."""

    type: str
    title: str
    status: int
    detail: str
    cure: str
    request_id: str
    errors: list[ProblemError] | None = None


class SearchEnvelope(Exact):
    data: list[SearchRow]
    meta: SearchMeta


class ExplainEnvelope(Exact):
    data: list[ExplainRow]
    meta: ExplainMeta


class SuggestEnvelope(Exact):
    data: list[SuggestRow]
    meta: Meta


class StatsEnvelope(Exact):
    data: list[StatsRow]
    meta: Meta


class NoteEnvelope(Exact):
    data: list[NoteRow]
    meta: Meta


class ImportEnvelope(Exact):
    data: list[ImportRow]
    meta: ImportMeta


class ExtractEnvelope(Exact):
    data: list[ExtractRow]
    meta: Meta


class KeywordEnvelope(Exact):
    data: list[KeywordRow]
    meta: PortraitMeta


class VisibilityEnvelope(Exact):
    data: list[VisibilityRow] | list[VisibilityTotalRow]
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


class ExtractAnswer(RootModel[ExtractEnvelope | list[ExtractRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class KeywordAnswer(RootModel[KeywordEnvelope | list[KeywordRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class VisibilityAnswer(
    RootModel[VisibilityEnvelope | list[VisibilityRow] | list[VisibilityTotalRow]]
):
    """The envelope, or with `shape=rows` the bare array."""
