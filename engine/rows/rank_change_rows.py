"""What changed on pages, and why, as flat rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypedDict

from engine.insight.events import Event
from engine.insight.rank_changes import CAUSES, Move
from engine.rows.column import Column
from engine.rows.search_rows import NOTE_ID, Whole
from engine.rows.table import Table

Places = Annotated[float, Column(0.0, "Places that it is answerable for; they sum to the move.")]


class RankChangeRow(TypedDict):
    """The move of a note on the page of a keyword (minus is up), by its causes."""

    keyword: Annotated[str, Column("敏感肌面霜")]
    before: Annotated[Whole, Column(4)]
    after: Annotated[Whole, Column(2)]
    move: Annotated[float, Column(-2.0)]
    own_edit: Places
    own_engagement: Places
    ageing: Places
    rivals: Places
    rival_engagement: Places
    dictionary: Places
    rules: Places


class EventRow(TypedDict):
    """A thing that happened on a watched page."""

    keyword: Annotated[str, Column("敏感肌面霜")]
    event: Annotated[str, Column("entered")]
    note_id: Annotated[str, Column(NOTE_ID)]
    brand: Annotated[str, Column("沐禾集")]
    place: Annotated[Whole, Column(3)]


def rank_change_table(changes: Sequence[Move]) -> Table:
    """A row a keyword."""
    values = [
        (change.keyword, change.before, change.after, change.move,
         *(round(change.parts.get(cause, 0.0), 4) for cause in CAUSES))
        for change in changes
    ]  # fmt: skip
    return Table.of_values(RankChangeRow, values)


def event_table(events: Sequence[Event]) -> Table:
    """A row an event."""
    values = [(e.keyword, e.event, e.note_id, e.brand, e.place) for e in events]
    return Table.of_values(EventRow, values)
