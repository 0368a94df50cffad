"""extract, portraits:keywords, opportunity, visibility: which words to fight for."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.answers import How, answer, answer_with
from api.jobs.queue import Jobs, wants_job
from api.jobs.workers import Worker
from api.routes.declared import LATER, Prefer, responses
from api.routes.jobs import accepted
from api.schemas.answers import ExtractAnswer, KeywordAnswer, VisibilityAnswer
from api.schemas.keyword_bodies import (
    DRAFTS,
    LISTS,
    PORTRAITS,
    VOICES,
    DraftBody,
    ListBody,
    VoiceBody,
)
from api.schemas.limits import of, span
from engine.engine import Engine
from engine.insight.portrait import from_table
from engine.rows.keyword_rows import opportunity_table
from engine.usecases import drafts, keywords
from engine.usecases.limits import PHRASES, TOP
from engine.usecases.share_of_voice import BY, share_of_voice

Detail = Annotated[bool, Query(description="Adds the parts that each figure is made of.")]


def router(engine: Engine, worker: Worker, jobs: Jobs) -> APIRouter:
    """The endpoints about keywords; they take seconds, so they have a thread of their own."""
    routes = APIRouter(prefix="/api/v1", tags=["keywords"])

    @routes.post(
        "/extract",
        operation_id="extract",
        summary="Keyword phrases of a note or draft · 提取关键词",
        responses=responses(ExtractAnswer),
    )
    async def extract(
        how: How,
        draft: Annotated[DraftBody, Body(openapi_examples=DRAFTS)],
        top: Annotated[int, Query(json_schema_extra=span(1, PHRASES))] = drafts.TOP,
    ) -> Response:
        return answer_with(await worker.run(lambda: drafts.extract(engine, draft.note(), top)), how)

    @routes.post(
        "/portraits:keywords",
        operation_id="portrait_keywords",
        summary="A portrait's keywords, each with where it is from · 画像关键词",
        responses=responses(KeywordAnswer),
    )
    async def portrait_keywords(
        how: How,
        portrait: Annotated[dict[str, Any], Body(openapi_examples=PORTRAITS)],
        top: Annotated[int, Query(json_schema_extra=span(1, TOP))] = keywords.KEYWORDS,
        detail: Detail = False,
    ) -> Response:
        answered = await worker.run(lambda: keywords.keyword_set(engine, from_table(portrait), top))
        table = answered.value.table(detail)
        return answer(table.rows, how, table.columns, **answered.meta)

    @routes.post(
        "/opportunity",
        operation_id="opportunity",
        summary="Demand, supply, difficulty and room of keywords · 关键词机会",
        responses=responses(KeywordAnswer),
    )
    async def opportunity(
        how: How,
        wanted: Annotated[ListBody, Body(openapi_examples=LISTS)],
        detail: Detail = False,
    ) -> Response:
        answered = await worker.run(lambda: keywords.opportunity(engine, wanted.lines()))
        table = opportunity_table(answered.value, detail)
        return answer(table.rows, how, table.columns, **answered.meta)

    @routes.post(
        "/visibility",
        operation_id="visibility",
        summary="Share of voice of brands over keywords · 声量占比",
        responses=responses(VisibilityAnswer) | LATER,
    )
    async def visibility(
        how: How,
        wanted: Annotated[VoiceBody, Body(openapi_examples=VOICES)],
        by: Annotated[
            str, Query(description="Every page, or sums.", json_schema_extra=of(BY))
        ] = BY[0],
        prefer: Prefer = "",
    ) -> Response:
        if wants_job(prefer):
            body = wanted.model_dump_json().encode()
            return accepted(await asyncio.to_thread(jobs.submit, "visibility", {"by": by}, body))
        answered = await worker.run(
            lambda: share_of_voice(engine, wanted.lines(), wanted.brands(), by)
        )
        return answer_with(answered, how)

    return routes
