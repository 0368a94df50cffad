"""keys: who may ask a served library, and who may change it."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from api.keys import ROLES, Keys
from engine.cli import show
from engine.cli.app import JsonOption, LibraryOption, app, out, print_json
from engine.library import Library

keys = typer.Typer(help="Keys for HTTP: with one, `serve` asks for it and may leave this machine.")
app.add_typer(keys, name="keys")


@keys.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Who will hold it: grafana, lin.")],
    library: LibraryOption,
    role: Annotated[str, typer.Option(help=" | ".join(ROLES))] = "read",
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it, this once; the library keeps only its hash.

    Example: `noterank keys add grafana --role read`
    """
    started = time.perf_counter()
    Library(library).demand()
    secret = Keys(library).add(name, role)
    if as_json:
        print_json([{"name": name, "role": role, "key": secret}], started)
    else:
        out.print(f"{secret}\n[dim]write it down: it is not shown again[/]", soft_wrap=True)


@keys.command("list")
def list_(library: LibraryOption, as_json: JsonOption = False) -> None:
    """Names and roles of the keys.

    Example: `noterank keys list`
    """
    started = time.perf_counter()
    Library(library).demand()
    rows = [{"name": k.name, "role": k.role, "created_at": k.created_at}
             for k in Keys(library).all()]  # fmt: skip
    if as_json:
        print_json(rows, started)
    else:
        show.table("", ("name", "role", "created_at"), [tuple(row.values()) for row in rows])


@keys.command("drop")
def drop(
    name: Annotated[str, typer.Argument(help="As `list` shows it.")],
    library: LibraryOption,
    as_json: JsonOption = False,
) -> None:
    """Take a key away; a running server refuses it from the next request on.

    Example: `noterank keys drop grafana`
    """
    started = time.perf_counter()
    Library(library).demand()
    Keys(library).drop(name)
    if as_json:
        print_json([{"name": name, "dropped": True}], started)
    else:
        out.print(f"{name} is dropped")
