"""imports, undo, tidy: what came in, taking it back, letting go what is old."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Annotated

import typer

from engine.cli.app import JsonOption, LibraryOption, NowOption, app, moment, out, print_json
from engine.engine import Engine
from engine.model import CHINA
from engine.rows.import_rows import EFFECTS, imported_row, tidied_row, undone_row
from engine.rows.search_rows import Row


@app.command()
def imports(library: LibraryOption, as_json: JsonOption = False) -> None:
    """What came in and what it did: file, hash, time, rows, effects.

    Example: `noterank imports --library ./library`
    """
    started = time.perf_counter()
    with Engine.open(library) as engine:
        rows = [imported_row(imported) for imported in engine.imports()]
    if as_json:
        print_json(rows, started)
        return
    for row in rows:
        done = [f"{row[name]:,} {name}" for name in EFFECTS if row[name]]
        when = f"{row['imported_at'] or 'earlier':.16}"
        line = f"{row['import_id']:>4}  {row['path']}  {when}  {row['rows']:,} rows"
        out.print(f"{line}: {', '.join(done) or 'none kept'}{_state(row)}", markup=False)
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
        row = undone_row(engine.undo(number))
    if as_json:
        print_json([row], started)
    else:
        out.print(
            f"{library}: import {number} ({row['path']}) is taken back: {row['removed']:,} notes"
            f" gone, {row['restored']:,} as the other imports have them"
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
        row = tidied_row(engine.tidy(moment(now) or datetime.now(CHINA), drop=not dry_run))
    if as_json:
        print_json([row], started, dry_run=dry_run)
        return
    said = [f"{value:,} {_SAID[name]}" for name, value in row.items() if name in _SAID and value]
    verb = "would go" if dry_run else "went"
    out.print(f"{library}: {verb}: " + (" · ".join(said) or "nothing"))


_SAID = {
    "journals": "journals of imports",
    "rejected_files": "files of rejected rows",
    "rejected_rows": "rejected rows",
    "counts": "counts of old days",
    "jobs": "ended jobs",
    "bytes": "bytes of files",
}
