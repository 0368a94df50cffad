"""create_app(engine): the wiring."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from api import problems
from api.answers import XLSX
from api.auth import Guard
from api.jobs.handlers import job_handlers
from api.jobs.queue import Jobs
from api.jobs.workers import Workers
from api.keys import Keys
from api.middleware.border import Border
from api.middleware.metrics import Metrics
from api.middleware.origins import Origins
from api.response_cache import ResponseCache
from api.routes import drafts, health, imports, keywords, notes, pages, trust, web
from api.routes import jobs as job_routes
from api.routes.declared import completed
from engine.engine import Engine

_BODY = 1 << 20
_WIDE = 16 << 10  # bytes from which an answer is worth compressing
_IMPORT_BODY = 64 << 20


def create_app(
    engine: Engine,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    log_queries: bool = False,
) -> FastAPI:
    """The API over one open engine; nothing is global, so tests make as many as they like.

    `hosts` are names by which it may be asked besides those of this machine, `origins` sites whose
    scripts may ask; the log has the text of queries only with `log_queries`. The caller closes the
    engine, after the app has shut down.
    """
    workers, metrics = Workers(), Metrics()
    jobs = Jobs(engine.library.folder, job_handlers(engine))

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        await asyncio.to_thread(jobs.start)
        yield
        await asyncio.to_thread(jobs.close)
        await asyncio.to_thread(workers.close)

    app: FastAPI = FastAPIOffline(
        title="noterank",
        version="1",
        description="Note search and keyword SEO: what ranks, and why. 笔记搜索与关键词排名。",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=running,
    )
    app.include_router(pages.router(engine, workers.asking))
    app.include_router(keywords.router(engine, workers.analysing, jobs))
    app.include_router(drafts.router(engine, workers.analysing))
    app.include_router(trust.router(engine, workers.analysing, jobs))
    app.include_router(notes.router(engine, workers, jobs))
    app.include_router(imports.router(engine, workers))
    app.include_router(job_routes.router(engine, jobs))
    app.include_router(web.router(engine, workers, jobs))
    app.include_router(health.router(engine, workers.asking, metrics))
    problems.install(app)
    app.add_middleware(ResponseCache, state=engine.published)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=_WIDE,
        compresslevel=4,
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, XLSX),
    )
    app.add_middleware(
        Border,
        most=_BODY,
        limits={"/api/v1/notes:import": _IMPORT_BODY, "/data/upload": _IMPORT_BODY},
        guard=Guard(Keys(engine.library.folder)),
        metrics=metrics,
        hosts=frozenset(hosts),
        log_queries=log_queries,
    )
    if origins:
        app.add_middleware(Origins, origins=origins)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = completed(
            get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
        )
    return app.openapi_schema
