"""search, explain, suggest, stats: what ranks, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.answers import Wanted, answer, wanted
from api.desk import Desk
from api.routes.declared import responses
from api.schemas import ExplainAnswer, SearchAnswer, SearchRow, StatsAnswer, SuggestAnswer
from engine.display.snippet import Snippet
from engine.errors import BadOption
from engine.model import CHINA, Sort
from engine.pipeline import Engine
from engine.pipeline.answers import Page, Result, Row, part_row, result_row, stats_row
from engine.pipeline.search import MAX_LIMIT, MAX_OFFSET, Asked, app_filter
from engine.text.query import MAX_CHARACTERS

_SEARCH = tuple(name for name, field in SearchRow.model_fields.items() if field.is_required())
_EXPLAIN = ("part", "value", "factor", "note")
_SUGGEST = ("keyword", "notes")
Words = Annotated[
    str,
    Query(
        description='Words, "phrases", -not, tag: brand: type: author: since: until:',
        max_length=MAX_CHARACTERS,
        openapi_examples={
            "中文": {"summary": "敏感肌面霜", "value": "敏感肌面霜"},
            "English": {"summary": "a brand by its Latin name", "value": "SK-II brand:SK-II"},
        },
    ),
]
How = Annotated[Wanted, Depends(wanted)]
Labels = Annotated[list[Annotated[str, Query(max_length=100)]], Query(max_length=20)]
_ROW = {
    "position": 1,
    "note_id": "6372b5da50be4a575fd9408b",
    "title": "敏感肌面霜怎么选",
    "snippet": "换季泛红，屏障修护最要紧。",
    "score": 14.2,
    "bm25": 12.1,
    "kind": "image",
    "author": "8d6a3e8e7c9bc0d9",
    "published_at": "2026-10-01T20:15:00+08:00",
    "likes": 120,
    "collects": 80,
    "comments": 9,
    "shares": None,
    "tags": "敏感肌,面霜",
    "brands": "沐禾集",
    "channel": "organic",
    "url": None,
}


def example(*rows: Row) -> dict[str, Any]:
    """An envelope with these rows, as the documentation shows it."""
    meta = {"total": len(rows), "limit": None, "offset": 0, "next": None, "took_ms": 2.1}
    return {"data": list(rows), "meta": meta}


def router(engine: Engine, desk: Desk) -> APIRouter:
    """The endpoints that ask."""
    routes = APIRouter(prefix="/api/v1", tags=["pages"])

    @routes.get(
        "/search",
        operation_id="search",
        summary="The page that a query would show · 一个词的结果页",
        responses=responses(SearchAnswer, example(_ROW)),
    )
    async def search(
        how: How,
        q: Words,
        sort: Sort = "general",
        type: Literal["image", "video"] | None = None,
        within: Literal["day", "week", "halfyear"] | None = None,
        tag: Labels = [],  # noqa: B006  (FastAPI copies it)
        brand: Labels = [],  # noqa: B006
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 20,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET)] = 0,
        explain: Annotated[bool, Query(description="Adds `why`, a sentence.")] = False,
        facets: Annotated[bool, Query(description="Adds `meta.facets`.")] = False,
        marks: Annotated[bool, Query(description="Adds spans to highlight.")] = False,
        now: Annotated[datetime | None, Query(description="Count ages from here.")] = None,
    ) -> Response:
        def call() -> Page:
            at = engine.as_of(_aware(now))
            known = app_filter(engine.segmenter, type, within, tag, brand, at)
            asked = Asked(sort, known, limit, offset, explain, facets)
            return engine.search(q, asked, at)

        page = await desk.run(call)
        rows = [_row(result, explain, marks) for result in page.results]
        extra = [name for name in (rows[0] if rows else ()) if name not in _SEARCH]
        return answer(rows, how, [*_SEARCH, *extra], **_meta(page, limit))

    @routes.get(
        "/explain",
        operation_id="explain",
        summary="Why a note stands where it stands · 为什么排在这里",
        responses=responses(
            ExplainAnswer,
            example({"part": "sum", "value": 12.1, "factor": None, "note": "BM25"}),
        ),
    )
    async def explain(
        how: How,
        note_id: Annotated[str, Query(min_length=1, max_length=200)],
        q: Words,
        now: datetime | None = None,
    ) -> Response:
        found = await desk.run(lambda: engine.explain(note_id, q, now=_aware(now)))
        return answer(
            [part_row(part) for part in found.parts],
            how,
            _EXPLAIN,
            note_id=found.note_id,
            position=found.position,
            matching=found.total,
            score=found.score,
            sentence=found.sentence,
            rule_set=engine.rule_set.label,
        )

    @routes.get(
        "/suggest",
        operation_id="suggest",
        summary="Complete what is being typed · 输入补全",
        responses=responses(SuggestAnswer, example({"keyword": "敏感肌", "notes": 42})),
    )
    async def suggest(
        how: How,
        q: Annotated[
            str,
            Query(
                min_length=1,
                max_length=MAX_CHARACTERS,
                openapi_examples={
                    "中文": {"summary": "characters", "value": "敏感"},
                    "English": {"summary": "pinyin", "value": "mingan"},
                },
            ),
        ],
        limit: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Response:
        found = await desk.run(lambda: engine.suggester().complete(q, limit))
        rows = [{"keyword": word, "notes": count} for word, count in found]
        return answer(rows, how, _SUGGEST, limit=limit)

    @routes.get(
        "/stats",
        operation_id="stats",
        summary="What the library holds · 库里有什么",
        responses=responses(StatsAnswer, example()),
    )
    async def stats(how: How) -> Response:
        row = stats_row(await desk.run(engine.stats))
        return answer([row], how, tuple(row))

    return routes


def _row(result: Result, explain: bool, marks: bool) -> Row:
    row = result_row(result)
    if explain:
        row["why"] = result.sentence
    if marks:
        row |= {"title_marks": _spans(result.title), "snippet_marks": _spans(result.snippet)}
    return row


def _spans(snippet: Snippet) -> str:
    return " ".join(f"{start}-{end}" for start, end in snippet.marks)


def _meta(page: Page, limit: int) -> dict[str, Any]:
    shown = page.offset + len(page.results)
    meta: dict[str, Any] = {
        "total": page.total,
        "limit": limit,
        "offset": page.offset,
        "next": shown if page.results and shown < min(page.placed, MAX_OFFSET) else None,
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


def _aware(moment: datetime | None) -> datetime | None:
    """A moment with an offset; +08:00 where none was given. Years that no note has are refused."""
    if moment is None:
        return None
    if not 1990 <= moment.year <= 2100:
        raise BadOption(f"now is in the year {moment.year}", "give a moment from 1990 to 2100")
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
