"""The command line itself: options that all commands share, errors, and the JSON envelope."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console

from engine.cli.commands import Commands
from engine.errors import BadFile, NoterankError
from engine.library import default_folder

if TYPE_CHECKING:
    from engine.rows.column import Row
    from engine.usecases.answer import Answer

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
        _refuse(error)
    except KeyboardInterrupt:
        err.print("noterank: stopped; what was stored stays", style="yellow")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        cure = "check the path, its rights and the disk"
        _refuse(BadFile(f"{place}{error.strerror or error}", cure))


def _refuse(error: NoterankError) -> NoReturn:
    """One line with the cure; with `--json` the problem document on standard output besides."""
    print_refusal(error)
    if "--json" in sys.argv:
        from engine.rows.meta import refusal

        _print_document(refusal(error))
    sys.exit(1)


def print_refusal(error: NoterankError) -> None:
    """What is wrong and what to do, on a line of standard error."""
    line = f"noterank: {error.problem}; {error.cure}"
    err.print(line, style="red", markup=False, soft_wrap=True)


def print_answer(answered: Answer[Any], started: float, **meta: Any) -> None:
    """The answer of a use case as the API's envelope, with more of `meta`."""
    print_json(answered.table.rows, started, **{**answered.meta, **meta})


def print_json(rows: Sequence[Row], started: float, **meta: Any) -> None:
    """The API's envelope on standard output."""
    took = round((time.perf_counter() - started) * 1000, 1)
    whole: dict[str, Any] = {"total": len(rows), "limit": None, "offset": 0, "next": None}
    whole |= meta | {"took_ms": took}
    _print_document({"data": rows, "meta": whole})


def _print_document(document: object) -> None:
    import orjson

    print_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))


def print_bytes(line: bytes) -> None:
    """A line on standard output, whatever its encoding."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()
