"""Every refusal as an RFC 9457 problem document."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.errors import LibraryBusy, NoterankError
from engine.rows import meta
from engine.rows.meta import Problem, ProblemError, status_of

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("noterank.api")
_RETRY = {"Retry-After": "5"}
_CURES = {
    404: "see /docs for what is here",
    405: "see /docs for the methods of this path",
    406: "ask for json, csv, jsonl or xlsx",
    408: "send the body without pauses",
    413: "send less in one request",
    415: "send application/x-ndjson, or a file as application/octet-stream",
    503: "try again after Retry-After seconds",
}


def problem(
    request: Request, status: int, detail: str, cure: str, headers: dict[str, str] | None = None
) -> Response:
    """A problem document of HTTP's own: a path, a method, a body, a key."""
    return Response(document(status, detail, cure, _id(request)), status, headers, MEDIA_TYPE)


def document(status: int, detail: str, cure: str, request_id: str) -> bytes:
    """The bytes of a problem document of HTTP's own, whose code is its status."""
    return orjson.dumps(meta.problem(status, f"http_{status}", detail, cure, request_id))


def install(app: FastAPI) -> None:
    """Answer every error of the engine and the framework as a problem; `fault` is for ours."""
    app.add_exception_handler(NoterankError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, NoterankError)
    return _refusal(request, error)


def _refusal(request: Request, error: NoterankError) -> Response:
    headers = _RETRY if isinstance(error, LibraryBusy) else None
    content = orjson.dumps(meta.refusal(error, _id(request)))
    return Response(content, status_of(error), headers, MEDIA_TYPE)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors: Sequence[ProblemError] = [
        {
            "pointer": "/".join(str(part) for part in row["loc"]),
            "code": row["type"],
            "message": row["msg"],
        }
        for row in error.errors()
    ]
    where = ", ".join(row["pointer"] for row in errors)
    detail = f"the request does not fit: {where}"
    content: Problem = {
        **meta.problem(422, "bad_request", detail, "see `errors`", _id(request)),
        "errors": list(errors),
    }
    return Response(orjson.dumps(content), 422, media_type=MEDIA_TYPE)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    cure = _CURES.get(error.status_code, "see /docs")
    headers = dict(error.headers or {})
    return problem(request, error.status_code, str(error.detail), cure, headers)


def fault(request: Request, error: Exception) -> Response:
    """What no handler took. A fault of ours: the log has the stack, the answer its id."""
    if isinstance(error, NoterankError):  # keys that cannot be read
        return _refusal(request, error)
    _LOG.error("a request failed", extra={"request_id": _id(request)}, exc_info=error)
    return problem(request, 500, "a fault of noterank", "report it with the request_id")


def _id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))
