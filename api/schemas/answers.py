"""The answers as OpenAPI shows them, each derived from the definition of its rows."""

from __future__ import annotations

from typing import Annotated, TypedDict

from api.schemas.derived import answer_of, model_of
from engine.rows import meta
from engine.rows.column import Column
from engine.rows.draft_rows import AdviceRow, DraftRow
from engine.rows.import_rows import ImportedRow, UndoneRow
from engine.rows.keyword_rows import ExtractRow, KeywordRow
from engine.rows.note_rows import ImportRow, NoteRow
from engine.rows.search_rows import ExplainRow, SearchRow, StatsRow, SuggestRow
from engine.rows.trust_rows import ChangeRow, FidelityRow
from engine.rows.visibility_rows import VisibilityRow, VisibilityTotalRow

_Moment = Annotated[str | None, Column(None)]


class JobRow(TypedDict):
    """Work that goes on after its request."""

    job_id: Annotated[str, Column("9f2c4e1ab07d5533")]
    kind: Annotated[str, Column("import", "import, calibrate or visibility.")]
    state: Annotated[str, Column("running", "queued, running, done, failed or cancelled.")]
    progress: Annotated[float, Column(0.42, "0 to 1.")]
    created_at: Annotated[str, Column("2026-11-01T09:00:00.000+08:00")]
    started_at: Annotated[str | None, Column("2026-11-01T09:00:00.120+08:00")]
    ended_at: _Moment
    error: Annotated[str | None, Column(None, "Of a failed one: what is wrong; what to do.")]
    resumed: Annotated[int, Column(0, "How often a restart began it anew.")]
    rows: Annotated[int, Column(0, "Of its result, at `/rows`.")]


class Health(TypedDict):
    """The process lives."""

    status: Annotated[str, Column("ok")]


class Ready(TypedDict):
    """The index answers."""

    status: Annotated[str, Column("ready")]
    notes: Annotated[int, Column(630)]
    index_version: Annotated[int, Column(630)]


HealthAnswer, ReadyAnswer = model_of(Health), model_of(Ready)
ProblemAnswer = model_of(meta.Problem)
SearchAnswer = answer_of("Search", meta.SearchMeta, SearchRow)
ExplainAnswer = answer_of("Explain", meta.ExplainMeta, ExplainRow)
SuggestAnswer = answer_of("Suggest", meta.Meta, SuggestRow)
StatsAnswer = answer_of("Stats", meta.Meta, StatsRow)
NoteAnswer = answer_of("Note", meta.Meta, NoteRow)
ImportAnswer = answer_of("Import", meta.ImportMeta, ImportRow)
ImportedAnswer = answer_of("Imported", meta.Meta, ImportedRow)
UndoneAnswer = answer_of("Undone", meta.Meta, UndoneRow)
ExtractAnswer = answer_of("Extract", meta.Meta, ExtractRow)
KeywordAnswer = answer_of("Keyword", meta.PortraitMeta, KeywordRow)
VisibilityAnswer = answer_of("Visibility", meta.Meta, VisibilityRow, VisibilityTotalRow)
DraftAnswer = answer_of("Draft", meta.DraftMeta, DraftRow)
AdviceAnswer = answer_of("Advice", meta.AdviceMeta, AdviceRow)
FidelityAnswer = answer_of("Fidelity", meta.FidelityMeta, FidelityRow)
CalibrateAnswer = answer_of("Calibrate", meta.CalibrateMeta, ChangeRow)
JobAnswer = answer_of("Job", meta.Meta, JobRow)
