"""imports, undo, tidy: what came in, taking it back, letting go what is old."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated

import typer

from engine.cli.app import JsonOption, LibraryOption, NowOption, app, out, print_answer
from engine.engine import Engine
from engine.model import CHINA
from engine.rows.column import Row
from engine.rows.import_rows import EFFECTS
from engine.usecases import tidy as tidying
from engine.usecases.imports import list_imports, undo_import
from engine.usecases.limits import moment


@app.command()
def imports(library: LibraryOption, as_json: JsonOption = False) -> None:
    """What came in and what it did: file, hash, time, rows, effects.

    Example: `noterank imports --library ./library`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        answered = list_imports(engine)
    if as_json:
        print_answer(answered, started)
        return
    for row in answered.table:
        effects = [f"{row[name]:,} {name}" for name in EFFECTS if row[name]]
        when = f"{row['imported_at'] or 'earlier':.16}"
        line = f"{row['import_id']:>4}  {row['path']}  {when}  {row['rows']:,} rows"
        out.print(f"{line}: {', '.join(effects) or 'none kept'}{_state(row)}", markup=False)
        out.print(f"      {row['format']} · {row['hash'][:16]}", style="dim", markup=False)


def _state(row: Row) -> str:
    if not row["finished"]:
        return " (interrupted: the same command goes on)"
    return "" if row["can_undo"] else " (cannot be undone)"


@app.command()
def undo(
    number: Annotated[int, typer.Argument(metavar="IMPORT", help="As `imports` numbers it.")],
    library: LibraryOption,
    as_json: JsonOption = False,
) -> None:
    """Take one import back exactly; later imports are kept.

    The library then says what it would say had it only seen the other imports, in their order.

    Example: `noterank undo 3`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        answered = undo_import(engine, number)
    if as_json:
        print_answer(answered, started)
        return
    undone = answered.value
    out.print(
        f"{library}: import {number} ({undone.imported.path}) is taken back:"
        f" {undone.removed:,} notes gone, {undone.restored:,} as the other imports have them"
    )


@app.command()
def tidy(
    library: LibraryOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    now: NowOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let go what the keeping policy no longer keeps, and say what.

    Kept: journals of the newest 50 imports (older ones can no longer be undone), rejected rows and
    files 90 days, ended jobs 30 days, counts of each day for 400 days, then the last of a month.

    Example: `noterank tidy --dry-run`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        answered = tidying.tidy(engine, moment(now) or datetime.now(CHINA), drop=not dry_run)
    if as_json:
        print_answer(answered, started)
        return
    (row,) = answered.table
    parts = [f"{row[name]:,} {text}" for name, text in _SHOWN.items() if row[name]]
    verb = "would go" if dry_run else "went"
    out.print(f"{library}: {verb}: " + (" · ".join(parts) or "nothing"))


_SHOWN = {
    "journals": "journals of imports",
    "rejected_files": "files of rejected rows",
    "rejected_rows": "rejected rows",
    "counts": "counts of old days",
    "jobs": "ended jobs",
    "bytes": "bytes of files",
}
