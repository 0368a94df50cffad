"""What every endpoint declares of its answers: its rows, and the problems it can end in."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from api.examples import EXAMPLES
from api.problems import MEDIA_TYPE
from api.schemas import Problem, ProblemError

_MEANING = {
    404: "Not there.",
    406: "None of the asked formats is offered.",
    408: "The body stopped coming.",
    413: "The body is too long.",
    415: "The body is no NDJSON.",
    421: "The host name is not served here.",
    422: "The request does not fit; `errors` or `detail` say where.",
    500: "A fault of noterank.",
    503: "Busy, or the index is not usable; see `cure`.",
}


def responses(model: type[BaseModel], *more: int) -> dict[int | str, dict[str, Any]]:
    """200 as JSON, CSV or JSON lines, and the problems common to all plus `more`."""
    found: dict[int | str, dict[str, Any]] = {
        200: {
            "model": model,
            "description": "Rows.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
            },
        }
    }
    return found | problems(404, 406, 413, 421, 422, 500, 503, *more)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problem documents for these statuses."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": _MEANING[status], "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in sorted(set(statuses))
    }


def completed(openapi: dict[str, Any]) -> dict[str, Any]:
    """The document with the schema of problems, and examples (FastAPI drops their nulls)."""
    schemas = openapi.setdefault("components", {}).setdefault("schemas", {})
    place = "#/components/schemas/{model}"
    schemas["Problem"] = Problem.model_json_schema(ref_template=place)
    del schemas["Problem"]["$defs"]
    schemas["ProblemError"] = ProblemError.model_json_schema()
    for methods in openapi["paths"].values():
        for operation in methods.values():
            if shown := EXAMPLES.get(operation["operationId"]):
                operation["responses"]["200"]["content"]["application/json"]["example"] = shown
    return openapi
