"""Notes and all that was seen of them: the record of truth, in SQLite."""

from engine.store.facts import Fact
from engine.store.reading import StoreReader
from engine.store.rows import (
    Capture,
    Imported,
    ImportProgress,
    Ranked,
    Saved,
    Stored,
    days_of,
    decode_capture,
    encode_capture,
    filled,
    same_content,
)
from engine.store.snapshot import StoreSnapshot
from engine.store.store import Store

__all__ = [
    "Capture",
    "Fact",
    "ImportProgress",
    "Imported",
    "Ranked",
    "Saved",
    "Store",
    "StoreReader",
    "StoreSnapshot",
    "Stored",
    "days_of",
    "decode_capture",
    "encode_capture",
    "filled",
    "same_content",
]
