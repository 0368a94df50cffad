"""The data page: uploads as jobs, reports, rejected rows, new words, what the library holds."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from api.jobs.queue import Jobs, checked_name, job_row
from api.jobs.workers import Desks
from api.web import shell
from api.web.forms import form_of
from api.web.listing import Row, download, listing
from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.rows import keyword_rows
from engine.rows.search_rows import stats_row

_WORD = ("word", "notes", "tagged", "npmi", "entropy", "cut", "example")


class Gathering:
    """`/data` and its forms."""

    def __init__(self, engine: Engine, desks: Desks, jobs: Jobs) -> None:
        self._engine = engine
        self._desks = desks
        self._jobs = jobs
        self.gets = {"/data": self.data, "/data/rejected/{name}": self.rejected}
        self.posts = {"/data/upload": self.upload, "/data/word": self.word}

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
        form = await form_of(request)
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
        form = await form_of(request)
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
