"""Rows -> the answer in the shape and format that was asked for."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.rows.column import Row
from engine.rows.table_files import csv_text, jsonl_bytes, xlsx_bytes
from engine.usecases.answer import Answer

Format = Literal["json", "csv", "jsonl", "xlsx"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TYPES: dict[str, Format] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    XLSX: "xlsx",
    "*/*": "json",
    "application/*": "json",
    "text/*": "csv",
    "text/html": "json",  # a browser that opens an answer
}
_NAMES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson",
    "xlsx": XLSX,
}


@dataclass(frozen=True)
class Wanted:
    """How the caller wants rows: the envelope or the bare array, and which format.

    `name` is what a downloaded file is called; `known` names the ETags that the caller has, None
    where an answer is never the same again (anything but GET).
    """

    rows_only: bool
    format: Format
    name: str
    known: str | None
    started: float = field(default_factory=time.perf_counter)


async def wanted(
    request: Request,
    shape: Annotated[
        Literal["envelope", "rows"], Query(description="`rows`: the bare array.")
    ] = "envelope",
    format: Annotated[Format | None, Query(description="Wins over `Accept`.")] = None,
) -> Wanted:
    """A dependency: shape and format of a request; 406 for a type that is not offered."""
    chosen = format or _accepted(request.headers.get("accept", "*/*"))
    name = request.url.path.rsplit("/")[-1].replace(":", "-")
    known = request.headers.get("if-none-match", "") if request.method == "GET" else None
    return Wanted(shape == "rows", chosen, name, known)


How = Annotated[Wanted, Depends(wanted)]


def answer_with(answered: Answer[Any], how: Wanted) -> Response:
    """The answer of a use case."""
    return answer(answered.table.rows, how, answered.table.columns, **answered.meta)


def answer(rows: Sequence[Row], how: Wanted, columns: Sequence[str], **meta: Any) -> Response:
    """Rows as JSON (in an envelope with `meta`), CSV for Excel, JSON lines, or a workbook.

    A GET's answer has an ETag of its rows and meta; who has it already gets 304 without them.
    """
    headers = {"Vary": "Accept, Authorization"}
    if how.known is not None:
        tag = _tag(rows, how, meta)
        headers |= {"ETag": tag, "Cache-Control": "private, no-cache"}
        if knows(how.known, tag):
            return Response(status_code=304, headers=headers)
    if how.format in ("csv", "xlsx"):
        headers["Content-Disposition"] = f'attachment; filename="{_file(how.name)}.{how.format}"'
    return Response(
        _content(rows, how, columns, meta), headers=headers, media_type=_NAMES[how.format]
    )


def knows(known: str, tag: str) -> bool:
    """Whether an If-None-Match header names an ETag."""
    tags = [each.strip().removeprefix("W/") for each in known.split(",")]
    return tag in tags or "*" in tags


def _content(
    rows: Sequence[Row], how: Wanted, columns: Sequence[str], meta: dict[str, Any]
) -> bytes:
    if how.format == "csv":
        return "".join(csv_text(rows, columns)).encode()
    if how.format == "jsonl":
        return b"".join(jsonl_bytes(rows))
    if how.format == "xlsx":
        return xlsx_bytes(rows, columns)
    if how.rows_only:
        return orjson.dumps(rows)
    took = round((time.perf_counter() - how.started) * 1000, 1)
    whole = {"total": len(rows), "limit": None, "offset": 0, "next": None}
    return orjson.dumps({"data": rows, "meta": {**whole, **meta, "took_ms": took}})


def _tag(rows: Sequence[Row], how: Wanted, meta: dict[str, Any]) -> str:
    """Names the answer: the index version, and a hash of all but the time it took."""
    said = orjson.dumps([rows, meta, how.format, how.rows_only])
    return f'"{meta.get("index_version", 0)}-{hashlib.sha256(said).hexdigest()[:20]}"'


def _file(name: str) -> str:
    """A name that no header can be broken out of."""
    return re.sub(r"[^A-Za-z0-9_-]", "", name)[:60] or "noterank"


def _accepted(header: str) -> Format:
    """The best format of an Accept header; quality first, then the order given."""
    ranked = []
    for place, part in enumerate(header.split(",")):
        name, _, rest = part.strip().partition(";")
        quality = rest.partition("q=")[2].split(";")[0].strip() or "1"
        try:
            weight = float(quality)
        except ValueError:
            weight = 0.0
        if name.strip().lower() in _TYPES and weight > 0:
            ranked.append((-weight, place, _TYPES[name.strip().lower()]))
    if not ranked and header.strip():
        raise HTTPException(406, "none of the types in Accept is offered")
    return min(ranked)[2] if ranked else "json"
