"""The search page, alone or under two rule sets, and why a note stands where it stands."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.jobs.workers import Desks
from api.web import shell
from api.web.listing import download, listing
from engine.engine import Engine
from engine.errors import BadOption
from engine.model import SORTS
from engine.ranking import ruleset
from engine.ranking.page import Page
from engine.ranking.searcher import WITHIN, Asked, app_filter
from engine.rows.search_rows import part_row

_LIMIT = 20
_PARTS = ("part", "value", "factor", "note")


class Searching:
    """`/` and `/why`."""

    def __init__(self, engine: Engine, desks: Desks) -> None:
        self._engine = engine
        self._desks = desks
        self.gets = {"/": self.search, "/why": self.why}

    async def search(self, request: Request) -> Response:
        fields = request.query_params
        words = fields.get("q", "")[:200]
        rules = ["", *ruleset.presets()]
        known: dict[str, Any] = {"page": None, "other": None, "sorts": SORTS, "within": WITHIN,
                                 "rules": rules, "moves": {}}  # fmt: skip
        if words.strip():
            found, other = await self._desks.asking.run(lambda: self._found(request, words))
            after = found.offset + _LIMIT
            known |= {"page": found, "other": other, "moves": _moves(found, other),
                      "next": after if after < found.placed else None}  # fmt: skip
        return shell.page(request, "search", **known)

    def _found(self, request: Request, words: str) -> tuple[Page, Page | None]:
        fields, engine = request.query_params, self._engine
        now = engine.as_of()
        chosen = app_filter(
            engine.segmenter, fields.get("type") or None, fields.get("within") or None,
            [t for t in fields.getlist("tag") if t], [b for b in fields.getlist("brand") if b], now,
        )  # fmt: skip
        sort = fields.get("sort") or "general"
        offset = fields.get("offset", "0")
        start = min(int(offset), 10_000) if offset.isdecimal() and len(offset) < 6 else 0
        asked = Asked(sort, chosen, _LIMIT, start, True, True)  # type: ignore[arg-type]
        page = engine.search(words, asked, now)
        against = fields.get("against", "")
        if not against:
            return page, None
        if against not in ruleset.presets():
            raise BadOption(f"no rule set '{against}'", f"use {', '.join(ruleset.presets())}")
        rules = ruleset.load(against)
        searcher = engine.snapshot(now).under(rules).searcher
        return page, searcher.page(words, asked)

    async def why(self, request: Request) -> Response:
        note_id, words = request.query_params.get("note_id", ""), request.query_params.get("q", "")
        found = await self._desks.asking.run(lambda: self._engine.explain(note_id, words))
        rows = [part_row(part) for part in found.parts]
        if file := download(request, rows, _PARTS, "why"):
            return file
        return shell.page(request, "why", found=found, table=listing(request, rows, _PARTS))


def _moves(page: Page, other: Page | None) -> dict[str, int | None]:
    """Note id -> places that it stands higher (or lower, below 0) than on the first page."""
    if other is None:
        return {}
    before = {result.note.note_id: result.position for result in page.results}
    return {
        r.note.note_id: before[r.note.note_id] - r.position if r.note.note_id in before else None
        for r in other.results
    }
