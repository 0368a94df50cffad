"""Lists what happened on a keyword set's pages since the last look, each event once.

A note enters the top 10 when it reaches place 10 or better and leaves when it falls behind place
13; between these places nothing is reported. A first place is an event once for each note that
takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key

_TOP = 10
OUT = 13  # the place behind which a note has left
_REMEMBERED_FIRSTS = 10  # holders of the first place that are remembered


@dataclass(frozen=True, slots=True)
class Watched:
    """The remembered state of a page.

    `inside`: note ids of the top 10, each with the watched brand that it names ("" for none).
    `firsts`: ids of notes that took the first place, last first.
    """

    inside: Mapping[str, str]
    firsts: tuple[str, ...]

    def table(self) -> dict[str, Any]:
        """The state as a table for JSON."""
        return {"inside": dict(self.inside), "firsts": list(self.firsts)}

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Watched:
        """Builds the state from `table`."""
        return cls(table["inside"], tuple(table["firsts"]))


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `place` is the note's place now, None when it is not on the page."""

    keyword: str
    event: str
    note_id: str
    brand: str
    place: int | None


def watch_pages(
    library: LibrarySnapshot,
    keywords: Sequence[str],
    own_brands: Sequence[str],
    rivals: Sequence[str],
    previous: Mapping[str, Watched],
) -> tuple[dict[str, Watched], list[Event]]:
    """Returns (the states to remember by keyword, the events since `previous`)."""
    brand = library.segmenter.lexicon.brand_named
    names = {fold_key(brand(name)): name for name in (*own_brands, *rivals)}
    states, events = {}, []
    for word, page in zip(keywords, library.ranker.pages(keywords, OUT), strict=True):
        ids = page.note_ids
        brands = {
            note_id: names[key]
            for row, note_id in enumerate(ids)
            for key in page.columns.brands(row)
            if key in names
        }
        states[word], news = watch(word, ids, brands, frozenset(own_brands), previous.get(word))
        events += news
    return states, events


def watch(
    keyword: str,
    page: Sequence[str],
    brands: Mapping[str, str],
    own_brands: frozenset[str],
    previous: Watched | None,
) -> tuple[Watched, list[Event]]:
    """Returns (the state to remember, the events since `previous`; none at the first look).

    `page` are note ids, first place first. `brands` maps a note id to the watched brand that the
    note names. `own_brands` are the watched brands that are ours.
    """
    places = {note_id: place for place, note_id in enumerate(page, 1)}
    before = previous.inside if previous else {}
    staying = {n for n in before if places.get(n, OUT + 1) <= OUT}
    inside = {n: brands.get(n, "") for n in page if n in staying or places[n] <= _TOP}
    firsts = previous.firsts if previous else ()
    events = []
    if page and page[0] not in firsts:
        events.append(Event(keyword, "took the first place", page[0], brands.get(page[0], ""), 1))
        firsts = (page[0], *firsts)[:_REMEMBERED_FIRSTS]
    entered = {n: brand for n, brand in inside.items() if n not in before}
    left = {n: brand for n, brand in before.items() if n not in inside}
    for verb, notes in (("entered", entered), ("left", left)):
        for note_id in sorted(notes, key=lambda n: (places.get(n, len(page) + 1), n)):
            if brand := notes[note_id]:
                side = "own note" if brand in own_brands else "rival"
                text = f"{side} {verb} the top 10"
                events.append(Event(keyword, text, note_id, brand, places.get(note_id)))
    return Watched(inside, firsts), events if previous else []
