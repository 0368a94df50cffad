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
    moment,
    out,
)
from engine.cli.notes import progress_bar
from engine.cli.tabled import OutOption, answer, keyword_list, names
from engine.engine import Engine
from engine.errors import BadFile, BadOption, NotFound
from engine.ingest.draft_files import read_draft
from engine.insight.advise import Advice
from engine.insight.draft import DraftAnswer
from engine.insight.drafts import Drafts
from engine.model import Count, Note
from engine.rows import draft_rows
from engine.rows.search_rows import NOTE_COLUMNS, note_row
from engine.rows.table import Table
from engine.rows.table_files import write_table
from engine.text.normalise import fold_key

_MOST = 20  # edits
_SHOWN = 60  # rows that a terminal shows


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
    if not 0 <= advise <= _MOST:
        raise BadOption(f"advise is {advise}", f"use 1 to {_MOST}")
    note = read_draft(file)
    if fans is not None:
        note = replace(note, fans=Count(fans))
    with Engine.open(library, rules) as engine:
        lines = keyword_list(engine, keywords)
        drafts = engine.drafts(moment(now), note)
        if explain is not None:
            table = _beside(drafts, note, explain)
            answer(table, out_file, started, as_json)
            return
        words = _banned(banned) if banned else ()
        with progress_bar("placing", len(lines)) as tick:
            found = drafts.rank(note, lines, names(own), words, tick)
        edits: Sequence[Advice] = ()
        if advise:
            with progress_bar("trying edits", len(lines)) as tick:
                edits = drafts.advise(note, lines, advise, tick)
    if as_note:
        write_table([note_row(found.note)], NOTE_COLUMNS, as_note, "jsonl")
    if scenarios:
        answer(draft_rows.scenario_table(found.scenarios), out_file, started, as_json)
        return
    table = draft_rows.advice_table(edits) if advise else draft_rows.draft_table(found)
    if out_file or as_json:
        answer(table, out_file, started, as_json, **draft_rows.told(found))
        return
    print_draft(found)
    if advise:
        print_advice(edits)


def print_draft(found: DraftAnswer) -> None:
    """Places, what they are worth together, and the editor's checks."""
    rows = [
        (
            one.keyword,
            f"{one.weight:.3f}",
            _range(one.low, one.high),
            "—" if one.position is None else str(one.position),
            str(one.of),
            " ".join(f"{field}:{','.join(words)}" for field, words in one.matched.items()),
            one.displaces or "",
        )
        for one in found.placed[:_SHOWN]
    ]
    columns = ("keyword", "weight", "range", "position", "of", "matched", "displaces")
    show.table("", columns, rows)
    if len(found.placed) > _SHOWN:
        out.print(f"[dim]… and {len(found.placed) - _SHOWN:,} more: --out FILE.xlsx writes all[/]")
    least, most = found.range
    whole = f"expected attention {found.attention:.4f}"
    out.print(f"{whole} of 1, {least:.4f} to {most:.4f} over scenarios")
    for before, after in zip(found.before, found.after, strict=True):
        out.print(f"share of voice of {before.brand}: {before.share:.4f} → {after.share:.4f}")
    for word, note_id, place, later in found.cannibals[:5]:
        out.print(f"[yellow]![/] {word}: own note {note_id} moves from {place} to {later or '51+'}")
    for check in found.checks:
        if not check.kept:
            out.print(f"[yellow]![/] {check.check} {check.value} ({check.limit}): {check.note}")
    if not any(one.counts for one in found.scenarios):
        out.print("[dim]no scenarios: too few notes of that tier with a known age (--scenarios)[/]")
    one, two, three = (f"{part:.0%}" for part in found.saturation)
    out.print(f"[dim]a first mention in the body has {one} of a word's full weight, two {two}, "
              f"three {three}: repeat nothing, add what is missing[/]")  # fmt: skip


def print_advice(edits: Sequence[Advice]) -> None:
    """Edits as sentences, with what they add up to."""
    if not edits:
        out.print("No edit raises it.")
    for number, edit in enumerate(edits, 1):
        out.print(f"{number}. {draft_rows.sentence(edit)}")
    steps = [edit for edit in edits if edit.field != "split"]
    if len(steps) > 1:
        out.print(f"together: {sum(edit.gain for edit in steps) * 100:+.1f} points of attention")


def _range(low: int | None, high: int | None) -> str:
    if low is None:
        return "—"
    return str(low) if low == high else f"{low}-{high}"


def _beside(drafts: Drafts, note: Note, word: str) -> Table:
    mine, above = drafts.beside(note, word)
    if not mine[0]:
        raise NotFound(f"the draft matches nothing of '{word}'", "see `--advise`")
    return draft_rows.beside_table(mine, above)


def _banned(path: Path) -> list[str]:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not UTF-8", "save it as UTF-8") from error
    return [line.strip() for line in lines if fold_key(line) and not line.startswith("#")]
