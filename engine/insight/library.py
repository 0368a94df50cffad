"""The questions that an analysis may ask of a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.model import Demand, Note


class Library(Protocol):
    """Notes, pages and counts of one library in one state."""

    def __len__(self) -> int:
        """The number of live notes."""
        ...

    def page(self, words: str, limit: int) -> list[tuple[str, float]]:
        """Lists (note id, score) of the first `limit` places for words without operators, ranked by
        the rules."""
        ...

    def texts(self, note_ids: Sequence[str]) -> Mapping[str, Note]:
        """Returns stored notes by id; leaves out unknown ids."""
        ...

    def count_phrases(self, phrases: Sequence[str]) -> list[int]:
        """Counts for each phrase the notes that hold all its words in one field."""
        ...

    def demand(self) -> Mapping[str, Demand]:
        """Returns imported demand by folded keyword; of several bags the most searched one."""
        ...
