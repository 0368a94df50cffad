"""Notes and all that was seen of them: the record of truth, in SQLite."""

from engine.store.reading import StoreReader
from engine.store.rows import ImportProgress, Saved, Stored, filled, same_content
from engine.store.snapshot import StoreSnapshot
from engine.store.store import Store

__all__ = [
    "ImportProgress",
    "Saved",
    "Store",
    "StoreReader",
    "StoreSnapshot",
    "Stored",
    "filled",
    "same_content",
]
