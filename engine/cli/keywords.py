"""keywords: portrait -> keyword set."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli.app import (
    JsonOption,
    LibraryOption,
    NowOption,
    RulesOption,
    app,
    out,
    print_json,
)
from engine.cli.tabled import OutOption, WhyOption, print_fights, print_table, write
from engine.engine import Engine
from engine.errors import BadOption, NotFound
from engine.insight import portrait as portraits
from engine.insight.portrait import Portrait
from engine.insight.sets import decided, differences
from engine.rows import keyword_rows
from engine.rows.keyword_rows import KeywordAnswer
from engine.rows.table import Table
from engine.text.normalise import fold_key

_MOST = 1_000


@app.command()
def keywords(
    portrait: Annotated[str, typer.Argument(help="PORTRAIT.toml or .json, or preset:NAME.")],
    library: LibraryOption,
    top: Annotated[int, typer.Option(help="Keywords of the set, 1 to 1000.")] = 50,
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
    """A portrait of the people to reach -> the keywords to fight for, each with where it is from.

    The set is kept in the library with its versions; locks, drops and weights hold for the next
    time too. Presets: the platform's six population groups and lifestyle labels.

    Examples:

    - `noterank keywords corpus/portraits/oily_student.toml --top 30 --out set.xlsx`

    - `noterank keywords me.toml --drop 平替 --lock 控油 --weigh 面霜=0.1`

    - `noterank keywords me.toml --explain 控油`  ·  `noterank keywords preset:Z世代`
    """
    started = time.perf_counter()
    if not 1 <= top <= _MOST:
        raise BadOption(f"top is {top}", f"use 1 to {_MOST}")
    with Engine.open(library, rules) as engine:
        person = _portrait(portrait)
        before = engine.shelf.sets(person.name)
        if history:
            _print_history(before, started, as_json)
            return
        answer = engine.keywords(person, top)
        if lock or drop or weigh or free:
            edits = decided(
                answer.set, engine.shelf.edits(person.name), tuple(lock or ()), tuple(drop or ()),
                _weights(weigh or []), tuple(free or ()),
            )  # fmt: skip
            answer = engine.keywords(person, top, edits)
            version = engine.shelf.keep(answer, edits)
        else:
            version = engine.shelf.keep(answer)
        changed = _changed(before[-1].content if before else [], answer) if diff else None
    rows = answer.table(detail)
    if explain is not None:
        rows = Table(_why(answer, explain), keyword_rows.PART)
    elif changed is not None:
        rows = changed
    elif left_out:
        told = [{"keyword": word, "reason": why} for word, why in answer.set.left_out]
        rows = Table(told, ("keyword", "reason"))
    if out_file:
        write(rows, out_file)
    elif as_json:
        print_json(rows.rows, started, portrait=person.name, version=version)
    elif explain or changed is not None or left_out:
        print_table(rows)
    else:
        _print_set(answer, version)


def _portrait(name: str) -> Portrait:
    if name.startswith("preset:"):
        return portraits.preset(name.removeprefix("preset:"))
    return portraits.read(Path(name))


def _weights(pairs: Sequence[str]) -> dict[str, float]:
    found = {}
    for pair in pairs:
        word, _, value = pair.rpartition("=")
        try:
            found[word] = float(value)
        except ValueError as error:
            raise BadOption(f"'{pair}' is no weight", "write --weigh 面霜=0.1") from error
    return found


def _why(answer: KeywordAnswer, word: str) -> list[keyword_rows.Row]:
    found = next((k for k in answer.set.keywords if fold_key(k.keyword) == fold_key(word)), None)
    if found is None:
        reason = dict(answer.set.left_out).get(fold_key(word))
        raise NotFound(
            f"'{word}' is not in the set" + (f" ({reason})" if reason else ""),
            "take one that the set shows, or ask for more with --top",
        )
    fight = next(f for f in answer.battle.fights if f.keyword == found.keyword)
    return [*keyword_rows.why_keyword(found), *keyword_rows.why_fight(fight)]


def _changed(before: Sequence[keyword_rows.Row], answer: KeywordAnswer) -> Table:
    old = {row["keyword"]: row["weight"] for row in before}
    new = {row["keyword"]: row["weight"] for row in answer.table()}
    columns = ("keyword", "change", "before", "after")
    rows = [dict(zip(columns, row, strict=True)) for row in differences(old, new)]
    return Table(rows, columns)


def _print_history(versions: Sequence[Any], started: float, as_json: bool) -> None:
    rows = [
        {"version": v.version, "created_at": v.created_at, "keywords": len(v.content)}
        for v in versions
    ]
    if as_json:
        print_json(rows, started)
    else:
        print_table(Table(rows, ("version", "created_at", "keywords")))


def _print_set(answer: KeywordAnswer, version: int) -> None:
    known = answer.set
    brought = "  ".join(f"{trait.word} {count}" for trait, count in known.traits)
    out.print(
        f"[bold]{known.portrait.name}[/]  set {version} · {known.affine} notes read", markup=True
    )
    out.print(f"[dim]notes a word brought: {brought}[/]")
    print_fights(answer.battle.fights, [k.keyword for k in known.keywords if k.locked])
    missing = [trait.word for trait, count in known.traits if not count]
    if missing:
        out.print(f"[yellow]no note for: {'、'.join(missing)}[/]")
    out.print(
        "[dim]--explain WORD tells where a figure is from; --out set.xlsx writes all columns[/]"
    )
