"""A library of short texts, asked by rule: a page holds the notes that say the word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.model import Demand, Note
from engine.snapshot import Memo
from engine.text.normalise import fold_key
from tests.insight.library import reader


class Written:
    """What an analysis asks of a snapshot; the first note of a page scores twice the others."""

    def __init__(
        self,
        *bodies: str,
        size: int = 4_000,
        demand: Mapping[str, int] | None = None,
        related: Sequence[str] = (),
    ) -> None:
        self.reader, self.memo, self.store = reader(), Memo(), self
        self._related = related
        self._notes = {f"n{n}": Note(f"n{n}", body=body) for n, body in enumerate(bodies)}
        self._size = size
        self._demand = {word: Demand(0, word, n) for word, n in (demand or {}).items()}

    def related(self, keyword: str) -> Sequence[str]:
        return self._related

    def __len__(self) -> int:
        return self._size

    def page(self, words: str, limit: int) -> list[tuple[str, float]]:
        ids = [i for i, note in self._notes.items() if words in note.body]
        return [(i, 2.0 if at == 0 else 1.0) for at, i in enumerate(ids)][:limit]

    def texts(self, note_ids: Sequence[str]) -> Mapping[str, Note]:
        return {i: self._notes[i] for i in note_ids}

    def count_phrases(self, phrases: Sequence[str]) -> list[int]:
        texts = [fold_key(note.body) for note in self._notes.values()]
        return [sum(phrase in text for text in texts) for phrase in phrases]

    def demand(self) -> Mapping[str, Demand]:
        return self._demand
