"""What the endpoints of imports answer."""

from __future__ import annotations

from pydantic import RootModel

from api.schemas.answers import Exact, Meta


class ImportedRow(Exact):
    import_id: int
    path: str
    format: str
    hash: str
    imported_at: str | None
    rows: int
    added: int
    updated: int
    unchanged: int
    rejected: int
    skipped: int
    observations: int
    demand: int
    related: int
    comments: int
    creators: int
    outcomes: int
    finished: bool
    can_undo: bool


class UndoneRow(Exact):
    import_id: int
    path: str
    removed: int
    restored: int


class ImportedEnvelope(Exact):
    data: list[ImportedRow]
    meta: Meta


class UndoneEnvelope(Exact):
    data: list[UndoneRow]
    meta: Meta


class ImportedAnswer(RootModel[ImportedEnvelope | list[ImportedRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class UndoneAnswer(RootModel[UndoneEnvelope | list[UndoneRow]]):
    """The envelope, or with `shape=rows` the bare array."""
