"""The first places of many keywords at once, the same as their pages show.

What a rule says of a note does not depend on the query, so that it is asked once for all notes; the
rest is one batch over the index and a few arrays a keyword.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from engine.display import rules
from engine.display.page import first_places
from engine.display.ruleset import RuleSet
from engine.index import Index, Roster
from engine.text.query import plain
from engine.text.segment import Segmenter

_AT_ONCE = 1_000  # keywords; their best notes are kept as arrays meanwhile
Rows = npt.NDArray[np.int64]


class Places:
    """Pages of one state of a library, by one rule set, as of one moment."""

    def __init__(
        self, index: Index, segmenter: Segmenter, rule_set: RuleSet, now: datetime
    ) -> None:
        self._index = index
        self._segmenter = segmenter
        self._rules = rule_set
        self.roster: Roster = index.roster()
        _, applied = rules.apply(rule_set, self.roster.hits(), now)
        self._factors = [one.factor for one in applied]

    def of(
        self, keywords: Sequence[str], most: int, tick: Callable[[float], None] | None = None
    ) -> list[Rows]:
        """For each keyword the roster's rows of its first `most` places, first place first."""
        found: list[Rows] = []
        for start in range(0, len(keywords), _AT_ONCE):
            words = keywords[start : start + _AT_ONCE]
            queries = [plain(word, self._segmenter, self._rules.query) for word in words]
            window = self._rules.page.window
            for rows, bm25 in self._index.best_of_many(queries, self._rules.scoring, window):
                found.append(self._placed(rows, bm25.astype(np.float64), most)[0])
            if tick:
                tick(len(found) / len(keywords))
        return found

    def page(self, words: str, most: int) -> list[tuple[str, float]]:
        """(note id, score) of the first places of one keyword."""
        query = plain(words, self._segmenter, self._rules.query)
        ((rows, bm25),) = self._index.best_of_many(
            [query], self._rules.scoring, self._rules.page.window
        )
        placed, scores = self._placed(rows, bm25.astype(np.float64), most)
        ids = self.roster.note_ids
        return [(ids[row], score) for row, score in zip(placed.tolist(), scores, strict=True)]

    def _placed(
        self, rows: Rows, scores: npt.NDArray[np.float64], most: int
    ) -> tuple[Rows, list[float]]:
        for factor in self._factors:
            scores = scores * factor[rows]
        roster = self.roster
        order = first_places(
            scores,
            roster.order[rows],
            roster.clusters[rows],
            roster.authors[rows],
            most,
            self._rules.page,
        )
        return rows[order], scores[order].tolist()
