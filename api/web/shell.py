"""Templates, languages, links: what every page stands in."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from engine.ranking.snippet import Snippet

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")
PAGES = ("search", "keywords", "fights", "voice", "draft", "data")
Words = Callable[..., str]


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """The words of a language by key."""
    known: dict[str, str] = tomllib.loads((HERE / "words" / f"{language}.toml").read_text("utf-8"))
    return known


def language_of(request: Request) -> str:
    """`?lang=`, else the cookie, else what the browser accepts; Chinese where nothing is said."""
    for known in (request.query_params.get("lang"), request.cookies.get("lang")):
        if known in LANGUAGES:
            return known
    accepted = request.headers.get("accept-language", "")
    first = accepted.split(",")[0].strip().lower()
    return "en" if first and not first.startswith("zh") else "zh"


def words_of(language: str) -> Words:
    """The catalogue as a function: key, and what stands in its gaps."""
    known = catalogue(language)

    def words(key: str, **gaps: object) -> str:
        return known[key].format(**gaps) if gaps else known[key]

    return words


@cache
def environment() -> Environment:
    """The templates; everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(marked=marked, number=number, day=day, zip=zip)
    return made


def page(request: Request, name: str, status: int = 200, **known: Any) -> HTMLResponse:
    """A page of a template."""
    language = language_of(request)
    text = (
        environment()
        .get_template(f"{name}.html")
        .render(
            t=words_of(language),
            lang=language,
            languages=LANGUAGES,
            pages=PAGES,
            here=name,
            query=request.query_params,
            link=lambda **changes: link(request, **changes),
            **known,
        )
    )
    answer = HTMLResponse(text, status)
    if request.query_params.get("lang") in LANGUAGES:
        answer.set_cookie("lang", language, max_age=31_536_000, httponly=True, samesite="lax")
    return answer


def link(request: Request, path: str | None = None, **changes: object) -> str:
    """The address of this state with some parameters changed; None takes one out."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in changes and v]
    kept += [
        (key, str(value))
        for key, values in changes.items()
        for value in (values if isinstance(values, list) else [values])
        if value is not None and value != ""
    ]
    return f"{path or request.url.path}?{urlencode(kept)}"


def marked(snippet: Snippet) -> Markup:
    """A text with what the query matched marked."""
    pieces, done = [], 0
    for start, end in snippet.marks:
        pieces.append(Markup("{}<mark>{}</mark>").format(
            snippet.text[done:start], snippet.text[start:end]))  # fmt: skip
        done = end
    return Markup("").join([*pieces, Markup("{}").format(snippet.text[done:])])


def number(value: object, digits: int = 3) -> str:
    """A number as people read it; unknown is a question mark, never 0."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, float):
        return f"{value:,.{digits}f}".rstrip("0").rstrip(".") or "0"
    return f"{value:,}" if isinstance(value, int) else str(value)


def day(value: object) -> str:
    """The date of a moment."""
    return str(value)[:10] if value else "?"
