"""The data page: uploads as jobs, reports, rejected rows, new words, what the library holds."""

from __future__ import annotations

import asyncio

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from api.jobs.queue import Jobs, checked_name, job_row
from api.jobs.workers import Workers
from api.web import shell
from api.web.forms import form_of
from api.web.listing import download, listing
from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.usecases.imports import import_options
from engine.usecases.keywords import kind_of_word, propose
from engine.usecases.search import stats


class DataPage:
    """`/data` and its forms."""

    def __init__(self, engine: Engine, workers: Workers, jobs: Jobs) -> None:
        self._engine = engine
        self._workers = workers
        self._jobs = jobs
        self.gets = {"/data": self.data, "/data/rejected/{name}": self.rejected}
        self.posts = {"/data/upload": self.upload, "/data/word": self.word}

    async def data(self, request: Request) -> Response:
        counts = await self._workers.asking.run(lambda: stats(self._engine))
        words = None
        if request.query_params.get("propose"):
            words = (await self._workers.analysing.run(lambda: propose(self._engine))).table
        if file := download(request, words, "words") if words else None:
            return file
        jobs = [job_row(job) for job in (await asyncio.to_thread(self._jobs.all))[:20]]
        rejected = sorted(path.name for path in self._engine.library.rejected.glob("*.jsonl"))
        return shell.page(request, "data", stats=counts.table.rows[0], jobs=jobs, rejected=rejected,
                          proposals=listing(request, words) if words else None)  # fmt: skip

    async def rejected(self, request: Request) -> Response:
        name = str(request.path_params["name"])
        files = {path.name: path for path in self._engine.library.rejected.glob("*.jsonl")}
        if name not in files:
            raise NotFound(f"no rejected rows called {name[:60]}", "see the data page")
        return FileResponse(files[name], media_type="application/x-ndjson", filename=name)

    async def upload(self, request: Request) -> Response:
        form = await form_of(request)
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise BadOption("no file was chosen", "choose an export, then send it")
        sort = str(form.get("sort") or "")
        import_options(sort)  # refuses what is no sort before the file is kept
        parameters = {"name": checked_name(file.filename), "sort": sort}
        with self._jobs.incoming() as place:
            with place.open("wb") as kept:
                while block := await file.read(1 << 20):
                    kept.write(block)
            await asyncio.to_thread(self._jobs.submit, "import", parameters, place)
        return RedirectResponse("/data", 303)

    async def word(self, request: Request) -> Response:
        form = await form_of(request)
        word, verdict = str(form.get("word", "")), form.get("verdict")
        if verdict == "refuse":
            await self._workers.analysing.run(lambda: self._engine.saved.refuse(word))
        else:
            kind = kind_of_word(str(form.get("kind") or "category"))
            engine = self._engine
            await self._workers.analysing.run(
                lambda: engine.add_to_lexicon(engine.lexicon_lines(word, kind, []))
            )
        return RedirectResponse("/data?propose=1", 303)
