"""The nouns: frozen values that every floor speaks in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Literal

CHINA = timezone(timedelta(hours=8), "UTC+8")  # a time without an offset means +08:00

Kind = Literal["image", "video", ""]  # "" is unknown
Channel = Literal["organic", "declared", "boosted", ""]  # "" is unknown
COUNTS = ("likes", "collects", "comments", "shares")
Sort = Literal["general", "latest", "likes", "comments", "collects"]
SORTS: tuple[Sort, ...] = ("general", "latest", "likes", "comments", "collects")

Progress = Callable[[float], None]  # share done, 0 to 1


def quiet(_: float) -> None:
    """Ignores progress: the default where a Progress is expected."""


# --- notes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """A count as an export gives it; a missing count is `None` in its place, never 0.

    `at_least`: a floor (`10万+`). `precision`: half the rounding step in units (`1.2万` is ±500).
    """

    value: int
    at_least: bool = False
    precision: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """Public engagement of a note; each may be unknown."""

    likes: Count | None = None
    collects: Count | None = None
    comments: Count | None = None
    shares: Count | None = None

    def values(self) -> tuple[int | None, int | None, int | None, int | None]:
        """The four numbers, floors as they stand; None for an unknown one."""
        known = (self.likes, self.collects, self.comments, self.shares)
        likes, collects, comments, shares = (None if c is None else c.value for c in known)
        return likes, collects, comments, shares


@dataclass(frozen=True, slots=True)
class Note:
    """One post as it was captured; text is the original, byte for byte what the platform shows.

    `author` is a key (16 hex digits) unless the user asked to keep names; `fans` is the author's
    following at capture; `captured_at` is when an export saw these counts. `declared_brand` is
    the brand that a cooperation was declared for. `boosted`: an export shows that the note was
    paid for or heated; False is no evidence. A declared and boosted note has channel "declared".
    """

    note_id: str
    title: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()
    kind: Kind = ""
    author: str = ""
    fans: Count | None = None
    published_at: datetime | None = None
    counts: Counts = Counts()
    channel: Channel = ""
    url: str = ""
    captured_at: datetime | None = None
    declared_brand: str = ""
    boosted: bool = False


# --- what an export holds ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sighting:
    """A note seen on a result page: an observation before it is stored.

    `position` counts from 1 within (run, keyword); None where the format keeps no order.
    `sort` is "" when the export does not say which order the crawl asked for.
    """

    keyword: str
    run: str
    position: int | None = None
    sort: Sort | Literal[""] = ""
    filters: str = ""
    captured_at: datetime | None = None


RowKind = Literal["note", "page", "comment", "creator", "outcome", "demand", "other"]
Cell = tuple[str, str]  # (column, value)


@dataclass(frozen=True, slots=True)
class Captured:
    """A row that is a note. `line` counts from 1: line, sheet row or array element of the file.

    `unreadable` are the cells whose value could not be read; their fields are unknown.
    """

    line: int
    note: Note
    sighting: Sighting | None = None
    unreadable: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Comment:
    """A row that is a comment on a note; `columns` holds every cell of the row.

    `author` is a key as a note's; cells that name a person hold keys unless names are kept.
    """

    line: int
    comment_id: str
    note_id: str
    text: str
    author: str = ""
    published_at: datetime | None = None
    likes: Count | None = None
    captured_at: datetime | None = None
    columns: tuple[Cell, ...] = ()
    unreadable: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Creator:
    """A row that is an author; `author` is the key that the author's notes have."""

    line: int
    author: str
    fans: Count | None = None
    captured_at: datetime | None = None
    columns: tuple[Cell, ...] = ()
    unreadable: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of results: spend, exposure or reads of a note, a keyword or a search term.

    It names a note by `note_id`, or by `title` and `published_at` where its export has no ids;
    `counts` and `follows` are then the note's public counts. `boosted`: the row shows that the
    note was paid for. `source` is the export, `columns` every cell.
    """

    line: int
    source: str
    note_id: str = ""
    keyword: str = ""
    title: str = ""
    published_at: datetime | None = None
    counts: Counts = Counts()
    follows: Count | None = None
    boosted: bool = False
    captured_at: datetime | None = None
    columns: tuple[Cell, ...] = ()
    unreadable: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """A row of a keyword export (聚光): how often people search a word, and what it costs.

    `searches` a month, `competition` index, `bid` in yuan; unknown is None.
    """

    line: int
    keyword: str
    searches: int | None = None
    competition: int | None = None
    level: str = ""
    bid: float | None = None
    bag: str = ""
    reason: str = ""
    unreadable: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """Related searches that a result page proposed for a keyword ("" when not known)."""

    line: int
    keyword: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is fine and is no note: an ad slot, a live room."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be used, kept whole: `raw` is its text or its JSON."""

    line: int
    reason: str
    raw: str


Row = Captured | Comment | Creator | Outcome | Demand | Related | Skipped | Rejected


# --- text --------------------------------------------------------------------------------------


FIELDS = ("title", "tags", "body")


@dataclass(frozen=True, slots=True)
class Signals:
    """What filters, sorts and rules read of a note; numbers are floors where the export said so.

    `tags` and `brands` are folded, to be compared with a Filter's. `published` is seconds since
    1970 or None; unknown counts are None; `cluster` is the note id that stands for a group of
    near-duplicates (the note's own id when it has none).
    """

    kind: Kind = ""
    author: str = ""
    channel: Channel = ""
    published: int | None = None
    likes: int | None = None
    collects: int | None = None
    comments: int | None = None
    shares: int | None = None
    tags: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A note as an index takes it: terms per field, in reading order, repeats kept."""

    note_id: str
    title: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    signals: Signals = field(default=Signals())


@dataclass(frozen=True, slots=True)
class Filter:
    """Which notes may stand on the page; empty fields let all pass, a list means any of it.

    `tags` and `brands` compare folded; `since` <= published < `until`, in seconds since 1970;
    a note without a date passes no time filter.
    """

    kinds: tuple[Kind, ...] = ()
    tags: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One term of a query: its weight, and the query word it stands for (`route` says how).

    `route` is "" for the word itself, else for example `SK2 → sk-ii` (alias) or `bigram`.
    """

    term: str
    word: str
    weight: float = 1.0
    route: str = ""


@dataclass(frozen=True, slots=True)
class QueryWeights:
    """What a way round counts against the word itself (1.0).

    `alias`: another spelling of the same; `onward`: what a searcher of the word also wants;
    `bigram`: neighbouring characters that are no word.
    """

    alias: float = 0.8
    onward: float = 0.5
    bigram: float = 0.6


@dataclass(frozen=True, slots=True)
class Query:
    """What the user asked, analysed: any clause matches; a query without clauses is its filter.

    `required`: for each group, all its terms must stand in one field of the note; `excluded`: a
    note with all terms of a group in one field is out. `phrases` are folded texts that the note
    must hold as they are. `notes` tell the reader what was understood in another way than typed.
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()
    phrases: tuple[str, ...] = ()
    filter: Filter = Filter()
    notes: tuple[str, ...] = ()
