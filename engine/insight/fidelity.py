"""How far to trust our order: its agreement with pages really observed, beside plain baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from engine.index.hits import MISSING
from engine.insight.agreement import Agreement, Mean, agreement, mean
from engine.insight.observed import ObservedPage
from engine.model import Progress, quiet
from engine.ranking.ruleset import RuleSet
from engine.snapshot import LibrarySnapshot

MEASURES = ("tau", "rbo", "ndcg")
OURS = "our rules"
_SHUFFLES = 50
Order = Mapping[str, int]  # note id -> place


@dataclass(frozen=True, slots=True)
class Fidelity:
    """Agreement by keyword, of our order and of baselines; `missing` observed notes are not in
    the library, and are left out."""

    pages: tuple[ObservedPage, ...]
    ours: tuple[Agreement, ...]
    baselines: Mapping[str, tuple[Agreement, ...]]
    missing: int

    def means(self) -> dict[str, dict[str, Mean]]:
        """Order -> measure -> mean over keywords with its interval; known pages only."""
        means: dict[str, dict[str, Mean]] = {}
        for name, rows in {OURS: self.ours, **self.baselines}.items():
            measured = [row for row in rows if row.tau is not None]
            if measured:
                means[name] = {m: mean([getattr(row, m) for row in measured]) for m in MEASURES}
        return means


class Comparer:
    """Orders of one state of a library against observed pages; each page as of its capture."""

    def __init__(self, library: LibrarySnapshot) -> None:
        self._library = library

    def without_missing(self, pages: Sequence[ObservedPage]) -> tuple[list[ObservedPage], int]:
        """The pages without notes that the library lacks, and how many those are."""
        wanted = sorted({note_id for page in pages for note_id in page.note_ids})
        live = set(self._library.index.columns(wanted).note_ids)
        kept = [
            replace(page, note_ids=tuple(i for i in page.note_ids if i in live)) for page in pages
        ]
        before, after = (sum(len(p.note_ids) for p in side) for side in (pages, kept))
        return kept, before - after

    def orders(
        self, pages: Sequence[ObservedPage], rules: RuleSet, tick: Progress = quiet
    ) -> list[Order]:
        """For each page the place of every note on ours."""
        orders: dict[str, Order] = {}
        for done, (now, group) in enumerate(self.by_moment(pages).items(), 1):
            ranker = self._library.under(rules, now).ranker
            ranked = ranker.pages([page.keyword for page in group], rules.page.window)
            for page, order in zip(group, ranked, strict=True):
                orders[page.keyword] = {i: place for place, i in enumerate(order.note_ids, 1)}
            tick(done / len(self.by_moment(pages)))
        return [orders[page.keyword] for page in pages]

    def by_moment(self, pages: Sequence[ObservedPage]) -> dict[datetime, list[ObservedPage]]:
        """Pages by the moment as of which they are ranked: their day of capture."""
        groups: dict[datetime, list[ObservedPage]] = {}
        for page in pages:
            groups.setdefault(page.captured_at or self._library.now, []).append(page)
        return groups

    def fidelity(
        self, observed: Sequence[ObservedPage], rules: RuleSet, tick: Progress = quiet
    ) -> Fidelity:
        """Our order against the pages, and beside it likes, time, words alone, and chance."""
        pages, missing = self.without_missing(observed)
        words = self.orders(pages, replace(rules, rules=()))
        baselines = {
            "by likes": [self._by("likes", page) for page in pages],
            "by time": [self._by("published", page) for page in pages],
            "BM25 alone": words,
        }
        agreements = {name: _against(pages, orders) for name, orders in baselines.items()}
        return Fidelity(
            pages=tuple(pages),
            ours=_against(pages, self.orders(pages, rules, tick)),
            baselines={**agreements, "random": tuple(map(_by_chance, pages))},
            missing=missing,
        )

    def _by(self, count: str, page: ObservedPage) -> Order:
        """The observed notes by a column, most first; those without it have no place."""
        columns = self._library.index.columns(page.note_ids)
        values = dict(zip(columns.note_ids, getattr(columns, count).tolist(), strict=True))
        order = sorted((i for i in values if values[i] != MISSING), key=lambda i: (-values[i], i))
        return {note_id: place for place, note_id in enumerate(order, 1)}


def _against(pages: Sequence[ObservedPage], orders: Sequence[Order]) -> tuple[Agreement, ...]:
    return tuple(agreement(page.note_ids, order) for page, order in zip(pages, orders, strict=True))


def _by_chance(page: ObservedPage) -> Agreement:
    """The mean of fifty seeded shuffles."""
    dice = np.random.default_rng(len(page.note_ids))
    rows = []
    for _ in range(_SHUFFLES):
        shuffled = dice.permutation(len(page.note_ids)).tolist()
        order = {page.note_ids[at]: place for place, at in enumerate(shuffled, 1)}
        rows.append(agreement(page.note_ids, order))
    if rows[0].tau is None:
        return rows[0]
    tau, rbo, ndcg = (float(np.mean([getattr(r, m) for r in rows])) for m in MEASURES)
    return Agreement(len(page.note_ids), tau, rbo, ndcg)
