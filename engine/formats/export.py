"""What a caller says before reading an export, and what it gets back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.formats.usage import Usage
from engine.model import Row, RowKind, Sort


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user knows and the file does not say.

    `columns`: our field -> the file's header. `sort`: the order that the crawl asked for.
    `captured_at` stands where neither the row nor the file name has a time. Without
    `keep_authors` an author becomes 16 hex digits of a hash. `id_namespace`: running numbers are
    ids, kept apart as `NAME:7`. `strict`: a cell that cannot be read costs its row.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    sort: Sort | Literal[""] = ""
    captured_at: datetime | None = None
    keep_authors: bool = False
    id_namespace: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A table of a file that is not read: its name, what it is, and what to do instead."""

    table: str
    reason: str
    cure: str


@dataclass(frozen=True, slots=True)
class Export:
    """An opened export; `rows` is read once, in file order, without holding the file in memory.

    `format` is for example "mediacrawler-jsonl", `kind` what its rows are. `table` names the sheet,
    the table or the file of an archive, "" for a text. `ordered`: file order is page order within
    a run. `total` rows where cheaply known. `size` in bytes. `progress` is the fraction read, 0..1.
    `usage` tells the columns, whole when all rows are read. Of a file with several tables, `parts`
    are those that are read, one after another, and `left_out` the others.
    """

    format: str
    ordered: bool
    total: int | None
    size: int
    rows: Iterator[Row]
    progress: Callable[[], float]
    kind: RowKind = "note"
    table: str = ""
    usage: Usage = field(default_factory=Usage)
    parts: tuple[Export, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
