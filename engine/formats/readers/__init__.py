"""The registry of readers, the particular before the general."""

from __future__ import annotations

from functools import lru_cache

from engine.formats.headers import fold
from engine.formats.readers import (
    comments,
    crawlers,
    creators,
    demand,
    noterank,
    outcomes,
    pages,
    platform,
    refused,
    table,
    vendors,
)
from engine.formats.readers.reader import Reader

READERS: tuple[Reader, ...] = (
    noterank.READER,
    *refused.PLATFORMS,
    crawlers.READERS[0],
    comments.READER,
    *crawlers.READERS[1:],
    *platform.READERS,
    *pages.READERS,
    *vendors.READERS,
    *outcomes.READERS,
    *demand.READERS,
    *refused.OTHERS,
    refused.REPORT,
    creators.READER,
    table.READER,
)


@lru_cache(maxsize=4096)
def reader_of(keys: tuple[str, ...]) -> Reader | None:
    """The first reader that knows these headers."""
    folded = frozenset(map(fold, keys))
    return next((reader for reader in READERS if reader.knows(folded)), None)
