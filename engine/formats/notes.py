"""Raw cells under our field names -> a captured note."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.errors import BadRow
from engine.formats import values
from engine.formats.cells import Cells
from engine.formats.export import ReadOptions
from engine.formats.ids import elsewhere, own_code, running
from engine.formats.runs import Runs
from engine.model import CHINA, COUNTS, Captured, Channel, Counts, Note, Sighting

Numbers = Literal["", "running", "codes"]  # what bare numbers are in an id column; "" undecided

_KEY = re.compile(r"[0-9a-f]{16}")
_OURS = ("note_id", "note")
_SHORT = 6  # digits of a number that nobody takes for a code, unless the table says so


@dataclass(frozen=True, slots=True)
class Capture:
    """What holds for all rows of one table.

    `day` is the date that its banner or the file name tells; `in_order`: the file keeps the order
    of the capture. `keyword`: the table is named after it. `numbers`: what its bare numbers are.
    """

    options: ReadOptions
    day: datetime | None = None
    in_order: bool = True
    runs: Runs = field(default_factory=Runs)
    keyword: str = ""
    numbers: Numbers = ""


def captured(line: int, cells: Cells, capture: Capture, ordered: bool = False) -> Captured:
    """The note of a row, with its place on a result page where the export tells it.

    `ordered`: the format writes rows in page order, so that counting them gives the position.
    Raises BadRow without a note id and on a row that says nothing of its note.
    """
    note_id = identity(cells, capture)
    own = cells.read("captured_at", values.time)
    moment = own or capture.day or capture.options.captured_at
    run, place = _placed(note_id, cells, capture, own)
    note = note_of(note_id, cells, capture.options, moment)
    counted = place if ordered and capture.in_order else None
    sighting = _sighting(cells, capture, (run, counted), moment)
    if not _says_anything(note, sighting):
        raise BadRow("no text, no counts and no place on a page: the row says nothing of its note")
    return Captured(line, note, sighting, cells.unreadable)


def identity(cells: Cells, capture: Capture) -> str:
    """The id of a row's note. Raises BadRow when there is none."""
    given = (cells["note_id"], cells["url"], cells["weak_id"])
    if platform := elsewhere(given[1]):
        raise BadRow(f"its link leads to {platform}: no note of Xiaohongshu")
    if note_id := values.note_id(*given):
        return note_id
    if cells.header("note_id") in _OURS and (code := own_code(given[0])):
        return code
    number = running(*given)
    if not number:
        raise BadRow("no note_id, and no note address to take it from")
    if capture.numbers == "codes" or (not capture.numbers and len(number) > _SHORT):
        return number
    if capture.options.id_namespace:
        return f"{capture.options.id_namespace}:{number}"
    raise BadRow("a running number is no note_id; --id-namespace NAME keeps such notes apart")


def note_of(note_id: str, cells: Cells, options: ReadOptions, moment: datetime | None) -> Note:
    """The note of cells, captured at `moment`; BadRow on unreadable values if they are strict."""
    channel, boosted, brand = _evidence(cells)
    return Note(
        note_id=note_id,
        title=values.title(cells["title"]),
        body=values.body(cells["body"]),
        tags=values.tags(cells["tags"]),
        kind=values.kind(cells["kind"]),
        author=author(cells, options.keep_authors),
        fans=cells.read("fans", values.count),
        published_at=published(cells, moment),
        counts=Counts(*(cells.read(name, values.count) for name in COUNTS)),
        channel=channel,
        url=values.note_url(cells["url"]),
        captured_at=moment,
        declared_brand=brand,
        boosted=boosted,
    )


def published(cells: Cells, moment: datetime | None) -> datetime | None:
    """When a note was published; a relative date without a capture time is unreadable."""
    found = cells.read("published_at", lambda cell: values.time(cell, moment))
    if found is None and moment is None and isinstance(cells["published_at"], str):
        later = datetime(2020, 3, 1, tzinfo=CHINA)
        if cells.read("published_at", lambda cell: values.time(cell, later)):
            cells.unread("published_at")
    return found


def author(cells: Cells, keep: bool) -> str:
    """A key that the export made is taken as it is, everything else is hashed or kept."""
    key = values.text(cells["author"]).strip()
    if _KEY.fullmatch(key):
        return key
    user = values.user_id(cells["author_id"])
    name = values.text(cells["author_name"]).strip() or key
    return (name or user) if keep else values.author_key(user or name)


def _says_anything(note: Note, sighting: Sighting | None) -> bool:
    """A note of pictures alone has no text; an id alone says nothing."""
    text = note.title or note.body or note.tags
    facts = note.counts != Counts() or note.published_at or note.kind or note.author
    return bool(text or facts or (sighting and sighting.position))


# --- channels and brands -----------------------------------------------------------------------

_COOPERATION = re.compile("商业|报备|合作")
_NOT = re.compile("非|未|普通|否")


def _evidence(cells: Cells) -> tuple[Channel, bool, str]:
    """(channel, whether the note was paid for, the brand it was declared for).

    Declared stands before boosted, as both may be true; a plain no to either is organic.
    """
    said = values.channel(cells["channel"])
    label = values.text(cells["label"])
    brand = _brand(cells)
    flag, paid = values.yes(cells["declared"]), values.yes(cells["boosted"])
    declared = flag or brand or (_COOPERATION.search(label) and not _NOT.search(label))
    exposure = cells.read("boost", values.count)
    boosted = bool(paid or (exposure and exposure.value) or said == "boosted")
    if declared or said == "declared":
        return "declared", boosted, brand
    if boosted:
        return "boosted", True, ""
    return ("organic" if said == "organic" or flag is False or paid is False else ""), False, ""


def _brand(cells: Cells) -> str:
    brand = values.text(cells["brand"]).strip()
    return "" if values.yes(brand) is not None or brand in ("未报备", "无品牌", "未知") else brand


# --- places on result pages --------------------------------------------------------------------


def _sighting(
    cells: Cells, capture: Capture, placed: tuple[str, int | None], moment: datetime | None
) -> Sighting | None:
    run, place = placed
    if not run:
        return None
    return Sighting(
        keyword=_keyword(cells, capture),
        run=values.text(cells["run"]).strip() or run,
        position=_position(cells) or place,
        sort=values.sort(cells["sort"]) or capture.options.sort,
        filters=values.text(cells["filters"]).strip(),
        captured_at=moment,
    )


def _placed(note_id: str, cells: Cells, capture: Capture, own: datetime | None) -> tuple[str, int]:
    """(run, place in it), before anything can reject the row; ("", 0) without a keyword."""
    keyword = _keyword(cells, capture)
    if not keyword:
        return "", 0
    return capture.runs.place(keyword, note_id, f"{own:%Y-%m-%d}" if own else "")


def _keyword(cells: Cells, capture: Capture) -> str:
    return values.text(cells["keyword"]).strip() or capture.keyword


def _position(cells: Cells) -> int | None:
    position = cells.read("position", values.count)
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


_EXPORTED = re.compile(
    r"(?:导出|采集|抓取|更新|截至|截止|查询)(?:时间|日期|至|于)?[^0-9\n]{0,8}([^\n]{8,30})"
)


def day_of_banner(banner: str) -> datetime | None:
    """When a report says above its header that it was exported: 导出时间：2025-03-16 10:00."""
    found = _EXPORTED.search(banner)
    text = re.split(r"[，,；;。|]", found[1])[0].strip() if found else ""
    for end in (text, text[:16], text[:10]):
        try:
            return values.time(end)
        except BadRow:
            continue
    return None
