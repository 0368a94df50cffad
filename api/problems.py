"""Every refusal as an RFC 9457 problem document."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.errors import BadInput, LibraryBusy, NoterankError, NotFound

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("noterank.api")
_RETRY = {"Retry-After": "5"}


def problem(
    request: Request,
    status: int,
    detail: str,
    cure: str,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem document: what is wrong and what to do; never a stack, never a key."""
    content = document(status, detail, cure, getattr(request.state, "request_id", ""), errors)
    return Response(content, status, headers, MEDIA_TYPE)


def document(
    status: int,
    detail: str,
    cure: str,
    request_id: str,
    errors: Sequence[dict[str, str]] = (),
) -> bytes:
    """The bytes of a problem document."""
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "cure": cure,
        "request_id": request_id,
    }
    if errors:
        content["errors"] = list(errors)
    return orjson.dumps(content)


def install(app: FastAPI) -> None:
    """Answer every error of the engine and the framework as a problem; `fault` is for ours."""
    app.add_exception_handler(NoterankError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def status_of(error: NoterankError) -> int:
    """422 what the caller can mend, 404 what is not there, 503 what only waiting or care mends."""
    if isinstance(error, BadInput):
        return 422
    return 404 if isinstance(error, NotFound) else 503


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, NoterankError)
    return _refusal(request, error)


def _refusal(request: Request, error: NoterankError) -> Response:
    headers = _RETRY if isinstance(error, LibraryBusy) else None
    return problem(request, status_of(error), error.problem, error.cure, headers=headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {
            "pointer": "/".join(str(part) for part in row["loc"]),
            "code": row["type"],
            "message": row["msg"],
        }
        for row in error.errors()
    ]
    where = ", ".join(row["pointer"] for row in errors)
    return problem(request, 422, f"the request does not fit: {where}", "see `errors`", errors)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    cures = {
        404: "see /docs for what is here",
        405: "see /docs for the methods of this path",
        406: "ask for json, csv, jsonl or xlsx",
        408: "send the body without pauses",
        413: "send less in one request",
        415: "send application/x-ndjson, or a file as application/octet-stream",
        503: "try again after Retry-After seconds",
    }
    cure = cures.get(error.status_code, "see /docs")
    headers = dict(error.headers or {})
    return problem(request, error.status_code, str(error.detail), cure, headers=headers)


def fault(request: Request, error: Exception) -> Response:
    """What no handler took. A fault of ours: the log has the stack, the answer its id."""
    if isinstance(error, NoterankError):  # keys that cannot be read
        return _refusal(request, error)
    request_id = getattr(request.state, "request_id", "")
    _LOG.error("a request failed", extra={"request_id": request_id}, exc_info=error)
    return problem(request, 500, "a fault of noterank", "report it with the request_id")
