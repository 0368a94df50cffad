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
    out,
    print_answer,
)
from engine.cli.notes import progress_bar
from engine.cli.tabled import OutOption, print_columns, write
from engine.engine import Engine
from engine.insight.observed import read_observed
from engine.rows.column import Row
from engine.rows.trust_rows import verdict
from engine.usecases import trust as asking
from engine.usecases.limits import moment
from engine.usecases.search import sort_of
from engine.usecases.trust import STORED, TrustQuestion

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
    question = _question(observed, sort, now, trust_sort)
    with Engine.open(library, rules) as engine:
        with progress_bar("comparing pages", len(question.observed.pages)) as tick:
            answered = asking.fidelity(engine, question, tick)
        label = engine.rule_set.label
    if out_file:
        write(answered.table, out_file)
    elif as_json:
        print_answer(answered, started)
    else:
        print_columns(answered.table, answered.table.columns, f"{label} against observed pages")
        _print_orders(answered.meta["orders"])
        _print_left_out(answered.meta["left_out"], answered.value.missing)


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
    question = _question(observed, sort, now, trust_sort)
    with Engine.open(library, rules) as engine:
        before = engine.rule_set.label
        with progress_bar("fitting to pages", len(question.observed.pages)) as tick:
            answered = asking.calibrate(engine, question, not dry_run, tick)
        path = engine.library.rules if answered.meta["kept"] else None
    if as_json:
        print_answer(answered, started, written=str(path) if path else None)
        return
    title = f"{before} → {answered.value.rules.label}"
    print_columns(answered.table, answered.table.columns, title)
    out.print(verdict(answered.value))
    out.print(f"{path}: the library's rules from now on" if path else "nothing was written")


def _question(
    observed: Path | None, sort: str | None, now: str | None, trust_sort: bool
) -> TrustQuestion:
    chosen = sort_of(sort) if sort else None
    pages = read_observed(observed, chosen, trust_sort) if observed else STORED
    return TrustQuestion(pages, moment(now), trust_sort)


def _print_orders(rows: Sequence[Row]) -> None:
    columns = ("order", "Kendall tau", "RBO", "nDCG")
    lines = [
        (row["order"], *(f"{row[m]:.3f} [{row[f'{m}_low']:.3f}, {row[f'{m}_high']:.3f}]"
                         for m in ("tau", "rbo", "ndcg")))
        for row in rows
    ]  # fmt: skip
    show.table("means over keywords, with 95 % intervals", columns, lines)


def _print_left_out(reasons: Sequence[str], missing: int) -> None:
    if missing:
        out.print(f"[yellow]![/] {missing:,} observed notes are not in the library: left out")
    for reason in reasons:
        out.print(f"[yellow]![/] left out: {reason}")
