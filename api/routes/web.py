"""The pages: search, keywords, fights, voice, draft, data. Each state is an address."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from api.jobs.queue import Jobs
from api.jobs.workers import Desks
from api.problems import status_of
from api.web import shell
from api.web.drafting import Drafting
from api.web.gathering import Gathering
from api.web.searching import Searching
from api.web.wording import Wording
from engine.engine import Engine
from engine.errors import NoterankError

_STATIC = Path(shell.HERE / "static")
Handler = Callable[[Request], Awaitable[Response]]


def router(engine: Engine, desks: Desks, jobs: Jobs) -> APIRouter:
    """All pages, and what they are dressed in."""
    routes = APIRouter(include_in_schema=False)
    words, data = Wording(engine, desks), Gathering(engine, desks, jobs)
    searching, drafting = Searching(engine, desks), Drafting(engine, desks)
    gets = searching.gets | words.gets | drafting.gets | data.gets
    for method, handlers in (("GET", gets), ("POST", words.posts | data.posts)):
        for path, handler in handlers.items():
            routes.add_api_route(path, _shown(handler), methods=[method])
    for name in ("app.css", "app.js"):
        routes.add_api_route(f"/static/{name}", functools.partial(_static, name), methods=["GET"])
    return routes


def _shown(handler: Handler) -> Handler:
    """A handler whose refusals are a page too, with the problem and the cure."""

    async def call(request: Request) -> Response:
        try:
            return await handler(request)
        except NoterankError as error:
            return shell.page(request, "refused", status_of(error), problem=error.problem,
                              cure=error.cure)  # fmt: skip

    return call


async def _static(name: str) -> Response:
    return FileResponse(_STATIC / name, headers={"Cache-Control": "no-cache"})
