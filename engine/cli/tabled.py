"""Keyword lists in, tables out: what the commands about keywords share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.cli import show
from engine.cli.app import err, out, print_json
from engine.engine import Engine
from engine.formats.keywords import KeywordLine, read_keyword_file
from engine.insight.opportunity_of_keywords import KeywordOpportunity
from engine.rows.table import Table
from engine.usecases.lists import saved_lines

SHOWN = 60  # rows that a terminal shows
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
    path = Path(name)
    if not path.is_file():
        return saved_lines(engine, name)
    listed = read_keyword_file(path)
    for remark in listed.remarks():
        err.print(f"{name}: {remark}", style="yellow", markup=False)
    return list(listed.lines)


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
    print_columns(table, table.columns)


def print_columns(table: Table, names: Sequence[str], title: str = "", most: int = 0) -> None:
    """Some columns of a table; with `most` so many rows, and how many there are besides."""
    cells = [[shown(value) for value in row] for row in table.cells(names)]
    show.table(title, names, cells[:most] if most else cells)
    print_more(len(cells) - most if most else 0)


def print_more(count: int) -> None:
    """How many rows are not shown."""
    if count > 0:
        out.print(f"[dim]… and {count:,} more: --out FILE.xlsx writes all[/]")


def print_opportunities(
    keywords: Sequence[KeywordOpportunity], locked: Sequence[str] | None = None
) -> None:
    """Keywords with what stands against them; with `locked` they are those of a set, which tells
    where each is from."""
    of_set = locked is not None
    rows = [
        (
            each.keyword + (" (locked)" if each.keyword in (locked or ()) else ""),
            each.kind,
            each.intent,
            f"{each.weight:.3f}",
            shown(each.opportunity.demand),
            shown(each.opportunity.supply),
            whole(each.opportunity.incumbents.difficulty),
            whole(each.opportunity.score),
            *([_source(each)] if of_set else _pace(each)),
        )
        for each in keywords
    ]
    last = ("from",) if of_set else ("velocity", "age, days")
    columns = ("keyword", "kind", "intent", "weight", "demand", "supply", "difficulty",
               "opportunity", *last)  # fmt: skip
    show.table("", columns, rows)
    if any(each.opportunity.demand is None for each in keywords):
        out.print(
            "[dim]? is unknown: demand comes from a 聚光 export (`noterank import`)."
            " `--detail` has velocity, interactions a day of the incumbents, as a proxy[/]"
        )


def _pace(keyword: KeywordOpportunity) -> list[str]:
    return [
        whole(keyword.opportunity.incumbents.velocity),
        whole(keyword.opportunity.incumbents.age),
    ]


def _source(keyword: KeywordOpportunity) -> str:
    """The first thing that its provenance says."""
    first = keyword.provenance.partition(" · ")[0].partition("、")[0]
    return first.replace("画像原词", "画像")


def print_totals(totals: Table) -> None:
    """Sums over all keywords: the columns that fit a terminal."""
    columns = ("brand", "pages", "share", "share_organic", "share_declared", "authors", "top3",
               "top10")  # fmt: skip
    print_columns(totals, columns, "all keywords, by weight")


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
