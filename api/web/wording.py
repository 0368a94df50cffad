"""Pages of keyword lists: a portrait's set, where to fight, share of voice and how it went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.jobs.workers import Desks
from api.web import charts, shell
from api.web.forms import LISTS, Fields, asks, edits_of, form_of, lines_of, listed, portrait_of
from api.web.listing import Row, download, listing
from engine.engine import Engine
from engine.errors import BadOption
from engine.insight import portrait as portraits
from engine.insight.share_of_voice import CHANNELS, Voice
from engine.rows import keyword_rows

_CELL = ("keyword", "angle", "circle", "notes", "unclaimed", "examples")
_TOP, _NAME = 60, 60
_LOOK = ("as_of", "brand", "keywords", "share", "share_organic", "share_declared", "top3")


class Wording:
    """`/keywords`, `/fights`, `/voice`."""

    def __init__(self, engine: Engine, desks: Desks) -> None:
        self._engine = engine
        self._desks = desks
        self.gets = {"/keywords": self.keywords, "/fights": self.fights, "/voice": self.voice}
        self.posts = {
            "/keywords/edit": self.edit, "/keywords/keep": self.keep, "/voice/keep": self.keep_look,
        }  # fmt: skip

    async def keywords(self, request: Request) -> Response:
        fields = request.query_params
        known: dict[str, Any] = {"presets": portraits.presets(), "lists": LISTS, "table": None,
                                 "set": None, "why": {}}  # fmt: skip
        if fields.get("preset") or any(fields.get(name) for name in LISTS):
            found = await self._desks.analysing.run(lambda: self._set(request))
            fixed = edits_of(fields).weights
            rows = [{**row, "fixed": fixed.get(row["keyword"], "")} for row in found.table().rows]
            columns = keyword_rows.KEYWORD
            if file := download(request, rows, columns, "keywords"):
                return file
            why = {k.keyword: keyword_rows.why_keyword(k) for k in found.set.keywords}
            shown = [name for name in columns if name != "provenance"]  # below, for who asks
            known |= {"table": listing(request, rows, shown), "set": found.set, "why": why}
        return shell.page(request, "keywords", **known)

    def _set(self, request: Request) -> keyword_rows.KeywordAnswer:
        return self._engine.keywords(
            portrait_of(request.query_params), _TOP, edits_of(request.query_params)
        )

    async def edit(self, request: Request) -> Response:
        """The table's weights and dropped words -> the address of the set with them."""
        fields = dict(form := await form_of(request))
        shown = {key.removeprefix("weight:"): str(value).strip()
                 for key, value in fields.items() if key.startswith("weight:")}  # fmt: skip
        locked = dict(edits_of(fields).weights)
        weights = {w: f"{value:g}" for w, value in locked.items() if w not in shown}
        weights |= {word: value for word, value in shown.items() if value}
        dropped = [*listed(str(fields.get("drop", ""))), *map(str, form.getlist("dropped"))]
        kept = {key: str(value) for key, value in fields.items()
                if not key.startswith("weight:") and key not in ("dropped", "p")}  # fmt: skip
        kept["weigh"] = ",".join(f"{word}={value}" for word, value in weights.items())
        kept["drop"] = ",".join(dict.fromkeys(dropped))
        asked = urlencode({key: value for key, value in kept.items() if value})
        return RedirectResponse(f"/keywords?{asked}", 303)

    async def keep(self, request: Request) -> Response:
        """Keep the set under its portrait's name, so that other pages can choose it."""
        fields = dict(await form_of(request))

        def call() -> str:
            edits = edits_of(fields)
            found = self._engine.keywords(portrait_of(fields), _TOP, edits)
            self._engine.shelf.keep(found, edits)
            return found.set.portrait.name

        name = await self._desks.analysing.run(call)
        return RedirectResponse(shell.link(request, "/fights", set=name), 303)

    # --- fights --------------------------------------------------------------------------------

    async def fights(self, request: Request) -> Response:
        known: dict[str, Any] = {"table": None, "chart": "", "unknown": 0, "map": None, "sets": []}
        known["sets"] = await self._desks.asking.run(self._engine.shelf.names)
        if asks(request):
            battle, cells, rows = await self._desks.analysing.run(lambda: self._battle(request))
            columns = (*keyword_rows.KEYWORD[:9], "velocity", "age_days", "video_share", "examples")
            file = download(request, rows, columns, "fights")
            if file := file or download(request, cells, _CELL, "map", "map"):
                return file
            words = shell.words_of(shell.language_of(request))
            sized = [one for one in battle.fights if one.fight.demand is not None]
            most = max((one.weight for one in sized), default=1.0) or 1.0
            points = [
                charts.Point(one.keyword, float(one.fight.demand or 0),
                             one.fight.incumbents.difficulty or 0.0, one.weight / most, one.intent)
                for one in sized
            ]  # fmt: skip
            chart = charts.scatter(
                points, words("demand"), words("difficulty"), words("fights_chart")
            )
            known |= {"table": listing(request, rows, columns), "chart": chart,
                      "map": listing(request, cells, _CELL, "map") if cells else None,
                      "unknown": len(battle.fights) - len(sized)}  # fmt: skip
        return shell.page(request, "fights", **known)

    def _battle(self, request: Request) -> tuple[Any, list[Row], list[Row]]:
        lines = lines_of(self._engine, request.query_params)
        battle = self._engine.opportunity(lines)
        rows = list(keyword_rows.fight_table(battle, detail=True).rows)
        cells = self._engine.insights().map(lines) if request.query_params.get("map") else []
        return battle, [keyword_rows.cell_row(cell) for cell in cells], rows

    # --- share of voice ------------------------------------------------------------------------

    async def voice(self, request: Request) -> Response:
        known: dict[str, Any] = {"table": None, "chart": "", "sets": []}
        known["sets"] = await self._desks.asking.run(self._engine.shelf.names)
        if asks(request) and listed(request.query_params.get("own", "")):
            totals, kinds, rows = await self._desks.analysing.run(lambda: self._share(request))
            if file := download(request, rows, keyword_rows.VISIBILITY, "share-of-voice"):
                return file
            words = shell.words_of(shell.language_of(request))
            bars = [(_named(row, words), _by_channel(row)) for row in (*totals, *kinds)]
            known |= {"table": listing(request, rows, keyword_rows.VISIBILITY),
                      "chart": charts.bars(bars, words("voice_chart"))}  # fmt: skip
        looks, past = await self._desks.asking.run(lambda: self._looks(request))
        if file := download(request, past, _LOOK, "share-over-time", "looks"):
            return file
        words = shell.words_of(shell.language_of(request))
        known |= {"looks": looks, "past": listing(request, past, _LOOK, "looks"),
                  "over": charts.lines(_lines(past), words("over"))}  # fmt: skip
        return shell.page(request, "voice", **known)

    async def keep_look(self, request: Request) -> Response:
        """Keep a share of voice under a name: each time is a point of its line over time."""
        fields = dict(await form_of(request))
        name = str(fields.get("over", "")).strip()
        if not name or len(name) > _NAME:
            raise BadOption("a look is kept under a name", f"give 1 to {_NAME} characters")

        def call() -> None:
            self._engine.shelf.snapshot(name, self._voice(fields), self._engine.as_of())

        await self._desks.analysing.run(call)
        kept = {key: str(value) for key, value in fields.items() if key != "over"}
        return RedirectResponse(f"/voice?{urlencode({**kept, 'over': name})}", 303)

    def _looks(self, request: Request) -> tuple[list[str], list[Row]]:
        """(names of kept looks, the rows of the chosen one, oldest first)."""
        shelf, fields = self._engine.shelf, request.query_params
        return shelf.names("share"), shelf.looks(fields.get("over") or fields.get("set", ""))

    def _voice(self, fields: Fields) -> Voice:
        own, rivals = listed(fields.get("own", "")), listed(fields.get("rivals", ""))
        return self._engine.visibility(lines_of(self._engine, fields), own, rivals)

    def _share(self, request: Request) -> tuple[list[Row], list[Row], list[Row]]:
        voice = self._voice(request.query_params)
        by_kind = keyword_rows.total_table(voice.totals("kind")).rows
        return (
            list(keyword_rows.total_table(voice.totals()).rows),
            [row for row in by_kind if row["share"] > 0],
            list(keyword_rows.voice_table(voice).rows),
        )


def _lines(looks: Sequence[Row]) -> dict[str, list[tuple[datetime, float]]]:
    found: dict[str, list[tuple[datetime, float]]] = {}
    for row in looks:
        point = datetime.fromisoformat(row["as_of"]), row["share"]
        found.setdefault(row["brand"], []).append(point)
    return found


def _named(row: Row, words: shell.Words) -> str:
    group = "" if row["group"] == "total" else f" · {words('is_' + row['group'])}"
    return f"{row['brand']}{group}"


def _by_channel(row: Row) -> list[tuple[str, float]]:
    return [(name, row[f"share_{name}"]) for name in CHANNELS]
