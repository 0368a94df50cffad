"""The draft page: where a text would stand, and edits as buttons that apply and rank again."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.desk import Desks
from api.web import shell
from api.web.asked import asks, draft_in, lines_of, listed
from api.web.listing import download, listing
from engine.pipeline import Engine, draft_rows


class Drafting:
    """`/draft`."""

    def __init__(self, engine: Engine, desks: Desks) -> None:
        self._engine = engine
        self._desks = desks
        self.gets = {"/draft": self.draft}

    async def draft(self, request: Request) -> Response:
        fields = request.query_params
        known: dict[str, Any] = {"table": None, "found": None, "edits": (), "sets": [],
                                 "sentence": draft_rows.sentence}  # fmt: skip
        known["sets"] = await self._desks.asking.run(self._engine.shelf.names)
        if asks(request) and (fields.get("title") or fields.get("body")):
            found, edits = await self._desks.analysing.run(lambda: self._drafted(request))
            table = draft_rows.draft_table(found)
            if file := download(request, table.rows, table.columns, "draft"):
                return file
            known |= {"table": listing(request, table.rows, table.columns), "found": found,
                      "edits": edits}  # fmt: skip
        return shell.page(request, "draft", **known)

    def _drafted(self, request: Request) -> tuple[Any, Any]:
        fields = request.query_params
        note, lines = draft_in(fields), lines_of(self._engine, fields)
        drafts = self._engine.drafts(None, note)
        found = drafts.rank(note, lines, listed(fields.get("own", "")))
        return found, drafts.advise(note, lines, 3) if fields.get("advise") else ()
