"""The page of where there is room: demand against difficulty, and the map of unclaimed cells."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from api.jobs.workers import Workers
from api.web import charts, shell
from api.web.forms import asks, lines_of
from api.web.listing import download, listing
from engine.engine import Engine
from engine.insight.opportunity_of_keywords import KeywordOpportunity, OpportunityReport
from engine.rows.column import columns
from engine.rows.keyword_rows import KeywordRow, opportunity_table
from engine.rows.table import Table
from engine.usecases.keywords import opportunity, opportunity_map

_COLUMNS = (*columns(KeywordRow)[:9], "velocity", "age_days", "video_share", "examples")


class OpportunityPage:
    """`/fights`."""

    def __init__(self, engine: Engine, workers: Workers) -> None:
        self._engine = engine
        self._workers = workers
        self.gets = {"/fights": self.opportunity}

    async def opportunity(self, request: Request) -> Response:
        shown: dict[str, Any] = {"table": None, "chart": "", "unknown": 0, "map": None}
        shown["sets"] = await self._workers.asking.run(self._engine.saved.names)
        if asks(request):
            opportunities, cells = await self._workers.analysing.run(lambda: self._answer(request))
            table = Table(opportunity_table(opportunities, detail=True).rows, _COLUMNS)
            file = download(request, table, "fights")
            if file := file or (download(request, cells, "map", "map") if cells else None):
                return file
            known = [
                each for each in opportunities.opportunities if each.opportunity.demand is not None
            ]
            shown |= {"table": listing(request, table), "chart": _chart(request, known),
                      "map": listing(request, cells, "map") if cells else None,
                      "unknown": len(opportunities.opportunities) - len(known)}  # fmt: skip
        return shell.page(request, "fights", **shown)

    def _answer(self, request: Request) -> tuple[OpportunityReport, Table | None]:
        lines = lines_of(self._engine, request.query_params)
        cells = request.query_params.get("map") and opportunity_map(self._engine, lines)
        return opportunity(self._engine, lines).value, cells or None


def _chart(request: Request, known: list[KeywordOpportunity]) -> Markup:
    """Keywords whose demand is known, as points; their size is their weight."""
    words = shell.words_of(shell.language_of(request))
    most = max((each.weight for each in known), default=1.0) or 1.0
    points = [
        charts.Point(each.keyword, float(each.opportunity.demand or 0),
                     each.opportunity.incumbents.difficulty or 0.0, each.weight / most, each.intent)
        for each in known
    ]  # fmt: skip
    return charts.scatter(points, words("demand"), words("difficulty"), words("fights_chart"))
