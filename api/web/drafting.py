"""The draft page: where a text would stand, and edits as buttons that apply and rank again."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.jobs.workers import Desks
from api.web import shell
from api.web.forms import asks, draft_in, lines_of, listed
from api.web.listing import download, listing
from engine.engine import Engine
from engine.insight.draft import DraftAnswer
from engine.rows import draft_rows

_TEXTS = ("title", "body", "tags")


class Drafting:
    """`/draft`."""

    def __init__(self, engine: Engine, desks: Desks) -> None:
        self._engine = engine
        self._desks = desks
        self.gets = {"/draft": self.draft}

    async def draft(self, request: Request) -> Response:
        fields = request.query_params
        known: dict[str, Any] = {"table": None, "found": None, "first": None, "edits": (),
                                 "sets": [], "sentence": draft_rows.sentence}  # fmt: skip
        known["sets"] = await self._desks.asking.run(self._engine.shelf.names)
        if asks(request) and (fields.get("title") or fields.get("body")):
            found, first, edits = await self._desks.analysing.run(lambda: self._drafted(request))
            rows, columns = list(draft_rows.draft_table(found).rows), list(draft_rows.DRAFT)
            if first:
                before = {one.keyword: one.position for one in first.placed}
                rows = [{**row, "before": before[row["keyword"]]} for row in rows]
                columns.insert(2, "before")
            if file := download(request, rows, columns, "draft"):
                return file
            known |= {"table": listing(request, rows, columns), "found": found, "first": first,
                      "edits": edits}  # fmt: skip
        return shell.page(request, "draft", **known)

    def _drafted(self, request: Request) -> tuple[DraftAnswer, DraftAnswer | None, Any]:
        """(the draft, the draft that it was before edits were applied, edits)."""
        fields = request.query_params
        note, lines = draft_in(fields), lines_of(self._engine, fields)
        own = listed(fields.get("own", ""))
        drafts = self._engine.drafts(None, note)
        found = drafts.rank(note, lines, own)
        earlier = {name: fields.get(f"{name}0", "") for name in _TEXTS}
        first = drafts.rank(draft_in(earlier), lines, own) if any(earlier.values()) else None
        return found, first, drafts.advise(note, lines, 3) if fields.get("advise") else ()
