"""A file -> the rows it holds: what it is, who reads it, and every bad row kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from engine.errors import BadFile, BadRow
from engine.formats.export import Export, ReadOptions
from engine.formats.files import tables
from engine.formats.files.encoding import has_undecoded
from engine.formats.files.objects import records_in
from engine.formats.notes import Capture, day_in
from engine.formats.readers import READERS, reader_of
from engine.formats.readers.reader import Reader
from engine.formats.readers.table import mapped
from engine.formats.record import Record, Table
from engine.formats.values import shown
from engine.model import Rejected, Row

_DEFAULTS = ReadOptions()
Choice = Callable[[tuple[str, ...]], Reader | None]


def open_export(path: Path, options: ReadOptions = _DEFAULTS) -> Export:
    """Tells the format by content and streams the rows; the caller iterates `rows` once.

    Raises BadFile, naming place and cure, on what is no export of notes or keywords; `rows`
    raises it when the file turns out to be damaged further on.
    """
    table, reader, choice = _best(path, options)
    in_order = table.file != "sqlite"
    capture = Capture(options, day_in(path.name), in_order)
    return Export(
        format=reader.name.format(table.file),
        ordered=reader.ordered and in_order,
        total=table.total,
        size=path.stat().st_size,
        rows=_rows(table.records, choice, capture),
        progress=table.progress,
    )


def read_stream(lines: Iterable[bytes], options: ReadOptions = _DEFAULTS) -> Iterator[Row]:
    """The rows of a stream of JSON lines: noterank's own, or a crawler's objects."""
    return _rows(_records(lines), reader_of, Capture(options))


def _records(lines: Iterable[bytes]) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        text = line.decode("utf-8", "surrogateescape").strip().removeprefix("\ufeff")
        if has_undecoded(text):
            yield Record(number, fault="bytes that are not utf-8", text=text)
        elif text:
            yield from records_in(text, number)


def _rows(records: Iterable[Record], choice: Choice, capture: Capture) -> Iterator[Row]:
    for record in records:
        try:
            yield _row(record, choice, capture)
        except BadRow as error:
            yield Rejected(record.line, error.reason, record.raw())


def _row(record: Record, choice: Choice, capture: Capture) -> Row:
    if record.fault:
        raise BadRow(record.fault)
    reader = choice(tuple(record.values))
    if reader is None:
        raise BadRow("no note_id or no text; each row needs note_id and title, body or tags")
    return reader.read(record, capture)


# --- whose file it is --------------------------------------------------------------------------


def _best(path: Path, options: ReadOptions) -> tuple[Table, Reader, Choice]:
    """The table whose reader stands first in the registry. Raises BadFile when there is none."""
    found = list(tables(path, options.columns.values()))
    heads = tuple(head for table in found for head in table.heads)
    if options.columns:
        named = mapped(options.columns, heads)
        wanted = set(options.columns.values())
        return max(found, key=lambda table: _shared(table, wanted)), named, lambda keys: named
    known = [(table, reader) for table in found if (reader := _reader(table))]
    notes = [(table, reader) for table, reader in known if reader.refusal is None]
    if not notes:
        raise _refusal(path, [reader for _, reader in known], heads)
    table, reader = min(notes, key=lambda pair: READERS.index(pair[1]))
    return table, reader, reader_of


def _shared(table: Table, wanted: set[str]) -> int:
    return max((len(wanted & set(head)) for head in table.heads), default=0)


def _reader(table: Table) -> Reader | None:
    """The reader of the first kind of record that anybody knows."""
    return next((reader for head in table.heads if (reader := reader_of(head))), None)


def _refusal(path: Path, known: list[Reader], heads: tuple[tuple[str, ...], ...]) -> BadFile:
    for reader in known:
        if reader.refusal:
            return BadFile(f"{path.name} holds {reader.refusal[0]}", reader.refusal[1])
    headers = ", ".join(dict.fromkeys(shown(key) for head in heads[:3] for key in head[:12]))
    return BadFile(
        f"{path.name} has no column for a note id and a text; its headers are {headers or 'none'}",
        'name them with --map, for example note_id = "编号" and title = "主题"',
    )
