"""What every endpoint declares of its answers: its rows, and the problems it can end in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel

from api.answers import XLSX
from api.problems import MEDIA_TYPE
from api.schemas.answers import ProblemAnswer
from api.schemas.examples import EXAMPLES

Prefer = Annotated[
    str, Header(max_length=200, description="`respond-async`: 202 and a job, see /jobs.")
]
LATER: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "Kept as a job; `Location` says where to ask for it.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
_MEANING = {
    401: "A key is needed, or this one is not known.",
    403: "The key's role may not do this.",
    404: "Not there.",
    406: "None of the asked formats is offered.",
    408: "The body stopped coming.",
    413: "The body is too long.",
    415: "The body is no NDJSON.",
    421: "The host name is not served here.",
    422: "The request does not fit; `errors` or `detail` say where.",
    429: "Too many requests by this key; see `Retry-After`.",
    500: "A fault of noterank.",
    503: "Busy, or the index is not usable; see `cure`.",
}


def responses(model: type[BaseModel], *more: int) -> dict[int | str, dict[str, Any]]:
    """200 as JSON, CSV, JSON lines or xlsx, 304, and the problems common to all plus `more`."""
    answers: dict[int | str, dict[str, Any]] = {
        200: {
            "model": model,
            "description": "Rows.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/x-ndjson": {"schema": {"type": "string"}},
                XLSX: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        304: {"description": "As the caller's ETag says; only a GET."},
    }
    return answers | problems(401, 403, 404, 406, 413, 421, 422, 429, 500, 503, *more)


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
    schemas["Problem"] = ProblemAnswer.model_json_schema(ref_template=place)
    schemas |= schemas["Problem"].pop("$defs")
    for methods in openapi["paths"].values():
        for operation in methods.values():
            if shown := EXAMPLES.get(operation["operationId"]):
                operation["responses"]["200"]["content"]["application/json"]["example"] = shown
    return openapi
