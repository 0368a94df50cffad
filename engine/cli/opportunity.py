"""opportunity, visibility, expand: where there is room, and who holds what."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated

import typer

from engine.cli.app import (
    JsonOption,
    LibraryOption,
    NowOption,
    RulesOption,
    app,
    print_answer,
)
from engine.cli.notes import progress_bar
from engine.cli.tabled import (
    SHOWN,
    ListArgument,
    OutOption,
    WhyOption,
    answer,
    keyword_list,
    print_columns,
    print_opportunities,
    print_totals,
    write,
)
from engine.engine import Engine
from engine.rows import keyword_rows
from engine.rows.visibility_rows import total_table
from engine.usecases import keywords as asking
from engine.usecases.limits import moment
from engine.usecases.share_of_voice import Brands, changes_since, keep_look, share_of_voice


@app.command()
def opportunity(
    keywords: ListArgument,
    library: LibraryOption,
    own: Annotated[str, typer.Option(help="Own brands, for notes that compete: A,B")] = "",
    explain: WhyOption = None,
    detail: Annotated[bool, typer.Option(help="The parts of the figures as columns.")] = False,
    clusters: Annotated[bool, typer.Option(help="Keywords that share their pages.")] = False,
    cannibals: Annotated[bool, typer.Option(help="Own notes that compete (with --own).")] = False,
    fields: Annotated[bool, typer.Option("--kinds", help="Demand and able authors by kind.")] = (
        False
    ),
    angles: Annotated[bool, typer.Option("--map", help="Keyword × angle × circle of tags.")] = (
        False
    ),
    out_file: OutOption = None,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where to fight: demand, supply, difficulty of the incumbents, and room, by keyword.

    Demand comes from an imported 聚光 export or the file's own column; else it is unknown, and so
    is the opportunity. Supply counts this library's notes: a lower bound.

    Examples:

    - `noterank opportunity corpus/keywords/skincare.csv --explain 敏感肌面霜`

    - `noterank opportunity juguang.csv --out fights.xlsx --detail`

    - `noterank opportunity set.csv --map` · `--clusters` · `--kinds` · `--cannibals --own 沐禾集`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        lines, at = keyword_list(engine, keywords), moment(now)
        if angles:
            table = asking.opportunity_map(engine, lines, at)
            answer(table, out_file, started, as_json)
            return
        with progress_bar("asking", len(lines)) as tick:
            answered = asking.opportunity(engine, lines, own, at, tick)
    if explain is not None:
        table = asking.why_opportunity_of(answered, explain)
    elif clusters:
        table = keyword_rows.cluster_table(answered.value)
    elif cannibals:
        table = keyword_rows.cannibal_table(answered.value)
    elif fields:
        table = keyword_rows.kind_table(answered.value)
    elif as_json or out_file:
        table = keyword_rows.opportunity_table(answered.value, detail)
    else:
        print_opportunities(answered.value.opportunities)
        return
    answer(table, out_file, started, as_json, **answered.meta)


@app.command()
def visibility(
    keywords: ListArgument,
    library: LibraryOption,
    own: Annotated[str, typer.Option(help="Own brands, by any spelling: A,B")],
    rivals: Annotated[str, typer.Option(help="Rivals: C,D")] = "",
    by: Annotated[
        str, typer.Option(help="keyword (every page), or sums by total | kind | intent | portrait.")
    ] = "keyword",
    save: Annotated[str | None, typer.Option(help="Keep it under a name, to compare.")] = None,
    against: Annotated[
        str | None, typer.Option(help="Who gained and lost since the one kept under a name.")
    ] = None,
    out_file: OutOption = None,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Share of voice: what part of the attention on the pages of a set each brand holds.

    Attention of a place is 1 / log2(place + 1) over the first 50; a note that names k brands gives
    each 1 / k of its place. Sums are weighted by keyword weight.

    Examples:

    - `noterank visibility corpus/keywords/skincare.csv --own 沐禾集 --rivals 初棠,克蕾缇`

    - `noterank visibility set.csv --own SK2 --by kind --out share.xlsx`

    - `noterank visibility set.csv --own 沐禾集 --save november` then `--against november`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        lines, brands, at = keyword_list(engine, keywords), Brands(own, rivals), moment(now)
        before = engine.saved.snapshots(against)[-1].content if against else None
        with progress_bar("asking", len(lines)) as tick:
            answered = share_of_voice(engine, lines, brands, by, keywords, at, tick)
        if save:
            keep_look(engine, save, answered.value, at)
    table = answered.table if before is None else changes_since(before, answered.value)
    if out_file or as_json or before is not None or by != "keyword":
        answer(table, out_file, started, as_json, **answered.meta)
        return
    columns = [name for name in table.columns if name != "weight"]
    held = [row for row in table if row["best_position"] is not None]
    print_columns(replace(table, rows=held), columns, most=SHOWN)
    print_totals(total_table(answered.value.totals()))


@app.command()
def expand(
    word: Annotated[str, typer.Argument(help="A keyword.")],
    library: LibraryOption,
    top: Annotated[int, typer.Option(help="Words, 3 to 300.")] = asking.NEAREST,
    out_file: OutOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Words near a keyword: long tail, related, lifestyle angles, up- and downstream searches.

    Examples: `noterank expand 咖啡` · `noterank expand 面霜 --out near.xlsx`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        answered = asking.expand(engine, word, top, moment(now))
    if out_file:
        write(answered.table, out_file)
    elif as_json:
        print_answer(answered, started)
    else:
        print_columns(answered.table, answered.table.columns[:-1])
