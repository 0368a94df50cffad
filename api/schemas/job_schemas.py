"""Answers about jobs as the API declares them."""

from __future__ import annotations

from pydantic import Field, RootModel

from api.schemas.answers import Exact, Meta


class JobRow(Exact):
    job_id: str
    kind: str = Field(description="import, calibrate or visibility.")
    state: str = Field(description="queued, running, done, failed or cancelled.")
    progress: float = Field(description="0 to 1.")
    created_at: str
    started_at: str | None
    ended_at: str | None
    error: str | None = Field(description="Of a failed one: what is wrong; what to do.")
    resumed: int = Field(description="How often a restart began it anew.")
    rows: int = Field(description="Of its result, at `/rows`.")


class JobEnvelope(Exact):
    data: list[JobRow]
    meta: Meta


class JobAnswer(RootModel[JobEnvelope | list[JobRow]]):
    """The envelope, or with `shape=rows` the bare array."""
