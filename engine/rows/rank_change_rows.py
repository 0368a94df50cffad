"""What changed on pages, and why, as flat rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from engine.insight.events import Event
from engine.insight.rank_changes import CAUSES, RankChange
from engine.rows.column import Column
from engine.rows.search_rows import Whole
from engine.rows.table import Table

Places = Annotated[float, Column(digits=4)]  # that a cause is answerable for


class RankChangeRow(TypedDict):
    """The move of a note on the page of a keyword (minus is up), by its causes."""

    keyword: str
    before: Whole
    after: Whole
    move: float
    own_edit: Places
    own_engagement: Places
    ageing: Places
    rivals: Places
    rival_engagement: Places
    dictionary: Places
    rules: Places


class EventRow(TypedDict):
    """A thing that happened on a watched page."""

    keyword: str
    event: str
    note_id: str
    brand: str
    place: Whole


def rank_change_table(changes: Sequence[RankChange]) -> Table:
    """A row a keyword."""
    values = [
        (c.keyword, c.before, c.after, c.move, *(c.parts.get(cause, 0.0) for cause in CAUSES))
        for c in changes
    ]
    return Table.of(RankChangeRow, values)


def event_table(events: Sequence[Event]) -> Table:
    """A row an event."""
    values = [(e.keyword, e.event, e.note_id, e.brand, e.place) for e in events]
    return Table.of(EventRow, values)
