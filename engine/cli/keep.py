"""verify, rebuild, export, evaluate: keeping a library, taking it elsewhere, judging it."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from engine.cli import show
from engine.cli.app import (
    JsonOption,
    LibraryOption,
    RulesOption,
    app,
    err,
    out,
    print_answer,
    print_json,
)
from engine.cli.notes import progress_bar
from engine.engine import Engine
from engine.errors import BadOption, DamagedIndex
from engine.index.compare import Comparison
from engine.insight.evaluate import USUAL
from engine.rows.note_rows import NOTE_COLUMNS, note_row
from engine.rows.table_files import FORMATS, write_table
from engine.usecases import evaluate as judging
from engine.usecases.evaluate import EvaluateQuestion


@app.command()
def verify(
    library: LibraryOption,
    scores: Annotated[
        bool, typer.Option("--scores", help="Hold scores of sampled queries against rank_bm25.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read every stored byte of notes and index and say whether it is what was written.

    Examples: `noterank verify --library ./library` · `noterank verify --scores`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        engine.ready()
        notes, files = engine.verify()
        compared = engine.verify_scores() if scores else None
    if compared and not compared.equal:
        _differ(compared)
    row: dict[str, object] = {"notes": notes, "index_files": files, "sound": True}
    if as_json:
        print_json([row | (asdict(compared) if compared else {})], started)
        return
    out.print(f"{library}: {notes:,} notes and {files} index files are sound")
    if compared:
        out.print(
            f"{compared.scores:,} scores of {compared.queries} queries are those of rank_bm25, "
            f"the largest relative difference {compared.largest_difference:.1e}"
        )


def _differ(compared: Comparison) -> NoReturn:
    raise DamagedIndex(
        f"of {compared.scores:,} scores some are not those of rank_bm25: "
        f"relative difference {compared.largest_difference:.1e} for '{compared.query}'",
        "run `noterank rebuild`; if it stays, report it with the words",
    )


@app.command()
def rebuild(library: LibraryOption, as_json: JsonOption = False) -> None:
    """Make the index again from notes.db, after a changed lexicon or a damaged file.

    Example: `noterank rebuild`
    """
    started = time.perf_counter()
    with (
        Engine.open(library) as engine,
        progress_bar("indexing") as tick,
    ):
        notes = engine.rebuild(tick)
    if as_json:
        print_json([{"notes": notes}], started)
    else:
        out.print(f"{library}: {notes:,} notes indexed anew")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="notes.csv, .xlsx, .jsonl or .sqlite")],
    library: LibraryOption,
    kind: Annotated[
        str | None, typer.Option("--format", help=f"{' | '.join(FORMATS)}; else by the ending.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """All notes as one table, with floors and precision of counts beside them.

    Examples: `noterank export notes.xlsx` · `noterank export notes.csv`
    """
    started = time.perf_counter()
    chosen = kind or {".db": "sqlite"}.get(file.suffix, file.suffix.lstrip("."))
    if chosen not in FORMATS:
        raise BadOption(f"no format '{chosen}'", f"use {', '.join(FORMATS)}")
    with Engine.open(library) as engine:
        count = write_table(map(note_row, engine.notes()), NOTE_COLUMNS, file, chosen)
    if as_json:
        print_json([{"path": str(file), "format": chosen, "notes": count}], started)
    else:
        out.print(f"{file}: {count:,} notes")


@app.command()
def evaluate(
    queries: Annotated[Path, typer.Argument(help="BEIR queries.jsonl, or TREC topics.")],
    qrels: Annotated[Path, typer.Argument(help="BEIR or TREC judgments.")],
    library: LibraryOption,
    corpus: Annotated[
        Path | None,
        typer.Option(help="BEIR corpus.jsonl to judge on; else the library's own notes."),
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help=f"May be repeated. [default: {', '.join(USUAL)}]")
    ] = None,
    rules: RulesOption = None,
    against: Annotated[
        str | None, typer.Option(help="A second rule set: paired comparison, it minus the first.")
    ] = None,
    per_query: Annotated[bool, typer.Option(help="The value of every query besides.")] = False,
    as_json: JsonOption = False,
) -> None:
    """nDCG, MRR, recall on judged queries (ideal cut at k, linear gain), several at once.

    Examples:

    - `noterank evaluate queries.jsonl qrels.tsv --corpus corpus.jsonl`

    - `noterank evaluate queries.tsv qrels.txt --rules balanced --against ces`
    """
    started = time.perf_counter()
    question = EvaluateQuestion(
        queries, qrels, corpus, tuple(metric or USUAL), rules, against, per_query
    )
    with err.status("reading the queries") as status:
        answered = judging.evaluate(
            library, question, lambda done: status.update(f"{done:,} texts analysed")
        )
    if as_json:
        print_answer(answered, started)
        return
    show.table("", answered.table.columns, answered.table.cells())
    comparison = answered.meta["comparison"]
    if comparison:
        title = f"{against} minus {answered.meta['rule_set']}"
        show.table(title, tuple(comparison[0]), [tuple(row.values()) for row in comparison])
