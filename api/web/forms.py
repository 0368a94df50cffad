"""Fields of a form -> what the engine takes: lists by comma or line, portraits, edits, drafts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.formats.keywords import KeywordLine
from engine.ingest.draft_files import draft_from
from engine.insight.portrait import Portrait, from_table
from engine.insight.sets import Edits
from engine.model import Note

_BETWEEN = re.compile(r"[,，、;；\n\r]+")
_MOST = 1_000
LISTS = {
    "traits": "who", "goals": "why", "moments": "when", "places": "where", "interests": "what",
    "own": "brands", "rivals": "brands", "words": "exclude",
}  # fmt: skip
Fields = Mapping[str, str]


def listed(text: str) -> list[str]:
    """Entries between commas or lines, each once."""
    return list(dict.fromkeys(part.strip() for part in _BETWEEN.split(text) if part.strip()))


def portrait_of(fields: Fields) -> Portrait:
    """A portrait from a form; BadPortrait says what is missing."""
    chosen = fields.get("preset", "")
    table: dict[str, Any] = {"name": fields.get("name", "").strip() or chosen or "portrait"}
    if chosen:
        table["preset"] = chosen
    for name, section in LISTS.items():
        if entries := listed(fields.get(name, "")):
            table.setdefault(section, {})[name] = entries
    return from_table(table)


def lines_of(engine: Engine, fields: Fields) -> list[KeywordLine]:
    """Keywords from a form: those typed, and the kept set that was chosen; NotFound for none."""
    words = [KeywordLine(word[:100]) for word in listed(fields.get("keywords", ""))[:_MOST]]
    if name := fields.get("set", ""):
        kept = engine.shelf.sets(name)
        if not kept:
            raise NotFound(f"no kept set '{name}'", "choose one of the list")
        typed = {line.keyword for line in words}
        words += [
            KeywordLine(row["keyword"], row["weight"], row["kind"], row["intent"])
            for row in kept[-1].content
            if row["keyword"] not in typed
        ]
    return words


def draft_in(fields: Fields) -> Note:
    """A draft from a form."""
    return draft_from(
        {"title": fields.get("title", ""), "body": fields.get("body", "").replace("\r\n", "\n"),
         "tags": listed(fields.get("tags", "").replace("#", ","))}
    )  # fmt: skip


def asks(request: Request) -> bool:
    """Whether a list of keywords is asked about."""
    return bool(request.query_params.get("keywords") or request.query_params.get("set"))


def edits_of(fields: Any) -> Edits:
    """Locked, dropped and weighed keywords from a form."""
    weights = {}
    for pair in listed(fields.get("weigh", "")):
        word, _, value = pair.rpartition("=")
        try:
            weights[word] = float(value)
        except ValueError as error:
            raise BadOption(f"'{pair}' is no weight", "write 面霜=0.1") from error
    return Edits(weights=weights, dropped=tuple(listed(fields.get("drop", ""))))


async def form_of(request: Request) -> Any:
    """A form of our own pages; another site's is refused."""
    site = request.headers.get("sec-fetch-site", "")
    origin = request.headers.get("origin", "")
    host = request.headers.get("host", "")
    own = site in ("same-origin", "none") if site else not origin or origin.endswith(f"//{host}")
    if not own:
        raise BadOption("the form came from another site", "open the page here and send it again")
    return await request.form(max_files=1, max_fields=100)
