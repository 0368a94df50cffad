"""Notes and all that was seen of them: the record of truth, in SQLite."""

from engine.store.rows import Progress, Saved, Stored, filled, same_content
from engine.store.store import Store

__all__ = ["Progress", "Saved", "Store", "Stored", "filled", "same_content"]
