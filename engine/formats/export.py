"""What a caller says before reading an export, and what it gets back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from engine.model import Row, Sort


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user knows and the file does not say.

    `columns`: our field -> the file's header. `sort`: the order that the crawl asked for.
    `captured_at` stands where neither the row nor the file name has a time. Without
    `keep_authors` an author becomes 16 hex digits of a hash.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    sort: Sort | Literal[""] = ""
    captured_at: datetime | None = None
    keep_authors: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """An opened export; `rows` is read once, in file order, without holding the file in memory.

    `format` is for example "mediacrawler-jsonl". `ordered`: file order is page order within a
    run. `total` rows where cheaply known. `size` in bytes. `progress` is the fraction read, 0..1.
    """

    format: str
    ordered: bool
    total: int | None
    size: int
    rows: Iterator[Row]
    progress: Callable[[], float]
