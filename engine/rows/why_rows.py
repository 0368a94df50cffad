"""Where a figure is from: rows that add or multiply up to it."""

from __future__ import annotations

from typing import TypedDict

from engine.insight import opportunity
from engine.insight.extract import BASE, Phrase
from engine.insight.keyword_set import Keyword
from engine.insight.opportunity_of_keywords import KeywordOpportunity
from engine.rows.column import columns
from engine.rows.table import Table


class WhyRow(TypedDict):
    """A part of a figure; `factor` where it is multiplied."""

    part: str
    value: float | None
    factor: float | None
    note: str


def why_keyword(keyword: Keyword) -> list[WhyRow]:
    """Where a keyword's weight comes from: rows whose factors multiply to its raw weight."""
    source = keyword.provenance
    rows = [_part(f"trait.{part}", float(n), None, f"{word}: {n} notes name the keyword")
            for part, word, n in source.traits]  # fmt: skip
    z = source.distinct
    rows += [
        _part("notes", source.notes, None, f"of {source.affine} notes that this audience reads"),
        _part("library", source.library, None, "notes that hold it, the library over"),
        _part("z", z.z, None, f"log-odds {z.log_odds:.3f}; chi-square {z.chi2:.1f}"),
        _part("topic", None, None, source.topic or "none"),
    ]
    if source.searches is not None:
        rows.append(_part("list", source.searches, None, f"searches a month, 聚光 {source.bag}"))
    rows += [_part("question", 1.0, None, text) for text in source.questions[:5]]
    rows += [_part(f"weight.{name}", value, value, "factor") for name, value in source.parts]
    rows.append(_part("product", source.raw, None, "the raw weight: the product of the factors"))
    rows.append(_part("weight", keyword.weight, None, "raw weights shared out to sum to 1"))
    return rows


def why_phrase(phrase: Phrase) -> list[WhyRow]:
    """Rows that sum to the logit of an extraction score."""
    rows = [_part("base", BASE, None, "of any phrase")]
    rows += [
        _part(name, value * weight, None, f"{value:.3f} × weight {weight:g}")
        for name, value, weight in phrase.parts
    ]
    total = sum(row["value"] or 0.0 for row in rows)
    rows.append(_part("sum", total, None, "the logit of the score"))
    rows.append(_part("score", phrase.score, None, "1 / (1 + e^-sum)"))
    return rows


def why_opportunity(of: KeywordOpportunity) -> list[WhyRow]:
    """The parts of difficulty and opportunity of one keyword; unknown parts are left out."""
    figures, difficulty = of.opportunity, of.opportunity.incumbents.difficulty
    rows = _why_difficulty(of)
    if figures.heat is None:
        rows.append(_part("opportunity", None, None, "unknown: no demand was imported"))
    elif figures.score is not None and difficulty is not None:
        rows.append(_part("heat", figures.heat, figures.heat, f"log10(1 + {figures.demand}) / 6"))
        room = 1 - difficulty / 100
        rows.append(_part("room", room, room, "1 - difficulty / 100"))
        note = f"1 / (1 + log10(1 + {figures.supply}))"
        rows.append(_part("scarcity", figures.scarcity, figures.scarcity, note))
        rows.append(_part("opportunity", figures.score, None, "100 × cube root of the product"))
    return rows


def _why_difficulty(of: KeywordOpportunity) -> list[WhyRow]:
    incumbents, weights = of.opportunity.incumbents, opportunity.WEIGHTS
    parts = {name: part for name, part in incumbents.parts.items() if part is not None}
    whole = sum(weights[name] for name in parts) or 1.0
    full = min(incumbents.places, opportunity.INCUMBENTS) / opportunity.INCUMBENTS
    rows = [
        _part(
            f"difficulty.{name}",
            100 * full * weights[name] / whole * part,
            None,
            f"{part:.3f} × weight {weights[name]:g} of {whole:g}, fullness {full:g}",
        )
        for name, part in parts.items()
    ]
    rows += [
        _part(f"difficulty.{name}", None, None, "unknown: left out of both sums")
        for name in incumbents.parts
        if name not in parts
    ]
    if incumbents.difficulty is not None:
        rows.append(_part("difficulty", incumbents.difficulty, None, "the sum of the rows above"))
    return rows


def _part(part: str, value: float | None, factor: float | None, note: str) -> WhyRow:
    return {"part": part, "value": value, "factor": factor, "note": note}


def why_table(rows: list[WhyRow]) -> Table:
    """The parts of figures."""
    return Table(rows, columns(WhyRow))
