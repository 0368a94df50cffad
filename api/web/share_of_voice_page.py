"""The page of share of voice: brands on the pages of a list, and how it went over time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.jobs.workers import Workers
from api.web import charts, shell
from api.web.forms import Fields, asks, brands_of, form_of, lines_of
from api.web.listing import download, listing
from engine.engine import Engine
from engine.insight.share_of_voice import CHANNELS, ShareOfVoice
from engine.rows.column import Row
from engine.rows.table import Table
from engine.rows.visibility_rows import total_table
from engine.usecases.answer import Answer
from engine.usecases.share_of_voice import keep_look, looks, share_of_voice


class ShareOfVoicePage:
    """`/voice` and its form."""

    def __init__(self, engine: Engine, workers: Workers) -> None:
        self._engine = engine
        self._workers = workers
        self.gets = {"/voice": self.share_of_voice}
        self.posts = {"/voice/keep": self.keep}

    async def share_of_voice(self, request: Request) -> Response:
        words = shell.words_of(shell.language_of(request))
        shown: dict[str, Any] = {"table": None, "chart": ""}
        shown["sets"] = await self._workers.asking.run(self._engine.saved.names)
        if asks(request, "own", "rivals"):
            answer = await self._workers.analysing.run(lambda: self._answer(request.query_params))
            if file := download(request, answer.table, "share-of-voice"):
                return file
            bars = [(_named(row, words), _by_channel(row)) for row in _totals(answer.value)]
            shown |= {"table": listing(request, answer.table),
                      "chart": charts.bars(bars, words("voice_chart"))}  # fmt: skip
        names, past = await self._workers.asking.run(lambda: self._looks(request))
        if file := download(request, past, "share-over-time", "looks"):
            return file
        shown |= {"looks": names, "past": listing(request, past, "looks"),
                  "over": charts.lines(_lines(past.rows), words("over"))}  # fmt: skip
        return shell.page(request, "voice", **shown)

    async def keep(self, request: Request) -> Response:
        """Keep a share of voice under a name: each time is a point of its line over time."""
        fields = dict(await form_of(request))
        name = str(fields.get("over", "")).strip()
        await self._workers.analysing.run(
            lambda: keep_look(self._engine, name, self._answer(fields).value)
        )
        kept = {key: str(value) for key, value in fields.items() if key != "over"}
        return RedirectResponse(f"/voice?{urlencode({**kept, 'over': name})}", 303)

    def _looks(self, request: Request) -> tuple[list[str], Table]:
        """(names of kept looks, the rows of the chosen one, oldest first)."""
        fields = request.query_params
        chosen = fields.get("over") or fields.get("set", "")
        return self._engine.saved.names("share"), looks(self._engine, chosen)

    def _answer(self, fields: Fields) -> Answer[ShareOfVoice]:
        return share_of_voice(self._engine, lines_of(self._engine, fields), brands_of(fields))


def _totals(share: ShareOfVoice) -> list[Row]:
    """Sums over all keywords, and over each kind of them where a brand holds something."""
    by_kind = total_table(share.totals("kind"))
    return [*total_table(share.totals()), *(row for row in by_kind if row["share"] > 0)]


def _lines(past: Sequence[Row]) -> dict[str, list[tuple[datetime, float]]]:
    points: dict[str, list[tuple[datetime, float]]] = {}
    for row in past:
        point = datetime.fromisoformat(row["as_of"]), row["share"]
        points.setdefault(row["brand"], []).append(point)
    return points


def _named(row: Row, words: shell.Words) -> str:
    group = "" if row["group"] == "total" else f" · {words('is_' + row['group'])}"
    return f"{row['brand']}{group}"


def _by_channel(row: Row) -> list[tuple[str, float]]:
    return [(name, row[f"share_{name}"]) for name in CHANNELS]
