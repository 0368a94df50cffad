"""drafts:rank and drafts:advise: where a draft would stand, and the edits that move it most."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.answers import How, answer, state
from api.jobs.workers import Desk
from api.routes.declared import responses
from api.schemas.draft_schemas import AdviceAnswer, DraftAnswer
from api.schemas.keyword_bodies import DRAFT_LISTS, DraftListBody
from engine.engine import Engine
from engine.ingest.draft_files import draft_from
from engine.rows import draft_rows
from engine.rows.search_rows import Row
from engine.rows.table import Table

_MOST = 500  # keywords of an advice


def router(engine: Engine, desk: Desk) -> APIRouter:
    """The endpoints about drafts; nothing is written to the library."""
    routes = APIRouter(prefix="/api/v1", tags=["drafts"])

    @routes.post(
        "/drafts:rank",
        operation_id="rank_draft",
        summary="Where a draft would stand, before it is published · 草稿模拟排名",
        responses=responses(DraftAnswer),
    )
    async def rank_draft(
        how: How, wanted: Annotated[DraftListBody, Body(openapi_examples=DRAFT_LISTS)]
    ) -> Response:
        def call() -> tuple[Table, Row]:
            note = draft_from(wanted.draft)
            drafts = engine.drafts(None, note)
            found = drafts.rank(note, wanted.lines(), wanted.own, wanted.banned)
            return draft_rows.draft_table(found), {**state(engine), **draft_rows.told(found)}

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

    @routes.post(
        "/drafts:advise",
        operation_id="advise_draft",
        summary="The edits that move a draft most, each tried by the engine · 改稿建议",
        responses=responses(AdviceAnswer),
    )
    async def advise_draft(
        how: How,
        wanted: Annotated[DraftListBody, Body(openapi_examples=DRAFT_LISTS)],
        most: Annotated[int, Query(ge=1, le=10, description="Edits.")] = 3,
    ) -> Response:
        def call() -> tuple[Table, Row]:
            note = draft_from(wanted.draft)
            lines = wanted.lines()[:_MOST]
            found = engine.drafts(None, note).advise(note, lines, most)
            together = sum(edit.gain for edit in found if edit.field != "split")
            return draft_rows.advice_table(found), {**state(engine), "together": round(together, 6)}

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

    return routes
