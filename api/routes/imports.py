"""imports: what came in, and taking one back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.answers import How, answer, state
from api.jobs.workers import Desks
from api.routes.declared import responses
from api.schemas.import_schemas import ImportedAnswer, UndoneAnswer
from engine.engine import Engine
from engine.rows.import_rows import imported_row, undone_row
from engine.rows.search_rows import Row

Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="As `GET /imports` numbers it.")]


def router(engine: Engine, desks: Desks) -> APIRouter:
    """The endpoints of imports that are done."""
    routes = APIRouter(prefix="/api/v1", tags=["notes"])

    @routes.get(
        "/imports",
        operation_id="list_imports",
        summary="What came in and what it did · 导入记录",
        responses=responses(ImportedAnswer),
    )
    async def list_imports(how: How) -> Response:
        def call() -> tuple[list[Row], Row]:
            return [imported_row(imported) for imported in engine.imports()], state(engine)

        rows, known = await desks.asking.run(call)
        return answer(rows, how, tuple(rows[0]) if rows else (), **known)

    @routes.delete(
        "/imports/{number}",
        operation_id="undo_import",
        summary="Take one import back exactly, later ones kept · 撤销导入",
        responses=responses(UndoneAnswer),
    )
    async def undo_import(number: Number, how: How) -> Response:
        def call() -> tuple[Row, Row]:
            with Engine.open(engine.library.folder) as writer:
                row = undone_row(writer.undo(number))
                return row, {**state(writer), "rule_set": engine.rule_set.label}

        row, known = await desks.deleting.run(call)
        return answer([row], how, tuple(row), **known)

    return routes
