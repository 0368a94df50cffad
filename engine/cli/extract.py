"""extract: the keyword phrases of notes and drafts."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from engine.cli import show
from engine.cli.app import JsonOption, LibraryOption, app, out, print_json
from engine.engine import Engine
from engine.errors import BadFile, BadOption
from engine.ingest.draft_files import read_draft
from engine.insight.candidates import Text
from engine.insight.extract import Phrase
from engine.library import Library
from engine.model import Note
from engine.rows.keyword_rows import extract_table
from engine.rows.why_rows import why_phrase, why_table
from engine.usecases import drafts as asking

_BLOCK = 5_000  # lines that are one another's collection


@app.command()
def extract(
    library: LibraryOption,
    file: Annotated[str | None, typer.Argument(help="A note or draft as text; - reads it.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help="Lines of {id, title, text}; - reads standard input.")
    ] = None,
    top: Annotated[int, typer.Option(help="Phrases a text, 1 to 100.")] = asking.TOP,
    explain: Annotated[bool, typer.Option(help="The parts of each score.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Keyword phrases of a note or draft, best first.

    With `--jsonl` one JSON line in (`id, title, text`) gives one out (`id, keywords`); the lines,
    5,000 at a time, are one another's collection. The library's lexicon is used where there is one.

    Examples:

    - `noterank extract draft.md`

    - `echo 敏感肌面霜怎么选 | noterank extract - --explain`

    - `noterank extract --jsonl notes.jsonl --top 5 > keywords.jsonl`
    """
    started = time.perf_counter()
    if (file is None) == (jsonl is None):
        raise BadOption("nothing to read, or two things", "give FILE, or - , or --jsonl FILE")
    if jsonl is not None:
        _extract_lines(library, jsonl, top)
        return
    note = read_draft(str(file))
    meta: Mapping[str, Any] = {}
    if Library(library).exists:
        with Engine.open(library) as engine:
            answered = asking.extract(engine, note, top)
        phrases, meta = answered.value, answered.meta
    else:
        asking.checked_draft(note)
        (phrases,) = asking.extract_alone(library, [Text.of(note)], top)
    table = extract_table(phrases)
    if as_json:
        print_json(table.rows, started, **meta)
        return
    show.table("", table.columns, table.cells())
    for phrase in phrases if explain else ():
        out.print()
        _print_parts(phrase)


def _extract_lines(library: Path, path: Path, top: int) -> None:
    texts: list[Text] = []
    ids: list[Any] = []

    def flush() -> None:
        for text_id, phrases in zip(ids, asking.extract_alone(library, texts, top), strict=True):
            line = {"id": text_id, "keywords": [phrase.keyword for phrase in phrases]}
            sys.stdout.buffer.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        ids.clear()
        texts.clear()

    for number, line in _lines(path):
        text_id, text = _record(path, number, line)
        ids.append(text_id)
        texts.append(text)
        if len(texts) == _BLOCK:
            flush()
    flush()
    sys.stdout.buffer.flush()


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if str(path) == "-":
        yield from enumerate(sys.stdin.buffer, 1)
        return
    with path.open("rb") as file:
        yield from enumerate(file, 1)


def _record(path: Path, number: int, line: bytes) -> tuple[Any, Text]:
    place = f"{path.name}, line {number}"
    try:
        row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadFile(f"{place}: {error}", 'write {"id": …, "title": …, "text": …}') from error
    if not isinstance(row, dict):
        raise BadFile(f"{place} is no object", 'write {"id": …, "title": …, "text": …}')
    parts = [row.get("title") or "", row.get("text") or ""]
    tags = row.get("tags") or []
    if not all(isinstance(part, str) for part in (*parts, *tags)):
        raise BadFile(f"{place}: title, text and tags are text", "write them as strings")
    note = Note(str(number), title=parts[0], body=parts[1], tags=tuple(tags))
    return row.get("id", number), Text.of(note)


def _print_parts(phrase: Phrase) -> None:
    names = ("part", "value", "note")
    show.table(phrase.keyword, names, why_table(why_phrase(phrase)).cells(names))
