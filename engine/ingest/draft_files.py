"""Drafts -> notes: Markdown (first heading = title, `#tag` = tags, the rest = body) or JSON."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from engine.errors import BadFile, BadRow
from engine.formats.cells import Cells
from engine.formats.export import ReadOptions
from engine.formats.notes import note_of
from engine.model import COUNTS, Note
from engine.text.normalise import unmarked

_HEADING = re.compile(r"\s*#{1,6} +(.+?)\s*(?:\n|$)")
_TEXTS = ("title", "body", "text")
_KEYS = (
    *("note_id", *_TEXTS, "tags", "kind", "author", "fans", "published_at"),
    *COUNTS,
    "channel",
)
_BLANKS = re.compile(r"[ \t]{2,}|[ \t]+$", re.MULTILINE)
_MOST = 1 << 20  # bytes


def read_draft(file: str) -> Note:
    """A draft from a file, `-` for standard input; BadFile names the place and the cure."""
    if file == "-":
        return draft_of(sys.stdin.read(), "standard input")
    path = Path(file)
    if not path.is_file():
        raise BadFile(f"{file} is not there", "give a Markdown or JSON file, or -")
    if path.stat().st_size > _MOST:
        raise BadFile(f"{file} is larger than 1 MB", "a draft is one note; check the path")
    try:
        return draft_of(path.read_text("utf-8-sig"), path.name)
    except UnicodeDecodeError as error:
        raise BadFile(f"{path.name} is not UTF-8", "save it as UTF-8") from error


def draft_of(text: str, name: str = "draft") -> Note:
    """A draft from its text: JSON when it opens with a brace, else Markdown."""
    if text.lstrip().startswith("{"):
        try:
            return draft_from(orjson.loads(text), name)
        except orjson.JSONDecodeError as error:
            raise BadFile(
                f"{name}: {error}", 'write {"title": …, "body": …, "tags": […]}'
            ) from error
    heading = _HEADING.match(text)
    title, rest = (heading[1], text[heading.end() :]) if heading else ("", text)
    body, tags = unmarked(rest)
    return _named(Note("", title=title, body=_BLANKS.sub("", body).strip(), tags=tags), name)


def draft_from(table: Mapping[str, Any], name: str = "draft") -> Note:
    """A draft from a JSON object; it may state counts, author, fans and time of publication."""
    for key in table:
        if key not in _KEYS:
            raise BadFile(f"{name}: unknown key '{key}'", f"use {', '.join(_KEYS)}")
    fields = {key: value for key, value in table.items() if value not in (None, "", [])}
    if "text" in fields:
        fields.setdefault("body", fields.pop("text"))
    try:
        cells = Cells(fields, {}, strict=True)
        note = note_of(str(fields.get("note_id", "")), cells, ReadOptions(), None)
    except BadRow as error:
        raise BadFile(f"{name}: {error.reason}", "mend the value") from error
    return _named(note, name)


def _named(note: Note, name: str) -> Note:
    """The draft with an id of its own, the same for the same text."""
    if not (note.title or note.body or note.tags):
        raise BadFile(
            f"{name} has no text", "write a heading as the title, then the body and #tags"
        )
    text = "\n".join((note.title, note.body, *note.tags))
    return note if note.note_id else replace(note, note_id=f"draft-{zlib.crc32(text.encode()):08x}")
