"""notes:import and notes/{id}: notes in, one note out, one note gone."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.answers import Wanted, answer, wanted
from api.desk import Desk
from api.routes.declared import responses
from api.routes.pages import example
from api.schemas import ImportAnswer, NoteAnswer
from engine.formats import ReadOptions, read_stream
from engine.model import CHINA, Rejected, Row
from engine.pipeline import Engine
from engine.pipeline.answers import NOTE_COLUMNS, import_row, note_row
from engine.pipeline.report import ImportReport

_LINE = 2 << 20  # bytes of one note
_IN_MEMORY = 1 << 20  # bytes of a body before it goes to a temporary file
_NAMED = 100  # rejected lines that an answer names
_TYPES = ("application/x-ndjson", "application/jsonl", "application/ndjson")
_IMPORT = {
    "path": "request",
    "format": "stream",
    "rows": 2,
    "added": 2,
    "updated": 0,
    "unchanged": 0,
    "rejected": 0,
    "warnings": "",
}
_BODY = {
    "required": True,
    "content": {
        "application/x-ndjson": {
            "schema": {"type": "string"},
            "examples": {
                "中文": {"value": '{"note_id": "a1", "title": "敏感肌面霜", "body": "换季必备"}\n'},
                "English": {"value": '{"note_id": "a2", "title": "SK-II", "likes": "1.2万"}\n'},
            },
        }
    },
}
How = Annotated[Wanted, Depends(wanted)]
NoteId = Annotated[str, Path(min_length=1, max_length=200)]


def router(engine: Engine, desk: Desk, importing: Desk) -> APIRouter:
    """The endpoints that store; an import runs beside searches, on connections of its own."""
    routes = APIRouter(prefix="/api/v1", tags=["notes"])

    @routes.post(
        "/notes:import",
        operation_id="import_notes",
        summary="Import notes, one a line · 导入笔记",
        responses=responses(ImportAnswer, example(_IMPORT), 415),
        openapi_extra={"requestBody": _BODY},
    )
    async def import_notes(request: Request, how: How) -> Response:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _TYPES:
            raise HTTPException(415, f"'{kind}' is no NDJSON")
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as body:
            async for block in request.stream():
                body.write(block)
            body.seek(0)
            report, rejected = await importing.run(lambda: _import(engine, body))
        row = import_row(report)
        return answer([row], how, tuple(row), rejected=rejected)

    @routes.get(
        "/notes/{note_id}",
        operation_id="get_note",
        summary="One note, with floors and precision of its counts · 一篇笔记",
        responses=responses(NoteAnswer, example()),
    )
    async def get_note(note_id: NoteId, how: How) -> Response:
        note = await desk.run(lambda: engine.note(note_id))
        brands = await desk.run(lambda: engine.brands(note_id))
        return answer([note_row(note, brands)], how, NOTE_COLUMNS)

    @routes.delete(
        "/notes/{note_id}",
        operation_id="delete_note",
        summary="Drop a note from library and index · 删除笔记",
        responses=responses(NoteAnswer, example()),
    )
    async def delete_note(note_id: NoteId, how: How) -> Response:
        note = await desk.run(lambda: engine.note(note_id))
        await desk.run(lambda: engine.delete(note_id))
        return answer([note_row(note)], how, NOTE_COLUMNS)

    return routes


def _import(engine: Engine, body: IO[bytes]) -> tuple[ImportReport, list[dict[str, Any]]]:
    """Import the lines of a body; (report, the first rejected lines)."""
    rejected: list[dict[str, Any]] = []

    def watched() -> Iterator[Row]:
        for row in read_stream(_lines(body), ReadOptions()):
            if isinstance(row, Rejected) and len(rejected) < _NAMED:
                rejected.append({"line": row.line, "reason": row.reason})
            yield row

    with Engine.open(engine.library.folder) as own:
        report = own.import_rows("request", watched(), datetime.now(CHINA))
    return report, rejected


def _lines(body: IO[bytes]) -> Iterator[bytes]:
    """Lines of at most 2 MiB; what is longer is cut, which makes it a rejected line."""
    for _ in itertools.count():
        line = body.readline(_LINE)
        if not line:
            return
        yield line
        while len(line) == _LINE and not line.endswith(b"\n"):
            line = body.readline(_LINE)
