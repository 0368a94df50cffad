"""Raw cells under our field names -> a captured note."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from engine.errors import BadRow
from engine.formats import values
from engine.formats.export import ReadOptions
from engine.formats.headers import Columns
from engine.formats.runs import Runs
from engine.model import CHINA, Captured, Channel, Count, Counts, Note, Sighting

Fields = Mapping[str, object]  # our field -> the cell as the file holds it

_KEY = re.compile(r"[0-9a-f]{16}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Capture:
    """What holds for all rows of one file.

    `day` is the date in the file name; `in_order`: the file keeps the order of the capture.
    """

    options: ReadOptions
    day: datetime | None = None
    in_order: bool = True
    runs: Runs = field(default_factory=Runs)


def pick(record: Mapping[str, object], columns: Columns) -> dict[str, object]:
    """Our field -> the first cell under its headers that is not blank."""
    picked: dict[str, object] = {}
    for name, headers in columns.items():
        for header in headers:
            cell = record.get(header)
            if cell is not None and cell != "" and cell != []:
                picked[name] = cell
                break
    return picked


def captured(line: int, fields: Fields, capture: Capture, ordered: bool = False) -> Captured:
    """The note of a row, with its place on a result page where the export tells it.

    `ordered`: the format writes rows in page order, so that counting them gives the position.
    Raises BadRow without a note id, without any text, and on values that cannot be read.
    """
    note_id = values.note_id(fields.get("note_id"), fields.get("url"), fields.get("weak_id"))
    if not note_id:
        raise BadRow("no note_id, and no note address to take it from")
    own = _of("captured_at", values.time, fields)
    moment = own or capture.day or capture.options.captured_at
    run, place = _placed(note_id, fields, capture, own)
    note = note_of(note_id, fields, capture.options, moment)
    counted = place if ordered and capture.in_order else None
    return Captured(line, note, _sighting(fields, capture, (run, counted), moment))


def note_of(note_id: str, fields: Fields, options: ReadOptions, moment: datetime | None) -> Note:
    """The note of cells, captured at `moment`; BadRow on values that cannot be read."""
    title, body = values.title(fields.get("title")), values.body(fields.get("body"))
    tags = values.tags(fields.get("tags"))
    if not (title or body or tags or fields.get("position")):
        raise BadRow("no text; a note needs a title, a body or tags")  # or a place on a page
    return Note(
        note_id=note_id,
        title=title,
        body=body,
        tags=tags,
        kind=values.kind(fields.get("kind")),
        author=_author(fields, options.keep_authors),
        fans=_of("fans", values.count, fields),
        published_at=_of("published_at", lambda cell: values.time(cell, moment), fields),
        counts=Counts(*_counts(fields)),
        channel=_channel(fields),
        url=values.note_url(fields.get("url")),
        captured_at=moment,
    )


def _counts(fields: Fields) -> list[Count | None]:
    names = ("likes", "collects", "comments", "shares")
    return [_of(name, values.count, fields) for name in names]


def _of(name: str, read: Callable[[object], _T], fields: Fields) -> _T:
    try:
        return read(fields.get(name))
    except BadRow as error:
        raise BadRow(f"{name}: {error.reason}") from error


def _author(fields: Fields, keep: bool) -> str:
    """A key that the export made is taken as it is, everything else is hashed or kept."""
    key = values.text(fields.get("author")).strip()
    if _KEY.fullmatch(key):
        return key
    user = values.user_id(fields.get("author_id"))
    name = values.text(fields.get("author_name")).strip() or key
    return (name or user) if keep else values.author_key(user or name)


def _channel(fields: Fields) -> Channel:
    """Declared when a brand reported the note or its type says so; a plain no is organic."""
    brand = values.text(fields.get("brand")).strip()
    label = values.text(fields.get("label"))
    if brand.strip("-") or "商业" in label or "报备" in label:
        return "declared"
    return values.channel(fields.get("channel"))


def _sighting(
    fields: Fields, capture: Capture, placed: tuple[str, int | None], moment: datetime | None
) -> Sighting | None:
    run, place = placed
    if not run:
        return None
    return Sighting(
        keyword=_keyword(fields),
        run=values.text(fields.get("run")).strip() or run,
        position=_position(fields) or place,
        sort=values.sort(fields.get("sort")) or capture.options.sort,
        filters=values.text(fields.get("filters")).strip(),
        captured_at=moment,
    )


def _placed(
    note_id: str, fields: Fields, capture: Capture, own: datetime | None
) -> tuple[str, int]:
    """(run, place in it), before anything can reject the row; ("", 0) without a keyword."""
    keyword = _keyword(fields)
    if not keyword:
        return "", 0
    return capture.runs.place(keyword, note_id, f"{own:%Y-%m-%d}" if own else "")


def _keyword(fields: Fields) -> str:
    return values.text(fields.get("keyword")).strip()


def _position(fields: Fields) -> int | None:
    position = _of("position", values.count, fields)
    return position.value or None if position else None


_DATE_IN_NAME = re.compile(r"(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])(?!\d)")


def day_in(file_name: str) -> datetime | None:
    """The date in a file name (`..._2026-01-01.jsonl`, `..._20260101_093000.xlsx`), at 00:00."""
    found = _DATE_IN_NAME.search(file_name)
    try:
        return (
            datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=CHINA) if found else None
        )
    except ValueError:
        return None
