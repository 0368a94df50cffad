"""create_app(engine): the wiring."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline

from api import problems
from api.border import Border
from api.desk import Desk
from api.routes import health, notes, pages
from api.routes.declared import with_problem_schema
from engine.pipeline import Engine

_BODY = 1 << 20
_IMPORT_BODY = 64 << 20


def create_app(engine: Engine) -> FastAPI:
    """The API over one open engine; nothing is global, so tests make as many as they like."""
    app: FastAPI = FastAPIOffline(
        title="noterank",
        version="1",
        description="Note search and keyword SEO: what ranks, and why. 笔记搜索与关键词排名。",
        redoc_url=None,
    )
    desk, importing = Desk(), Desk(most_waiting=4)
    app.include_router(pages.router(engine, desk))
    app.include_router(notes.router(engine, desk, importing))
    app.include_router(health.router(engine, desk))
    problems.install(app)
    app.add_middleware(Border, most=_BODY, limits={"/api/v1/notes:import": _IMPORT_BODY})
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = with_problem_schema(
            get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
            )
        )
    return app.openapi_schema
