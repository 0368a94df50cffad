"""All documents of a snapshot in a row, segment after segment: their columns and their texts."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.embedded.part import Part
from engine.index.hits import NUMBERS, DocColumns, Integers

_CODES = {"kinds": "kind", "channels": "channel"}


class DocTable:
    """Documents by key: their row in all segments together, deleted ones counted.

    Columns of a few documents are read from their segments; `whole` joins the columns once, for
    who asks for thousands of windows.
    """

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        sizes = [part.segment.documents for part in parts]
        self.bases = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._begins: list[int] = self.bases.tolist()

    def keys(self, parts: npt.NDArray[np.int32], docs: npt.NDArray[np.int32]) -> Integers:
        """Keys of documents by the number of their segment and their row in it."""
        return np.asarray(self.bases[parts] + docs)

    def columns(self, keys: Integers) -> DocColumns:
        """The columns of some documents."""
        if "whole" in self.__dict__:
            return self.whole.take(keys)
        parts = self._part_of(keys)
        values: dict[str, npt.NDArray[Any]] = {n: np.empty(len(keys), np.int64) for n in NUMBERS}
        values |= {name: np.empty(len(keys), np.uint8) for name in _CODES}
        authors = np.empty(len(keys), np.int64)
        for part in np.unique(parts).tolist():
            segment, rows = self._parts[part].segment, np.flatnonzero(parts == part)
            docs = keys[rows] - self.bases[part]
            for name in NUMBERS:
                values[name][rows] = segment.numbers(name, docs)
            for name, column in _CODES.items():
                values[name][rows] = segment.column(column)[docs]
            authors[rows] = self._author_codes[part][segment.column("author")[docs]]
        return DocColumns(
            keys=keys, authors=authors, clusters=self._clusters(keys), texts=self, **values
        )

    @cached_property
    def whole(self) -> DocColumns:
        """The columns of all documents."""
        keys = np.arange(self.bases[-1], dtype=np.int64)
        segments = [part.segment for part in self._parts]
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
        parts = self._part_of(keys)
        if len(self._parts) == 1:
            return self._parts[0].segment.note_ids(keys)
        ids = np.empty(len(keys), object)
        for part in np.unique(parts).tolist():
            rows = np.flatnonzero(parts == part)
            ids[rows] = self._parts[part].segment.note_ids(keys[rows] - self.bases[part])
        return list(ids)

    def brands(self, key: int) -> tuple[str, ...]:
        part, doc = self._place(key)
        return self._parts[part].segment.labels_of("brands", doc)

    def cluster(self, key: int) -> str:
        part, doc = self._place(key)
        segment, docs = self._parts[part].segment, np.array([doc])
        (group,) = segment.groups(docs, segment.note_ids(docs))
        return group

    def author(self, code: int) -> str:
        return self._authors[code]

    def author_code(self, author: str) -> int | None:
        return self._author_numbers.get(author)

    def cluster_code(self, cluster: str) -> int | None:
        code = self._group_codes.get(cluster)
        if code is not None:
            return code
        return self._alone(cluster)

    def find(self, note_ids: Sequence[str]) -> Integers:
        """Keys of live notes, -1 for those that are not here."""
        keys = np.full(len(note_ids), -1, np.int64)
        for part, base in zip(self._parts, self.bases.tolist(), strict=False):
            docs = part.segment.find_all(note_ids)
            rows = np.flatnonzero(docs >= 0)
            rows = rows[part.live[docs[rows]]]
            keys[rows] = docs[rows] + base
        return keys

    # --- inside --------------------------------------------------------------------------------

    def _part_of(self, keys: Integers) -> Integers:
        return np.asarray(np.searchsorted(self.bases, keys, side="right") - 1)

    def _place(self, key: int) -> tuple[int, int]:
        part = bisect.bisect_right(self._begins, key) - 1
        return part, key - self._begins[part]

    @cached_property
    def _authors(self) -> list[str]:
        return sorted({"", *(name for part in self._parts for name in part.segment.authors)})

    @cached_property
    def _author_numbers(self) -> dict[str, int]:
        return {name: code for code, name in enumerate(self._authors)}

    @cached_property
    def _author_codes(self) -> list[Integers]:
        """For each segment the codes of its authors."""
        numbers = self._author_numbers
        return [
            np.array([numbers[name] for name in part.segment.authors], np.int64)
            for part in self._parts
        ]

    @cached_property
    def _group_codes(self) -> dict[str, int]:
        """The code of each group of near-copies: above all keys."""
        names = {name for part in self._parts for name in part.segment.cluster_names}
        return {name: int(self.bases[-1]) + at for at, name in enumerate(sorted(names))}

    @cached_property
    def _grouped(self) -> tuple[Integers, Integers]:
        """(keys of the documents that are in a group, ascending; the codes of their groups)."""
        numbers = self._group_codes
        pairs: dict[int, int] = {}
        for part, base in zip(self._parts, self.bases.tolist(), strict=False):
            names = part.segment.cluster_names
            for doc, name in zip(part.segment.grouped.tolist(), names, strict=True):
                pairs[base + doc] = numbers[name]
        leaders = self.find(list(numbers))
        for key, code in zip(leaders.tolist(), numbers.values(), strict=True):
            if key >= 0:
                pairs.setdefault(key, code)
        keys = np.array(sorted(pairs), np.int64)
        return keys, np.array([pairs[key] for key in keys.tolist()], np.int64)

    def _clusters(self, keys: Integers) -> Integers:
        """A document's group, or its own key when it stands alone."""
        known, codes = self._grouped
        clusters = keys.copy()
        if len(known):
            at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
            inside = known[at] == keys
            clusters[inside] = codes[at[inside]]
        return clusters

    def group_sizes(self, clusters: Sequence[str]) -> list[int]:
        """Live notes of groups of near-copies."""
        sizes = self._sizes
        return [sizes[c] if c in sizes else int(self._alone(c) is not None) for c in clusters]

    @cached_property
    def _sizes(self) -> dict[str, int]:
        keys, codes = self._grouped
        live = np.concatenate([part.live for part in self._parts]) if self._parts else keys > 0
        counted = np.bincount(codes[live[keys]] - self.bases[-1], minlength=len(self._group_codes))
        return dict(zip(self._group_codes, counted.tolist(), strict=True))

    def _alone(self, note_id: str) -> int | None:
        """The key of a live note that stands for itself only."""
        (key,) = self.find([note_id])
        return int(key) if key >= 0 and self._clusters(np.array([key]))[0] == key else None


def _joined(columns: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *columns]).astype(dtype, copy=False)
