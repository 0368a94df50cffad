"""The first places of many keywords at once, the same as their pages show."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import numpy.typing as npt

from engine.index.hits import DocColumns, Hits, Integers
from engine.index.protocol import IndexSnapshot
from engine.model import Progress, quiet
from engine.ranking import rules
from engine.ranking.order import by_score, first_places
from engine.ranking.ruleset import RuleSet
from engine.ranking.spread import stand
from engine.text.query import plain
from engine.text.segment import Segmenter

_AT_ONCE = 250  # keywords; the columns of their windows are kept meanwhile
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankedPage:
    """The first places of a keyword: the columns of the notes and their scores, best first."""

    columns: DocColumns
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def note_ids(self) -> list[str]:
        return self.columns.note_ids

    def first(self, most: int) -> RankedPage:
        """The first `most` places."""
        return RankedPage(self.columns.take(np.arange(len(self))[:most]), self.scores[:most])


@dataclass(frozen=True, slots=True)
class DraftPlaces:
    """The places of a note, usually a draft, for one keyword: one per scenario, None for no place.

    `page` is the whole page of the first scenario.
    """

    places: tuple[int | None, ...]
    page: RankedPage


class Ranker:
    """Pages of one state of an index, by one rule set, as of one moment."""

    def __init__(
        self,
        index: IndexSnapshot,
        segmenter: Segmenter,
        rule_set: RuleSet,
        now: datetime,
        change: Callable[[DocColumns], DocColumns] | None = None,
    ) -> None:
        """`change` replaces counts of the index by others."""
        self.index = index
        self._change = change
        self.rule_set = rule_set
        self.now = now
        self._segmenter = segmenter

    def over(self, index: IndexSnapshot) -> Ranker:
        """The same rules over another snapshot, for example one with hypothetical notes."""
        return Ranker(index, self._segmenter, self.rule_set, self.now)

    def factors(self, columns: DocColumns) -> list[Floats]:
        """For each rule the factors by which it multiplies the notes' scores."""
        hits = Hits(np.zeros(len(columns), np.float32), columns, None)
        return [applied.factor for applied in rules.apply(self.rule_set, hits, self.now)[1]]

    def pages(self, keywords: Sequence[str], most: int, tick: Progress = quiet) -> list[RankedPage]:
        """For each keyword its first `most` places."""
        return [self._page(hits, most) for hits in self._windows(keywords, tick)]

    def page(self, words: str, most: int) -> list[tuple[str, float]]:
        """(note id, score) of the first places of one keyword."""
        (page,) = self.pages([words], most)
        return list(zip(page.note_ids, page.scores.tolist(), strict=True))

    def draft_places(
        self,
        keywords: Sequence[str],
        note_id: str,
        scenarios: Sequence[Sequence[float]] = (),
        tick: Progress = quiet,
    ) -> list[DraftPlaces]:
        """For each keyword a note's place as it is, then with each scenario's factors."""
        (key,) = self.index.columns([note_id]).keys.tolist()
        return [
            self._draft_places(hits, (key, note_id), scenarios)
            for hits in self._windows(keywords, tick)
        ]

    def _draft_places(
        self, hits: Hits, note: tuple[int, str], scenarios: Sequence[Sequence[float]]
    ) -> DraftPlaces:
        key, note_id = note
        scores, _ = rules.apply(self.rule_set, hits, self.now)
        order = first_places(hits, scores, len(hits), self.rule_set.page)
        page = RankedPage(hits.columns.take(order), scores[order])
        (rows,) = np.nonzero(hits.columns.keys == key)
        if not len(rows):
            return DraftPlaces((None,) * (1 + len(scenarios)), page)
        (place,) = np.nonzero(order == rows[0])
        places = [int(place[0]) + 1 if len(place) else None]
        if scenarios:
            row = int(rows[0])
            others = by_score(
                hits, scores, np.delete(np.arange(len(hits)), row), self.rule_set.page
            )
            for factors in scenarios:
                score = math.prod(factors, start=float(hits.bm25[row]))
                places.append(self._inserted(hits, scores, others, (row, note_id, score)))
        return DraftPlaces(tuple(places), page)

    def _inserted(
        self, hits: Hits, scores: Floats, others: Integers, note: tuple[int, str, float]
    ) -> int | None:
        """The note's place among the others with another score."""
        row, note_id, score = note
        columns, page = hits.columns, self.rule_set.page
        ties = np.zeros(len(others), np.int64)
        equal = np.flatnonzero(scores[others] == score)
        ids = columns.take(others[equal]).note_ids
        ties[equal] = [-1 if other < note_id else 1 for other in ids]
        cluster = int(columns.clusters[row]) if page.collapse_copies else -1
        ranked = scores[others], ties, columns.authors[others], columns.clusters[others]
        return (
            stand(ranked, score, (0, int(columns.authors[row]), cluster), page.same_author) or None
        )

    def _windows(self, keywords: Sequence[str], tick: Progress) -> Iterator[Hits]:
        """For each keyword the notes that the rules look at."""
        window, scoring = self.rule_set.page.window, self.rule_set.scoring
        for start in range(0, len(keywords), _AT_ONCE):
            words = keywords[start : start + _AT_ONCE]
            queries = [plain(word, self._segmenter, self.rule_set.query) for word in words]
            for hits in self.index.search_many(queries, scoring, window):
                yield replace(hits, columns=self._change(hits.columns)) if self._change else hits
            tick((start + len(words)) / len(keywords))

    def _page(self, hits: Hits, most: int) -> RankedPage:
        scores, _ = rules.apply(self.rule_set, hits, self.now)
        order = first_places(hits, scores, most, self.rule_set.page)
        return RankedPage(hits.columns.take(order), scores[order])
