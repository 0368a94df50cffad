"""import: exports -> library."""

from __future__ import annotations

import contextlib
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from engine.cli import show
from engine.cli.app import (
    JsonOption,
    LibraryOption,
    app,
    err,
    out,
    print_json,
    print_refusal,
)
from engine.engine import Engine
from engine.errors import BadFile, BadOption, NoterankError
from engine.formats import ReadOptions, files_in
from engine.ingest.report import ImportReport
from engine.library import Library
from engine.model import CHINA
from engine.rows.meta import refusal
from engine.rows.note_rows import import_table
from engine.usecases.imports import import_options, namespace


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(help="Exports, archives and folders.")],
    library: LibraryOption,
    columns: Annotated[
        Path | None,
        typer.Option("--map", help='A TOML file: our field = "your header", for unknown tables.'),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(help="The order that the crawl asked for: general, latest, likes, …"),
    ] = "",
    captured: Annotated[
        str | None,
        typer.Option(help="When the counts were captured, where neither row nor file name says."),
    ] = None,
    keep_authors: Annotated[
        bool, typer.Option(help="Keep author names instead of hashed keys.")
    ] = False,
    id_namespace: Annotated[
        str,
        typer.Option(metavar="NAME", help="Running numbers are ids, kept apart as NAME:1."),
    ] = "",
    strict: Annotated[
        bool, typer.Option(help="A cell that cannot be read costs its row, not only the cell.")
    ] = False,
    dry_run: Annotated[bool, typer.Option(help="Only the data-quality report.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Import exports: MediaCrawler, XHS-Downloader, Spider_XHS, 聚光, search API, any table.

    An import is an upsert by note id: importing a file again changes nothing. Ctrl-C keeps what
    is stored; the same command goes on there.

    Examples:

    - `noterank import search_contents_2026-01-01.jsonl ExploreData.db`

    - `noterank import crawl.csv --sort general`

    - `noterank import odd.xlsx --map columns.toml --dry-run`
    """
    started = time.perf_counter()
    options = import_options(sort, captured, _columns(columns), keep_authors)
    options = replace(options, id_namespace=namespace(id_namespace), strict=strict)
    files = [file for path in files for file in files_in(path)]
    reports, refused = _import_all(library, files, options, dry_run, as_json)
    if as_json and reports:
        problems = [refusal(error) for error in refused]
        print_json(import_table(reports).rows, started, dry_run=dry_run, refused=problems)
    elif reports:
        _closing(library, reports, dry_run)
    if refused:
        many = f"{len(refused)} of {len(files)} files were not imported"
        error = refused[0] if len(refused) == 1 else BadFile(many, "see the lines above")
        if not reports:
            raise error
        print_refusal(error)  # standard output has the envelope
        raise typer.Exit(1)


def _import_all(
    library: Path, files: list[Path], options: ReadOptions, dry: bool, quiet: bool
) -> tuple[list[ImportReport], list[NoterankError]]:
    """Import each file; one that cannot be read does not stop the others."""
    reports: list[ImportReport] = []
    refused: list[NoterankError] = []
    now = datetime.now(CHINA)
    with (
        _place(library, dry) as folder,
        Engine.open(folder, create=True) as engine,
        _bar() as bar,
    ):
        for path in files:
            task = bar.add_task(path.name, total=1.0)
            run = engine.dry_run if dry else engine.import_file
            try:
                report = run(path, options, now, partial(_advance, bar, task))
            except KeyboardInterrupt:
                stored = f"stopped in {path.name}: what is stored stays"
                err.print(f"noterank: {stored}; the same command goes on there", style="yellow")
                raise typer.Exit(130) from None
            except BadFile as error:
                refused.append(error)
                if len(files) > 1:
                    err.print(f"{error.problem}; {error.cure}", style="red", markup=False)
                continue
            finally:
                bar.remove_task(task)
            reports.append(report)
            if report.rows and not report.kept:
                refused.append(_nothing_kept(report))
            if not quiet:
                show.report(report, dry)
    return reports, refused


def _nothing_kept(report: ImportReport) -> BadFile:
    where = f"; see {report.rejected_file}" if report.rejected_file else ""
    return BadFile(
        f"{report.path}: none of its {report.rows:,} rows was kept",
        f"read the reasons above, mend the file or name its columns with --map{where}",
    )


@contextlib.contextmanager
def _place(library: Path, dry: bool) -> Iterator[Path]:
    """The folder to import into; a dry run leaves no library where there is none."""
    if not dry or Library(library).exists:
        yield library
        return
    with tempfile.TemporaryDirectory(prefix="noterank-") as folder:
        yield Path(folder)


def _advance(bar: Progress, task: TaskID, share: float) -> None:
    bar.update(task, completed=share)


@contextlib.contextmanager
def progress_bar(name: str, count: int | None = None) -> Iterator[Callable[[float], None]]:
    """A bar for long work: what is yielded takes the share done."""
    with _bar() as bar:
        shown = name if count is None else f"{name} {count:,}"
        task = bar.add_task(shown, total=1.0)
        yield partial(_advance, bar, task)


def _bar() -> Progress:
    """A progress bar on standard error, gone when it is done; nothing where no one looks."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def _closing(library: Path, reports: list[ImportReport], dry: bool) -> None:
    if dry:
        return
    added = sum(report.added for report in reports)
    if not added:
        out.print(f"{library}: no new notes")
        return
    out.print(f"{library}: {added:,} new notes, searchable now: `noterank search 敏感肌面霜`")


def _columns(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadOption(f"{path}: {error}", 'write lines like title = "笔记标题"') from error
    for name, header in table.items():
        if not isinstance(header, str):
            raise BadOption(f"{path}: {name} is no text", 'write lines like title = "笔记标题"')
    return table
