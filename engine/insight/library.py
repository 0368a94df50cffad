"""What an analysis may ask of a library: the questions, not who answers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.model import Demand, Note


class Library(Protocol):
    """Notes, pages and counts of one library in one state."""

    def __len__(self) -> int:
        """Live notes."""
        ...

    def page(self, words: str, limit: int) -> list[tuple[str, float]]:
        """(note id, score) of the first places for words without operators, by the rules."""
        ...

    def texts(self, note_ids: Sequence[str]) -> Mapping[str, Note]:
        """Stored notes by id; unknown ids are left out."""
        ...

    def holding(self, phrases: Sequence[str]) -> list[int]:
        """For each phrase the notes that hold all its words in one field."""
        ...

    def demand(self) -> Mapping[str, Demand]:
        """Imported demand by folded keyword, the most searched bag of each."""
        ...
