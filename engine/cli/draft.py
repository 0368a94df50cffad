"""draft: where a draft would stand before it is published, and the edits that move it most."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
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
)
from engine.cli.notes import progress_bar
from engine.cli.tabled import SHOWN, OutOption, answer, keyword_list, print_more
from engine.engine import Engine
from engine.errors import BadFile
from engine.ingest.draft_files import read_draft
from engine.insight.advise import Advice
from engine.insight.draft import DraftAnswer, Placed
from engine.model import Count
from engine.rows import draft_rows
from engine.rows.note_rows import NOTE_COLUMNS, note_row
from engine.rows.table_files import write_table
from engine.text.normalise import fold_key
from engine.usecases import drafts as asking
from engine.usecases.drafts import DraftQuestion
from engine.usecases.limits import EDITS, moment, within


@app.command()
def draft(
    file: Annotated[str, typer.Argument(help="DRAFT.md or .json; - reads standard input.")],
    library: LibraryOption,
    keywords: Annotated[
        str, typer.Option("--keywords", help="A keyword file, or the name of a kept set.")
    ],
    advise: Annotated[int, typer.Option(help="So many edits that move it most, 1 to 20.")] = 0,
    own: Annotated[str, typer.Option(help="Own brands; else those that the draft names.")] = "",
    fans: Annotated[int | None, typer.Option(help="Fans of the author, for scenarios.", min=0)] = (
        None
    ),
    banned: Annotated[Path | None, typer.Option(help="A list of words not to use, one a line.")] = (
        None
    ),
    explain: Annotated[
        str | None, typer.Option(help="A keyword: its parts beside the note above.")
    ] = None,
    scenarios: Annotated[bool, typer.Option(help="What engagement the ranges rest on.")] = False,
    as_note: Annotated[
        Path | None, typer.Option(help="Write the note that was placed, to import it (.jsonl).")
    ] = None,
    out_file: OutOption = None,
    rules: RulesOption = None,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where a draft would stand for each keyword of a set, before it is published.

    Markdown: the first heading is the title, `#tag` are tags, the rest is the body. JSON may also
    state counts, fans, author and time. Without counts it is placed as just published; the range
    covers low, median and high engagement at day 1, 7 and 30 of this library's notes of the
    author's tier. Nothing is written to the library. Import the file of `--as-note`, and the note
    takes the very places.

    Examples:

    - `noterank draft draft.md --keywords set.csv --own 沐禾集`

    - `noterank draft draft.md --keywords 敏感肌通勤白领 --advise 3`

    - `noterank draft draft.json --keywords set.csv --explain 敏感肌面霜`
    """
    started = time.perf_counter()
    if advise:
        within("edits", advise, 1, EDITS)
    note = read_draft(file)
    if fans is not None:
        note = replace(note, fans=Count(fans))
    with Engine.open(library, rules) as engine:
        lines, at = keyword_list(engine, keywords), moment(now)
        if explain is not None:
            answer(asking.beside(engine, note, explain, at), out_file, started, as_json)
            return
        question = DraftQuestion(note, lines, own, _banned(banned) if banned else (), at)
        with progress_bar("placing", len(lines)) as tick:
            ranked = asking.rank(engine, question, tick)
        edits: Sequence[Advice] = ()
        table, meta = ranked.table, ranked.meta
        if advise:
            with progress_bar("trying edits", len(lines)) as tick:
                advised = asking.advise(engine, question, advise, tick)
            edits, table, meta = advised.value, advised.table, {**meta, **advised.meta}
    if as_note:
        write_table([note_row(ranked.value.note)], NOTE_COLUMNS, as_note, "jsonl")
    if scenarios:
        table = draft_rows.scenario_table(ranked.value.scenarios)
    if out_file or as_json or scenarios:
        answer(table, out_file, started, as_json, **meta)
        return
    print_draft(ranked.value)
    if advise:
        print_advice(edits)


def print_draft(draft: DraftAnswer) -> None:
    """Places, what they are worth together, and the editor's checks."""
    columns = ("keyword", "weight", "range", "position", "of", "matched", "displaces")
    show.table("", columns, [_place(placed) for placed in draft.placed[:SHOWN]])
    print_more(len(draft.placed) - SHOWN)
    least, most = draft.range
    whole = f"expected attention {draft.attention:.4f}"
    out.print(f"{whole} of 1, {least:.4f} to {most:.4f} over scenarios")
    for before, after in zip(draft.before, draft.after, strict=True):
        out.print(f"share of voice of {before.brand}: {before.share:.4f} → {after.share:.4f}")
    for word, note_id, place, later in draft.cannibals[:5]:
        out.print(f"[yellow]![/] {word}: own note {note_id} moves from {place} to {later or '51+'}")
    for check in draft.checks:
        if not check.kept:
            out.print(f"[yellow]![/] {check.check} {check.value} ({check.limit}): {check.note}")
    if not any(scenario.counts for scenario in draft.scenarios):
        out.print("[dim]no scenarios: too few notes of that tier with a known age (--scenarios)[/]")
    first, second, third = (f"{part:.0%}" for part in draft.saturation)
    out.print(f"[dim]a first mention in the body has {first} of a word's full weight, two {second},"
              f" three {third}: repeat nothing, add what is missing[/]")  # fmt: skip


def print_advice(edits: Sequence[Advice]) -> None:
    """Edits as sentences, with what they add up to."""
    if not edits:
        out.print("No edit raises it.")
    for number, edit in enumerate(edits, 1):
        out.print(f"{number}. {draft_rows.sentence(edit)}")
    if sum(edit.field != "split" for edit in edits) > 1:
        out.print(f"together: {draft_rows.together(edits) * 100:+.1f} points of attention")


def _place(placed: Placed) -> tuple[str, ...]:
    return (
        placed.keyword, f"{placed.weight:.3f}", _range(placed.low, placed.high),
        "—" if placed.position is None else str(placed.position), str(placed.of),
        draft_rows.matched(placed),
        placed.displaces or "",
    )  # fmt: skip


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return "—"
    return str(low) if low == high else f"{low}-{high}"


def _banned(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not UTF-8", "save it as UTF-8") from error
    return [line.strip() for line in lines if fold_key(line) and not line.startswith("#")]
