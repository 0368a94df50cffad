"""The page of a portrait's keywords: the set, decisions about it, and where each is from."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.jobs.workers import Workers
from api.web import shell
from api.web.forms import LISTS, Fields, edits_of, form_of, portrait_of
from api.web.listing import download, listing
from engine.engine import Engine
from engine.insight import portrait as portraits
from engine.rows.keyword_rows import KeywordAnswer
from engine.rows.table import Table
from engine.rows.why_rows import why_keyword
from engine.usecases.keywords import keyword_set
from engine.usecases.lists import entries, weights


class KeywordsPage:
    """`/keywords` and its forms."""

    def __init__(self, engine: Engine, workers: Workers) -> None:
        self._engine = engine
        self._workers = workers
        self.gets = {"/keywords": self.keywords}
        self.posts = {"/keywords/edit": self.edit, "/keywords/keep": self.keep}

    async def keywords(self, request: Request) -> Response:
        fields = request.query_params
        shown: dict[str, Any] = {"table": None, "set": None, "why": {}}
        if fields.get("preset") or any(fields.get(name) for name in LISTS):
            answer = await self._workers.analysing.run(lambda: self._set(fields))
            table, fixed = answer.table(), weights(fields.get("weigh", ""))
            if file := download(request, table, "keywords"):
                return file
            rows = [{**row, "fixed": fixed.get(row["keyword"], "")} for row in table]
            columns = [name for name in table.columns if name != "provenance"]  # below
            why = {k.keyword: why_keyword(k) for k in answer.set.keywords}
            shown = {"table": listing(request, Table(rows, columns)), "set": answer.set, "why": why}
        return shell.page(request, "keywords", presets=portraits.presets(), lists=LISTS, **shown)

    def _set(self, fields: Fields) -> KeywordAnswer:
        return keyword_set(self._engine, portrait_of(fields), edits=edits_of(fields)).value

    async def edit(self, request: Request) -> Response:
        """The table's weights and dropped words -> the address of the set with them."""
        fields = dict(form := await form_of(request))
        shown = {key.removeprefix("weight:"): str(value).strip()
                 for key, value in fields.items() if key.startswith("weight:")}  # fmt: skip
        fixed = weights(str(fields.get("weigh", "")))
        weighed = {w: f"{value:g}" for w, value in fixed.items() if w not in shown}
        weighed |= {word: value for word, value in shown.items() if value}
        dropped = [*entries(str(fields.get("drop", ""))), *map(str, form.getlist("dropped"))]
        kept = {key: str(value) for key, value in fields.items()
                if not key.startswith("weight:") and key not in ("dropped", "p")}  # fmt: skip
        kept["weigh"] = ",".join(f"{word}={value}" for word, value in weighed.items())
        kept["drop"] = ",".join(dict.fromkeys(dropped))
        asked = urlencode({key: value for key, value in kept.items() if value})
        return RedirectResponse(f"/keywords?{asked}", 303)

    async def keep(self, request: Request) -> Response:
        """Keep the set under its portrait's name, so that other pages can choose it."""
        fields = dict(await form_of(request))

        def call() -> str:
            answer = self._set(fields)
            self._engine.saved.keep(answer, edits_of(fields))
            return answer.set.portrait.name

        name = await self._workers.analysing.run(call)
        return RedirectResponse(shell.link(request, "/fights", set=name), 303)
