"""verify, rebuild, export, evaluate: keeping a library, taking it elsewhere, judging it."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, NoReturn

import numpy as np
import typer
from rich.progress import Progress

from engine.cli import show
from engine.cli.app import JsonOption, LibraryOption, RulesOption, app, err, out, print_json
from engine.engine import Engine
from engine.errors import BadOption, DamagedIndex
from engine.index.compare import Comparison
from engine.insight.evaluate import USUAL, Evaluation, compare
from engine.insight.judged import Judged, evaluate_corpus, evaluate_searcher
from engine.ranking import ruleset
from engine.rows.search_rows import NOTE_COLUMNS, note_row
from engine.rows.table_files import FORMATS, write_table
from engine.rows.trust_rows import evaluation_rows
from engine.text import lexicon as lexicons
from engine.text.segment import Segmenter

_SEED = 20260101  # of the bootstrap: same input, same interval


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
        engine.refresh()
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
    with Engine.open(library) as engine, _bar() as bar:
        task = bar.add_task("index", total=1.0)
        notes = engine.rebuild(lambda share: bar.update(task, completed=share))
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
    judged = Judged.read(queries, qrels)
    names = [rules or ruleset.DEFAULT, *([against] if against else [])]
    found = _evaluations(judged, corpus, library, names, tuple(metric or USUAL), rules)
    rows = evaluation_rows(found[0])
    if per_query:
        rows += _per_query(found[0])
    differences = compare(found[0], found[1], np.random.default_rng(_SEED)) if against else []
    if as_json:
        print_json(rows, started, rule_set=names[0], comparison=[asdict(d) for d in differences])
        return
    show.table("", ("metric", "value", "queries"), [tuple(row.values())[:3] for row in rows])
    if differences:
        columns = tuple(asdict(differences[0]))
        lines = [tuple(asdict(difference).values()) for difference in differences]
        show.table(f"{against} minus {names[0]}", columns, lines)


def _evaluations(
    judged: Judged,
    corpus: Path | None,
    library: Path,
    names: list[str],
    measures: tuple[str, ...],
    rules: str | None,
) -> list[Evaluation]:
    if corpus is None:
        found = []
        for name in [rules, *names[1:]]:
            with Engine.open(library, name) as engine:
                engine.refresh()
                found.append(evaluate_searcher(judged, engine.searcher(), measures))
        return found
    segmenter = Segmenter(lexicons.load(library / "lexicon"))
    rule_sets = [ruleset.load(name) for name in names]
    with err.status("reading the corpus") as status:
        return evaluate_corpus(
            judged,
            corpus,
            segmenter,
            rule_sets,
            measures,
            lambda done: status.update(f"{done:,} texts analysed"),
        )


def _per_query(evaluation: Evaluation) -> list[dict[str, object]]:
    return [
        {"metric": f"{name}:{query_id}", "value": value, "queries": 1}
        for name, values in evaluation.values.items()
        for query_id, value in zip(evaluation.query_ids, values, strict=True)
    ]


def _bar() -> Progress:
    return Progress(console=err, transient=True, disable=not err.is_terminal)
