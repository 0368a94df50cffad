"""What a search answers: a page of results, an explanation, what a library holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.model import Note
from engine.ranking.snippet import Snippet


@dataclass(frozen=True, slots=True)
class Result:
    """One place of a page; `copies` near-duplicates stand behind it."""

    position: int
    note: Note
    score: float
    bm25: float
    snippet: Snippet
    title: Snippet
    brands: tuple[str, ...]
    copies: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of results: `total` notes match, `placed` of them have a place in the window.

    `as_of` is the moment from which ages are counted; `did_you_mean` are queries to try instead;
    `facets` hold (value, notes of the window) pairs, most first; `state_id` is the
    library's.
    """

    words: str
    results: tuple[Result, ...]
    total: int
    placed: int
    offset: int
    as_of: datetime
    rule_set: str
    index_version: int
    state_id: str = ""
    notes: tuple[str, ...] = ()
    did_you_mean: tuple[str, ...] = ()
    facets: Mapping[str, Sequence[tuple[str, int]]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One line of an explanation; `value` and `factor` add and multiply up to the score."""

    part: str
    value: float
    factor: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a note stands where it stands; `position` is None when it is not on the page."""

    note_id: str
    words: str
    position: int | None
    total: int
    score: float
    parts: tuple[Part, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Stats:
    """What a library holds."""

    notes: int
    authors: int
    observations: int
    tags: int
    terms: int
    first_published: datetime | None
    last_published: datetime | None
    index_version: int
    lexicon: str
    rule_set: str
    comments: int = 0
    creators: int = 0
    outcomes: int = 0
