"""Answers about drafts as the API declares them."""

from __future__ import annotations

from pydantic import Field, RootModel

from api.schemas.answers import Exact, Meta


class DraftRow(Exact):
    keyword: str
    weight: float
    position_low: int | None = Field(description="The best place of all scenarios.")
    position: int | None = Field(description="As stated; null where it has no place.")
    position_high: int | None = Field(description="The worst place of all scenarios.")
    of: int = Field(description="Places of the page, the draft's among them.")
    matched: str = Field(description="`title:换季 body:面霜`: words of the keyword by field.")
    displaces: str | None = Field(description="The note right below it.")


class DraftMeta(Meta):
    note_id: str
    attention: float = Field(description="Σ weight × 1 / log2(place + 1), 0 to 1.")
    attention_low: float
    attention_high: float
    share_before: dict[str, float] = Field(description="Share of voice by own brand.")
    share_after: dict[str, float]
    cannibals: int = Field(description="Own notes that it pushes down.")
    warnings: list[str]
    scenarios: dict[str, int] = Field(description="Known scenarios: the notes each rests on.")
    saturation: list[float] = Field(description="Of a full weight: one, two, three mentions.")


class AdviceRow(Exact):
    edit: str
    field: str = Field(description="title, tags, body, or split.")
    before: str
    after: str
    keyword_moves: str
    gain: float = Field(description="Expected attention on top of the edits before it.")


class AdviceMeta(Meta):
    together: float


class DraftEnvelope(Exact):
    data: list[DraftRow]
    meta: DraftMeta


class AdviceEnvelope(Exact):
    data: list[AdviceRow]
    meta: AdviceMeta


class DraftAnswer(RootModel[DraftEnvelope | list[DraftRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class AdviceAnswer(RootModel[AdviceEnvelope | list[AdviceRow]]):
    """The envelope, or with `shape=rows` the bare array."""
