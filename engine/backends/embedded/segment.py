"""One immutable file of columns: written once with a checksum a section, then memory-mapped.

Layout: magic, header length, header CRC, header (JSON: format, documents, sections with offset,
bytes, type and CRC-32), then the sections, each at a multiple of 64 bytes, zeros between. The
header's CRC is the file's seal: it covers every section's.
"""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from engine.backends.embedded.columns import Columns, Postings, number_column
from engine.backends.embedded.strings import Strings
from engine.bm25 import encode_length
from engine.errors import Damaged
from engine.index import MISSING
from engine.model import FIELDS, Signals

_MAGIC = b"NRSEG\x00\x01\n"
_HEADER = len(_MAGIC) + 8  # where it begins
_ALIGN = 64
_KINDS = ("", "image", "video")
_CHANNELS = ("", "organic", "declared", "boosted")
_NUMBERS: tuple[tuple[str, Callable[[Signals], int | None]], ...] = (
    ("published", lambda s: s.published),
    ("likes", lambda s: s.likes),
    ("collects", lambda s: s.collects),
    ("comments", lambda s: s.comments),
    ("shares", lambda s: s.shares),
)
_CURE = "run `noterank rebuild`: the index is made again from notes.db"


def write(columns: Columns, path: Path) -> None:
    """Write the columns as a segment file and sync it; a partial file has no valid header."""
    sections = {name: np.ascontiguousarray(array) for name, array in _sections(columns).items()}
    table: dict[str, list[Any]] = {}
    offset = 0
    for name, array in sections.items():
        table[name] = [offset, array.nbytes, array.dtype.str, zlib.crc32(array.tobytes())]
        offset += _aligned(array.nbytes)
    header = orjson.dumps({"format": 1, "documents": len(columns.note_ids), "sections": table})
    start = _aligned(_HEADER + len(header))
    with path.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(4, "little"))
        file.write(zlib.crc32(header).to_bytes(4, "little") + header)
        for name, array in sections.items():
            file.seek(start + table[name][0])
            file.write(array.tobytes())
        file.truncate(start + offset)
        file.flush()
        os.fsync(file.fileno())


class Segment:
    """A segment file, open: columns by name, postings by term. Never changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._map, self._start, header = _open(path)
        self.seal = int.from_bytes(self._map[12:16], "little")
        self.documents: int = header["documents"]
        self._table: dict[str, list[Any]] = header["sections"]
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self.note_ids = self._strings("note_ids")
        self.vocabulary = self._strings("vocabulary")
        self.authors = self._strings("authors")
        self.labels = self._strings("labels")
        self.clusters = self._strings("clusters")

    def column(self, name: str) -> npt.NDArray[Any]:
        """A section as a read-only array over the mapped file."""
        known = self._columns.get(name)
        if known is None:
            offset, size, dtype, _ = self._table[name]
            count = size // np.dtype(dtype).itemsize
            start = self._start + offset if count else 0
            known = self._columns[name] = np.frombuffer(self._map, dtype, count, start)
        return known

    def postings(self, field: str, term: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """(documents ascending, frequencies) of a term number in a field."""
        begin, end = self.column(f"{field}.offsets")[term : term + 2].tolist()
        return self.column(f"{field}.docs")[begin:end], self.column(f"{field}.tfs")[begin:end]

    def kind(self, doc: int) -> str:
        return _KINDS[self.column("kind")[doc]]

    def channel(self, doc: int) -> str:
        return _CHANNELS[self.column("channel")[doc]]

    def author(self, doc: int) -> str:
        return self.authors[self.column("author")[doc]]

    def labelled(self, name: str, values: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Documents that carry any of the folded `values` as `tags` or `brands`."""
        mask = np.zeros(self.documents, bool)
        wanted = [number for value in values if (number := self.labels.find(value)) >= 0]
        rows = np.flatnonzero(np.isin(self.column(f"{name}.labels"), wanted))
        mask[np.searchsorted(self.column(f"{name}.offsets"), rows, side="right") - 1] = True
        return mask

    def one_of(self, name: str, values: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Documents whose `kind`, `channel` or `author` is any of `values`."""
        if name == "author":
            wanted = [self.authors.find(value) for value in values]
        else:
            names = _KINDS if name == "kind" else _CHANNELS
            wanted = [names.index(value) for value in values if value in names]
        return np.isin(self.column(name), wanted)

    def signals(self, doc: int) -> Signals:
        """What filters, sorts and rules read of a document."""
        values = {name: int(self.column(name)[doc]) for name, _ in _NUMBERS}
        return Signals(
            kind=self.kind(doc),  # type: ignore[arg-type]
            author=self.author(doc),
            channel=self.channel(doc),  # type: ignore[arg-type]
            tags=self._labels_of("tags_of", doc),
            brands=self._labels_of("brands_of", doc),
            cluster=self.clusters[doc],
            **{name: None if value == MISSING else value for name, value in values.items()},
        )

    def columns(self) -> Columns:
        """Everything in the file again as Columns, for a merge."""
        fields = {}
        for field in FIELDS:
            sizes = np.diff(self.column(f"{field}.offsets"))
            terms = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
            rest = (self.column(f"{field}.{part}") for part in ("docs", "tfs", "lengths"))
            fields[field] = Postings(terms, *rest)
        signals = [self.signals(doc) for doc in range(self.documents)]
        return Columns(list(self.note_ids), list(self.vocabulary), fields, signals)

    def check(self) -> None:
        """Read every byte; Damaged names the first section whose checksum is wrong."""
        for name, (offset, size, _, crc) in self._table.items():
            begin = self._start + offset
            end = begin + size
            between = self._map[end : begin + _aligned(size)]
            if zlib.crc32(self._map[begin:end]) != crc or any(between):
                raise Damaged(f"{self.path}: section {name} is not what was written", _CURE)

    def _strings(self, name: str) -> Strings:
        return Strings(self.column(f"{name}.bytes"), self.column(f"{name}.starts"))

    def _labels_of(self, name: str, doc: int) -> tuple[str, ...]:
        begin, end = self.column(f"{name}.offsets")[doc : doc + 2].tolist()
        numbers = self.column(f"{name}.labels")[begin:end].tolist()
        return tuple(self.labels[number] for number in numbers)


def _open(path: Path) -> tuple[mmap.mmap, int, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise Damaged(f"{path} cannot be read ({error})", _CURE) from error
    end = _HEADER + int.from_bytes(mapped[8:12], "little")
    header, start = mapped[_HEADER:end], _aligned(end)
    whole = zlib.crc32(header) == int.from_bytes(mapped[12:16], "little")
    if mapped[:8] != _MAGIC or not header or not whole or any(mapped[end:start]):
        raise Damaged(f"{path} is not a whole segment", _CURE)
    known = orjson.loads(header)
    sizes = (_aligned(size) for _, size, _, _ in known["sections"].values())
    if len(mapped) != start + sum(sizes):
        raise Damaged(f"{path} is not as long as it was written", _CURE)
    return mapped, start, known


def _aligned(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def _sections(columns: Columns) -> dict[str, npt.NDArray[Any]]:
    signals = columns.signals
    authors = sorted({row.author for row in signals})
    labels = sorted({label for row in signals for label in (*row.tags, *row.brands)})
    author_numbers = {author: number for number, author in enumerate(authors)}
    sections: dict[str, npt.NDArray[Any]] = {
        "kind": np.array([_KINDS.index(row.kind) for row in signals], np.uint8),
        "channel": np.array([_CHANNELS.index(row.channel) for row in signals], np.uint8),
        "author": np.array([author_numbers[row.author] for row in signals], np.int32),
    }
    for name, read in _NUMBERS:
        sections[name] = number_column(signals, read)
    sections |= _labels("tags_of", [row.tags for row in signals], labels)
    sections |= _labels("brands_of", [row.brands for row in signals], labels)
    for name, field in columns.fields.items():
        counts = np.bincount(field.terms, minlength=len(columns.vocabulary))
        sections[f"{name}.offsets"] = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        sections[f"{name}.docs"] = field.docs
        sections[f"{name}.tfs"] = field.tfs
        sections[f"{name}.lengths"] = field.lengths
        sections[f"{name}.codes"] = encode_length(field.lengths)
    for name, texts in (
        ("note_ids", columns.note_ids),
        ("vocabulary", columns.vocabulary),
        ("authors", authors),
        ("labels", labels),
        ("clusters", [row.cluster for row in signals]),
    ):
        table = Strings.of(texts)
        sections |= {f"{name}.bytes": table.blob, f"{name}.starts": table.offsets}
    return sections


def _labels(
    name: str, rows: Sequence[tuple[str, ...]], labels: Sequence[str]
) -> dict[str, npt.NDArray[Any]]:
    numbers = {label: number for number, label in enumerate(labels)}
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    flat = np.array([numbers[label] for row in rows for label in row], np.int32)
    return {f"{name}.offsets": offsets, f"{name}.labels": flat}
