"""Why a table cannot be read, with a cure that works on that very table."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import BadFile, BadRow
from engine.formats.absence import absent
from engine.formats.ids import bare, note_id, running
from engine.formats.plain import plain, shown
from engine.formats.record import Table

_SHOWN = 12  # headers in a message
_SENTENCE = 40  # characters; headers are shorter
_CURE = "export the notes with their ids or links (笔记链接), as csv, xlsx or json"


def unknown_refusal(where: str, table: Table) -> BadFile:
    """Names the column with ids if there is one: then --map helps, and only then."""
    headers = list(dict.fromkeys(key for head in table.heads[:3] for key in head[:_SHOWN]))
    if not headers:
        return _without_columns(where, table)
    if table.file == "csv" and len(headers) == 1:
        return BadFile(
            f"{where} is a text of one column, as keyword lists are",
            "`noterank opportunity` takes such a list; notes need a column of ids or links",
        )
    if table.file == "csv" and max(map(len, headers)) > _SENTENCE:
        return BadFile(f"{where} is a text, not a table of notes", _CURE)
    listed = ", ".join(map(shown, headers))
    problem = f"{where} has no column for a note id and a text; its headers are {listed}"
    return BadFile(problem, _cure(table, headers))


def _without_columns(where: str, table: Table) -> BadFile:
    broken = next((record for record in table.first if record.fault), None)
    if broken:
        problem = f"{where}, row {broken.line}: {broken.fault}"
        return BadFile(problem, "export it once more, as one JSON object a line or as csv")
    return BadFile(f"{where} has no rows with columns", _CURE)


def _cure(table: Table, headers: list[str]) -> str:
    """--map where a column has ids, with a name for numbers that only count; else a new export."""
    ids = next((header for header in headers if _all(table, header, _is_id)), "")
    counting = next((header for header in headers if _counts(table, header)), "")
    chosen = ids or counting
    others = [header for header in headers if header != chosen]
    if not chosen or not others:
        return _CURE
    text = max(others, key=lambda header: _length(table, header))
    named = "" if ids else " and add --id-namespace NAME"
    return f'name them with --map: note_id = "{chosen}" and title = "{text}"{named}'


def _all(table: Table, header: str, holds: Callable[[object], bool]) -> bool:
    cells = [record.values.get(header) for record in table.first if record.values]
    present = [cell for cell in cells if not absent(cell)]
    return bool(present) and all(map(holds, present))


def _is_id(cell: object) -> bool:
    try:
        return bool(note_id(cell)) and not _is_date_or_share(bare(cell))
    except BadRow:
        return False


def _is_date_or_share(cell: str) -> bool:
    """A cell that is made of digits and signs alone is rather a date, a share or a price."""
    return not any(char.isalpha() for char in cell) and not cell.isdigit()


def _counts(table: Table, header: str) -> bool:
    """A column of small numbers that differ in every row."""
    cells = [record.values.get(header) for record in table.first if record.values]
    numbers = [running(cell) for cell in cells]
    return all(numbers) and len(set(numbers)) == len(numbers) > 0


def _length(table: Table, header: str) -> int:
    return sum(len(plain(record.values.get(header))) for record in table.first[:20])


def running_refusal(where: str) -> BadFile:
    """Ids that count the rows of a table would be those of other notes in the next table."""
    return BadFile(
        f"{where}: its ids are running numbers, which other tables have too",
        "add --id-namespace NAME to keep its notes apart as NAME:1, or export it with note links",
    )


def elsewhere_refusal(where: str, platform: str) -> BadFile:
    """Posts of another platform do not stand on the pages of this one."""
    return BadFile(
        f"{where} holds posts of {platform}, not notes of Xiaohongshu: its links lead there",
        "import the files in the xhs folder of the same crawl",
    )
