"""keywords: portrait -> keyword set."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from engine.cli.app import (
    JsonOption,
    LibraryOption,
    NowOption,
    RulesOption,
    app,
    out,
)
from engine.cli.tabled import OutOption, WhyOption, answer, print_opportunities
from engine.engine import Engine
from engine.insight import portrait as portraits
from engine.insight.portrait import Portrait
from engine.rows.keyword_rows import KeywordAnswer, left_out_table
from engine.usecases import keywords as asking


@app.command()
def keywords(
    portrait: Annotated[str, typer.Argument(help="PORTRAIT.toml or .json, or preset:NAME.")],
    library: LibraryOption,
    top: Annotated[int, typer.Option(help="Keywords of the set, 1 to 1000.")] = (asking.KEYWORDS),
    lock: Annotated[list[str] | None, typer.Option(help="Keep a keyword and its weight.")] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Leave a keyword out.")] = None,
    weigh: Annotated[list[str] | None, typer.Option(help="Fix a weight: 面霜=0.1.")] = None,
    free: Annotated[list[str] | None, typer.Option(help="Take decisions on it back.")] = None,
    explain: WhyOption = None,
    detail: Annotated[bool, typer.Option(help="The parts of the figures as columns.")] = False,
    diff: Annotated[bool, typer.Option(help="What changed since the set kept before.")] = False,
    history: Annotated[bool, typer.Option(help="The kept versions, nothing else.")] = False,
    left_out: Annotated[bool, typer.Option(help="What was left out, and why.")] = False,
    out_file: OutOption = None,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """A portrait of the people to reach -> the keywords to stand for, each with where it is from.

    The set is kept in the library with its versions; locks, drops and weights hold for the next
    time too. Presets: the platform's six population groups and lifestyle labels.

    Examples:

    - `noterank keywords corpus/portraits/oily_student.toml --top 30 --out set.xlsx`

    - `noterank keywords me.toml --drop 平替 --lock 控油 --weigh 面霜=0.1`

    - `noterank keywords me.toml --explain 控油`  ·  `noterank keywords preset:Z世代`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        person = _portrait(portrait)
        if history:
            answer(asking.set_history(engine, person.name), out_file, started, as_json)
            return
        before = engine.saved.sets(person.name)
        answered = asking.keyword_set(engine, person, top)
        edits = asking.decisions(
            engine, answered.value, lock or (), drop or (), weigh or (), free or ()
        )
        if edits:
            answered = asking.keyword_set(engine, person, top, edits)
        version = engine.saved.keep(answered.value, edits)
    keyword_set = answered.value
    if explain is not None:
        table = asking.why_of_set(keyword_set, explain)
    elif diff:
        table = asking.set_changes(before[-1].content if before else [], keyword_set)
    elif left_out:
        table = left_out_table(keyword_set.set)
    elif as_json or out_file:
        table = keyword_set.table(detail)
    else:
        _print_set(keyword_set, version)
        return
    answer(table, out_file, started, as_json, **answered.meta, version=version)


def _portrait(name: str) -> Portrait:
    if name.startswith("preset:"):
        return portraits.preset(name.removeprefix("preset:"))
    return portraits.read(Path(name))


def _print_set(answered: KeywordAnswer, version: int) -> None:
    keyword_set = answered.set
    brought = "  ".join(f"{trait.word} {count}" for trait, count in keyword_set.traits)
    name = keyword_set.portrait.name
    out.print(f"[bold]{name}[/]  set {version} · {keyword_set.affine} notes read", markup=True)
    out.print(f"[dim]notes a word brought: {brought}[/]")
    locked = [keyword.keyword for keyword in keyword_set.keywords if keyword.locked]
    print_opportunities(answered.report.opportunities, locked)
    missing = [trait.word for trait, count in keyword_set.traits if not count]
    if missing:
        out.print(f"[yellow]no note for: {'、'.join(missing)}[/]")
    out.print(
        "[dim]--explain WORD tells where a figure is from; --out set.xlsx writes all columns[/]"
    )
