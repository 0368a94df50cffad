"""extract, portraits:keywords, opportunity, visibility: which words to fight for."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.answers import How, answer, state
from api.jobs.queue import Jobs, wants_job
from api.jobs.workers import Desk
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
from engine.engine import Engine
from engine.insight.portrait import from_table
from engine.model import Note
from engine.rows import keyword_rows
from engine.rows.search_rows import Row
from engine.rows.table import Table

Top = Annotated[int, Query(ge=1, le=200)]
Detail = Annotated[bool, Query(description="Adds the parts that each figure is made of.")]
By = Literal["keyword", "total", "kind", "intent"]


def router(engine: Engine, desk: Desk, jobs: Jobs) -> APIRouter:
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
        top: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Response:
        note = Note("draft", title=draft.title, body=draft.text, tags=tuple(draft.tags))
        found, known = await desk.run(lambda: (engine.extract(note, top), state(engine)))
        rows = [keyword_rows.phrase_row(phrase) for phrase in found]
        return answer(rows, how, keyword_rows.EXTRACT, **known)

    @routes.post(
        "/portraits:keywords",
        operation_id="portrait_keywords",
        summary="A portrait's keywords, each with where it is from · 画像关键词",
        responses=responses(KeywordAnswer),
    )
    async def portrait_keywords(
        how: How,
        portrait: Annotated[dict[str, Any], Body(openapi_examples=PORTRAITS)],
        top: Top = 50,
        detail: Detail = False,
    ) -> Response:
        def call() -> tuple[Table, Row]:
            found = engine.keywords(from_table(portrait), top)
            told = {
                "portrait": found.set.portrait.name,
                "notes_read": found.set.affine,
                "left_out": len(found.set.left_out),
            }
            return found.table(detail), {**state(engine), **told}

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

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
        def call() -> tuple[Table, Row]:
            battle = engine.opportunity(wanted.lines())
            return keyword_rows.fight_table(battle, detail), state(engine)

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

    @routes.post(
        "/visibility",
        operation_id="visibility",
        summary="Share of voice of brands over keywords · 声量占比",
        responses=responses(VisibilityAnswer) | LATER,
    )
    async def visibility(
        how: How,
        wanted: Annotated[VoiceBody, Body(openapi_examples=VOICES)],
        by: Annotated[By, Query(description="Every page, or sums.")] = "keyword",
        prefer: Prefer = "",
    ) -> Response:
        if wants_job(prefer):
            body = wanted.model_dump_json().encode()
            return accepted(await asyncio.to_thread(jobs.submit, "visibility", {"by": by}, body))

        def call() -> tuple[Table, Row]:
            voice = engine.visibility(wanted.lines(), wanted.own, wanted.rivals)
            if by == "keyword":
                return keyword_rows.voice_table(voice), state(engine)
            return keyword_rows.total_table(voice.totals(by)), state(engine)

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

    return routes
