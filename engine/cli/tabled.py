"""Keyword lists in, tables out: what the commands about keywords share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli import show
from engine.cli.app import err, out, print_json
from engine.engine import Engine
from engine.errors import NotFound
from engine.formats.keywords import KeywordLine, read_keyword_file
from engine.insight.insights import Fight
from engine.rows.table import Table

OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write the rows to FILE.csv, .xlsx or .jsonl.")
]
ListArgument = Annotated[
    str,
    typer.Argument(
        metavar="KEYWORDS", help="A txt, csv, xlsx, toml or json list, or a stored set."
    ),
]
WhyOption = Annotated[
    str | None, typer.Option("--explain", help="Where the figures of this keyword come from.")
]


def keyword_list(engine: Engine, name: str) -> list[KeywordLine]:
    """A keyword file, or the set that is kept under a portrait's name."""
    if Path(name).is_file():
        listed = read_keyword_file(Path(name))
        for remark in listed.remarks():
            err.print(f"{name}: {remark}", style="yellow", markup=False)
        return list(listed.lines)
    kept = engine.shelf.sets(name)
    if not kept:
        raise NotFound(
            f"no file and no kept set '{name}'",
            "give a csv, xlsx, toml or json list, or the name of a portrait whose set was derived",
        )
    return [
        KeywordLine(row["keyword"], row["weight"], row["kind"], row["intent"])
        for row in kept[-1].content
    ]


def names(text: str) -> list[str]:
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]


def answer(table: Table, file: Path | None, started: float, as_json: bool, **meta: Any) -> None:
    """A table as a file, as the envelope with `meta`, or printed."""
    if file:
        write(table, file)
    elif as_json:
        print_json(table.rows, started, **meta)
    else:
        print_table(table)


def write(table: Table, file: Path) -> None:
    count = table.write(file)
    out.print(f"{file}: {count:,} rows")


def print_table(table: Table) -> None:
    if not table.rows:
        out.print("Nothing.")
        return
    show.table("", table.columns, [[shown(row[name]) for name in table.columns] for row in table])


def print_fights(fights: Sequence[Fight], locked: Sequence[str] | None = None) -> None:
    """Fights as a table; with `locked` they are those of a set, which tells where each is from."""
    of_set = locked is not None
    rows = [
        (
            one.keyword + (" (locked)" if one.keyword in (locked or ()) else ""),
            one.kind,
            one.intent,
            f"{one.weight:.3f}",
            shown(one.fight.demand),
            shown(one.fight.supply),
            whole(one.fight.incumbents.difficulty),
            whole(one.fight.score),
            *([_from(one)] if of_set else [whole(one.fight.incumbents.velocity), _age(one)]),
        )
        for one in fights
    ]
    last = ("from",) if of_set else ("velocity", "age, days")
    columns = ("keyword", "kind", "intent", "weight", "demand", "supply", "difficulty",
               "opportunity", *last)  # fmt: skip
    show.table("", columns, rows)
    if any(one.fight.demand is None for one in fights):
        out.print(
            "[dim]? is unknown: demand comes from a 聚光 export (`noterank import`)."
            " `--detail` has velocity, interactions a day of the incumbents, as a proxy[/]"
        )


def _age(one: Fight) -> str:
    return whole(one.fight.incumbents.age)


def _from(one: Fight) -> str:
    """The first thing that its provenance says."""
    first = one.provenance.partition(" · ")[0].partition("、")[0]
    return first.replace("画像原词", "画像")


def print_totals(totals: Table) -> None:
    """Sums over all keywords: the columns that fit a terminal."""
    columns = (
        "brand",
        "pages",
        "share",
        "share_organic",
        "share_declared",
        "authors",
        "top3",
        "top10",
    )
    rows = [[shown(row[name]) for name in columns] for row in totals]
    show.table("all keywords, by weight", columns, rows)


def shown(value: Any) -> str:
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def whole(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f}"
