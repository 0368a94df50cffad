"""Rows -> the answer in the shape and format that was asked for."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import orjson
from fastapi import Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from engine.pipeline import Engine
from engine.pipeline.answers import Row
from engine.pipeline.tables import csv_text, jsonl_bytes

Format = Literal["json", "csv", "jsonl"]
_TYPES: dict[str, Format] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/x-ndjson": "jsonl",
    "*/*": "json",
    "application/*": "json",
    "text/*": "csv",
    "text/html": "json",  # a browser that opens an answer
}
_NAMES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


@dataclass(frozen=True)
class Wanted:
    """How the caller wants rows: the envelope or the bare array, and which format."""

    rows_only: bool
    format: Format
    started: float = field(default_factory=time.perf_counter)


def wanted(
    request: Request,
    shape: Annotated[
        Literal["envelope", "rows"], Query(description="`rows`: the bare array.")
    ] = "envelope",
    format: Annotated[Format | None, Query(description="Wins over `Accept`.")] = None,
) -> Wanted:
    """A dependency: shape and format of a request; 406 for a type that is not offered."""
    return Wanted(shape == "rows", format or _accepted(request.headers.get("accept", "*/*")))


How = Annotated[Wanted, Depends(wanted)]


def state(engine: Engine) -> Row:
    """What `meta` says of the library; read in the call that made the answer."""
    return {"index_version": engine.index.version, "rule_set": engine.rule_set.label}


def answer(rows: Sequence[Row], how: Wanted, columns: Sequence[str], **meta: Any) -> Response:
    """Rows as JSON (in an envelope with `meta`), CSV for Excel, or JSON lines."""
    if how.format == "csv":
        text = "".join(csv_text(rows, columns))
        return Response(text.encode(), media_type=_NAMES["csv"])
    if how.format == "jsonl":
        return Response(b"".join(jsonl_bytes(rows)), media_type=_NAMES["jsonl"])
    content: Any = rows
    if not how.rows_only:
        took = round((time.perf_counter() - how.started) * 1000, 1)
        whole = {"total": len(rows), "limit": None, "offset": 0, "next": None}
        content = {"data": rows, "meta": {**whole, **meta, "took_ms": took}}
    return Response(orjson.dumps(content), media_type="application/json")


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
