"""imports: what came in, and taking one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.answers import How, answer
from api.jobs.workers import Workers
from api.routes.declared import responses
from api.schemas.answers import ImportedAnswer, UndoneAnswer
from engine.engine import Engine
from engine.rows.table import Table
from engine.usecases.imports import list_imports, undo_import

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="As `GET /imports` numbers it.")]


def router(engine: Engine, workers: Workers) -> APIRouter:
    """The endpoints of imports that are done."""
    routes = APIRouter(prefix="/api/v1", tags=["notes"])

    @routes.get(
        "/imports",
        operation_id="list_imports",
        summary="What came in and what it did · 导入记录",
        responses=responses(ImportedAnswer),
    )
    async def get_imports(how: How) -> Response:
        answered = await workers.asking.run(lambda: list_imports(engine))
        return answer(answered.table.rows, how, answered.table.columns, **answered.meta)

    @routes.delete(
        "/imports/{number}",
        operation_id="undo_import",
        summary="Take one import back exactly, later ones kept · 撤销导入",
        responses=responses(UndoneAnswer),
    )
    async def delete_import(number: Number, how: How) -> Response:
        table, meta = await workers.deleting.run(lambda: _undo(engine, number))
        return answer(table.rows, how, table.columns, **meta)

    return routes


def _undo(engine: Engine, number: int) -> tuple[Table, Mapping[str, Any]]:
    """Take an import back on connections of its own: who writes never stops who asks."""
    with Engine.open(engine.library.folder) as writer:
        answered = undo_import(writer, number)
        return answered.table, {**answered.meta, "rule_set": engine.rule_set.label}
