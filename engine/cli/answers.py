"""search, explain, suggest, stats, evaluate: questions to a library."""

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
    moment,
    print_json,
    sort_of,
)
from engine.engine import Engine
from engine.errors import BadOption
from engine.model import SORTS
from engine.ranking.searcher import Asked, app_filter
from engine.rows.search_rows import part_row, result_row, stats_row


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help='Words, "phrases", -not, tag:, brand:, …')],
    library: LibraryOption,
    sort: Annotated[str, typer.Option(help=" | ".join(SORTS))] = "general",
    kind: Annotated[str | None, typer.Option("--type", help="image | video")] = None,
    within: Annotated[str | None, typer.Option(help="day | week | halfyear")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only notes with this tag.")] = None,
    brand: Annotated[list[str] | None, typer.Option(help="Only notes that name it.")] = None,
    limit: Annotated[int, typer.Option(help="Places to show, 1 to 1000.")] = 10,
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
    with Engine.open(library, rules) as engine:
        at = engine.as_of(moment(now))
        asked = Asked(
            sort=sort_of(sort),
            filter=app_filter(engine.segmenter, kind, within, tag or [], brand or [], at),
            limit=limit,
            offset=offset,
            explain=explain and not as_json,
            facets=facets,
        )
        page = engine.search(typed(words), asked, at)
        if not as_json:
            show.page(page)
            return
        shown = offset + len(page.results)
        print_json(
            [result_row(result) for result in page.results],
            started,
            total=page.total,
            limit=limit,
            offset=offset,
            next=shown if shown < page.placed else None,
            index_version=page.index_version,
            rule_set=page.rule_set,
            as_of=page.as_of.isoformat(),
            did_you_mean=list(page.did_you_mean),
        )


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
    with Engine.open(library, rules) as engine:
        found = engine.explain(note_id, typed(words), now=moment(now))
        if not as_json:
            show.explanation(found)
            return
        print_json(
            [part_row(part) for part in found.parts],
            started,
            note_id=note_id,
            position=found.position,
            matching=found.total,
            score=found.score,
            sentence=found.sentence,
            rule_set=engine.rule_set.label,
            index_version=engine.ready()[1],
        )


@app.command()
def suggest(
    prefix: Annotated[str, typer.Argument(help="What is being typed: characters or pinyin.")],
    library: LibraryOption,
    limit: Annotated[int, typer.Option(help="How many, 1 to 100.")] = 10,
    as_json: JsonOption = False,
) -> None:
    """Complete what is being typed from the words of the notes.

    Examples: `noterank suggest 敏感` · `noterank suggest mingan` · `noterank suggest mgj`
    """
    started = time.perf_counter()
    if not 1 <= limit <= 100:
        raise BadOption(f"limit is {limit}", "use 1 to 100")
    with Engine.open(library) as engine:
        found = engine.suggest(prefix, limit)
        if as_json:
            print_json([{"keyword": word, "notes": count} for word, count in found], started)
        else:
            show.table("", ("keyword", "notes"), found)


@app.command()
def stats(library: LibraryOption, as_json: JsonOption = False) -> None:
    """Count what a library holds.

    Example: `noterank stats --library ./library`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        row = stats_row(engine.stats())
        if as_json:
            print_json([row], started)
        else:
            show.table(str(library), ("what", "value"), [(k, str(v)) for k, v in row.items()])


def typed(words: list[str]) -> str:
    """The query as it was typed; quotes that the shell took are not put back."""
    return " ".join(words)
