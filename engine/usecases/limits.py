"""How much a door may ask at once; more is refused with the limit, the same everywhere."""

from __future__ import annotations

from collections.abc import Sized
from datetime import datetime

from engine.errors import BadOption
from engine.model import CHINA

KEYWORDS = 10_000  # of a list
ADVISED = 500  # keywords of a list whose draft is edited
LETTERS = 100  # of a keyword, a brand, a tag
OWN, RIVALS = 20, 50  # brands
BANNED = 1_000  # words not to use
LABELS = 20  # tags or brands of a filter
TOP = 1_000  # keywords of a set, proposals
PHRASES = 100  # of a text
COMPLETIONS = 100
NEAR = 300  # words near a keyword
EDITS = 20  # of an advice
OFFSET = 10_000  # places before a page
TITLE, BODY, TAGS = 1_000, 100_000, 100  # characters, characters, tags of a draft
PAGES, PLACES = 10_000, 1_000  # observed pages, notes of one
YEARS = (1990, 2100)  # in which a note may be asked about


def within(name: str, value: int, least: int, most: int) -> int:
    """The value; BadOption when it is not from `least` to `most`."""
    if not least <= value <= most:
        raise BadOption(f"{name} is {value}", f"use {least} to {most}")
    return value


def at_most(entries: Sized, most: int, what: str) -> None:
    """BadOption when there are more entries than `most`."""
    if len(entries) > most:
        raise BadOption(f"{len(entries):,} {what}", f"give at most {most:,}")


def moment(value: str | datetime | None) -> datetime | None:
    """A moment of a year that notes have; without an offset it is +08:00; BadOption for others."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError as error:
            cure = "write 2026-10-31 or 2026-10-31T08:00"
            raise BadOption(f"'{value}' is no date", cure) from error
    if not YEARS[0] <= value.year <= YEARS[1]:
        cure = f"give a moment from {YEARS[0]} to {YEARS[1]}"
        raise BadOption(f"{value.isoformat()} is in the year {value.year}", cure)
    return value if value.tzinfo else value.replace(tzinfo=CHINA)
