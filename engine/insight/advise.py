"""Finds the edits that raise a draft's attention most: greedily, each step ranked by the engine.

Each round makes edits for the keywords with most to win and ranks them on the keywords that they
touch. It then ranks the best few exactly, on the whole set, and takes the best of these. A gain is
a difference of expected attention (Σ weight × attention, 0 to 1), so that gains add up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.insight.draft import attention, expected
from engine.insight.edits import edits
from engine.model import Note, Progress, quiet
from engine.text.runs import Reader

_TARGETS = 12  # keywords per round that get edits
_FINALISTS = 6  # edits per round that are ranked on the whole set
_LEAST_GAIN = 1e-6  # the smallest gain of an edit that is proposed
PlaceByKeyword = Mapping[str, int | None]


class DraftRanker(Protocol):
    """What `advise` needs from an engine."""

    wording: Callable[[str], str]

    def evaluate(self, draft: Note, keywords: Sequence[str]) -> PlaceByKeyword:
        """Returns the draft's place for each keyword, None where it has no place."""
        ...

    def touched(self, before: Note, after: Note, keywords: Sequence[str]) -> list[str]:
        """Lists keywords with a term in a field that differs between two drafts."""
        ...


@dataclass(frozen=True, slots=True)
class Advice:
    """One edit after those before it: the places that it changes, and its gain in expected
    attention.

    `moves`: (keyword, place before, place after), the heaviest change first. `draft` is the draft
    after this edit and those before it.
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
    ranker: DraftRanker,
    reader: Reader,
    max_edits: int,
    progress: Progress = quiet,
) -> list[Advice]:
    """Lists up to `max_edits` edits; each is the best one for the draft with the edits before it.

    `progress` is called with the share of rounds done.
    """
    keywords = list(weights)
    places = ranker.evaluate(draft, keywords)
    chosen: list[Advice] = []
    for number in range(max_edits):
        best = _best(draft, places, weights, ranker, reader)
        progress((number + 1) / max_edits)
        if best is None:
            break
        advice, places = best
        draft = advice.draft
        chosen.append(advice)
    return chosen


def moved(
    before: PlaceByKeyword, after: PlaceByKeyword, weights: Mapping[str, float]
) -> tuple[tuple[str, int | None, int | None], ...]:
    """Lists keywords whose place changes, the largest change of weighted attention first."""
    keywords = [word for word in weights if before[word] != after[word]]
    keywords.sort(
        key=lambda w: (-abs(weights[w] * (attention(after[w]) - attention(before[w]))), w)
    )
    return tuple((word, before[word], after[word]) for word in keywords)


def _best(
    draft: Note,
    places: PlaceByKeyword,
    weights: Mapping[str, float],
    ranker: DraftRanker,
    reader: Reader,
) -> tuple[Advice, PlaceByKeyword] | None:
    keywords = list(weights)
    possible_gains = {word: weights[word] * (1 - attention(places[word])) for word in keywords}
    targets = sorted(keywords, key=lambda word: (-possible_gains[word], word))[:_TARGETS]
    estimates = []
    for number, edit in enumerate(edits(draft, targets, keywords, reader, ranker.wording)):
        touched = ranker.touched(draft, edit.draft, keywords)
        after = ranker.evaluate(edit.draft, touched)
        gain = _gain(places, after, weights)
        if gain > _LEAST_GAIN:
            estimates.append((-gain, number, edit))
    finalists = []
    for _, number, edit in sorted(estimates, key=lambda row: row[:2])[:_FINALISTS]:
        after = ranker.evaluate(edit.draft, keywords)
        finalists.append((-_gain(places, after, weights), number, edit, after))
    if not finalists or min(finalists, key=lambda row: row[:2])[0] > -_LEAST_GAIN:
        return None
    loss, _, edit, after = min(finalists, key=lambda row: row[:2])
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


def _gain(before: PlaceByKeyword, after: PlaceByKeyword, weights: Mapping[str, float]) -> float:
    """The difference in expected attention over the keywords of `after`."""
    return expected((weights[word], after[word]) for word in after) - expected(
        (weights[word], before[word]) for word in after
    )
