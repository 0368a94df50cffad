"""healthz and readyz: is the process up, is the index there."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from api.jobs.workers import Worker
from api.middleware.metrics import TYPE, Metrics
from api.routes.declared import problems
from api.schemas.answers import Health, HealthAnswer, Ready, ReadyAnswer
from engine.engine import Engine


def router(engine: Engine, worker: Worker, metrics: Metrics) -> APIRouter:
    """Endpoints for whoever watches the process."""
    routes = APIRouter(tags=["health"])

    @routes.get(
        "/healthz",
        operation_id="healthz",
        summary="The process answers",
        response_model=HealthAnswer,
        responses=problems(421, 500),
    )
    async def healthz() -> Health:
        return {"status": "ok"}

    @routes.get(
        "/readyz",
        operation_id="readyz",
        summary="The index can be searched",
        response_model=ReadyAnswer,
        responses=problems(421, 500, 503),
    )
    async def readyz() -> Ready:
        notes, version = await worker.run(engine.ready)
        return {"status": "ready", "notes": notes, "index_version": version}

    @routes.get(
        "/metrics",
        operation_id="metrics",
        summary="Counters for Prometheus",
        response_class=PlainTextResponse,
        responses=problems(401, 403, 421, 429, 500, 503),
    )
    async def exposed() -> Response:
        notes, version = await worker.run(engine.ready)
        return Response(metrics.text(notes, version), media_type=TYPE)

    return routes
