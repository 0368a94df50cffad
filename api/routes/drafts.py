"""drafts:rank and drafts:advise: where a draft would stand, and the edits that move it most."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.answers import How, answer_with
from api.jobs.workers import Worker
from api.routes.declared import responses
from api.schemas.answers import AdviceAnswer, DraftAnswer
from api.schemas.keyword_bodies import DRAFT_LISTS, DraftListBody
from api.schemas.limits import span
from engine.engine import Engine
from engine.usecases import drafts
from engine.usecases.limits import EDITS

_Wanted = Annotated[DraftListBody, Body(openapi_examples=DRAFT_LISTS)]


def router(engine: Engine, worker: Worker) -> APIRouter:
    """The endpoints about drafts; nothing is written to the library."""
    routes = APIRouter(prefix="/api/v1", tags=["drafts"])

    @routes.post(
        "/drafts:rank",
        operation_id="rank_draft",
        summary="Where a draft would stand, before it is published · 草稿模拟排名",
        responses=responses(DraftAnswer),
    )
    async def rank_draft(how: How, wanted: _Wanted) -> Response:
        return answer_with(await worker.run(lambda: drafts.rank(engine, wanted.question())), how)

    @routes.post(
        "/drafts:advise",
        operation_id="advise_draft",
        summary="The edits that move a draft most, each tried by the engine · 改稿建议",
        responses=responses(AdviceAnswer),
    )
    async def advise_draft(
        how: How,
        wanted: _Wanted,
        most: Annotated[
            int, Query(description="Edits.", json_schema_extra=span(1, EDITS))
        ] = drafts.STEPS,
    ) -> Response:
        advised = await worker.run(lambda: drafts.advise(engine, wanted.question(), most))
        return answer_with(advised, how)

    return routes
