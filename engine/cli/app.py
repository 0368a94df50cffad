"""The command line itself: options that all commands share, errors, and the JSON envelope."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from engine.cli.commands import Commands
from engine.errors import BadOption, NoterankError
from engine.library import default_folder
from engine.model import CHINA, SORTS, Sort

if TYPE_CHECKING:
    from engine.rows.search_rows import Row

app = typer.Typer(
    cls=Commands,
    name="noterank",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@app.callback()
def noterank() -> None:
    """Note search and keyword SEO for Chinese notes: what ranks, and why."""


out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)

LibraryOption = Annotated[
    Path,
    typer.Option(
        "--library",
        help="The library's folder.",
        default_factory=default_folder,
        show_default="$NOTERANK_LIBRARY, else ./library",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the API's JSON envelope.")]
RulesOption = Annotated[
    str | None,
    typer.Option("--rules", help="relevance, balanced, ces, or a TOML file of your own."),
]
NowOption = Annotated[
    str | None,
    typer.Option("--now", help="Count ages from this moment. [default: the latest capture]"),
]


def main() -> None:
    """Run a command: exit 0 done, 1 refused with one line and a cure, 2 usage, 130 interrupted."""
    try:
        app()
    except NoterankError as error:
        _refused(f"{error.problem}; {error.cure}")
    except KeyboardInterrupt:
        err.print("noterank: stopped; what was stored stays", style="yellow")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _refused(f"{place}{error.strerror or error}; check the path, its rights and the disk")


def _refused(line: str) -> NoReturn:
    err.print(f"noterank: {line}", style="red", markup=False, soft_wrap=True)
    sys.exit(1)


def moment(text: str | None) -> datetime | None:
    """An ISO date or time of the command line; without an offset it is +08:00."""
    if text is None:
        return None
    try:
        known = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadOption(f"'{text}' is no date", "write 2026-10-31 or 2026-10-31T08:00") from error
    return known if known.tzinfo else known.replace(tzinfo=CHINA)


def sort_of(text: str) -> Sort:
    """A sort by name; BadOption for another word."""
    for sort in SORTS:
        if sort == text:
            return sort
    raise BadOption(f"no sort '{text}'", f"use one of {', '.join(SORTS)}")


def print_json(rows: Sequence[Row], started: float, **meta: Any) -> None:
    """The API's envelope on standard output."""
    import orjson

    took = round((time.perf_counter() - started) * 1000, 1)
    total = meta.pop("total", len(rows))
    envelope = {"data": rows, "meta": {"total": total, **meta, "took_ms": took}}
    text = orjson.dumps(envelope, option=orjson.OPT_INDENT_2)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()
