"""Drafts as flat rows; the keys of draft and advice rows are promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from engine.index.protocol import TermScore
from engine.insight.advise import Advice
from engine.insight.draft import DraftAnswer, Placed
from engine.insight.scenarios import LEAST, Scenario
from engine.rows.table import Table

Row = dict[str, Any]
DRAFT = (
    "keyword", "weight", "position_low", "position", "position_high", "of", "matched", "displaces",
)  # fmt: skip
ADVICE = ("edit", "field", "before", "after", "keyword_moves", "gain")
SCENARIO = ("scenario", "notes", "tier", "likes", "collects", "comments", "shares")
BESIDE = ("part", "draft", "above", "note")
_NOWHERE = "—"


def draft_table(answer: DraftAnswer) -> Table:
    """A row a keyword."""
    return Table([draft_row(one) for one in answer.placed], DRAFT)


def draft_row(one: Placed) -> Row:
    """A draft row; null where the draft has no place."""
    return {
        "keyword": one.keyword,
        "weight": round(one.weight, 6),
        "position_low": one.low,
        "position": one.position,
        "position_high": one.high,
        "of": one.of,
        "matched": " ".join(f"{field}:{','.join(words)}" for field, words in one.matched.items()),
        "displaces": one.displaces,
    }


def told(answer: DraftAnswer) -> Row:
    """What is said of the whole set, for an envelope's meta; texts are lines."""
    least, most = answer.range
    return {
        "note_id": answer.note.note_id,
        "attention": round(answer.attention, 6),
        "attention_low": round(least, 6),
        "attention_high": round(most, 6),
        "share_before": {one.brand: round(one.share, 6) for one in answer.before},
        "share_after": {one.brand: round(one.share, 6) for one in answer.after},
        "cannibals": len(answer.cannibals),
        "warnings": [f"{c.check}: {c.value} ({c.limit}) {c.note}"
                     for c in answer.checks if not c.kept],
        "scenarios": {one.name: one.notes for one in answer.scenarios if one.counts is not None},
        "saturation": [round(part, 4) for part in answer.saturation],
    }  # fmt: skip


def advice_table(found: Sequence[Advice]) -> Table:
    """A row an edit, in the order in which they are made."""
    return Table([advice_row(one) for one in found], ADVICE)


def advice_row(one: Advice) -> Row:
    """An advice row; `gain` is expected attention on top of the edits before it."""
    return {
        "edit": one.edit,
        "field": one.field,
        "before": one.before,
        "after": one.after,
        "keyword_moves": moves(one.moves),
        "gain": round(one.gain, 6),
    }


def moves(changed: Sequence[tuple[str, int | None, int | None]], most: int | None = None) -> str:
    """`油皮粉底液 23→9；早八 —→10`."""
    shown = [f"{word} {_place(old)}→{_place(new)}" for word, old, new in changed[:most]]
    rest = len(changed) - len(shown)
    return "；".join(shown) + (f"；另 {rest} 个词" if rest else "")


def sentence(one: Advice) -> str:
    """One line of advice: what to do, what moves, what the whole set gains."""
    return f"{one.edit}：{moves(one.moves, 4)}，全组曝光 {one.gain * 100:+.1f} 个百分点"


def scenario_table(known: Sequence[Scenario]) -> Table:
    """A row a scenario; counts are null where too few notes tell."""
    rows = []
    for one in known:
        likes, collects, comments, shares = one.counts or (None,) * 4
        enough = one.tier if one.counts else f"{one.tier}: fewer than {LEAST} notes"
        row = (one.name, one.notes, enough, likes, collects, comments, shares)
        rows.append(dict(zip(SCENARIO, row, strict=True)))
    return Table(rows, SCENARIO)


def beside_table(
    draft: tuple[Sequence[TermScore], Sequence[tuple[str, float]]],
    above: tuple[Sequence[TermScore], Sequence[tuple[str, float]]] | None,
) -> Table:
    """The parts of a draft's score beside those of the note right above it."""
    own, other = _parts(*draft), _parts(*above) if above else {}
    rows = []
    for part in [*own, *(part for part in other if part not in own)]:
        mine, theirs = own.get(part), other.get(part)
        missing = "only the note above has it" if mine is None else ""
        note = missing or ("only the draft has it" if above and theirs is None else "")
        rows.append(dict(zip(BESIDE, (part, mine, theirs, note), strict=True)))
    scores = _score(*draft), _score(*above) if above else None
    row = ("score", *scores, "sum of bm25 rows × all factors")
    rows.append(dict(zip(BESIDE, row, strict=True)))
    return Table(rows, BESIDE)


def _parts(terms: Sequence[TermScore], factors: Sequence[tuple[str, float]]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for one in terms:
        name = f"bm25.{one.field}:{one.term}"
        found[name] = found.get(name, 0.0) + one.value
    return found | {f"rule.{name}": factor for name, factor in factors}


def _score(terms: Sequence[TermScore], factors: Sequence[tuple[str, float]]) -> float:
    score = float(np.float32(sum(one.value for one in terms)))
    for _, factor in factors:
        score *= factor
    return score


def _place(place: int | None) -> str:
    return _NOWHERE if place is None else str(place)
