"""One state of a library, as analyses ask it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.index.protocol import Index
from engine.insight.keywords import listed_demand
from engine.insight.scenarios import Seen
from engine.model import FIELDS, Counts, Demand, Note
from engine.ranking.ranker import Places
from engine.store import Store
from engine.text.normalise import fold
from engine.text.segment import Segmenter

_KEPT_PAGES = 5_000


class Asking:
    """Fulfils `insight.library.Library` over store, index and places."""

    def __init__(self, store: Store, index: Index, segmenter: Segmenter, places: Places) -> None:
        self._store = store
        self._index = index
        self._segmenter = segmenter
        self.places = places
        self._pages: dict[tuple[str, int], list[tuple[str, float]]] = {}
        self._stamp: tuple[int, int, int] | None = None
        self._kept: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._index)

    def page(self, words: str, limit: int) -> list[tuple[str, float]]:
        """(note id, score) of the first places."""
        if len(self._pages) > _KEPT_PAGES:
            self._pages.clear()
        known = self._pages.get((words, limit))
        if known is None:
            known = self._pages[words, limit] = self.places.page(words, limit)
        return known

    def texts(self, note_ids: Sequence[str]) -> Mapping[str, Note]:
        """Stored notes by id."""
        return {i: kept.note for i, kept in self._store.get_many(note_ids).items()}

    def holding(self, phrases: Sequence[str], fields: Sequence[str] = FIELDS) -> list[int]:
        """Notes that hold all terms of a phrase, pairs of characters included, in one field."""
        groups = []
        for phrase in phrases:
            pieces = self._segmenter.pieces(fold(phrase).text)
            groups.append(tuple(dict.fromkeys(piece.term for piece in pieces)))
        return self._index.holding(groups, fields)

    def speaking(self, keywords: Sequence[str], fields: Sequence[str] = FIELDS) -> list[int]:
        """Notes that hold all words of a keyword in one field, in any order."""
        groups = [tuple(dict.fromkeys(self._segmenter.words(fold(w).text))) for w in keywords]
        signs = [tuple(word for word in group if word.strip()) for group in groups]
        return self._index.holding(signs, fields)

    def demand(self) -> Mapping[str, Demand]:
        """Imported demand by folded keyword."""
        found: Mapping[str, Demand] = self._stored("demand", self._listed)
        return found

    def seen(self) -> list[Seen]:
        """Counts of the library's notes at each age at which they were captured."""
        found: list[Seen] = self._stored("seen", self._engaged)
        return found

    def _listed(self) -> Mapping[str, Demand]:
        return listed_demand(list(self._store.demand()))

    def _engaged(self) -> list[Seen]:
        return [_seen(*row) for row in self._store.engagement()]

    def _stored(self, name: str, read: Callable[[], Any]) -> Any:
        """What `read` finds in the store; kept until anything is stored."""
        stamp = self._store.stamp()
        if stamp != self._stamp:
            self._stamp, self._kept = stamp, {}
        if name not in self._kept:
            self._kept[name] = read()
        return self._kept[name]


def _seen(published: datetime, day: datetime, fans: int | None, counts: Counts) -> Seen:
    values = (counts.likes, counts.collects, counts.comments, counts.shares)
    likes, collects, comments, shares = (count.value if count else None for count in values)
    age = (day - published).total_seconds() / 86_400
    return Seen(age, fans, (likes, collects, comments, shares))
