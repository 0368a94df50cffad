"""Fields of a form -> what the engine takes: portraits, keyword lists, decisions, drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from engine.engine import Engine
from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.ingest.draft_files import draft_from
from engine.insight.portrait import Portrait, from_table
from engine.insight.sets import Edits
from engine.model import Note
from engine.usecases.lists import entries, saved_lines, weights
from engine.usecases.share_of_voice import Brands

LISTS = {
    "traits": "who", "goals": "why", "moments": "when", "places": "where", "interests": "what",
    "own": "brands", "rivals": "brands", "words": "exclude",
}  # fmt: skip
Fields = Mapping[str, str]


def portrait_of(fields: Fields) -> Portrait:
    """A portrait from a form; BadPortrait says what is missing."""
    chosen = fields.get("preset", "")
    table: dict[str, Any] = {"name": fields.get("name", "").strip() or chosen or "portrait"}
    if chosen:
        table["preset"] = chosen
    for name, section in LISTS.items():
        if listed := entries(fields.get(name, "")):
            table.setdefault(section, {})[name] = listed
    return from_table(table)


def lines_of(engine: Engine, fields: Fields) -> list[str | KeywordLine]:
    """Keywords from a form: those typed, and the kept set that was chosen; NotFound for none."""
    typed = entries(fields.get("keywords", ""))
    kept = saved_lines(engine, name) if (name := fields.get("set", "")) else ()
    return [*typed, *kept]


def brands_of(fields: Fields) -> Brands:
    """Own brands and rivals from a form."""
    return Brands(fields.get("own", ""), fields.get("rivals", ""))


def draft_in(fields: Fields) -> Note:
    """A draft from a form."""
    return draft_from(
        {"title": fields.get("title", ""), "body": fields.get("body", "").replace("\r\n", "\n"),
         "tags": entries(fields.get("tags", "").replace("#", ","))}
    )  # fmt: skip


def asks(request: Request, *more: str) -> bool:
    """Whether a list of keywords is asked about; `more` are fields that ask, too."""
    return any(request.query_params.get(name) for name in ("keywords", "set", *more))


def edits_of(fields: Fields) -> Edits | None:
    """Dropped and weighed keywords from a form; None where nothing is decided."""
    weighed, dropped = weights(fields.get("weigh", "")), entries(fields.get("drop", ""))
    return Edits(weights=weighed, dropped=tuple(dropped)) if weighed or dropped else None


async def form_of(request: Request) -> Any:
    """A form of our own pages; another site's is refused."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    host = request.headers.get("host", "")
    ours = site in ("same-origin", "none") if site else not origin or origin.endswith(f"//{host}")
    if not ours:
        raise BadOption("the form came from another site", "open the page here and send it again")
    return await request.form(max_files=1, max_fields=100)
