"""search, explain, suggest, stats: what ranks, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import How, answer, answer_with
from api.cursor import Question
from api.jobs.workers import Worker
from api.routes.declared import responses
from api.schemas.answers import ExplainAnswer, SearchAnswer, StatsAnswer, SuggestAnswer
from api.schemas.limits import span
from api.search_options import Narrowing, Prefix, Words
from engine.engine import Engine
from engine.errors import BadOption
from engine.ranking.page import Page
from engine.ranking.searcher import MAX_LIMIT
from engine.snapshot import LibrarySnapshot
from engine.usecases import search as asking
from engine.usecases.limits import COMPLETIONS, OFFSET
from engine.usecases.search import SearchOptions

_CURSOR = "`meta.cursor` of the page before: the one after it, however far; instead of `offset`."


def router(engine: Engine, worker: Worker) -> APIRouter:
    """The endpoints that ask."""
    routes = APIRouter(prefix="/api/v1", tags=["pages"])

    @routes.get(
        "/search",
        operation_id="search",
        summary="The page that a query would show · 一个词的结果页",
        responses=responses(SearchAnswer),
    )
    async def search(
        how: How,
        q: Words,
        narrowed: Narrowing,
        limit: Annotated[int, Query(json_schema_extra=span(1, MAX_LIMIT))] = asking.PLACES,
        offset: Annotated[int, Query(json_schema_extra=span(0, OFFSET))] = 0,
        cursor: Annotated[str, Query(description=_CURSOR, max_length=100)] = "",
        explain: Annotated[bool, Query(description="Adds `why`, a sentence.")] = False,
        facets: Annotated[bool, Query(description="Adds `meta.facets`.")] = False,
        marks: Annotated[bool, Query(description="Adds spans to highlight.")] = False,
    ) -> Response:
        options = replace(narrowed, limit=limit, offset=offset, explain=explain, facets=facets)
        page, more = await worker.run(lambda: _page(engine, q, options, cursor))
        table = asking.page_table(page, explain, marks)
        meta = asking.page_meta(page, limit) | {"cursor": more}
        return answer(table.rows, how, table.columns, **meta)

    @routes.get(
        "/explain",
        operation_id="explain",
        summary="Why a note stands where it stands · 为什么排在这里",
        responses=responses(ExplainAnswer),
    )
    async def explain(
        how: How,
        note_id: Annotated[str, Query(min_length=1, max_length=200)],
        q: Words,
        narrowed: Narrowing,
    ) -> Response:
        answered = await worker.run(lambda: asking.explain(engine, note_id, q, narrowed))
        return answer_with(answered, how)

    @routes.get(
        "/suggest",
        operation_id="suggest",
        summary="Complete what is being typed · 输入补全",
        responses=responses(SuggestAnswer),
    )
    async def suggest(
        how: How,
        q: Prefix,
        limit: Annotated[int, Query(json_schema_extra=span(1, COMPLETIONS))] = asking.SUGGESTIONS,
    ) -> Response:
        return answer_with(await worker.run(lambda: asking.suggest(engine, q, limit)), how)

    @routes.get(
        "/stats",
        operation_id="stats",
        summary="What the library holds · 库里有什么",
        responses=responses(StatsAnswer),
    )
    async def stats(how: How) -> Response:
        return answer_with(await worker.run(lambda: asking.stats(engine)), how)

    return routes


def _page(
    engine: Engine, words: str, options: SearchOptions, cursor: str
) -> tuple[Page, str | None]:
    """(the page, the cursor of the one after it); a cursor is good for its question and state."""
    if cursor and options.offset:
        raise BadOption("both cursor and offset are given", "give one of them")

    def page(library: LibrarySnapshot) -> tuple[Page, str | None]:
        question = Question(words, options.asked(library), library.state_id)
        start = question.offset(cursor) if cursor else options.offset
        shown = library.search(words, replace(question.asked, offset=start))
        after = start + options.limit
        return shown, question.cursor(after) if after < shown.placed else None

    return engine.ask(page, options.now)
