"""search, explain, suggest, stats: what ranks, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.answers import How, answer, state
from api.cursor import Question
from api.jobs.workers import Desk
from api.routes.declared import responses
from api.schemas.answers import ExplainAnswer, SearchAnswer, SearchRow, StatsAnswer, SuggestAnswer
from api.search_options import Narrowing, Prefix, Words
from engine.engine import Engine
from engine.errors import BadOption
from engine.ranking.page import Explanation, Page, Result
from engine.ranking.searcher import MAX_LIMIT
from engine.ranking.snippet import Snippet
from engine.rows.search_rows import Row, part_row, result_row, stats_row

_MAX_OFFSET = 10_000
_CURSOR = "`meta.cursor` of the page before: the one after it, however far; instead of `offset`."
_SEARCH = tuple(name for name, field in SearchRow.model_fields.items() if field.is_required())
_EXPLAIN = ("part", "value", "factor", "note")
_SUGGEST = ("keyword", "notes")


def router(engine: Engine, desk: Desk) -> APIRouter:
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
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 20,
        offset: Annotated[int, Query(ge=0, le=_MAX_OFFSET)] = 0,
        cursor: Annotated[str, Query(description=_CURSOR, max_length=100)] = "",
        explain: Annotated[bool, Query(description="Adds `why`, a sentence.")] = False,
        facets: Annotated[bool, Query(description="Adds `meta.facets`.")] = False,
        marks: Annotated[bool, Query(description="Adds spans to highlight.")] = False,
    ) -> Response:
        def call() -> tuple[Page, str | None]:
            if cursor and offset:
                raise BadOption("both cursor and offset are given", "give one of them")
            asked, at = narrowed.asked(engine, limit, offset, explain, facets)
            question = Question(q, asked, at, engine.rule_set.label, engine.snapshot(at).state_id)
            start = question.offset(cursor) if cursor else offset
            page = engine.search(q, replace(asked, offset=start), at)
            question = replace(question, state_id=page.state_id)
            if cursor:
                question.offset(cursor)  # the index may have changed meanwhile
            after = start + limit
            return page, question.cursor(after) if after < page.placed else None

        page, more = await desk.run(call)
        rows = [_row(result, explain, marks) for result in page.results]
        meta = _meta(page, limit) | {"cursor": more}
        return answer(rows, how, _columns(explain, marks), **meta)

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
        def call() -> tuple[Explanation, Row]:
            asked, at = narrowed.asked(engine)
            return engine.explain(note_id, q, asked, at), state(engine)

        found, known = await desk.run(call)
        rows = [part_row(part) for part in found.parts]
        return answer(rows, how, _EXPLAIN, **known, **_standing(found))

    @routes.get(
        "/suggest",
        operation_id="suggest",
        summary="Complete what is being typed · 输入补全",
        responses=responses(SuggestAnswer),
    )
    async def suggest(
        how: How, q: Prefix, limit: Annotated[int, Query(ge=1, le=100)] = 10
    ) -> Response:
        found, known = await desk.run(lambda: (engine.suggest(q, limit), state(engine)))
        rows = [{"keyword": word, "notes": count} for word, count in found]
        return answer(rows, how, _SUGGEST, limit=limit, **known)

    @routes.get(
        "/stats",
        operation_id="stats",
        summary="What the library holds · 库里有什么",
        responses=responses(StatsAnswer),
    )
    async def stats(how: How) -> Response:
        row = stats_row(await desk.run(engine.stats))
        known = {"index_version": row["index_version"], "rule_set": row["rule_set"]}
        return answer([row], how, tuple(row), **known)

    return routes


def _row(result: Result, explain: bool, marks: bool) -> Row:
    row = result_row(result)
    if explain:
        row["why"] = result.sentence
    if marks:
        row |= {"title_marks": _spans(result.title), "snippet_marks": _spans(result.snippet)}
    return row


def _columns(explain: bool, marks: bool) -> list[str]:
    """The keys of `_row`, known before there is a row."""
    extra = ["why"] * explain + ["title_marks", "snippet_marks"] * marks
    return [*_SEARCH, *extra]


def _spans(snippet: Snippet) -> str:
    return " ".join(f"{start}-{end}" for start, end in snippet.marks)


def _meta(page: Page, limit: int) -> dict[str, Any]:
    after = page.offset + limit
    meta: dict[str, Any] = {
        "total": page.total,
        "limit": limit,
        "offset": page.offset,
        "next": after if after < page.placed and after <= _MAX_OFFSET else None,
        "index_version": page.index_version,
        "rule_set": page.rule_set,
        "as_of": page.as_of.isoformat(),
        "did_you_mean": list(page.did_you_mean),
        "notes": list(page.notes),
    }
    if page.facets is not None:
        meta["facets"] = {name: _counts(values) for name, values in page.facets.items()}
    return meta


def _counts(values: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"value": value, "notes": count} for value, count in values]


def _standing(found: Explanation) -> dict[str, Any]:
    return {
        "note_id": found.note_id,
        "position": found.position,
        "matching": found.total,
        "score": found.score,
        "sentence": found.sentence,
    }
