"""Columns: how many documents, hits or notes at once pass between rooms; a row a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.model import FIELDS, Document, Signals

MISSING = np.iinfo(np.int64).min  # an unknown time or count in a column
Integers = npt.NDArray[np.int64]
Texts = tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Documents as columns, each note once: what a fast path hands over instead of Documents.

    For each field `fields` has (term numbers of all notes in a row, where each note begins and
    the last ends); the numbers index `vocabulary`, which may hold more.
    """

    note_ids: Sequence[str]
    fields: Mapping[str, Texts]
    vocabulary: Sequence[str]
    signals: Sequence[Signals]

    @classmethod
    def of(cls, documents: Iterable[Document]) -> Batch:
        """The columns of documents; of two with one id the last one counts."""
        latest = {document.note_id: document for document in documents}
        numbers: dict[str, int] = {}
        fields = {}
        for name in FIELDS:
            texts: list[tuple[str, ...]] = [getattr(d, name) for d in latest.values()]
            offsets = np.zeros(len(texts) + 1, np.int64)
            np.cumsum([len(terms) for terms in texts], out=offsets[1:])
            ids = [numbers.setdefault(term, len(numbers)) for terms in texts for term in terms]
            fields[name] = np.array(ids, np.int32), offsets
        signals = [document.signals for document in latest.values()]
        return cls(list(latest), fields, list(numbers), signals)

    def __len__(self) -> int:
        return len(self.note_ids)

    def __iter__(self) -> Iterator[Document]:
        """The documents, for whoever works note by note."""
        for number, (note_id, signals) in enumerate(zip(self.note_ids, self.signals, strict=True)):
            texts = []
            for name in FIELDS:
                ids, offsets = self.fields[name]
                own = ids[offsets[number] : offsets[number + 1]].tolist()
                texts.append(tuple(self.vocabulary[term] for term in own))
            title, tags, body = texts
            yield Document(note_id, title, tags, body, signals)


@dataclass(frozen=True, slots=True)
class Hits:
    """The best notes of a query as columns of one length, best first.

    `bm25` is float32. Integer columns hold MISSING for unknown. `kinds`, `channels`, `authors` and
    `clusters` are strings. `total` counts all matching notes, not only these.
    """

    note_ids: list[str]
    bm25: npt.NDArray[np.float32]
    published: Integers
    likes: Integers
    collects: Integers
    comments: Integers
    shares: Integers
    kinds: list[str]
    channels: list[str]
    authors: list[str]
    clusters: list[str]
    total: int

    def __len__(self) -> int:
        return len(self.note_ids)

    def take(self, rows: Sequence[int]) -> Hits:
        """Some rows, in the order given; `total` stays."""
        columns = {}
        for name in ("bm25", "published", "likes", "collects", "comments", "shares"):
            columns[name] = getattr(self, name)[list(rows)]
        for name in ("note_ids", "kinds", "channels", "authors", "clusters"):
            values = getattr(self, name)
            columns[name] = [values[row] for row in rows]
        return Hits(total=self.total, **columns)


@dataclass(frozen=True, slots=True)
class Roster:
    """All documents of an index as columns, for work on many pages at once; a row a document.

    Rows of dropped notes may be among them; no page shows them. `order` sorts by note id. `authors`
    is 0 for unknown; notes of one number in `clusters` are near-copies; `author_numbers` and
    `cluster_numbers` tell the number of an author's key and of a group's id. `counts` holds
    published, likes, collects, comments, shares (MISSING for unknown). Brands of row r are
    `brand_names[brands[brand_starts[r]:brand_starts[r + 1]]]`, folded.
    """

    note_ids: list[str]
    order: Integers
    kinds: npt.NDArray[np.object_]
    channels: npt.NDArray[np.object_]
    authors: Integers
    clusters: Integers
    counts: Mapping[str, Integers]
    brand_starts: Integers
    brands: Integers
    brand_names: Sequence[str]
    author_numbers: Mapping[str, int]
    cluster_numbers: Mapping[str, int]

    def hits(self) -> Hits:
        """All rows as hits of score 0, for rules that look at their columns."""
        none = [""] * len(self.note_ids)
        return Hits(
            note_ids=self.note_ids,
            bm25=np.zeros(len(self.note_ids), np.float32),
            kinds=self.kinds.tolist(),
            channels=self.channels.tolist(),
            authors=none,
            clusters=none,
            total=len(self.note_ids),
            **self.counts,
        )

    def with_notes(self, note_ids: Sequence[str], signals: Sequence[Signals]) -> Roster:
        """The roster with notes behind its rows; a row of the same id is a dropped one's."""
        added = signal_columns(note_ids, np.zeros(len(note_ids), np.float32), signals, 0)
        authors, groups = dict(self.author_numbers), dict(self.cluster_numbers)
        next_group = max(int(self.clusters.max(initial=0)) + 1, len(self.note_ids))
        clusters = []
        for note_id, own in zip(note_ids, signals, strict=True):
            group = own.cluster or note_id
            if group not in groups:
                rows = (row for row, known in enumerate(self.note_ids) if known == group)
                alone = next((row for row in rows if self.clusters[row] == row), next_group)
                groups[group] = alone
                next_group += alone == next_group
            clusters.append(groups[group])
            if own.author:
                authors.setdefault(own.author, len(authors) + 1)
        names = sorted({brand for row in signals for brand in row.brands})
        first = len(self.brand_names)
        ends = np.cumsum([len(row.brands) for row in signals]) + len(self.brands)
        numbers = [first + names.index(brand) for row in signals for brand in row.brands]
        return Roster(
            note_ids=[*self.note_ids, *note_ids],
            order=self._order_with(note_ids),
            kinds=np.concatenate([self.kinds, np.array(added.kinds, object)]),
            channels=np.concatenate([self.channels, np.array(added.channels, object)]),
            authors=_joined(self.authors, [authors.get(row.author, 0) for row in signals]),
            clusters=_joined(self.clusters, clusters),
            counts={n: _joined(own, getattr(added, n)) for n, own in self.counts.items()},
            brand_starts=_joined(self.brand_starts, ends),
            brands=_joined(self.brands, numbers),
            brand_names=[*self.brand_names, *names],
            author_numbers=authors,
            cluster_numbers=groups,
        )

    def _order_with(self, note_ids: Sequence[str]) -> Integers:
        """Numbers that sort the rows and new ones by note id."""
        step = len(note_ids) + 1
        ranks = {note_id: rank for rank, note_id in enumerate(sorted(note_ids), 1)}
        before = [sum(map(note_id.__gt__, self.note_ids)) for note_id in note_ids]
        new = [count * step - step + ranks[i] for i, count in zip(note_ids, before, strict=True)]
        return _joined(self.order * step, new)

    def brands_of(self, row: int) -> list[str]:
        """The brands that a document names, folded."""
        begin, end = self.brand_starts[row : row + 2].tolist()
        return [self.brand_names[number] for number in self.brands[begin:end].tolist()]


def _joined(own: Integers, more: npt.ArrayLike) -> Integers:
    return np.concatenate([own, np.asarray(more, np.int64)])


def roster_of(
    note_ids: Sequence[str],
    clusters: Sequence[str],
    authors: Sequence[str],
    kinds: Sequence[str],
    channels: Sequence[str],
    counts: Mapping[str, Integers],
    brands: tuple[Integers, Integers, Sequence[str]],
) -> Roster:
    """A roster from plain columns; `clusters` has "" or the own id for a note that stands alone."""
    ids = list(note_ids)
    numbers: dict[str, int] = {}
    for group in clusters:
        if group:
            numbers.setdefault(group, len(ids) + len(numbers))
    own = zip(ids, clusters, strict=True)
    grouped = [numbers[c] if c else numbers.get(i, row) for row, (i, c) in enumerate(own)]
    names = {name: number for number, name in enumerate(sorted(set(authors) - {""}), 1)}
    order = np.empty(len(ids), np.int64)
    order[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
    return Roster(
        note_ids=ids,
        order=order,
        kinds=np.array(kinds, object),
        channels=np.array(channels, object),
        authors=np.array([names.get(name, 0) for name in authors], np.int64),
        clusters=np.array(grouped, np.int64),
        counts=counts,
        brand_starts=brands[0],
        brands=brands[1],
        brand_names=brands[2],
        author_numbers=names,
        cluster_numbers=numbers,
    )


def signal_columns(
    note_ids: Sequence[str],
    bm25: npt.NDArray[np.float32],
    signals: Sequence[Signals],
    total: int,
) -> Hits:
    """Hits from signals a note at a time."""

    def numbers(values: Iterable[int | None]) -> Integers:
        return np.array([MISSING if value is None else value for value in values], np.int64)

    return Hits(
        note_ids=list(note_ids),
        bm25=bm25,
        published=numbers(row.published for row in signals),
        likes=numbers(row.likes for row in signals),
        collects=numbers(row.collects for row in signals),
        comments=numbers(row.comments for row in signals),
        shares=numbers(row.shares for row in signals),
        kinds=[row.kind for row in signals],
        channels=[row.channel for row in signals],
        authors=[row.author for row in signals],
        clusters=[row.cluster for row in signals],
        total=total,
    )
