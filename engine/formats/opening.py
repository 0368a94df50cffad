"""A file -> the rows it holds: what each of its tables is, who reads it, and every bad row kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import BadFile, BadRow
from engine.formats.export import Export, LeftOut, ReadOptions
from engine.formats.files import tables
from engine.formats.files.archive import unpacked
from engine.formats.files.encoding import has_undecoded
from engine.formats.files.objects import records_in
from engine.formats.ids import elsewhere
from engine.formats.names import is_keyword
from engine.formats.notes import Capture, day_in, day_of_banner
from engine.formats.numbers import numbered
from engine.formats.readers import READERS, reader_of
from engine.formats.readers.reader import Reader
from engine.formats.readers.table import check_fields, mapped, missing
from engine.formats.record import Record, Table
from engine.formats.refusals import elsewhere_refusal, running_refusal, unknown_refusal
from engine.formats.totals import is_total
from engine.formats.usage import Usage
from engine.model import Rejected, Row, Skipped

_DEFAULTS = ReadOptions()
Choice = Callable[[tuple[str, ...]], Reader | None]


def open_export(path: Path, options: ReadOptions = _DEFAULTS) -> Export:
    """Tells the format by content and streams the rows of all tables; `rows` is read once.

    `path` is a file, an archive or a folder. Raises BadFile, naming place and cure, when no table
    of it can be read; `rows` raises it when the file turns out to be damaged further on.
    """
    parts: list[Export] = []
    left_out: list[LeftOut] = []
    refusals: list[tuple[int, BadFile]] = []
    for opened in _opened(path, options):
        if isinstance(opened, Export):
            parts.append(opened)
        else:
            left_out.append(opened.left)
            refusals.append((opened.cells, opened.refusal))
    if not parts:
        raise max(refusals, key=lambda sized: sized[0])[1]
    return _whole(path, parts, tuple(left_out))


def open_exports(path: Path, options: ReadOptions = _DEFAULTS) -> Iterator[Export | LeftOut]:
    """Each table of a file, an archive or a folder by itself: opened, or left out with its reason.

    Raises BadFile when the file itself cannot be read.
    """
    for opened in _opened(path, options):
        yield opened if isinstance(opened, Export) else opened.left


def read_stream(lines: Iterable[bytes], options: ReadOptions = _DEFAULTS) -> Iterator[Row]:
    """The rows of a stream of JSON lines: noterank's own, or a crawler's objects."""
    return _rows(_records(lines), reader_of, Capture(options), Usage())


def _records(lines: Iterable[bytes]) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "surrogateescape").strip().removeprefix("\ufeff")
        if has_undecoded(text):
            yield Record(number, fault="bytes that are not utf-8", text=text)
        elif text:
            yield from records_in(text, number)


def _rows(
    records: Iterable[Record], choice: Choice, capture: Capture, usage: Usage
) -> Iterator[Row]:
    for record in records:
        try:
            yield _row(record, choice, capture, usage)
        except BadRow as error:
            yield Rejected(record.line, error.reason, record.raw())


def _row(record: Record, choice: Choice, capture: Capture, usage: Usage) -> Row:
    if record.fault:
        raise BadRow(record.fault)
    if not record.values:
        return Skipped(record.line, "an empty record")
    if is_total(record.values):
        return Skipped(record.line, "a total of other rows")
    head = tuple(record.values)
    reader = choice(head)
    usage.see(head, reader.uses(head) if reader else ())
    if reader is None:
        raise BadRow("no note_id or no text; each row needs note_id and title, body or tags")
    return reader.read(record, capture)


# --- the tables of a file ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Left:
    """A table that is left out, the refusal it would be alone, and how many cells it shows."""

    left: LeftOut
    refusal: BadFile
    cells: int = 0


def _left(name: str, refusal: BadFile, table: Table | None = None) -> _Left:
    cells = sum(len(record.values) for record in table.first) if table else 0
    return _Left(LeftOut(name, refusal.problem, refusal.cure), refusal, cells)


def _opened(path: Path, options: ReadOptions) -> Iterator[Export | _Left]:
    """The tables of a file, or of each file of an archive or a folder."""
    members = unpacked(path)
    if members is None:
        yield from _of_file(path, path.name, options)
        return
    for name, member in members:
        if isinstance(member, BadFile):
            yield _left(name, member)
            continue
        try:
            for opened in _of_file(member, name, options):
                yield _inside(opened, name)
        except BadFile as error:
            yield _left(name, error)


def _inside(opened: Export | _Left, name: str) -> Export | _Left:
    """A table of an archive's file: the file's name before its own."""
    if isinstance(opened, Export):
        return replace(opened, table=f"{name} / {opened.table}" if opened.table else name)
    left = opened.left
    named = replace(left, table=f"{name} / {left.table}" if left.table else name)
    return replace(opened, left=named)


def _of_file(path: Path, name: str, options: ReadOptions) -> list[Export | _Left]:
    check_fields(options.columns)
    try:
        found = list(tables(path, options.columns.values()))
    except BadFile as error:
        if name in error.problem or path.name in error.problem:
            raise
        raise BadFile(f"{name}: {error.problem}", error.cure) from error
    if not found:
        raise BadFile(f"{name} has no rows", "export it once more")
    chosen = [_chosen(table, name, options) for table in found]
    words = _keywords(found, chosen)
    return [
        _export(table, choice, word, (path, name), options)
        if not isinstance(choice, BadFile)
        else _left(table.name, choice, table)
        for table, choice, word in zip(found, chosen, words, strict=True)
    ]


_Chosen = tuple[Reader, Choice]


def _chosen(table: Table, name: str, options: ReadOptions) -> _Chosen | BadFile:
    """Who reads a table; a BadFile, not raised, says why nobody does."""
    if table.left_out:
        return BadFile(table.left_out, "export it once more")
    where = f"{name}, {table.name}" if table.name else name
    if options.columns:
        return _mapped(table, where, options)
    readers = [reader for head in table.heads if (reader := reader_of(head))]
    known = [reader for reader in readers if reader.refusal is None]
    if not known:
        for reader in readers:
            if reader.refusal:
                return BadFile(f"{where} holds {reader.refusal[0]}", reader.refusal[1])
        return unknown_refusal(where, table)
    if platform := _elsewhere(table):
        return elsewhere_refusal(where, platform)
    return min(known, key=_order), reader_of


def _order(reader: Reader) -> tuple[bool, int]:
    """Notes before everything else, then the order of the registry."""
    return reader.kind not in ("note", "page"), READERS.index(reader)


def _mapped(table: Table, where: str, options: ReadOptions) -> _Chosen | BadFile:
    lacking = [missing(options.columns, head) for head in table.heads]
    if not any(not names for names in lacking):
        headers = list(dict.fromkeys(key for head in table.heads for key in head))
        names = min(lacking, key=len, default=list(options.columns.values()))
        field = next(f for f, header in options.columns.items() if header in names)
        return BadFile(
            f"{field} = {names[0]!r}: {where} has no such header",
            f"its headers are {', '.join(headers[:40])}",
        )
    reader = mapped(options.columns)
    return reader, lambda keys: reader


def _elsewhere(table: Table) -> str:
    """The platform that all links of the first rows lead to, when it is another one."""
    cells = [cell for record in table.first for cell in record.values.values()]
    links = [cell for cell in cells if isinstance(cell, str) and cell.startswith("http")]
    platforms = [elsewhere(link) for link in links]
    here = any("xiaohongshu.com" in link for link in links)
    return max(platforms, default="") if not here and any(platforms) else ""


def _keywords(found: list[Table], chosen: list[_Chosen | BadFile]) -> list[str]:
    """The keyword that each table is named after: of several alike, each named like a word."""
    heads = {
        table.name: table.heads
        for table, choice in zip(found, chosen, strict=True)
        if not isinstance(choice, BadFile) and choice[0].kind == "note"
    }
    named = [name for name in heads if is_keyword(name)]
    if len(named) < 2:
        return [""] * len(found)
    return [table.name if table.name in named else "" for table in found]


def _export(
    table: Table, chosen: _Chosen, keyword: str, place: tuple[Path, str], options: ReadOptions
) -> Export | _Left:
    reader, choice = chosen
    path, name = place
    numbers = numbered(table, reader, dict(options.columns))
    if numbers.numbers == "running" and numbers.alone and not options.id_namespace:
        refusal = running_refusal(f"{name}, {table.name}" if table.name else name)
        return _left(table.name, refusal, table)
    in_order = table.file != "sqlite"
    day = day_of_banner(table.banner) or day_in(name)
    capture = Capture(options, day, in_order, keyword=keyword, numbers=numbers.numbers)
    usage = Usage()
    for head in table.heads:
        known = choice(head)
        usage.see(head, known.uses(head) if known else ())
    return Export(
        format=reader.name.format(table.file),
        ordered=reader.ordered and in_order,
        total=table.total,
        size=path.stat().st_size,
        rows=_rows(table.records(), choice, capture, usage),
        progress=table.meter,
        kind=reader.kind,
        table=table.name,
        usage=usage,
    )


def _whole(path: Path, parts: list[Export], left_out: tuple[LeftOut, ...]) -> Export:
    """The tables of a file as one export: the first in the registry gives its name."""
    if len(parts) == 1:
        return replace(parts[0], parts=tuple(parts), left_out=left_out)
    names = [part.format for part in parts]
    best = parts[0] if len(set(names)) == 1 else min(parts, key=_rank)
    totals = [part.total for part in parts]
    return replace(
        best,
        total=sum(total or 0 for total in totals) if None not in totals else None,
        size=sum(part.size for part in parts) if path.is_dir() else path.stat().st_size,
        rows=(row for part in parts for row in part.rows),
        progress=lambda: sum(part.progress() for part in parts) / len(parts),
        table="",
        parts=tuple(parts),
        left_out=left_out,
    )


def _rank(part: Export) -> tuple[bool, int]:
    """An export's place by the reader that its format names."""
    starts = [reader.name.partition("{")[0] for reader in READERS]
    places = [at for at, start in enumerate(starts) if start and part.format.startswith(start)]
    return part.kind not in ("note", "page"), min(places, default=len(READERS))
