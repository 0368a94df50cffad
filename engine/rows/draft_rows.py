"""Drafts as flat rows; the keys of draft and advice rows are promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypedDict

import numpy as np

from engine.index.protocol import TermScore
from engine.insight.advise import Advice
from engine.insight.draft import DraftAnswer, Placed
from engine.insight.scenarios import LEAST, Scenario
from engine.rows.column import Column
from engine.rows.search_rows import Text, Whole
from engine.rows.table import Table

_NOWHERE = "—"
Parts = tuple[Sequence[TermScore], Sequence[tuple[str, float]]]  # summands of BM25, factors


class DraftRow(TypedDict):
    """A draft on the page of a keyword; null where it has no place."""

    keyword: Annotated[str, Column("换季泛红")]
    weight: Annotated[float, Column(0.02, digits=6)]
    position_low: Annotated[Whole, Column(1, "The best place of all scenarios.")]
    position: Annotated[Whole, Column(3, "As stated; null where it has no place.")]
    position_high: Annotated[Whole, Column(3, "The worst place of all scenarios.")]
    of: Annotated[int, Column(19, "Places of the page, the draft's among them.")]
    matched: Annotated[str, Column("title:换季 tags:换季", "Words of the keyword by field.")]
    displaces: Annotated[Text, Column("65540c07de880fada5140132", "The note right below it.")]


class AdviceRow(TypedDict):
    """An edit of a draft."""

    edit: Annotated[str, Column("标题以“打工人”开头，去掉“好物分享”（7/20 字）")]
    field: Annotated[str, Column("title", "title, tags, body, or split.")]
    before: Annotated[str, Column("换季护肤好物分享")]
    after: Annotated[str, Column("打工人换季护肤")]
    keyword_moves: Annotated[str, Column("打工人 30→1")]
    gain: Annotated[float, Column(0.0752, "Attention on top of the edits before it.", 6)]


class ScenarioRow(TypedDict):
    """Counts that a draft may have; null where too few notes say."""

    scenario: str
    notes: int
    tier: str
    likes: Whole
    collects: Whole
    comments: Whole
    shares: Whole


class BesideRow(TypedDict):
    """A part of a draft's score beside that of the note right above it."""

    part: str
    draft: float | None
    above: float | None
    note: str


def draft_table(answer: DraftAnswer) -> Table:
    """A row a keyword."""
    values = [
        (p.keyword, p.weight, p.low, p.position, p.high, p.of, matched(p), p.displaces)
        for p in answer.placed
    ]
    return Table.of(DraftRow, values)


def matched(placed: Placed) -> str:
    """`title:换季 body:面霜`: words of the keyword that the draft holds, by field."""
    return " ".join(f"{name}:{','.join(words)}" for name, words in placed.matched.items())


def draft_meta(answer: DraftAnswer) -> dict[str, Any]:
    """What is said of the whole set, for an envelope's meta; texts are lines."""
    least, most = answer.range
    return {
        "note_id": answer.note.note_id,
        "attention": round(answer.attention, 6),
        "attention_low": round(least, 6),
        "attention_high": round(most, 6),
        "share_before": {total.brand: round(total.share, 6) for total in answer.before},
        "share_after": {total.brand: round(total.share, 6) for total in answer.after},
        "cannibals": len(answer.cannibals),
        "warnings": [f"{c.check}: {c.value} ({c.limit}) {c.note}"
                     for c in answer.checks if not c.kept],
        "scenarios": {each.name: each.notes for each in answer.scenarios if each.counts},
        "saturation": [round(part, 4) for part in answer.saturation],
    }  # fmt: skip


def advice_table(edits: Sequence[Advice]) -> Table:
    """A row an edit, in the order in which they are made."""
    values = [(e.edit, e.field, e.before, e.after, moves(e.moves), e.gain) for e in edits]
    return Table.of(AdviceRow, values)


def together(edits: Sequence[Advice]) -> float:
    """What the edits of one draft gain together; a split makes two of it and stands apart."""
    return sum(edit.gain for edit in edits if edit.field != "split")


def moves(changed: Sequence[tuple[str, int | None, int | None]], most: int | None = None) -> str:
    """`油皮粉底液 23→9；早八 —→10`."""
    shown = [f"{word} {_place(old)}→{_place(new)}" for word, old, new in changed[:most]]
    rest = len(changed) - len(shown)
    return "；".join(shown) + (f"；另 {rest} 个词" if rest else "")


def sentence(edit: Advice) -> str:
    """One line of advice: what to do, what moves, what the whole set gains."""
    return f"{edit.edit}：{moves(edit.moves, 4)}，全组曝光 {edit.gain * 100:+.1f} 个百分点"


def scenario_table(scenarios: Sequence[Scenario]) -> Table:
    """A row a scenario."""
    values = [
        (
            each.name,
            each.notes,
            each.tier if each.counts else f"{each.tier}: fewer than {LEAST} notes",
            *(each.counts or (None,) * 4),
        )
        for each in scenarios
    ]
    return Table.of(ScenarioRow, values)


def beside_table(draft: Parts, above: Parts | None) -> Table:
    """The parts of a draft's score beside those of the note right above it."""
    mine, theirs = _parts(*draft), _parts(*above) if above else {}
    values: list[tuple[object, ...]] = []
    for part in dict.fromkeys([*mine, *theirs]):
        note = "" if part in mine else "only the note above has it"
        if above and part not in theirs:
            note = "only the draft has it"
        values.append((part, mine.get(part), theirs.get(part), note))
    score_above = _score(*above) if above else None
    values.append(("score", _score(*draft), score_above, "sum of bm25 rows × all factors"))
    return Table.of(BesideRow, values)


def _parts(terms: Sequence[TermScore], factors: Sequence[tuple[str, float]]) -> dict[str, float]:
    summed: dict[str, float] = {}
    for term in terms:
        name = f"bm25.{term.field}:{term.term}"
        summed[name] = summed.get(name, 0.0) + term.value
    return summed | {f"rule.{name}": factor for name, factor in factors}


def _score(terms: Sequence[TermScore], factors: Sequence[tuple[str, float]]) -> float:
    score = float(np.float32(sum(term.value for term in terms)))
    for _, factor in factors:
        score *= factor
    return score


def _place(place: int | None) -> str:
    return _NOWHERE if place is None else str(place)
