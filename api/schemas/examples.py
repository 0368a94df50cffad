"""Answers as the documentation shows them, from the examples of each row's definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.schemas.answers import JobRow
from engine.rows import meta
from engine.rows.column import example
from engine.rows.draft_rows import AdviceRow, DraftRow
from engine.rows.keyword_rows import ExtractRow, KeywordRow
from engine.rows.note_rows import ImportRow, NoteRow
from engine.rows.search_rows import ExplainRow, SearchRow, StatsRow, SuggestRow
from engine.rows.trust_rows import ChangeRow, FidelityRow, OrderRow
from engine.rows.visibility_rows import VisibilityRow

_PORTRAIT = {"portrait": "敏感肌通勤白领", "notes_read": 107, "left_out": 96}
_PARTS = [
    {"part": "sum", "value": 12.1, "factor": None, "note": "BM25, the sum of the rows above"},
    {"part": "rule.freshness", "value": 0.5, "factor": 1.1, "note": "1 + weight 0.2 × signal 0.5"},
    {"part": "product", "value": 13.31, "factor": None, "note": "the score: sum × all factors"},
]


def _shown(row: type, of: type = meta.Meta, **said: Any) -> Mapping[str, Any]:
    return {"data": [example(row)], "meta": {**example(of), **said}}


_NOTE, _JOB = _shown(NoteRow), _shown(JobRow)
EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "extract": _shown(ExtractRow),
    "portrait_keywords": _shown(KeywordRow, meta.PortraitMeta, **_PORTRAIT),
    "opportunity": _shown(KeywordRow),
    "rank_draft": _shown(DraftRow, meta.DraftMeta),
    "advise_draft": _shown(AdviceRow, meta.AdviceMeta),
    "list_jobs": _JOB,
    "get_job": _JOB,
    "cancel_job": _JOB,
    "fidelity": _shown(FidelityRow, meta.FidelityMeta, orders=[example(OrderRow)]),
    "calibrate": _shown(ChangeRow, meta.CalibrateMeta),
    "visibility": _shown(VisibilityRow),
    "search": _shown(SearchRow, meta.SearchMeta, total=42, limit=1, next=1),
    "explain": {
        "data": [example(ExplainRow), *_PARTS],
        "meta": {**example(meta.ExplainMeta), "total": 4},
    },
    "suggest": _shown(SuggestRow, limit=10),
    "stats": _shown(StatsRow),
    "get_note": _NOTE,
    "delete_note": _NOTE,
    "import_notes": _shown(ImportRow, meta.ImportMeta, rejected=[example(meta.RejectedLine)]),
}
