"""serve: the API on this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from engine.cli.app import LibraryOption, RulesOption, app
from engine.engine import Engine


@app.command()
def serve(
    library: LibraryOption,
    host: Annotated[str, typer.Option(help="Only this machine, unless you say otherwise.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="1 to 65535.", min=1, max=65535)] = 8080,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A name by which others reach it: seo.example.com")
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="A site whose scripts may ask: https://dash.example.com"),
    ] = None,
    log_queries: Annotated[bool, typer.Option(help="Log what was asked, too.")] = False,
    quiet: Annotated[bool, typer.Option(help="Log faults only.")] = False,
    rules: RulesOption = None,
) -> None:
    """Run the pages and the HTTP API until Ctrl-C. Open on this machine; with a key (`noterank keys
    add`) every request needs one, and other addresses can be bound.

    The log goes to stderr: JSON lines, or plain text on a terminal. It tells routes, statuses,
    times and the names of keys, not what was asked.

    Examples:

    - `noterank serve --port 8080`, then `curl "127.0.0.1:8080/api/v1/search?q=面霜"`

    - `noterank serve --host 0.0.0.0 --allow-host seo.example.com`

    - `noterank serve --allow-origin https://dash.example.com --log-queries 2> answers.jsonl`
    """
    Engine.open(library, rules).close()  # refuse here, with one line, what cannot be served
    from api import serving  # brings the web framework: only when it is needed

    manner = serving.Manner(allow_host or (), allow_origin or (), log_queries, quiet)
    serving.serve(library, host, port, rules, manner)
