"""fidelity and calibrate: how far to trust the order, and weights fitted to observed pages."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.answers import How, answer, state
from api.jobs.queue import Jobs, wants_job
from api.jobs.workers import Desk
from api.routes.declared import LATER, Prefer, responses
from api.routes.jobs import accepted
from api.schemas.keyword_bodies import OBSERVED, PagesBody
from api.schemas.trust_schemas import CalibrateAnswer, FidelityAnswer
from engine.engine import Engine
from engine.errors import BadInput
from engine.insight.observed import ObservedPage, stored_pages
from engine.rows import trust_rows
from engine.rows.search_rows import Row
from engine.rows.table import Table


def router(engine: Engine, desk: Desk, jobs: Jobs) -> APIRouter:
    """The endpoints about trust; they take seconds, so they wait in the analysts' line."""
    routes = APIRouter(prefix="/api/v1", tags=["trust"])

    @routes.post(
        "/fidelity",
        operation_id="fidelity",
        summary="Agreement of the order with observed pages · 排序可信度",
        responses=responses(FidelityAnswer),
    )
    async def fidelity(
        how: How, wanted: Annotated[PagesBody, Body(openapi_examples=OBSERVED)]
    ) -> Response:
        def call() -> tuple[Table, Row]:
            found = engine.fidelity(_pages(engine, wanted))
            orders = list(trust_rows.orders_table(found).rows)
            told = {"orders": orders, "missing": found.missing}
            return trust_rows.fidelity_table(found), {**state(engine), **told}

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

    @routes.post(
        "/calibrate",
        operation_id="calibrate",
        summary="Weights fitted to observed pages · 规则校准",
        responses=responses(CalibrateAnswer) | LATER,
    )
    async def calibrate(
        how: How,
        wanted: Annotated[PagesBody, Body(openapi_examples=OBSERVED)],
        keep: Annotated[
            bool, Query(description="Make it the library's rules, if it is better.")
        ] = False,
        prefer: Prefer = "",
    ) -> Response:
        if wants_job(prefer):
            body = wanted.model_dump_json().encode()
            known = {"keep": keep}
            return accepted(await asyncio.to_thread(jobs.submit, "calibrate", known, body))

        def call() -> tuple[Table, Row]:
            found = engine.calibrate(_pages(engine, wanted))
            kept = keep and found.better
            if kept:
                remark = f"Fitted to observed pages.\n{trust_rows.verdict(found)}"
                engine.keep_rules(found.rules, remark)
            known = {**state(engine), **trust_rows.calibrated(found), "kept": kept}
            return trust_rows.change_table(found), known

        table, known = await desk.run(call)
        return answer(table.rows, how, table.columns, **known)

    return routes


def _pages(engine: Engine, wanted: PagesBody) -> list[ObservedPage]:
    pages = wanted.observed() or list(stored_pages(engine.store).pages)
    if not pages:
        raise BadInput("the library has observed no general page", "send pages")
    return pages
