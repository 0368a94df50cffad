"""DocTable: the documents of all segments of a snapshot, their columns and their texts."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.embedded.segment_reader import SegmentReader
from engine.index.hits import NUMBERS, DocColumns, Integers

_CODES = {"kinds": "kind", "channels": "channel"}


class DocTable:
    """Documents by key: their row in all segments together, deleted documents included.

    Columns of a few documents are read from their segments; `whole` joins the columns once, for
    thousands of windows.
    """

    def __init__(self, readers: Sequence[SegmentReader]) -> None:
        self._readers = readers
        sizes = [reader.segment.documents for reader in readers]
        self.bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._begins: list[int] = self.bases.tolist()

    def keys(self, numbers: npt.NDArray[np.int32], docs: npt.NDArray[np.int32]) -> Integers:
        """Keys of documents by the number of their segment and their row in it."""
        return np.asarray(self.bases[numbers] + docs)

    def columns(self, keys: Integers) -> DocColumns:
        """The columns of some documents."""
        if "whole" in self.__dict__:
            return self.whole.take(keys)
        numbers = self._segment_numbers(keys)
        values: dict[str, npt.NDArray[Any]] = {n: np.empty(len(keys), np.int64) for n in NUMBERS}
        values |= {name: np.empty(len(keys), np.uint8) for name in _CODES}
        authors = np.empty(len(keys), np.int64)
        for number in np.unique(numbers).tolist():
            segment, rows = self._readers[number].segment, np.flatnonzero(numbers == number)
            docs = keys[rows] - self.bases[number]
            for name in NUMBERS:
                values[name][rows] = segment.numbers(name, docs)
            for name, column in _CODES.items():
                values[name][rows] = segment.column(column)[docs]
            authors[rows] = self._author_codes[number][segment.column("author")[docs]]
        return DocColumns(
            keys=keys, authors=authors, clusters=self._clusters(keys), texts=self, **values
        )

    @cached_property
    def whole(self) -> DocColumns:
        """The columns of all documents."""
        keys = np.arange(self.bases[-1], dtype=np.int64)
        segments = [reader.segment for reader in self._readers]
        authors = [
            codes[segment.column("author")]
            for codes, segment in zip(self._author_codes, segments, strict=True)
        ]
        values = {n: _joined([s.numbers(n) for s in segments], np.int64) for n in NUMBERS}
        for name, column in _CODES.items():
            values[name] = _joined([segment.column(column) for segment in segments], np.uint8)
        return DocColumns(
            keys=keys,
            authors=_joined(authors, np.int64),
            clusters=self._clusters(keys),
            texts=self,
            **values,
        )

    # --- texts ---------------------------------------------------------------------------------

    def note_ids(self, keys: Integers) -> list[str]:
        """Ids of documents."""
        numbers = self._segment_numbers(keys)
        if len(self._readers) == 1:
            return self._readers[0].segment.note_ids(keys)
        ids = np.empty(len(keys), object)
        for number in np.unique(numbers).tolist():
            rows = np.flatnonzero(numbers == number)
            ids[rows] = self._readers[number].segment.note_ids(keys[rows] - self.bases[number])
        return list(ids)

    def brands(self, key: int) -> tuple[str, ...]:
        number, doc = self._place(key)
        return self._readers[number].segment.labels_of("brands", doc)

    def cluster(self, key: int) -> str:
        number, doc = self._place(key)
        segment, docs = self._readers[number].segment, np.array([doc])
        (cluster,) = segment.clusters(docs, segment.note_ids(docs))
        return cluster

    def author(self, code: int) -> str:
        return self._authors[code]

    def author_code(self, author: str) -> int | None:
        return self._author_numbers.get(author)

    def cluster_code(self, cluster: str) -> int | None:
        code = self._cluster_codes.get(cluster)
        if code is not None:
            return code
        return self._alone(cluster)

    def find(self, note_ids: Sequence[str]) -> Integers:
        """Keys of live notes, -1 for those that are not here."""
        keys = np.full(len(note_ids), -1, np.int64)
        for reader, base in zip(self._readers, self.bases.tolist(), strict=False):
            docs = reader.segment.find_all(note_ids)
            rows = np.flatnonzero(docs >= 0)
            rows = rows[reader.live[docs[rows]]]
            keys[rows] = docs[rows] + base
        return keys

    # --- inside --------------------------------------------------------------------------------

    def _segment_numbers(self, keys: Integers) -> Integers:
        return np.asarray(np.searchsorted(self.bases, keys, side="right") - 1)

    def _place(self, key: int) -> tuple[int, int]:
        number = bisect.bisect_right(self._begins, key) - 1
        return number, key - self._begins[number]

    @cached_property
    def _authors(self) -> list[str]:
        return sorted({"", *(name for reader in self._readers for name in reader.segment.authors)})

    @cached_property
    def _author_numbers(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self._authors)}

    @cached_property
    def _author_codes(self) -> list[Integers]:
        """For each segment the codes of its authors."""
        codes = self._author_numbers
        return [
            np.array([codes[name] for name in reader.segment.authors], np.int64)
            for reader in self._readers
        ]

    @cached_property
    def _cluster_codes(self) -> dict[str, int]:
        """The code of each cluster of near-copies: above all keys."""
        names = {name for reader in self._readers for name in reader.segment.cluster_names}
        return {name: int(self.bases[-1]) + at for at, name in enumerate(sorted(names))}

    @cached_property
    def _clustered(self) -> tuple[Integers, Integers]:
        """(keys of the documents that are in a cluster, ascending; their codes)."""
        cluster_codes = self._cluster_codes
        pairs: dict[int, int] = {}
        for reader, base in zip(self._readers, self.bases.tolist(), strict=False):
            names = reader.segment.cluster_names
            for doc, name in zip(reader.segment.clustered_docs.tolist(), names, strict=True):
                pairs[base + doc] = cluster_codes[name]
        leaders = self.find(list(cluster_codes))
        for key, code in zip(leaders.tolist(), cluster_codes.values(), strict=True):
            if key >= 0:
                pairs.setdefault(key, code)
        keys = np.array(sorted(pairs), np.int64)
        return keys, np.array([pairs[key] for key in keys.tolist()], np.int64)

    def _clusters(self, keys: Integers) -> Integers:
        """Codes of the documents' clusters; a document's key where it represents itself."""
        clustered_keys, codes = self._clustered
        clusters = keys.copy()
        if len(clustered_keys):
            at = np.minimum(np.searchsorted(clustered_keys, keys), len(clustered_keys) - 1)
            inside = clustered_keys[at] == keys
            clusters[inside] = codes[at[inside]]
        return clusters

    def cluster_sizes(self, clusters: Sequence[str]) -> list[int]:
        """Live notes of clusters of near-copies."""
        sizes = self._sizes
        return [sizes[c] if c in sizes else int(self._alone(c) is not None) for c in clusters]

    @cached_property
    def _sizes(self) -> dict[str, int]:
        keys, codes = self._clustered
        live = (
            np.concatenate([reader.live for reader in self._readers]) if self._readers else keys > 0
        )
        counted = np.bincount(
            codes[live[keys]] - self.bases[-1], minlength=len(self._cluster_codes)
        )
        return dict(zip(self._cluster_codes, counted.tolist(), strict=True))

    def _alone(self, note_id: str) -> int | None:
        """The key of a live note without near-copies, None for all others."""
        (key,) = self.find([note_id])
        return int(key) if key >= 0 and self._clusters(np.array([key]))[0] == key else None


def _joined(columns: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *columns]).astype(dtype, copy=False)
