"""The pages: search, keywords, opportunity, share of voice, draft, data, each state an address."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from api.jobs.queue import Jobs
from api.jobs.workers import Workers
from api.web import shell
from api.web.data_page import DataPage
from api.web.draft_page import DraftPage
from api.web.keywords_page import KeywordsPage
from api.web.opportunity_page import OpportunityPage
from api.web.search_page import SearchPage
from api.web.share_of_voice_page import ShareOfVoicePage
from engine.engine import Engine
from engine.errors import NoterankError
from engine.rows.meta import refusal, status_of

_STATIC = Path(shell.HERE / "static")
Handler = Callable[[Request], Awaitable[Response]]


def router(engine: Engine, workers: Workers, jobs: Jobs) -> APIRouter:
    """All pages, and what they are dressed in."""
    routes = APIRouter(include_in_schema=False)
    search, keywords = SearchPage(engine, workers), KeywordsPage(engine, workers)
    share, data = ShareOfVoicePage(engine, workers), DataPage(engine, workers, jobs)
    opportunity, draft = OpportunityPage(engine, workers), DraftPage(engine, workers)
    gets = search.gets | keywords.gets | opportunity.gets | share.gets | draft.gets | data.gets
    for method, handlers in (("GET", gets), ("POST", keywords.posts | share.posts | data.posts)):
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
            return shell.page(request, "refused", status_of(error), problem=refusal(error))

    return call


async def _static(name: str) -> Response:
    return FileResponse(_STATIC / name, headers={"Cache-Control": "no-cache"})
