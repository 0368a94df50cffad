"""Columns: how many documents, hits or notes at once pass between rooms; a row a document."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.model import COUNTS, FIELDS, Channel, Document, Kind, Signals

MISSING = np.iinfo(np.int64).min  # an unknown time or count in a column
KINDS: tuple[Kind, ...] = ("", "image", "video")  # what a code of a column means
CHANNELS: tuple[Channel, ...] = ("", "organic", "declared", "boosted")
NUMBERS = ("published", *COUNTS)
_CODED = ("keys", *NUMBERS, "kinds", "channels", "authors", "clusters")
Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint8]
Scores = npt.NDArray[np.float32]
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
        if isinstance(documents, Batch):
            return documents
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
                terms = ids[offsets[number] : offsets[number + 1]].tolist()
                texts.append(tuple(self.vocabulary[term] for term in terms))
            title, tags, body = texts
            yield Document(note_id, title, tags, body, signals)


class DocTexts(Protocol):
    """The texts behind the codes of one snapshot's columns, read when they are wanted."""

    def note_ids(self, keys: Integers) -> list[str]:
        """Ids of documents by their keys."""
        ...

    def brands(self, key: int) -> tuple[str, ...]:
        """The folded brands that a document names."""
        ...

    def cluster(self, key: int) -> str:
        """The note that a document's group of near-copies stands for; its own id when alone."""
        ...

    def author(self, code: int) -> str:
        """The author's key; "" for 0, the unknown one."""
        ...

    def author_code(self, author: str) -> int | None:
        """The code of an author; None when no document is theirs."""
        ...

    def cluster_code(self, cluster: str) -> int | None:
        """The code of a group of near-copies; None when no document is in it."""
        ...


@dataclass(frozen=True, slots=True)
class DocColumns:
    """What filters, sorts and rules read of documents, all columns of one length.

    `keys` identify documents within one snapshot. `published` is seconds since 1970; it and the
    counts hold MISSING for unknown. `kinds` and `channels` index KINDS and CHANNELS. `authors` is
    0 for unknown; equal numbers in `clusters` are near-copies. Codes compare within one snapshot.
    """

    keys: Integers
    published: Integers
    likes: Integers
    collects: Integers
    comments: Integers
    shares: Integers
    kinds: Codes
    channels: Codes
    authors: Integers
    clusters: Integers
    texts: DocTexts

    @classmethod
    def of(cls, note_ids: Sequence[str], signals: Sequence[Signals]) -> DocColumns:
        """The columns of documents that are at hand one by one."""
        authors = sorted({"", *(row.author for row in signals)})
        groups = [row.cluster or i for i, row in zip(note_ids, signals, strict=True)]
        clusters = sorted({*groups, *note_ids})
        return cls(
            keys=np.arange(len(note_ids), dtype=np.int64),
            **{name: _numbers(getattr(row, name) for row in signals) for name in NUMBERS},
            kinds=np.array([KINDS.index(row.kind) for row in signals], np.uint8),
            channels=np.array([CHANNELS.index(row.channel) for row in signals], np.uint8),
            authors=np.searchsorted(authors, [row.author for row in signals]).astype(np.int64)
            if signals
            else np.zeros(0, np.int64),
            clusters=np.array([bisect.bisect_left(clusters, g) for g in groups], np.int64),
            texts=_ListedTexts(list(note_ids), list(signals), authors, clusters),
        )

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def note_ids(self) -> list[str]:
        """The ids of all rows."""
        return self.texts.note_ids(self.keys)

    def take(self, rows: Sequence[int] | Integers) -> DocColumns:
        """Some rows, in the order given."""
        picked = np.asarray(rows, np.int64)
        return DocColumns(
            **{name: getattr(self, name)[picked] for name in _CODED}, texts=self.texts
        )

    def followed_by(self, other: DocColumns, texts: DocTexts) -> DocColumns:
        """These rows, then those of `other`, whose codes mean the same in `texts`."""
        return DocColumns(
            **{n: np.concatenate([getattr(self, n), getattr(other, n)]) for n in _CODED},
            texts=texts,
        )

    def kind(self, row: int) -> Kind:
        return KINDS[int(self.kinds[row])]

    def channel(self, row: int) -> Channel:
        return CHANNELS[int(self.channels[row])]

    def author(self, row: int) -> str:
        return self.texts.author(int(self.authors[row]))

    def cluster(self, row: int) -> str:
        return self.texts.cluster(int(self.keys[row]))

    def brands(self, row: int) -> tuple[str, ...]:
        """The folded brands that a row names."""
        return self.texts.brands(int(self.keys[row]))


@dataclass(frozen=True, slots=True)
class Hits:
    """The best notes of a query, best first; ties stand by note id.

    `bm25` are their scores; `total` counts all matching notes, not only these: None where nobody
    asked for it.
    """

    bm25: Scores
    columns: DocColumns
    total: int | None

    def __len__(self) -> int:
        return len(self.bm25)

    @property
    def note_ids(self) -> list[str]:
        return self.columns.note_ids

    def take(self, rows: Sequence[int] | Integers) -> Hits:
        """Some rows, in the order given; `total` stays."""
        return Hits(self.bm25[np.asarray(rows, np.int64)], self.columns.take(rows), self.total)


class _ListedTexts:
    """DocTexts of documents that are at hand one by one."""

    def __init__(
        self,
        note_ids: Sequence[str],
        signals: Sequence[Signals],
        authors: Sequence[str],
        clusters: Sequence[str],
    ) -> None:
        self._note_ids = note_ids
        self._signals = signals
        self._authors = authors
        self._clusters = clusters

    def note_ids(self, keys: Integers) -> list[str]:
        return [self._note_ids[key] for key in keys.tolist()]

    def brands(self, key: int) -> tuple[str, ...]:
        return self._signals[key].brands

    def cluster(self, key: int) -> str:
        return self._signals[key].cluster or self._note_ids[key]

    def author(self, code: int) -> str:
        return self._authors[code]

    def author_code(self, author: str) -> int | None:
        return _place(self._authors, author)

    def cluster_code(self, cluster: str) -> int | None:
        return _place(self._clusters, cluster)


def _place(names: Sequence[str], name: str) -> int | None:
    at = bisect.bisect_left(names, name)
    return at if at < len(names) and names[at] == name else None


def _numbers(values: Iterable[int | None]) -> Integers:
    return np.array([MISSING if value is None else value for value in values], np.int64)
