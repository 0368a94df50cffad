"""What an answer's `meta` says besides its rows, and the problem document of a refusal."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, TypedDict

from engine.errors import BadInput, NoterankError, NotFound
from engine.rows.column import Column
from engine.rows.search_rows import NOTE_ID, Text, Whole
from engine.rows.trust_rows import OrderRow


class Meta(TypedDict):
    """Of every answer."""

    total: Annotated[int, Column(1, "Of the whole answer, not of this part of it.")]
    limit: Annotated[Whole, Column(None)]
    offset: Annotated[int, Column(0)]
    next: Annotated[Whole, Column(None, "The next `offset`, null at the end.")]
    index_version: Annotated[int, Column(630)]
    rule_set: Annotated[str, Column("balanced@1")]
    state_id: Annotated[str, Column("9f2c61d0a4b87e35", "Another after every published change.")]
    took_ms: Annotated[float, Column(2.1)]


class FacetValue(TypedDict):
    """A value of a facet, with the notes of the window that have it."""

    value: Annotated[str, Column("面霜")]
    notes: Annotated[int, Column(12)]


class _SearchMeta(Meta):
    as_of: Annotated[str, Column("2026-10-31T09:00:00+08:00", "Ages are counted from here.")]
    did_you_mean: Annotated[list[str], Column([])]
    notes: Annotated[list[str], Column([], "What was understood in another way than typed.")]


class SearchMeta(_SearchMeta, total=False):
    """Of a page."""

    facets: Annotated[dict[str, list[FacetValue]], Column({}, "With `facets=true`.")]
    cursor: Annotated[Text, Column(None, "Asks for the page after this one.")]


class ExplainMeta(Meta):
    """Of an explanation."""

    note_id: Annotated[str, Column(NOTE_ID)]
    position: Annotated[Whole, Column(1, "Null when it has no place on the page.")]
    matching: Annotated[int, Column(42)]
    score: Annotated[float, Column(13.31)]
    sentence: Annotated[str, Column("标题命中“面霜”，30 天前发布，互动在同页领先。")]


class PortraitMeta(Meta, total=False):
    """Of a keyword set."""

    portrait: Annotated[str, Column("敏感肌通勤白领", "Of `portraits:keywords`, as what follows.")]
    notes_read: Annotated[int, Column(107)]
    left_out: Annotated[int, Column(96)]


class RejectedLine(TypedDict):
    """A line of a request that is no note."""

    line: Annotated[int, Column(2)]
    reason: Annotated[str, Column("an array; send one object a line")]


class ImportMeta(Meta):
    """Of an import."""

    rejected: Annotated[list[RejectedLine], Column([], "The first hundred.")]


class DraftMeta(Meta):
    """Of a draft against a whole set."""

    note_id: Annotated[str, Column("draft-024b2850")]
    attention: Annotated[float, Column(0.118, "Σ weight × 1 / log2(place + 1), 0 to 1.")]
    attention_low: Annotated[float, Column(0.118)]
    attention_high: Annotated[float, Column(0.164)]
    share_before: Annotated[
        dict[str, float], Column({"沐禾集": 0.0949}, "Share of voice by own brand.")
    ]
    share_after: Annotated[dict[str, float], Column({"沐禾集": 0.0943})]
    cannibals: Annotated[int, Column(1, "Own notes that it pushes down.")]
    warnings: Annotated[list[str], Column([])]
    scenarios: Annotated[
        dict[str, int], Column({"day 30 median": 24}, "Known scenarios: the notes each rests on.")
    ]
    saturation: Annotated[
        list[float], Column([0.54, 0.7, 0.78], "Of a full weight: one, two, three mentions.")
    ]


class AdviceMeta(Meta):
    """Of edits."""

    together: Annotated[float, Column(0.0752)]


class FidelityMeta(Meta):
    """Of an agreement with observed pages."""

    orders: Annotated[list[OrderRow], Column([], "Ours and baselines, means with 95 % intervals.")]
    missing: Annotated[int, Column(0, "Observed notes that the library lacks.")]
    left_out: Annotated[list[str], Column([], "Why rows or pages are not among the pages.")]


class CalibrateMeta(Meta):
    """Of fitted weights: the figures held out, with 95 % intervals."""

    pages: Annotated[int, Column(12)]
    better: Annotated[bool, Column(False, "Beyond the interval, on pages held out.")]
    fitted: Annotated[str, Column("calibrated@1")]
    kept: Annotated[bool, Column(False)]
    tau_old: Annotated[float, Column(0.853)]
    tau_old_low: Annotated[float, Column(0.783)]
    tau_old_high: Annotated[float, Column(0.92)]
    tau_new: Annotated[float, Column(0.908)]
    tau_new_low: Annotated[float, Column(0.879)]
    tau_new_high: Annotated[float, Column(0.934)]
    tau_difference: Annotated[float, Column(0.054)]
    tau_difference_low: Annotated[float, Column(-0.009)]
    tau_difference_high: Annotated[float, Column(0.128)]


class ProblemError(TypedDict):
    """A place of a request that does not fit."""

    pointer: Annotated[str, Column("query/limit")]
    code: Annotated[str, Column("int_parsing")]
    message: Annotated[str, Column("Input should be a valid integer")]


class _Problem(TypedDict):
    type: Annotated[str, Column("about:blank")]
    title: Annotated[str, Column("Unprocessable Content")]
    status: Annotated[int, Column(422)]
    code: Annotated[str, Column("bad_option", "The same at every door: the kind of refusal.")]
    detail: Annotated[str, Column("limit is 0")]
    cure: Annotated[str, Column("use 1 to 1000")]
    request_id: Annotated[str, Column("5f0c2a9be1d4")]


class Problem(_Problem, total=False):
    """RFC 9457, with a cure."""

    errors: Annotated[list[ProblemError], Column([])]


def problem(status: int, code: str, detail: str, cure: str, request_id: str = "") -> Problem:
    """A problem document: what is wrong and what to do; never a stack, never a key."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "cure": cure,
        "request_id": request_id,
    }


def refusal(error: NoterankError, request_id: str = "") -> Problem:
    """The problem document of what the engine refuses, the same at every door."""
    return problem(status_of(error), error.code, error.problem, error.cure, request_id)


def status_of(error: NoterankError) -> int:
    """422 what the caller can mend, 404 what is not there, 503 what only waiting or care mends."""
    if isinstance(error, BadInput):
        return 422
    return 404 if isinstance(error, NotFound) else 503
