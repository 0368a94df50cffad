"""What a reader is: how it knows its export by the headers, and what it makes of a record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.formats.headers import Columns
from engine.formats.notes import Capture, captured, pick
from engine.formats.record import Record
from engine.model import Row

Keys = frozenset[str]  # the headers of a record


@dataclass(frozen=True, slots=True)
class Reader:
    """One export format.

    `name` with `{}` for the way the rows are kept ("mediacrawler-{}"). `read` raises BadRow.
    `ordered`: rows of a text or sheet stand in page order. `refusal`: (what the file holds, the
    cure) for exports that hold no notes.
    """

    name: str
    knows: Callable[[Keys], bool]
    read: Callable[[Record, Capture], Row]
    ordered: bool = False
    refusal: tuple[str, str] | None = None


def notes_reader(
    name: str, knows: Callable[[Keys], bool], columns: Columns, ordered: bool = False
) -> Reader:
    """A reader of a flat export: each row a note, each field under one of a few headers."""

    def read(record: Record, capture: Capture) -> Row:
        return captured(record.line, pick(record.values, columns), capture, ordered)

    return Reader(name, knows, read, ordered)
