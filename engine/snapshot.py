"""LibrarySnapshot: one state of a library, which every analysis takes. It never changes.

An index snapshot, one read transaction of the store, the segmenter of both, a rule set, a moment.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self, TypeVar

from engine.errors import NotFound
from engine.index.protocol import IndexSnapshot
from engine.model import FIELDS, Demand, Note
from engine.ranking.correct import corrected, known_words, needs_correction
from engine.ranking.page import Explanation, Page, Stats
from engine.ranking.ranker import Ranker
from engine.ranking.ruleset import RuleSet
from engine.ranking.searcher import Searcher, SearchRequest
from engine.store import StoreReader, StoreSnapshot
from engine.text.normalise import fold, fold_key
from engine.text.runs import Reader
from engine.text.segment import Segmenter
from engine.text.suggest import Suggester

_KEPT_PAGES = 5_000
_T = TypeVar("_T")


class Memo:
    """What was derived from one state of index, store and lexicon, for who asks again."""

    def __init__(self) -> None:
        self._values: dict[Any, Any] = {}

    def get(self, key: Any, derive: Callable[[], _T]) -> _T:
        """The value under a key; derived at the first call."""
        if key not in self._values:
            self._values.setdefault(key, derive())
        value: _T = self._values[key]
        return value


@dataclass(frozen=True)
class LibrarySnapshot:
    """Close it when it is no longer asked; a `with` block or the garbage collector does."""

    index: IndexSnapshot
    store: StoreReader
    segmenter: Segmenter
    rule_set: RuleSet
    now: datetime
    memo: Memo = field(default_factory=Memo, repr=False, compare=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the store's state go."""
        if isinstance(self.store, StoreSnapshot):
            self.store.close()

    @cached_property
    def state_id(self) -> str:
        """Identifier of all that answers are made of; differs after every published change."""
        parts = (
            *(self.index.state_id, self.store.revision(), self.segmenter.fingerprint),
            *(self.rule_set, self.now.isoformat()),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def under(self, rule_set: RuleSet, now: datetime | None = None) -> LibrarySnapshot:
        """The same state by another rule set, as of another moment."""
        return replace(self, rule_set=rule_set, now=now or self.now)

    # --- pages ---------------------------------------------------------------------------------

    @cached_property
    def ranker(self) -> Ranker:
        """First places of many keywords at once."""
        return Ranker(self.index, self.segmenter, self.rule_set, self.now)

    @cached_property
    def searcher(self) -> Searcher:
        """Pages and explanations."""
        return Searcher(self.store, self.index, self.segmenter, self.rule_set, self.now)

    @property
    def suggester(self) -> Suggester:
        """Completions and corrections over the words of the notes."""
        index, segmenter = self.index, self.segmenter
        return self.memo.get("suggester", lambda: Suggester(known_words(index, segmenter)))

    @property
    def reader(self) -> Reader:
        """Reads texts as runs of words, by the library's lexicon."""
        return self.memo.get("reader", lambda: Reader(self.segmenter))

    def search(self, words: str, asked: SearchRequest) -> Page:
        """The page of a query, with others to try where it finds little."""
        page = replace(self.searcher.page(words, asked), state_id=self.state_id)
        if needs_correction(page, self.index, self.segmenter):
            return corrected(page, self.suggester, self.segmenter)
        return page

    def explain(self, note_id: str, words: str, asked: SearchRequest) -> Explanation:
        """Why a note stands where it stands; NotFound when the library lacks it."""
        return self.searcher.explain(note_id, words, asked)

    def page(self, words: str, limit: int) -> list[tuple[str, float]]:
        """(note id, score) of the first places for words without operators."""
        pages = self.memo.get(("pages", self.rule_set, self.now), dict[Any, Any])
        if len(pages) > _KEPT_PAGES:
            pages.clear()
        if (words, limit) not in pages:
            pages[words, limit] = self.ranker.page(words, limit)
        places: list[tuple[str, float]] = pages[words, limit]
        return places

    # --- notes and counts ----------------------------------------------------------------------

    def __len__(self) -> int:
        """Live notes."""
        return len(self.index)

    def stats(self) -> Stats:
        """What the library holds."""
        return self.memo.get(("stats", self.rule_set), self._stats)

    def note(self, note_id: str) -> Note:
        """A stored note; NotFound when it is not there."""
        stored = self.store.get(note_id)
        if stored is None:
            raise NotFound(f"no note {note_id}", "take an id from `search --json`")
        return stored.note

    def brands(self, note_id: str) -> tuple[str, ...]:
        """The brands that a note names, in their usual spelling."""
        columns = self.index.columns([note_id])
        named = columns.brands(0) if len(columns) else ()
        return tuple(map(self.segmenter.lexicon.brand_named, named))

    def texts(self, note_ids: Sequence[str]) -> Mapping[str, Note]:
        """Stored notes by id; unknown ids are left out."""
        return {i: stored.note for i, stored in self.store.get_many(note_ids).items()}

    def count_phrases(self, phrases: Sequence[str], fields: Sequence[str] = FIELDS) -> list[int]:
        """Notes that hold all terms of a phrase, pairs of characters included, in one field."""
        groups = []
        for phrase in phrases:
            pieces = self.segmenter.pieces(fold(phrase).text)
            groups.append(tuple(dict.fromkeys(piece.term for piece in pieces)))
        return self.index.count_matching(groups, fields)

    def count_all_terms(self, keywords: Sequence[str], fields: Sequence[str] = FIELDS) -> list[int]:
        """Notes that hold all words of a keyword in one field, in any order."""
        groups = [dict.fromkeys(self.segmenter.words(fold(w).text)) for w in keywords]
        return self.index.count_matching(
            [tuple(word for word in group if word.strip()) for group in groups], fields
        )

    def demand(self) -> Mapping[str, Demand]:
        """Imported demand by folded keyword, the most searched bag of each."""
        return self.memo.get("demand", lambda: most_searched(list(self.store.demand())))

    def _stats(self) -> Stats:
        totals = self.store.totals()
        first, last = self.store.published()
        return Stats(
            notes=totals["notes"],
            authors=totals["authors"],
            observations=totals["observations"],
            tags=len(self.index.facets("tags")),
            terms=sum(1 for _ in self.index.vocabulary()),
            first_published=first,
            last_published=last,
            index_version=self.index.version,
            lexicon=self.segmenter.lexicon.fingerprint,
            rule_set=self.rule_set.label,
            comments=totals["comments"],
            creators=totals["creators"],
            outcomes=totals["outcomes"],
        )


def most_searched(rows: Sequence[Demand]) -> dict[str, Demand]:
    """Rows by folded keyword; of several bags the one with the most searches."""
    listed: dict[str, Demand] = {}
    for row in rows:
        key = fold_key(row.keyword)
        if key not in listed or (row.searches or 0) > (listed[key].searches or 0):
            listed[key] = row
    return listed
