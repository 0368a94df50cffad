"""The draft page: where a text would stand, and edits as buttons that apply and rank again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.jobs.workers import Workers
from api.web import shell
from api.web.forms import asks, draft_in, lines_of
from api.web.listing import download, listing
from engine.engine import Engine
from engine.insight.advise import Advice
from engine.insight.draft import DraftAnswer
from engine.rows import draft_rows
from engine.rows.table import Table
from engine.usecases import drafts
from engine.usecases.drafts import DraftQuestion

_TEXTS = ("title", "body", "tags")


@dataclass(frozen=True, slots=True)
class _Drafted:
    """A draft's places, those of the draft that it was before edits were applied, and edits."""

    table: Table
    found: DraftAnswer
    first: DraftAnswer | None
    edits: Sequence[Advice]


class DraftPage:
    """`/draft`."""

    def __init__(self, engine: Engine, workers: Workers) -> None:
        self._engine = engine
        self._workers = workers
        self.gets = {"/draft": self.draft}

    async def draft(self, request: Request) -> Response:
        shown: dict[str, Any] = {"table": None, "found": None, "first": None, "edits": ()}
        shown["sets"] = await self._workers.asking.run(self._engine.saved.names)
        if asks(request, *_TEXTS):
            drafted = await self._workers.analysing.run(lambda: self._drafted(request))
            if file := download(request, drafted.table, "draft"):
                return file
            shown |= {"table": listing(request, drafted.table), "found": drafted.found,
                      "first": drafted.first, "edits": drafted.edits}  # fmt: skip
        return shell.page(request, "draft", sentence=draft_rows.sentence, **shown)

    def _drafted(self, request: Request) -> _Drafted:
        fields, engine = request.query_params, self._engine
        lines, own = lines_of(engine, fields), fields.get("own", "")
        question = DraftQuestion(draft_in(fields), lines, own)
        ranked, first = drafts.rank(engine, question), None
        table = ranked.table
        earlier = {name: fields.get(f"{name}0", "") for name in _TEXTS}
        if any(earlier.values()):
            first = drafts.rank(engine, DraftQuestion(draft_in(earlier), lines, own)).value
            table = _with_places_before(table, first)
        edits = drafts.advise(engine, question).value if fields.get("advise") else ()
        return _Drafted(table, ranked.value, first, edits)


def _with_places_before(table: Table, first: DraftAnswer) -> Table:
    before = {placed.keyword: placed.position for placed in first.placed}
    rows = [{**row, "before": before[row["keyword"]]} for row in table]
    return Table(rows, (*table.columns[:2], "before", *table.columns[2:]))
