"""snapshot, moves, watch: what changed on pages, and why."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from engine.cli.app import JsonOption, LibraryOption, RulesOption, app, out, print_json
from engine.cli.notes import progress_bar
from engine.cli.tabled import ListArgument, OutOption, answer, keyword_list
from engine.engine import Engine
from engine.usecases import rank_changes as asking
from engine.usecases.share_of_voice import Brands


@app.command()
def snapshot(
    name: Annotated[str, typer.Argument(help="A name: 2026-11, before-rebrand.")],
    library: LibraryOption,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep notes, counts, lexicon and rules as they are now, to compare with later.

    Example: `noterank snapshot 2026-11`, import newer captures, `noterank moves … --since 2026-11`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        folder = engine.keep_snapshot(name)
        notes = engine.store.totals()["notes"]
    if as_json:
        print_json([{"snapshot": name, "path": str(folder), "notes": notes}], started)
    else:
        out.print(f"{folder}: {notes:,} notes, with lexicon and rules")


@app.command()
def moves(
    note_id: Annotated[str, typer.Argument(help="The note whose places changed.")],
    keywords: ListArgument,
    library: LibraryOption,
    since: Annotated[str, typer.Option("--since", help="The snapshot to compare with.")],
    out_file: OutOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why a note moved since a snapshot, in parts that sum to the move (minus is up).

    Causes: its own edit, its own engagement, ageing, notes that came, went or were edited, their
    engagement, the dictionary, the rules. Every mixture of old and new is ranked by the engine
    (Shapley values, exact). A note without a place counts as one behind the last.

    Example: `noterank moves 6d466d44f04aa9ff061f7de8 set.csv --since 2026-11`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        lines = keyword_list(engine, keywords)
        with progress_bar("mixing old and new", len(lines)) as tick:
            table = asking.rank_changes(engine, note_id, lines, since, tick)
    answer(table, out_file, started, as_json)


@app.command()
def watch(
    keywords: ListArgument,
    library: LibraryOption,
    own: Annotated[str, typer.Option(help="Own brands, by any spelling: A,B")] = "",
    rivals: Annotated[str, typer.Option(help="Rivals: C,D")] = "",
    name: Annotated[str | None, typer.Option(help="Of the watch. [default: the list]")] = None,
    out_file: OutOption = None,
    rules: RulesOption = None,
    as_json: JsonOption = False,
) -> None:
    """What happened on the pages of a set since the last look: entered, left, first places.

    A note is in the top 10 from place 10, and out behind place 13: nothing is cried twice. The
    first look only remembers.

    Example: `noterank watch set.csv --own 沐禾集 --rivals 初棠`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        lines = keyword_list(engine, keywords)
        answered = asking.watch(engine, name or keywords, lines, Brands(own, rivals))
    if answered.table.rows or as_json or out_file:
        answer(answered.table, out_file, started, as_json, **answered.meta)
    else:
        remembered = "remembered; the next look says what changed"
        out.print(remembered if answered.value else "nothing happened")
