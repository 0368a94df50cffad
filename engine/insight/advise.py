"""The edits that raise a draft's attention most: greedy, each step ranked again by the engine.

In each round edits for the keywords with most to win are ranked on the keywords that they touch;
the best few are then ranked on the whole set, exactly, and the best of these is taken. Gains are
differences of expected attention (Σ weight × attention, 0 to 1), so that they add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.insight.draft import attention, expected
from engine.insight.edits import edits
from engine.model import Note
from engine.text.runs import Reader

_TARGETS = 12  # keywords a round that edits are made for
_FINALISTS = 6  # edits a round that are ranked on the whole set
_LEAST = 1e-6  # gain that is worth an edit
Evaluated = Mapping[str, int | None]
Tick = Callable[[float], None]


class Ranker(Protocol):
    """What the search asks of an engine."""

    wording: Callable[[str], str]

    def evaluate(self, draft: Note, keywords: Sequence[str]) -> Evaluated:
        """Keyword -> the draft's place."""
        ...

    def touched(self, one: Note, other: Note, keywords: Sequence[str]) -> list[str]:
        """Keywords with a term in a field that differs between two drafts."""
        ...


@dataclass(frozen=True, slots=True)
class Advice:
    """One edit on top of those before it: what it moves, and what it adds to the attention.

    `moves`: (keyword, place before, place after), the heaviest change first. `draft` is the draft
    with this edit and those before it.
    """

    edit: str
    field: str
    before: str
    after: str
    moves: tuple[tuple[str, int | None, int | None], ...]
    gain: float
    draft: Note


def advise(
    draft: Note,
    weights: Mapping[str, float],
    ranker: Ranker,
    reader: Reader,
    most: int,
    tick: Tick | None = None,
) -> list[Advice]:
    """Up to `most` edits, each the best on top of those before it."""
    every = list(weights)
    places = ranker.evaluate(draft, every)
    found: list[Advice] = []
    for number in range(most):
        best = _best(draft, places, weights, ranker, reader)
        if tick:
            tick((number + 1) / most)
        if best is None:
            break
        advice, places = best
        draft = advice.draft
        found.append(advice)
    return found


def moved(
    before: Evaluated, after: Evaluated, weights: Mapping[str, float]
) -> tuple[tuple[str, int | None, int | None], ...]:
    """Keywords whose place changes, the heaviest change of attention first."""
    changed = [word for word in weights if before[word] != after[word]]
    changed.sort(key=lambda w: (-abs(weights[w] * (attention(after[w]) - attention(before[w]))), w))
    return tuple((word, before[word], after[word]) for word in changed)


def _best(
    draft: Note,
    places: Evaluated,
    weights: Mapping[str, float],
    ranker: Ranker,
    reader: Reader,
) -> tuple[Advice, Evaluated] | None:
    every = list(weights)
    room = {word: weights[word] * (1 - attention(places[word])) for word in every}
    targets = sorted(every, key=lambda word: (-room[word], word))[:_TARGETS]
    guessed = []
    for number, edit in enumerate(edits(draft, targets, every, reader, ranker.wording)):
        own = ranker.touched(draft, edit.draft, every)
        after = ranker.evaluate(edit.draft, own)
        gain = _gain(places, after, weights)
        if gain > _LEAST:
            guessed.append((-gain, number, edit))
    found = []
    for _, number, edit in sorted(guessed, key=lambda row: row[:2])[:_FINALISTS]:
        after = ranker.evaluate(edit.draft, every)
        found.append((-_gain(places, after, weights), number, edit, after))
    if not found or min(found, key=lambda row: row[:2])[0] > -_LEAST:
        return None
    loss, _, edit, after = min(found, key=lambda row: row[:2])
    advice = Advice(
        edit=edit.sentence,
        field=edit.field,
        before=edit.before,
        after=edit.after,
        moves=moved(places, after, weights),
        gain=-loss,
        draft=edit.draft,
    )
    return advice, after


def _gain(before: Evaluated, after: Evaluated, weights: Mapping[str, float]) -> float:
    """What changes in the expected attention, over the keywords of `after`."""
    return expected((weights[word], after[word]) for word in after) - expected(
        (weights[word], before[word]) for word in after
    )
