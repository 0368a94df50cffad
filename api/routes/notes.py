"""notes:import and notes/{id}: notes in, one note out, one note gone."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import IO, Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.answers import How, answer
from api.jobs.queue import Jobs, checked_name, wants_job
from api.jobs.workers import Workers
from api.ndjson import rows
from api.routes.declared import LATER, Prefer, responses
from api.routes.jobs import accepted
from api.schemas.answers import ImportAnswer, NoteAnswer
from api.schemas.limits import of
from engine.engine import Engine
from engine.model import CHINA, SORTS
from engine.rows.note_rows import NOTE_COLUMNS, NoteRow, note_row
from engine.rows.table import Table
from engine.usecases.answer import asked, state
from engine.usecases.imports import import_options, import_rows

_IN_MEMORY = 1 << 20  # bytes of a body before it goes to a temporary file
_PATIENCE = 30.0  # seconds without a byte before a body is given up
_TYPES = ("application/x-ndjson", "application/jsonl", "application/ndjson")
_FILE = "application/octet-stream"  # any export that `noterank import` takes
_BODY = {
    "required": True,
    "content": {
        "application/x-ndjson": {
            "schema": {"type": "string"},
            "examples": {
                "中文": {"value": '{"note_id": "a1", "title": "敏感肌面霜", "body": "换季必备"}\n'},
                "English": {"value": '{"note_id": "a2", "title": "SK-II", "likes": "1.2万"}\n'},
            },
        },
        _FILE: {"schema": {"type": "string", "format": "binary"}},
    },
}
NoteId = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        description="As `search` shows it.",
        openapi_examples={"id": {"value": "6372b5da50be4a575fd9408b"}},
    ),
]


def router(engine: Engine, workers: Workers, jobs: Jobs) -> APIRouter:
    """The endpoints of single notes and of imports."""
    routes = APIRouter(prefix="/api/v1", tags=["notes"])

    @routes.post(
        "/notes:import",
        operation_id="import_notes",
        summary="Import notes, one a line · 导入笔记",
        responses=responses(ImportAnswer, 408, 415) | LATER,
        openapi_extra={"requestBody": _BODY},
    )
    async def import_notes(
        request: Request,
        how: How,
        name: Annotated[
            str, Query(max_length=300, description="Of a file sent as octet-stream: export.xlsx")
        ] = "",
        sort: Annotated[
            str,
            Query(
                description="How a crawl was sorted, if its file does not say.",
                json_schema_extra=of(("", *SORTS)),
            ),
        ] = "",
        prefer: Prefer = "",
    ) -> Response:
        kind = _kind(request)
        import_options(sort)  # refuses what is no sort before the body is read
        if kind == _FILE or wants_job(prefer):
            called = checked_name(name or ("" if kind == _FILE else "notes.jsonl"))
            parameters = {"name": called, "sort": sort}
            with jobs.incoming() as place:
                with place.open("wb") as file:
                    async for block in _arriving(request):
                        file.write(block)
                return accepted(await asyncio.to_thread(jobs.submit, "import", parameters, place))
        with workers.importing.place(), tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            async for block in _arriving(request):
                body.write(block)
            body.seek(0)
            table, meta = await workers.importing.work(lambda: _import(engine, body))
        return answer(table.rows, how, table.columns, **meta)

    @routes.get(
        "/notes/{note_id}",
        operation_id="get_note",
        summary="One note, with floors and precision of its counts · 一篇笔记",
        responses=responses(NoteAnswer),
    )
    async def get_note(note_id: NoteId, how: How) -> Response:
        row, meta = await workers.asking.run(lambda: _note(engine, note_id))
        return answer([row], how, NOTE_COLUMNS, **meta)

    @routes.delete(
        "/notes/{note_id}",
        operation_id="delete_note",
        summary="Drop a note from library and index; answers what it was · 删除笔记",
        responses=responses(NoteAnswer),
    )
    async def delete_note(note_id: NoteId, how: How) -> Response:
        row, meta = await workers.deleting.run(lambda: _delete(engine, note_id))
        return answer([row], how, NOTE_COLUMNS, **meta)

    return routes


def _kind(request: Request) -> str:
    """The type of the body; 415 for what is neither NDJSON nor a file."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*_TYPES, _FILE):
        raise HTTPException(415, f"'{kind}' is neither NDJSON nor {_FILE}")
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise HTTPException(415, f"a body in '{coding}' is not read")
    return kind


async def _arriving(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; 408 when it stops coming, so that nobody holds a place for ever."""
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(_PATIENCE):
                block = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise HTTPException(408, f"no byte came for {_PATIENCE:g} seconds") from error
        yield block


def _note(engine: Engine, note_id: str) -> tuple[NoteRow, dict[str, Any]]:
    return asked(engine, lambda lib: note_row(lib.note(note_id), lib.brands(note_id)))


def _writer(engine: Engine) -> Engine:
    """The same library on connections of its own: who writes never stops who asks."""
    return Engine.open(engine.library.folder)


def _delete(engine: Engine, note_id: str) -> tuple[NoteRow, dict[str, Any]]:
    with _writer(engine) as writer:
        row, _ = _note(writer, note_id)
        writer.delete(note_id)
        return row, _after(writer.ask(state), engine)


def _import(engine: Engine, body: IO[bytes]) -> tuple[Table, dict[str, Any]]:
    """Import the lines of a body; (import row, meta with the first rejected lines)."""
    with _writer(engine) as writer:
        answered = import_rows(writer, "request", rows(body), datetime.now(CHINA))
        return answered.table, _after(answered.meta, engine)


def _after(meta: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    """What is said after a change; the rule set is the one that is asked by."""
    return {**meta, "rule_set": engine.rule_set.label}
