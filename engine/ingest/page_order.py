"""Pages -> whether their order is a sort in disguise: by likes, or by date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from engine.model import Note, Sighting
from engine.store import StoreReader

_TAU = 0.8  # Kendall's, from which an order is taken for another one
_PLACES = 10
_MOST = 100  # places that are looked at


def looks_sorted(likes: Sequence[int | None], dates: Sequence[float | None]) -> str:
    """ "likes" or "date" when they fall from place to place as no general page does; else "".

    Both have one entry a place, the best first; places without a value are passed over.
    """
    for name, values in (("likes", likes), ("date", dates)):
        stated = [value for value in values[:_MOST] if value is not None]
        if len(stated) >= _PLACES and _falling(stated) >= _TAU:
            return name
    return ""


def suspect_pages(store: StoreReader, seen: Iterable[tuple[str, Sighting]]) -> dict[str, list[str]]:
    """Of pages declared general those that look like another sort: the sort -> keywords."""
    pages: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for note_id, sighting in seen:
        if sighting.sort == "general" and sighting.position is not None and sighting.keyword:
            pages.setdefault((sighting.keyword, sighting.run), []).append(
                (sighting.position, note_id)
            )
    suspects: dict[str, list[str]] = {}
    for (keyword, _), places in sorted(pages.items()):
        name = page_sort(store, [note_id for _, note_id in sorted(places)])
        if name and keyword not in suspects.setdefault(name, []):
            suspects[name].append(keyword)
    return {name: words for name, words in suspects.items() if words}


def page_sort(store: StoreReader, note_ids: Sequence[str]) -> str:
    """What the order of these notes looks like, by what the library knows of them."""
    if len(note_ids) < _PLACES:
        return ""
    ids = list(dict.fromkeys(note_ids))[:_MOST]
    notes = {note_id: stored.note for note_id, stored in store.get_many(ids).items()}
    return sort_of(notes, ids)


def sort_of(notes: Mapping[str, Note], ids: Sequence[str]) -> str:
    """What the order of these ids looks like, by the notes that are known."""
    placed = [notes[note_id] for note_id in ids if note_id in notes]
    likes = [note.counts.likes for note in placed]
    dates = [note.published_at for note in placed]
    return looks_sorted(
        [None if count is None else count.value for count in likes],
        [None if date is None else date.timestamp() for date in dates],
    )


def _falling(values: Sequence[float]) -> float:
    """Kendall's tau-b of the places and falling values: 1 when each is below the one before."""
    pairs = ties = balance = 0
    for at, value in enumerate(values):
        for later in values[at + 1 :]:
            pairs += 1
            ties += later == value
            balance += (later < value) - (later > value)
    return balance / (pairs * (pairs - ties)) ** 0.5 if ties < pairs else 0.0
