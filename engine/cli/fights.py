"""opportunity, visibility, expand: where to fight, and who holds what."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

import typer

from engine.cli import show
from engine.cli.app import JsonOption, LibraryOption, NowOption, RulesOption, app, moment, out
from engine.cli.notes import progress_bar
from engine.cli.tabled import (
    ListArgument,
    OutOption,
    WhyOption,
    answer,
    keyword_list,
    names,
    print_fights,
    print_totals,
    shown,
)
from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.insight.opportunity_of_keywords import Fight
from engine.insight.share_of_voice import changes
from engine.rows import keyword_rows
from engine.rows.table import Table
from engine.text.normalise import fold_key

_SHOWN = 60  # rows that a terminal shows


@app.command()
def opportunity(
    keywords: ListArgument,
    library: LibraryOption,
    own: Annotated[str, typer.Option(help="Own brands, for notes that compete: A,B")] = "",
    explain: WhyOption = None,
    detail: Annotated[bool, typer.Option(help="The parts of the figures as columns.")] = False,
    clusters: Annotated[bool, typer.Option(help="Keywords that are one fight.")] = False,
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
        lines = keyword_list(engine, keywords)
        insights = engine.insights(moment(now))
        if angles:
            columns = ("keyword", "angle", "circle", "notes", "unclaimed", "examples")
            found = [keyword_rows.cell_row(cell) for cell in insights.map(lines)]
            answer(Table(found, columns), out_file, started, as_json)
            return
        with progress_bar("asking", len(lines)) as tick:
            battle = insights.opportunities(lines, names(own), None, tick)
    if explain is not None:
        one = _fight(battle.fights, explain)
        table = Table(keyword_rows.why_fight(one), keyword_rows.PART)
    elif clusters:
        rows = [
            {"parent": c.parent, "keyword": word, "shared_places": shared}
            for c in battle.clusters
            for word, shared in ((c.parent, 10), *zip(c.members, c.shared, strict=True))
        ]
        table = Table(rows, ("parent", "keyword", "shared_places"))
    elif cannibals:
        rows = [{"keyword": k, "note_id": i, "position": p} for k, i, p in battle.cannibals]
        table = Table(rows, ("keyword", "note_id", "position"))
    elif fields:
        rows = [
            {"kind": kind, "demand": demand or None, "able_authors": authors}
            for kind, (demand, authors) in battle.able.items()
        ]
        table = Table(rows, ("kind", "demand", "able_authors"))
    else:
        table = keyword_rows.fight_table(battle, detail)
        if not as_json and not out_file:
            print_fights(battle.fights)
            return
    answer(table, out_file, started, as_json)


def _fight(fights: Sequence[Fight], word: str) -> Fight:
    found = next((one for one in fights if fold_key(one.keyword) == fold_key(word)), None)
    if found is None:
        raise NotFound(f"'{word}' is not in the list", "take a keyword of the list")
    return found


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
    brands, others = names(own), names(rivals)
    if not brands:
        raise BadOption("no brand to look at", "give --own 沐禾集")
    with Engine.open(library, rules) as engine:
        lines = keyword_list(engine, keywords)
        with progress_bar("asking", len(lines)) as tick:
            voice = engine.insights(moment(now)).voice(lines, [*brands, *others], keywords, tick)
        full = keyword_rows.voice_table(voice)
        old = engine.shelf.snapshots(against)[-1].content if against else None
        if save:
            engine.shelf.snapshot(save, voice, engine.as_of(moment(now)))
    if old is not None:
        table = _moves(old, full.rows)
    elif by == "keyword":
        table = full
    else:
        table = keyword_rows.total_table(voice.totals(by))
    if out_file or as_json or old is not None or by != "keyword":
        answer(table, out_file, started, as_json)
        return
    _print_voice(full, keyword_rows.total_table(voice.totals()))


def _moves(old: Sequence[keyword_rows.Row], new: Sequence[keyword_rows.Row]) -> Table:
    columns = ("keyword", "brand", "best_before", "best_after", "share_change")
    found = changes(keyword_rows.places_of(old), keyword_rows.places_of(new))
    rows = [dict(zip(columns, row, strict=True)) for row in found]
    return Table(rows, columns)


def _print_voice(table: Table, totals: Table) -> None:
    held = [row for row in table if row["best_position"] is not None]
    columns = (*keyword_rows.VISIBILITY[:1], *keyword_rows.VISIBILITY[2:])
    show.table("", columns, [[shown(row[name]) for name in columns] for row in held[:_SHOWN]])
    if len(held) > _SHOWN:
        out.print(f"[dim]… and {len(held) - _SHOWN:,} more: --out FILE.xlsx writes all[/]")
    print_totals(totals)


@app.command()
def expand(
    word: Annotated[str, typer.Argument(help="A keyword.")],
    library: LibraryOption,
    top: Annotated[int, typer.Option(help="Words, 3 to 300.", min=3, max=300)] = 40,
    out_file: OutOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Words near a keyword: long tail, related, lifestyle angles, up- and downstream searches.

    Examples: `noterank expand 咖啡` · `noterank expand 面霜 --out near.xlsx`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        found = engine.insights(moment(now)).expand(word, top)
    columns = ("keyword", "relation", "notes", "z", "evidence", "examples")
    table = Table([keyword_rows.near_row(near) for near in found], columns)
    if out_file or as_json:
        answer(table, out_file, started, as_json)
        return
    show.table("", columns[:-1], [tuple(shown(row[c]) for c in columns[:-1]) for row in table])
