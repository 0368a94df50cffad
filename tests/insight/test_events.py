"""Events of a watched page: once each, with a band in which nothing is said."""

from __future__ import annotations

from engine.insight.events import Watched, watch

OWN = frozenset({"沐禾集"})
BRANDS = {"own": "沐禾集", "rival": "初棠"}


def page(**places: int) -> list[str]:
    """Thirteen notes, some of them at given places."""
    rows = [f"n{place}" for place in range(1, 14)]
    for note_id, place in places.items():
        rows[place - 1] = note_id
    return rows


def look(
    rows: list[str], known: Watched | None
) -> tuple[Watched, list[tuple[str, str, int | None]]]:
    state, events = watch("面霜", rows, BRANDS, OWN, known)
    return state, [(event.event, event.note_id, event.place) for event in events]


def test_the_first_look_only_remembers() -> None:
    state, events = look(page(own=3, rival=1), None)
    assert events == []
    assert (state.inside["own"], state.inside["rival"]) == ("沐禾集", "初棠")


def test_a_note_enters_and_leaves_once() -> None:
    state, _ = look(page(own=3), None)
    state, events = look(page(own=12), state)
    assert events == []  # within the band
    state, events = look(page(own=10), state)
    assert events == []
    state, events = look(page(), state)
    assert events == [("own note left the top 10", "own", None)]
    state, events = look(page(own=12), state)
    assert events == []
    state, events = look(page(own=9, rival=10), state)
    assert events == [
        ("own note entered the top 10", "own", 9),
        ("rival entered the top 10", "rival", 10),
    ]


def test_a_first_place_is_news_once_for_each_note() -> None:
    state, _ = look(page(), None)
    state, events = look(page(new=1), state)
    assert ("took the first place", "new", 1) in events
    state, events = look(page(), state)
    state, again = look(page(new=1), state)
    assert not [event for event in (*events, *again) if "first" in event[0]]


def test_what_is_remembered_survives_a_file() -> None:
    state, _ = look(page(own=3), None)
    assert Watched.of(state.table()) == state
