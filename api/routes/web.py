"""The pages: search, keywords, fights, voice, draft, data. Each state is an address."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from api.desk import Desks
from api.jobs import Jobs, checked_name, job_row
from api.problems import status_of
from api.web import charts, shell
from api.web.asked import LISTS, draft_in, lines_of, listed, portrait_of
from api.web.listing import Row, download, listing
from engine.display import ruleset
from engine.errors import BadOption, NoterankError, NotFound
from engine.insight import portrait as portraits
from engine.insight.sets import Edits
from engine.insight.visibility import CHANNELS
from engine.model import SORTS
from engine.pipeline import Engine, draft_rows, keyword_rows
from engine.pipeline.answers import Page, part_row, stats_row
from engine.pipeline.search import WITHIN, Asked, Searcher, app_filter

_STATIC = Path(shell.HERE / "static")
_LIMIT = 20
_TOP = 60
_WORD = ("word", "notes", "tagged", "npmi", "entropy", "cut", "example")
Handler = Callable[[Request], Awaitable[Response]]


def router(engine: Engine, desks: Desks, jobs: Jobs) -> APIRouter:
    """All pages, and what they are dressed in."""
    routes = APIRouter(include_in_schema=False)
    pages = _Pages(engine, desks, jobs)
    for path, handler in (
        ("/", pages.search), ("/why", pages.why), ("/keywords", pages.keywords),
        ("/fights", pages.fights), ("/voice", pages.voice), ("/draft", pages.draft),
        ("/data", pages.data), ("/data/rejected/{name}", pages.rejected),
    ):  # fmt: skip
        routes.add_api_route(path, _shown(handler), methods=["GET"])
    for path, handler in (
        ("/data/upload", pages.upload), ("/data/word", pages.word), ("/keywords/keep", pages.keep),
    ):  # fmt: skip
        routes.add_api_route(path, _shown(handler), methods=["POST"])
    for name in ("app.css", "app.js"):
        routes.add_api_route(f"/static/{name}", functools.partial(_static, name), methods=["GET"])
    return routes


def _shown(handler: Handler) -> Handler:
    """A handler whose refusals are a page too, with the problem and the cure."""

    async def call(request: Request) -> Response:
        try:
            return await handler(request)
        except NoterankError as error:
            return shell.page(request, "refused", status_of(error), problem=error.problem,
                              cure=error.cure)  # fmt: skip

    return call


async def _static(name: str) -> Response:
    return FileResponse(_STATIC / name, headers={"Cache-Control": "no-cache"})


class _Pages:
    """The handlers; what takes long runs on the analysts' desk."""

    def __init__(self, engine: Engine, desks: Desks, jobs: Jobs) -> None:
        self._engine = engine
        self._desks = desks
        self._jobs = jobs

    # --- search --------------------------------------------------------------------------------

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
        searcher = Searcher(engine.store, engine.index, engine.segmenter, rules, now)
        return page, searcher.page(words, asked)

    async def why(self, request: Request) -> Response:
        note_id, words = request.query_params.get("note_id", ""), request.query_params.get("q", "")
        found = await self._desks.asking.run(lambda: self._engine.explain(note_id, words))
        rows = [part_row(part) for part in found.parts]
        return shell.page(request, "why", found=found, rows=rows)

    # --- words ---------------------------------------------------------------------------------

    async def keywords(self, request: Request) -> Response:
        fields = request.query_params
        known: dict[str, Any] = {"presets": portraits.presets(), "lists": LISTS, "table": None,
                                 "set": None, "why": {}}  # fmt: skip
        if fields.get("preset") or any(fields.get(name) for name in LISTS):
            found = await self._desks.analysing.run(lambda: self._set(request))
            rows = [{**row, "locked": k.locked} for row, k in
                    zip(found.table().rows, found.set.keywords, strict=True)]  # fmt: skip
            columns = (*keyword_rows.KEYWORD,)
            if file := download(request, rows, columns, "keywords"):
                return file
            why = {k.keyword: keyword_rows.why_keyword(k) for k in found.set.keywords}
            known |= {"table": listing(request, rows, columns), "set": found.set, "why": why}
        return shell.page(request, "keywords", **known)

    def _set(self, request: Request) -> keyword_rows.KeywordAnswer:
        return self._engine.keywords(
            portrait_of(request.query_params), _TOP, _edits(request.query_params)
        )

    async def keep(self, request: Request) -> Response:
        """Keep the set under its portrait's name, so that other pages can choose it."""
        fields = dict(await _form(request))

        def call() -> str:
            edits = _edits(fields)
            found = self._engine.keywords(portrait_of(fields), _TOP, edits)
            self._engine.shelf.keep(found, edits)
            return found.set.portrait.name

        name = await self._desks.analysing.run(call)
        return RedirectResponse(shell.link(request, "/fights", set=name), 303)

    # --- fights --------------------------------------------------------------------------------

    async def fights(self, request: Request) -> Response:
        known: dict[str, Any] = {"table": None, "chart": "", "unknown": 0, "cells": (), "sets": []}
        known["sets"] = await self._desks.asking.run(self._sets)
        if _asks(request):
            battle, cells, rows = await self._desks.analysing.run(lambda: self._battle(request))
            columns = (*keyword_rows.KEYWORD[:9], "velocity", "age_days", "video_share", "examples")
            if file := download(request, rows, columns, "fights"):
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
            known |= {"table": listing(request, rows, columns), "chart": chart, "cells": cells,
                      "unknown": len(battle.fights) - len(sized)}  # fmt: skip
        return shell.page(request, "fights", **known)

    def _battle(self, request: Request) -> tuple[Any, list[Row], list[Row]]:
        lines = lines_of(self._engine, request.query_params)
        battle = self._engine.opportunity(lines)
        rows = list(keyword_rows.fight_table(battle, detail=True).rows)
        cells = self._engine.insights().map(lines) if request.query_params.get("map") else []
        return battle, [keyword_rows.cell_row(cell) for cell in cells[:60]], rows

    # --- share of voice ------------------------------------------------------------------------

    async def voice(self, request: Request) -> Response:
        known: dict[str, Any] = {"table": None, "chart": "", "totals": (), "sets": []}
        known["sets"] = await self._desks.asking.run(self._sets)
        own = listed(request.query_params.get("own", ""))
        if _asks(request) and own:
            totals, kinds, rows = await self._desks.analysing.run(lambda: self._share(request, own))
            if file := download(request, rows, keyword_rows.VISIBILITY, "share-of-voice"):
                return file
            words = shell.words_of(shell.language_of(request))
            bars = [(_named(row, words), _by_channel(row)) for row in (*totals, *kinds)]
            known |= {"table": listing(request, rows, keyword_rows.VISIBILITY), "totals": totals,
                      "chart": charts.bars(bars, words("voice_chart"))}  # fmt: skip
        return shell.page(request, "voice", **known)

    def _share(self, request: Request, own: list[str]) -> tuple[list[Row], list[Row], list[Row]]:
        lines = lines_of(self._engine, request.query_params)
        rivals = listed(request.query_params.get("rivals", ""))
        voice = self._engine.visibility(lines, own, rivals)
        by_kind = keyword_rows.total_table(voice.totals("kind")).rows
        return (
            list(keyword_rows.total_table(voice.totals()).rows),
            [row for row in by_kind if row["share"] > 0],
            list(keyword_rows.voice_table(voice).rows),
        )

    # --- draft ---------------------------------------------------------------------------------

    async def draft(self, request: Request) -> Response:
        fields = request.query_params
        known: dict[str, Any] = {"table": None, "found": None, "edits": (), "sets": [],
                                 "sentence": draft_rows.sentence}  # fmt: skip
        known["sets"] = await self._desks.asking.run(self._sets)
        if _asks(request) and (fields.get("title") or fields.get("body")):
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

    # --- data ----------------------------------------------------------------------------------

    async def data(self, request: Request) -> Response:
        stats = await self._desks.asking.run(lambda: stats_row(self._engine.stats()))
        words: list[Row] = []
        if request.query_params.get("propose"):
            found = await self._desks.analysing.run(lambda: self._engine.propose(40))
            words = [keyword_rows.new_word_row(new) for new in found]
        if file := download(request, words, _WORD, "words") if words else None:
            return file
        jobs = [job_row(job) for job in (await asyncio.to_thread(self._jobs.all))[:20]]
        rejected = sorted(path.name for path in self._engine.library.rejected.glob("*.jsonl"))
        return shell.page(request, "data", stats=stats, jobs=jobs, rejected=rejected,
                          proposals=listing(request, words, _WORD) if words else None)  # fmt: skip

    async def rejected(self, request: Request) -> Response:
        name = str(request.path_params["name"])
        known = {path.name: path for path in self._engine.library.rejected.glob("*.jsonl")}
        if name not in known:
            raise NotFound(f"no rejected rows called {name[:60]}", "see the data page")
        return FileResponse(known[name], media_type="application/x-ndjson", filename=name)

    async def upload(self, request: Request) -> Response:
        form = await _form(request)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise BadOption("no file was chosen", "choose an export, then send it")
        known = {"name": checked_name(file.filename), "sort": str(form.get("sort") or "")}
        with self._jobs.incoming() as place:
            with place.open("wb") as kept:
                while block := await file.read(1 << 20):
                    kept.write(block)
            await asyncio.to_thread(self._jobs.submit, "import", known, place)
        return RedirectResponse("/data", 303)

    async def word(self, request: Request) -> Response:
        form = await _form(request)
        word, verdict = str(form.get("word", ""))[:60], form.get("verdict")
        if verdict == "refuse":
            await self._desks.analysing.run(lambda: self._engine.shelf.refuse(word))
        else:
            kind = str(form.get("kind") or "category")
            engine = self._engine
            await self._desks.analysing.run(
                lambda: engine.add_to_lexicon(engine.lexicon_lines(word, kind, []))
            )
        return RedirectResponse("/data?propose=1", 303)

    def _sets(self) -> list[str]:
        return [kept.name for kept in self._engine.shelf.sets()]


def _asks(request: Request) -> bool:
    return bool(request.query_params.get("keywords") or request.query_params.get("set"))


def _named(row: Row, words: shell.Words) -> str:
    group = "" if row["group"] == "total" else f" · {words('is_' + row['group'])}"
    return f"{row['brand']}{group}"


def _by_channel(row: Row) -> list[tuple[str, float]]:
    return [(name, row[f"share_{name}"]) for name in CHANNELS]


def _edits(fields: Any) -> Edits:
    """Locked, dropped and weighed keywords from a form."""
    weights = {}
    for pair in listed(fields.get("weigh", "")):
        word, _, value = pair.rpartition("=")
        try:
            weights[word] = float(value)
        except ValueError as error:
            raise BadOption(f"'{pair}' is no weight", "write 面霜=0.1") from error
    return Edits(weights=weights, dropped=tuple(listed(fields.get("drop", ""))))


async def _form(request: Request) -> Any:
    """A form of our own pages; another site's is refused."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    host = request.headers.get("host", "")
    own = site in ("same-origin", "none") if site else not origin or origin.endswith(f"//{host}")
    if not own:
        raise BadOption("the form came from another site", "open the page here and send it again")
    return await request.form(max_files=1, max_fields=100)


def _moves(page: Page, other: Page | None) -> dict[str, int | None]:
    """Note id -> places that it stands higher (or lower, below 0) than on the first page."""
    if other is None:
        return {}
    before = {result.note.note_id: result.position for result in page.results}
    return {
        r.note.note_id: before[r.note.note_id] - r.position if r.note.note_id in before else None
        for r in other.results
    }
