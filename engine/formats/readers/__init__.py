"""The registry of readers, the particular before the general."""

from __future__ import annotations

from functools import lru_cache

from engine.formats.readers import (
    juguang,
    mediacrawler,
    noterank,
    observed,
    pugongying,
    ranked,
    refused,
    search_api,
    spider_xhs,
    table,
    xhs_downloader,
    xhs_notes,
)
from engine.formats.readers.reader import Reader

READERS: tuple[Reader, ...] = (
    noterank.READER,
    mediacrawler.READER,
    xhs_downloader.READER,
    spider_xhs.READER,
    search_api.READER,
    xhs_notes.READER,
    ranked.READER,
    observed.READER,
    pugongying.READER,
    juguang.READER,
    *refused.READERS,
    table.READER,
)


@lru_cache(maxsize=256)
def reader_of(keys: tuple[str, ...]) -> Reader | None:
    """The first reader that knows these headers."""
    known = frozenset(keys)
    return next((reader for reader in READERS if reader.knows(known)), None)
