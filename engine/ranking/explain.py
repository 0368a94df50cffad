"""Splits the score of one ranked hit into lines that add and multiply up to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.index.hits import MISSING, Hits
from engine.index.protocol import TermScore
from engine.model import COUNTS, Query
from engine.ranking.order import Order
from engine.ranking.page import Part
from engine.ranking.rules import Applied, Floats


@dataclass(frozen=True, slots=True)
class Ranked:
    """A window after the rules: the hits, their scores, the applied rules, and the order."""

    query: Query
    hits: Hits
    scores: Floats
    applied: list[Applied]
    order: Order

    @property
    def total(self) -> int:
        """All notes that match."""
        return self.hits.total or 0


def parts(terms: Sequence[TermScore], ranked: Ranked, row: int) -> list[Part]:
    """Lists the summands, their sum, the rules' factors, and the product: the score."""
    routes = {clause.term: clause.route for clause in ranked.query.clauses}
    lines = [
        Part(f"bm25.{t.field}:{t.term}", t.value, None, _how(t, routes.get(t.term, "")))
        for t in terms
    ]
    summed = sum(line.value for line in lines)
    bm25 = float(ranked.hits.bm25[row])
    if bm25 != summed:
        lines.append(Part("bm25.rounding", bm25 - summed, None, "the sum is kept as float32"))
    lines.append(Part("sum", bm25, None, "BM25, the sum of the rows above"))
    for rule in ranked.applied:
        signal, factor = float(rule.signal[row]), float(rule.factor[row])
        note = f"1 + weight {rule.rule.weight:g} × signal {signal:.4f}"
        lines.append(Part(f"rule.{rule.name}", signal, factor, note + _unknown(rule, ranked, row)))
    lines.append(Part("product", float(ranked.scores[row]), None, "the score: sum × all factors"))
    return lines


def _how(term: TermScore, route: str) -> str:
    text = (
        f"weight {term.weight:g}, idf {term.idf:.3f} ({term.df} of {term.notes} notes),"
        f" {term.tf}× in {term.length:.0f} terms"
    )
    return f"{route}; {text}" if route else text


def _unknown(rule: Applied, ranked: Ranked, row: int) -> str:
    """Names the inputs of a signal that are unknown."""
    columns = ranked.hits.columns
    if rule.name == "engagement":
        absent = [name for name in COUNTS if getattr(columns, name)[row] == MISSING]
        return f"; unknown and left out: {', '.join(absent)}" if absent else ""
    if rule.name == "freshness" and columns.published[row] == MISSING:
        return "; the date is unknown"
    return ""
