"""What happened on the pages of a keyword set since the last look; nothing is cried twice.

A note is in the top 10 when it comes to place 10 or better, and out only when it falls behind place
13: within that band nothing is said. A first place is news once for each note that takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOP = 10
OUT = 13  # the place behind which a note has left
_HELD = 10  # holders of the first place that are remembered


@dataclass(frozen=True, slots=True)
class Watched:
    """What is remembered of a page: notes in the top 10 with the watched brand that each names
    ("" for none), and who took the first place, last first."""

    inside: Mapping[str, str]
    firsts: tuple[str, ...]

    def table(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"inside": dict(self.inside), "firsts": list(self.firsts)}

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Watched:
        """From `table`."""
        return cls(table["inside"], tuple(table["firsts"]))


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; `place` is the note's now, None when it is not on the page."""

    keyword: str
    event: str
    note_id: str
    brand: str
    place: int | None


def watch(
    keyword: str,
    page: Sequence[str],
    brands: Mapping[str, str],
    own: frozenset[str],
    known: Watched | None,
) -> tuple[Watched, list[Event]]:
    """(what to remember, what happened since `known`; nothing at the first look).

    `page` are note ids, first place first; `brands` the watched brand that a note names, by id;
    `own` which of the brands are ours.
    """
    places = {note_id: place for place, note_id in enumerate(page, 1)}
    before = known.inside if known else {}
    stay = {n for n in before if places.get(n, OUT + 1) <= OUT}
    inside = {n: brands.get(n, "") for n in page if n in stay or places[n] <= TOP}
    firsts = known.firsts if known else ()
    events = []
    if page and page[0] not in firsts:
        events.append(Event(keyword, "took the first place", page[0], brands.get(page[0], ""), 1))
        firsts = (page[0], *firsts)[:_HELD]
    new = {n: brand for n, brand in inside.items() if n not in before}
    gone = {n: brand for n, brand in before.items() if n not in inside}
    for what, notes in (("entered", new), ("left", gone)):
        for note_id in sorted(notes, key=lambda n: (places.get(n, len(page) + 1), n)):
            if brand := notes[note_id]:
                side = "own note" if brand in own else "rival"
                said = f"{side} {what} the top 10"
                events.append(Event(keyword, said, note_id, brand, places.get(note_id)))
    return Watched(inside, firsts), events if known else []
