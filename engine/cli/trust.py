"""fidelity, calibrate: how far to trust the order, and weights fitted to pages really observed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
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
    out,
    print_json,
    sort_of,
)
from engine.cli.notes import progress_bar
from engine.cli.tabled import OutOption, shown, write
from engine.engine import Engine
from engine.errors import BadInput
from engine.insight.observed import Observed, read_observed, stored_pages
from engine.rows import trust_rows

ObservedArgument = Annotated[
    Path | None,
    typer.Argument(help="Pages really seen: keyword, position, note. [default: the library's own]"),
]
SortOption = Annotated[
    str | None, typer.Option(help="How a crawl was sorted, when its file does not say: general.")
]

TrustOption = Annotated[
    bool,
    typer.Option("--trust-sort", help="Use pages declared general whose likes or dates fall, too."),
]


@app.command()
def fidelity(
    library: LibraryOption,
    observed: ObservedArgument = None,
    sort: SortOption = None,
    trust_sort: TrustOption = False,
    out_file: OutOption = None,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """How far to trust the order: its agreement with pages really observed, per keyword.

    A file with keyword, position, note (and captured_at, sort, filters), a rank-aware export, or a
    crawl whose order is the page's. Kendall's tau-b, rank-biased overlap and nDCG, beside the order
    by likes, by time, by BM25 alone and by chance; 95 % intervals by bootstrap over keywords.

    Trust is by the lower end of tau: high from 0.4, medium from 0.1; unknown below 5 notes.

    Examples:

    - `noterank fidelity corpus/observed_pages.csv`

    - `noterank fidelity pages.csv --rules ces --out trust.xlsx`

    - `noterank fidelity search_contents_2026-01-01.jsonl --sort general`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        pages = _pages(engine, observed, sort, trust_sort)
        with progress_bar("comparing pages", len(pages.pages)) as tick:
            found = engine.fidelity(pages.pages, moment(now), tick)
    table, orders = trust_rows.fidelity_table(found), trust_rows.orders_table(found)
    if out_file:
        write(table, out_file)
    elif as_json:
        print_json(
            table.rows, started, rule_set=engine.rule_set.label, orders=orders.rows,
            missing=found.missing, left_out=list(pages.left_out),
        )  # fmt: skip
    else:
        rows = [[shown(row[name]) for name in table.columns] for row in table]
        show.table(f"{engine.rule_set.label} against observed pages", table.columns, rows)
        _print_orders(orders.rows)
        _print_left_out(pages, found.missing)


@app.command()
def calibrate(
    library: LibraryOption,
    observed: ObservedArgument = None,
    sort: SortOption = None,
    trust_sort: TrustOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fit field boosts, k1, b and rule weights to observed pages; keep them only if better.

    Five times four fifths of the keywords are learnt from and the rest is held out; the figure is
    the engine's own on what was held out. When it is better beyond its interval, the fit on all
    pages becomes the library's rules.toml, and the one before is kept beside it.

    Examples: `noterank calibrate pages.csv --dry-run` · `noterank calibrate pages.csv`
    """
    started = time.perf_counter()
    with Engine.open(library, rules) as engine:
        pages = _pages(engine, observed, sort, trust_sort)
        with progress_bar("fitting to pages", len(pages.pages)) as tick:
            found = engine.calibrate(pages.pages, moment(now), tick)
        said = trust_rows.verdict(found)
        path = None
        if found.better and not dry_run:
            path = engine.keep_rules(found.rules, f"Fitted to observed pages.\n{said}")
    table = trust_rows.change_table(found)
    if as_json:
        known = {**trust_rows.calibrated(found), "written": str(path) if path else None}
        print_json(table.rows, started, **known)
        return
    rows = [[shown(row[name]) for name in table.columns] for row in table]
    show.table(f"{engine.rule_set.label} → {found.rules.label}", table.columns, rows)
    out.print(said)
    out.print(f"{path}: the library's rules from now on" if path else "nothing was written")


def _pages(engine: Engine, observed: Path | None, sort: str | None, trust_sort: bool) -> Observed:
    if observed is not None:
        return read_observed(observed, sort_of(sort) if sort else None, trust_sort)
    found = stored_pages(engine.store, trust_sort)
    if not found.pages:
        why = "; ".join(found.left_out) or "no import had places"
        raise BadInput(
            f"the library has observed no general page ({why})",
            "give a file: `noterank fidelity pages.csv`",
        )
    return found


def _print_orders(rows: Sequence[trust_rows.Row]) -> None:
    columns = ("order", "Kendall tau", "RBO", "nDCG")
    lines = [
        (row["order"], *(f"{row[m]:.3f} [{row[f'{m}_low']:.3f}, {row[f'{m}_high']:.3f}]"
                         for m in ("tau", "rbo", "ndcg")))
        for row in rows
    ]  # fmt: skip
    show.table("means over keywords, with 95 % intervals", columns, lines)


def _print_left_out(pages: Observed, missing: int) -> None:
    if missing:
        out.print(f"[yellow]![/] {missing:,} observed notes are not in the library: left out")
    for reason in pages.left_out:
        out.print(f"[yellow]![/] left out: {reason}")
