"""The search page, alone or under two rule sets, and why a note stands where it stands."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.jobs.workers import Workers
from api.web import shell
from api.web.listing import download, listing
from engine.engine import Engine
from engine.errors import BadOption
from engine.model import SORTS
from engine.ranking import ruleset
from engine.ranking.page import Page
from engine.ranking.searcher import WITHIN
from engine.usecases import search as asking
from engine.usecases.search import PLACES, SearchOptions


class SearchPage:
    """`/` and `/why`."""

    def __init__(self, engine: Engine, workers: Workers) -> None:
        self._engine = engine
        self._workers = workers
        self.gets = {"/": self.search, "/why": self.why}

    async def search(self, request: Request) -> Response:
        shown: dict[str, Any] = {"page": None, "other": None, "moves": {}}
        if request.query_params.get("q", "").strip():
            page, other = await self._workers.asking.run(lambda: self._pages(request))
            shown = {"page": page, "other": other, "moves": _moves(page, other),
                     "next": asking.page_meta(page, PLACES)["next"]}  # fmt: skip
        rules = ["", *ruleset.presets()]
        return shell.page(request, "search", sorts=SORTS, within=WITHIN, rules=rules, **shown)

    def _pages(self, request: Request) -> tuple[Page, Page | None]:
        fields, engine = request.query_params, self._engine
        words, against = fields["q"], fields.get("against", "")
        options = SearchOptions(
            fields.get("sort") or "general", fields.get("type") or None,
            fields.get("within") or None, fields.getlist("tag"), fields.getlist("brand"),
            offset=_offset(fields.get("offset") or "0"), explain=True, facets=True,
        )  # fmt: skip
        if against:
            return asking.search_twice(engine, words, options, against)
        return asking.search(engine, words, options), None

    async def why(self, request: Request) -> Response:
        note_id, words = request.query_params.get("note_id", ""), request.query_params.get("q", "")
        answered = await self._workers.asking.run(
            lambda: asking.explain(self._engine, note_id, words)
        )
        if file := download(request, answered.table, "why"):
            return file
        table = listing(request, answered.table)
        return shell.page(request, "why", found=answered.value, table=table)


def _offset(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise BadOption(f"offset is {text}", "use a number") from error


def _moves(page: Page, other: Page | None) -> dict[str, int | None]:
    """Note id -> places that it stands higher (or lower, below 0) than on the first page."""
    if other is None:
        return {}
    before = {result.note.note_id: result.position for result in page.results}
    return {
        r.note.note_id: before[r.note.note_id] - r.position if r.note.note_id in before else None
        for r in other.results
    }
