"""A draft against a keyword set: its places, the attention they hold, what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.insight.checks import Check
from engine.insight.scenarios import Scenario
from engine.insight.visibility import ATTENTION, DEPTH, Total
from engine.model import Note

STATED = "as stated"  # the scenario of the draft's own counts and time


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft on the page of one keyword; None where it has no place within the rules' window.

    `position` as stated, `low` and `high` the best and the worst place of all scenarios, of `of`
    places with the draft. `matched`: field -> words of the keyword that the draft holds there.
    `displaces` is the note right below it, `above` the one right above. `places` by scenario.
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

    `attention` is the expected attention as stated, `range` its least and greatest over the
    scenarios; `before` and `after` the share of voice of own brands over the set; `cannibals` own
    notes that the draft pushes down (keyword, note id, place before, place after, None behind the
    first 50); `saturation` the part of a word's full weight that one, two, three mentions in the
    body have.
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
    """1 / log2(place + 1), 0 to 1; 0 without a place and behind the first 50."""
    return 0.0 if place is None or place > DEPTH else float(ATTENTION[place - 1])


def expected(weighed: Iterable[tuple[float, int | None]]) -> float:
    """Σ weight × attention of the place: 1 when a draft stands first for every keyword."""
    return sum(weight * attention(place) for weight, place in weighed)
