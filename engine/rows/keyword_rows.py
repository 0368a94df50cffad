"""Keywords, fights and shares as flat rows; the keys of the short rows are promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.insight import opportunity as fights
from engine.insight.discover import NewWord
from engine.insight.expand import Near
from engine.insight.extract import BASE, Phrase
from engine.insight.keyword_map import Cell
from engine.insight.keyword_set import Keyword, KeywordSet
from engine.insight.opportunity_of_keywords import Battle, Fight
from engine.insight.share_of_voice import CHANNELS, FORMS, Standing, Total, Voice
from engine.rows.table import Table

Row = dict[str, Any]
EXTRACT = ("keyword", "score", "kind")
KEYWORD = (
    "keyword", "kind", "intent", "weight", "demand", "demand_source", "supply", "difficulty",
    "opportunity", "provenance", "examples",
)  # fmt: skip
DETAIL = (
    *KEYWORD, "supply_titled", "velocity", "places", "age_days", "video_share", "heat", "room",
    "scarcity", *(f"difficulty_{name}" for name in fights.WEIGHTS),
)  # fmt: skip
VISIBILITY = (
    "keyword", "weight", "brand", "best_position", "top3", "top10", "top20", "top50", "share",
    "share_organic", "share_declared",
)  # fmt: skip
TOTAL = (
    "group", "brand", "keywords", "pages", "share", *(f"share_{name}" for name in CHANNELS),
    *(f"share_{name}" for name in FORMS[:2]), "share_form_unknown", "authors", "top3", "top10",
)  # fmt: skip
PART = ("part", "value", "factor", "note")


@dataclass(frozen=True)
class KeywordAnswer:
    """A keyword set with its fights: what `Engine.keywords` gives a notebook."""

    set: KeywordSet
    battle: Battle

    def table(self, detail: bool = False) -> Table:
        """Rows of the set, heaviest first."""
        return fight_table(self.battle, detail)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def phrase_row(phrase: Phrase) -> Row:
    """An extract row."""
    return {"keyword": phrase.keyword, "score": round(phrase.score, 4), "kind": phrase.kind}


def fight_table(battle: Battle, detail: bool = False) -> Table:
    """Keyword rows; with `detail` the parts that each figure is made of."""
    make = detail_row if detail else fight_row
    return Table([make(one) for one in battle.fights], DETAIL if detail else KEYWORD)


def fight_row(one: Fight) -> Row:
    """A keyword row: unknown is None."""
    fight = one.fight
    return {
        "keyword": one.keyword,
        "kind": one.kind,
        "intent": one.intent,
        "weight": round(one.weight, 6),
        "demand": fight.demand,
        "demand_source": fight.demand_source or None,
        "supply": fight.supply,
        "difficulty": _rounded(fight.incumbents.difficulty),
        "opportunity": _rounded(fight.score),
        "provenance": one.provenance,
        "examples": ",".join(one.examples),
    }


def detail_row(one: Fight) -> Row:
    """A keyword row with what its figures are made of."""
    fight, met = one.fight, one.fight.incumbents
    difficulty = met.difficulty
    return fight_row(one) | {
        "supply_titled": fight.titled,
        "velocity": _rounded(met.velocity),
        "places": met.places,
        "age_days": _rounded(met.age),
        "video_share": _rounded(met.video, 4),
        "heat": _rounded(fight.heat, 4),
        "room": None if difficulty is None else round(1 - difficulty / 100, 4),
        "scarcity": round(fight.scarcity, 4),
        **{f"difficulty_{name}": _rounded(part, 4) for name, part in met.parts.items()},
    }


def why_keyword(keyword: Keyword) -> list[Row]:
    """Where a keyword's weight comes from: rows whose factors multiply to its raw weight."""
    known = keyword.provenance
    rows = [_part(f"trait.{part}", float(n), None, f"{word}: {n} notes name the keyword")
            for part, word, n in known.traits]  # fmt: skip
    z = known.distinct
    rows += [
        _part("notes", known.notes, None, f"of {known.affine} notes that this audience reads"),
        _part("library", known.library, None, "notes that hold it, the library over"),
        _part("z", z.z, None, f"log-odds {z.log_odds:.3f}; chi-square {z.chi2:.1f}"),
        _part("topic", None, None, known.topic or "none"),
    ]
    if known.searches is not None:
        rows.append(_part("list", known.searches, None, f"searches a month, 聚光 {known.bag}"))
    rows += [_part("question", 1.0, None, text) for text in known.questions[:5]]
    rows += [_part(f"weight.{name}", value, value, "factor") for name, value in known.parts]
    rows.append(_part("product", known.raw, None, "the raw weight: the product of the factors"))
    rows.append(_part("weight", keyword.weight, None, "raw weights shared out to sum to 1"))
    return rows


def why_phrase(phrase: Phrase) -> list[Row]:
    """Rows that sum to the logit of an extraction score."""
    rows = [_part("base", BASE, None, "of any phrase")]
    rows += [
        _part(name, value * weight, None, f"{value:.3f} × weight {weight:g}")
        for name, value, weight in phrase.parts
    ]
    rows.append(_part("sum", sum(row["value"] for row in rows), None, "the logit of the score"))
    rows.append(_part("score", phrase.score, None, "1 / (1 + e^-sum)"))
    return rows


def why_fight(one: Fight) -> list[Row]:
    """The parts of difficulty and opportunity of one keyword; unknown parts are left out."""
    fight, met = one.fight, one.fight.incumbents
    known = {name: part for name, part in met.parts.items() if part is not None}
    whole = sum(fights.WEIGHTS[name] for name in known) or 1.0
    full = min(met.places, fights.INCUMBENTS) / fights.INCUMBENTS
    rows = [
        _part(
            f"difficulty.{name}",
            100 * full * fights.WEIGHTS[name] / whole * part,
            None,
            f"{part:.3f} × weight {fights.WEIGHTS[name]:g} of {whole:g}, fullness {full:g}",
        )
        for name, part in known.items()
    ]
    rows += [
        _part(f"difficulty.{name}", None, None, "unknown: left out of both sums")
        for name in met.parts
        if name not in known
    ]
    if met.difficulty is not None:
        rows.append(_part("difficulty", met.difficulty, None, "the sum of the rows above"))
    if fight.heat is None:
        rows.append(_part("opportunity", None, None, "unknown: no demand was imported"))
        return rows
    if fight.score is not None and met.difficulty is not None:
        rows.append(_part("heat", fight.heat, fight.heat, f"log10(1 + {fight.demand}) / 6"))
        room = 1 - met.difficulty / 100
        rows.append(_part("room", room, room, "1 - difficulty / 100"))
        note = f"1 / (1 + log10(1 + {fight.supply}))"
        rows.append(_part("scarcity", fight.scarcity, fight.scarcity, note))
        rows.append(_part("opportunity", fight.score, None, "100 × cube root of the product"))
    return rows


def voice_table(voice: Voice) -> Table:
    """A row a keyword and brand."""
    return Table([standing_row(one) for one in voice.standings], VISIBILITY)


def standing_row(one: Standing) -> Row:
    """A visibility row; a brand that is not on the page has no best position."""
    return {
        "keyword": one.keyword,
        "weight": round(one.weight, 6),
        "brand": one.brand,
        "best_position": one.best,
        "top3": one.top(3),
        "top10": one.top(10),
        "top20": one.top(20),
        "top50": one.top(50),
        "share": round(one.share, 6),
        "share_organic": round(one.channels.get("organic", 0.0), 6),
        "share_declared": round(one.channels.get("declared", 0.0), 6),
    }


def total_table(found: Sequence[Total]) -> Table:
    """A row a group and brand."""
    return Table([total_row(one) for one in found], TOTAL)


def total_row(one: Total) -> Row:
    """Sums of a brand over a group of keywords."""
    return {
        "group": one.group,
        "brand": one.brand,
        "keywords": one.keywords,
        "pages": one.pages,
        "share": round(one.share, 6),
        **{f"share_{name}": round(one.channels[name], 6) for name in CHANNELS},
        "share_image": round(one.forms["image"], 6),
        "share_video": round(one.forms["video"], 6),
        "share_form_unknown": round(one.forms["unknown"], 6),
        "authors": one.authors,
        "top3": one.top3,
        "top10": one.top10,
    }


def places_of(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], tuple[int | None, float]]:
    """(keyword, brand) -> (best place, share) of visibility rows."""
    return {(r["keyword"], r["brand"]): (r["best_position"], r["share"]) for r in rows}


def near_row(near: Near) -> Row:
    """A word near a keyword."""
    return {
        "keyword": near.keyword,
        "relation": near.relation,
        "notes": near.notes,
        "z": _rounded(near.z, 2),
        "evidence": near.evidence,
        "examples": ",".join(near.examples),
    }


def cell_row(cell: Cell) -> Row:
    """A cell of the map."""
    return {
        "keyword": cell.keyword,
        "angle": cell.angle,
        "circle": cell.circle,
        "notes": cell.notes,
        "unclaimed": cell.unclaimed,
        "examples": ",".join(cell.examples),
    }


def new_word_row(new: NewWord) -> Row:
    """A proposal for the lexicon."""
    return {
        "word": new.phrase,
        "notes": new.notes,
        "tagged": new.tagged,
        "npmi": round(new.npmi, 3),
        "entropy": round(new.entropy, 3),
        "cut": "|".join(new.cut),
        "example": new.example,
    }


def _part(part: str, value: float | None, factor: float | None, note: str) -> Row:
    return {"part": part, "value": value, "factor": factor, "note": note}


def _rounded(value: float | None, digits: int = 1) -> float | None:
    return None if value is None else round(value, digits)
