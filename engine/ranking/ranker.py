"""The first places of many keywords at once, the same as their pages show.

What a rule says of a note does not depend on the query, so that it is asked once for all notes; the
rest is one batch over the index and a few arrays a keyword.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from engine.index.hits import Batch, Hits, Roster, signal_columns
from engine.index.protocol import IndexView
from engine.ranking import rules
from engine.ranking.order import by_score, first_places
from engine.ranking.ruleset import RuleSet
from engine.ranking.spread import stand
from engine.text.query import plain
from engine.text.segment import Segmenter

_AT_ONCE = 1_000  # keywords; their best notes are kept as arrays meanwhile
Rows = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Tick = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Stood:
    """A note on the page of a keyword: its place in each scenario, None where it has none.

    `order` is the whole page by the first scenario, rows of the roster, first place first.
    """

    places: tuple[int | None, ...]
    order: Rows


class Places:
    """Pages of one state of a library, by one rule set, as of one moment."""

    def __init__(
        self,
        index: IndexView,
        segmenter: Segmenter,
        rule_set: RuleSet,
        now: datetime,
        roster: Roster | None = None,
    ) -> None:
        """`roster` is the index's own, or that with other counts."""
        self.index = index
        self.rule_set = rule_set
        self.now = now
        self.roster: Roster = roster or index.roster()
        self._segmenter = segmenter
        self._factors = self.factors(self.roster.hits())

    def factors(self, hits: Hits) -> list[Floats]:
        """What each rule multiplies the score of a hit with."""
        return [one.factor for one in rules.apply(self.rule_set, hits, self.now)[1]]

    def with_notes(self, batch: Batch) -> Places:
        """The places as they would be with more notes, exactly; nothing is written."""
        more = copy(self)
        more.index = self.index.with_notes(batch)
        more.roster = more.index.roster()
        rows = range(len(self.roster.note_ids), len(more.roster.note_ids))
        signals = more.index.signals([more.roster.note_ids[row] for row in rows])
        scores = np.zeros(len(rows), np.float32)
        own = self.factors(signal_columns(list(signals), scores, list(signals.values()), 0))
        pairs = zip(self._factors, own, strict=True)
        more._factors = [np.concatenate([known, new]) for known, new in pairs]
        return more

    def row(self, note_id: str) -> int:
        """The row of a note of the library; the last one, which replaces the others."""
        ids = self.roster.note_ids
        return len(ids) - 1 - ids[::-1].index(note_id)

    def of(self, keywords: Sequence[str], most: int, tick: Tick | None = None) -> list[Rows]:
        """For each keyword the roster's rows of its first `most` places, first place first."""
        return [
            self._placed(rows, self._scored(rows, bm25), most)[0]
            for rows, bm25 in self._windows(keywords, tick)
        ]

    def page(self, words: str, most: int) -> list[tuple[str, float]]:
        """(note id, score) of the first places of one keyword."""
        ((rows, bm25),) = self._windows([words], None)
        placed, scores = self._placed(rows, self._scored(rows, bm25), most)
        ids = self.roster.note_ids
        pairs = zip(placed.tolist(), scores.tolist(), strict=True)
        return [(ids[row], score) for row, score in pairs]

    def stand(
        self,
        keywords: Sequence[str],
        row: int,
        scenarios: Sequence[Sequence[float]] = (),
        tick: Tick | None = None,
    ) -> list[Stood]:
        """Where a note stands for each keyword: as it is, then with other factors in turn."""
        return [
            self._stood(rows, bm25, row, scenarios) for rows, bm25 in self._windows(keywords, tick)
        ]

    def _stood(
        self, rows: Rows, bm25: Floats, row: int, scenarios: Sequence[Sequence[float]]
    ) -> Stood:
        scores = self._scored(rows, bm25)
        order, _ = self._placed(rows, scores, len(rows))
        (held,) = np.nonzero(rows == row)
        if not len(held):
            return Stood((None,) * (1 + len(scenarios)), order)
        (place,) = np.nonzero(order == row)
        places = [int(place[0]) + 1 if len(place) else None]
        if scenarios:
            others = self._sorted(np.delete(rows, held), np.delete(scores, held))
            for factors in scenarios:
                score = math.prod(factors, start=float(bm25[held[0]]))
                places.append(self._inserted(others, row, score))
        return Stood(tuple(places), order)

    def _sorted(self, rows: Rows, scores: Floats) -> tuple[Floats, Rows, Rows, Rows]:
        """Scores, ties, authors and clusters in the order of the scores, without copies."""
        roster = self.roster
        order = by_score(scores, roster.order[rows], roster.clusters[rows], self.rule_set.page)
        rows = rows[order]
        return scores[order], roster.order[rows], roster.authors[rows], roster.clusters[rows]

    def _inserted(
        self, others: tuple[Floats, Rows, Rows, Rows], row: int, score: float
    ) -> int | None:
        roster, page = self.roster, self.rule_set.page
        cluster = int(roster.clusters[row]) if page.collapse_copies else -1
        own = (int(roster.order[row]), int(roster.authors[row]), cluster)
        return stand(others, score, own, page.same_author) or None

    def _windows(self, keywords: Sequence[str], tick: Tick | None) -> Iterator[tuple[Rows, Floats]]:
        """For each keyword the rows that the rules look at, and their BM25."""
        for start in range(0, len(keywords), _AT_ONCE):
            words = keywords[start : start + _AT_ONCE]
            queries = [plain(word, self._segmenter, self.rule_set.query) for word in words]
            window = self.rule_set.page.window
            for rows, bm25 in self.index.best_of_many(queries, self.rule_set.scoring, window):
                yield rows, bm25.astype(np.float64)
            if tick:
                tick((start + len(words)) / len(keywords))

    def _scored(self, rows: Rows, bm25: Floats) -> Floats:
        for factor in self._factors:
            bm25 = bm25 * factor[rows]
        return bm25

    def _placed(self, rows: Rows, scores: Floats, most: int) -> tuple[Rows, Floats]:
        roster = self.roster
        order = first_places(
            scores,
            roster.order[rows],
            roster.clusters[rows],
            roster.authors[rows],
            most,
            self.rule_set.page,
        )
        return rows[order], scores[order]
