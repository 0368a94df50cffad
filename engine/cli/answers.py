"""search, explain, suggest, stats: questions to a library."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from engine.cli import show
from engine.cli.app import (
    JsonOption,
    LibraryOption,
    NowOption,
    RulesOption,
    app,
    print_answer,
    print_json,
)
from engine.engine import Engine
from engine.model import SORTS
from engine.usecases import search as asking
from engine.usecases.limits import moment
from engine.usecases.search import SearchOptions


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help='Words, "phrases", -not, tag:, brand:, …')],
    library: LibraryOption,
    sort: Annotated[str, typer.Option(help=" | ".join(SORTS))] = "general",
    kind: Annotated[str | None, typer.Option("--type", help="image | video")] = None,
    within: Annotated[str | None, typer.Option(help="day | week | halfyear")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only notes with this tag.")] = None,
    brand: Annotated[list[str] | None, typer.Option(help="Only notes that name it.")] = None,
    limit: Annotated[int, typer.Option(help="Places to show, 1 to 1000.")] = asking.PLACES,
    offset: Annotated[int, typer.Option(help="Places to leave out.")] = 0,
    explain: Annotated[bool, typer.Option(help="Say why each note stands there.")] = False,
    facets: Annotated[bool, typer.Option(help="Count kinds, tags, brands, months.")] = False,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """The page that a query would show, ranked by named rules.

    Examples:

    - `noterank search 敏感肌面霜 --explain`

    - `noterank search '"早C晚A" -刷酸 brand:沐禾集' --sort likes --within halfyear`
    """
    started = time.perf_counter()
    options = SearchOptions(
        sort, kind, within, tag or (), brand or (), limit, offset, explain, facets, moment(now)
    )
    with Engine.open(library, rules) as engine:
        page = asking.search(engine, typed(words), options)
    if as_json:
        rows = asking.page_table(page, explain).rows
        print_json(rows, started, **asking.page_meta(page, limit))
    else:
        show.page(page)


@app.command()
def explain(
    note_id: Annotated[str, typer.Argument(help="A note id, as `search` shows it.")],
    words: Annotated[list[str], typer.Argument(help="The query.")],
    library: LibraryOption,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why a note stands where it stands: numbers that add up, and one sentence.

    Example: `noterank explain 65a1b2c3d4e5f60718293a4b 敏感肌面霜`
    """
    started = time.perf_counter()
    options = SearchOptions(now=moment(now))
    with Engine.open(library, rules) as engine:
        answered = asking.explain(engine, note_id, typed(words), options)
    if as_json:
        print_answer(answered, started)
    else:
        show.explanation(answered.value)


@app.command()
def suggest(
    prefix: Annotated[str, typer.Argument(help="What is being typed: characters or pinyin.")],
    library: LibraryOption,
    limit: Annotated[int, typer.Option(help="How many, 1 to 100.")] = (asking.SUGGESTIONS),
    as_json: JsonOption = False,
) -> None:
    """Complete what is being typed from the words of the notes.

    Examples: `noterank suggest 敏感` · `noterank suggest mingan` · `noterank suggest mgj`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        answered = asking.suggest(engine, prefix, limit)
    if as_json:
        print_answer(answered, started)
    else:
        show.table("", answered.table.columns, answered.table.cells())


@app.command()
def stats(library: LibraryOption, as_json: JsonOption = False) -> None:
    """Count what a library holds.

    Example: `noterank stats --library ./library`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        answered = asking.stats(engine)
    if as_json:
        print_answer(answered, started)
    else:
        (row,) = answered.table
        show.table(str(library), ("what", "value"), [(k, str(v)) for k, v in row.items()])


def typed(words: list[str]) -> str:
    """The query as it was typed; quotes that the shell took are not put back."""
    return " ".join(words)
