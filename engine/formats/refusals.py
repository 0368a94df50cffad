"""Why a table cannot be read, with a cure that works on that very table."""

from __future__ import annotations

from engine.errors import BadFile
from engine.formats.ids import bare, id_in
from engine.formats.plain import plain, shown
from engine.formats.record import Table

_SHOWN = 12  # headers in a message


def unknown_refusal(where: str, table: Table) -> BadFile:
    """Names the column with ids if there is one: then --map helps, and only then."""
    headers = list(dict.fromkeys(key for head in table.heads[:3] for key in head[:_SHOWN]))
    broken = next((record for record in table.first if record.fault), None)
    if not headers and broken:
        problem = f"{where}, row {broken.line}: {broken.fault}"
        return BadFile(problem, "export it once more, as one JSON object a line or as csv")
    if not headers:
        return BadFile(f"{where} has no rows with columns", "export notes as csv, xlsx or json")
    if len(headers) == 1 and table.file == "csv":
        return BadFile(
            f"{where} is a text of one column, as keyword lists are",
            "`noterank opportunity` takes such a list; notes need a column of ids or links",
        )
    listed = ", ".join(map(shown, headers))
    problem = f"{where} has no column for a note id and a text; its headers are {listed}"
    ids = next((header for header in headers if _has_ids(table, header)), "")
    others = [header for header in headers if header != (ids or _counting(table, headers))]
    text = max(others or headers, key=lambda header: _length(table, header))
    if not ids and len(headers) < 2:
        return BadFile(problem, "export notes with their ids or links (笔记链接) as csv or xlsx")
    if not ids:
        return BadFile(
            problem,
            "name them with --map, for example"
            f' note_id = "{_counting(table, headers)}" and title = "{text}";'
            " no column holds ids or links of notes: an export with 笔记链接 is better",
        )
    return BadFile(problem, f'name them with --map: note_id = "{ids}" and title = "{text}"')


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


def _has_ids(table: Table, header: str) -> bool:
    return any(id_in(bare(record.values.get(header))) for record in table.first)


def _counting(table: Table, headers: list[str]) -> str:
    """The column that differs in every row, the first of them."""
    for header in headers:
        cells = [plain(record.values.get(header)) for record in table.first]
        if cells and len(set(cells)) == len(cells) and all(cells):
            return header
    return headers[0]


def _length(table: Table, header: str) -> int:
    return sum(len(plain(record.values.get(header))) for record in table.first[:20])
