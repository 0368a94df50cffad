"""A draft against a keyword set: its places, their attention, and what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.insight.checks import Check
from engine.insight.scenarios import Scenario
from engine.insight.share_of_voice import ATTENTION, DEPTH, Total
from engine.model import Note

STATED = "as stated"  # the scenario of the draft's own counts and time


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft's place for one keyword; None where it has no place within the rules' window.

    `position` is the place as stated; `low` and `high` are the best and the worst place of all
    scenarios, of `of` places with the draft. `matched`: field -> words of the keyword that the
    draft holds there. `displaces` is the id of the note right below it, `above` the one right
    above. `places` by scenario.
    """

    keyword: str
    weight: float
    low: int | None
    position: int | None
    high: int | None
    of: int
    matched: Mapping[str, tuple[str, ...]]
    displaces: str | None
    above: str | None
    places: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """A draft against a keyword set.

    `attention` is the expected attention as stated, `range` its lowest and highest value over the
    scenarios. `before` and `after` are the share of voice of own brands over the set. `cannibals`
    are own notes that the draft pushes down: (keyword, note id, place before, place after, None
    behind the first 50). `saturation` is the part of a word's full weight that one, two, three
    mentions in the body have.
    """

    note: Note
    placed: tuple[Placed, ...]
    scenarios: tuple[Scenario, ...]
    attention: float
    range: tuple[float, float]
    before: tuple[Total, ...]
    after: tuple[Total, ...]
    cannibals: tuple[tuple[str, str, int, int | None], ...]
    checks: tuple[Check, ...]
    saturation: tuple[float, ...]


def attention(place: int | None) -> float:
    """Returns 1 / log2(place + 1), 0 to 1; 0 without a place and behind the first 50."""
    return 0.0 if place is None or place > DEPTH else float(ATTENTION[place - 1])


def expected(weights_and_places: Iterable[tuple[float, int | None]]) -> float:
    """Returns Σ weight × attention of the place: 1 when a draft stands first for every keyword."""
    return sum(weight * attention(place) for weight, place in weights_and_places)
