"""fidelity and calibrate: how far to trust the order, and weights fitted to observed pages."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response

from api.answers import How, answer_with
from api.jobs.queue import Jobs, wants_job
from api.jobs.workers import Worker
from api.routes.declared import LATER, Prefer, responses
from api.routes.jobs import accepted
from api.schemas.answers import CalibrateAnswer, FidelityAnswer
from api.schemas.keyword_bodies import OBSERVED, PagesBody
from engine.engine import Engine
from engine.usecases import trust

_Wanted = Annotated[PagesBody, Body(openapi_examples=OBSERVED)]


def router(engine: Engine, worker: Worker, jobs: Jobs) -> APIRouter:
    """The endpoints about trust; they take seconds, so they wait in the analysts' line."""
    routes = APIRouter(prefix="/api/v1", tags=["trust"])

    @routes.post(
        "/fidelity",
        operation_id="fidelity",
        summary="Agreement of the order with observed pages · 排序可信度",
        responses=responses(FidelityAnswer),
    )
    async def fidelity(how: How, wanted: _Wanted) -> Response:
        return answer_with(await worker.run(lambda: trust.fidelity(engine, wanted.question())), how)

    @routes.post(
        "/calibrate",
        operation_id="calibrate",
        summary="Weights fitted to observed pages · 规则校准",
        responses=responses(CalibrateAnswer) | LATER,
    )
    async def calibrate(
        how: How,
        wanted: _Wanted,
        keep: Annotated[
            bool, Query(description="Make it the library's rules, if it is better.")
        ] = False,
        prefer: Prefer = "",
    ) -> Response:
        if wants_job(prefer):
            body = wanted.model_dump_json().encode()
            parameters = {"keep": keep}
            return accepted(await asyncio.to_thread(jobs.submit, "calibrate", parameters, body))
        fitted = await worker.run(lambda: trust.calibrate(engine, wanted.question(), keep))
        return answer_with(fitted, how)

    return routes
