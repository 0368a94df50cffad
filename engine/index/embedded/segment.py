"""One immutable file of columns: written once with checksums, then memory-mapped.

Layout: magic, header length, header CRC, header (JSON: format, documents, totals, sections with
offset, bytes, type and CRC-32), zeros up to 8 KiB, then the sections, each at a multiple of 64
bytes with zeros between. The last section, `blocks`, has a CRC-32 for each MiB of the sections
before it. The header's CRC is the file's checksum: it covers every section's CRC.

No byte is used before its checksum is verified: a section at its first use, the large sections of
_BLOCKWISE one block at a time.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from engine.errors import DamagedIndex
from engine.index.embedded.doc_values import NUMBERS, DocValues
from engine.index.embedded.postings import Pairs
from engine.index.embedded.strings import Strings
from engine.index.embedded.writer import BLOCK, FORMAT, HEADER, MAGIC, START, aligned
from engine.index.hits import CHANNELS, KINDS, MISSING

_BLOCKWISE = ("docs", "codes", "window_starts", "window_peaks", "bitmap_bits", "bitmap_ranks")
Integers = npt.NDArray[np.int64]
_KEPT_TERMS = 100_000  # terms whose numbers are remembered
_CURE = "run `noterank rebuild`: the index is made again from notes.db"


class Segment:
    """An open segment file: columns by name, postings by term. It never changes.

    The constructor raises DamagedIndex for a file that is not a whole segment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._map, header = _open(path)
        self.checksum = int.from_bytes(self._map[12:16], "little")
        self.documents: int = header["documents"]
        self.totals: dict[str, list[int]] = header["totals"]
        self._table: dict[str, list[Any]] = header["sections"]
        self._columns: dict[str, npt.NDArray[Any]] = {}
        self._first_block: dict[str, int] = {}
        blocks = 0
        for name, (_, size, _, _) in self._table.items():
            self._first_block[name] = blocks
            blocks += -(-size // BLOCK)
        self._seen = bytearray(blocks)
        self._terms: dict[str, int] = {}
        self._labels: dict[int, str] = {}
        self.ids = self._strings("note_ids")
        self.vocabulary = self._strings("vocabulary")
        self.authors = self._strings("authors")
        self.labels = self._strings("labels")
        self.cluster_names = self._strings("clusters")

    def column(self, name: str) -> npt.NDArray[Any]:
        """Returns a section as a read-only array over the mapped file.

        The values of _BLOCKWISE sections are unverified: read them with `verified`. Raises
        DamagedIndex.
        """
        column = self._columns.get(name)
        if column is None:
            offset, size, dtype, _ = self._table[name]
            if not name.endswith(_BLOCKWISE):
                self._check(name)
            count = size // np.dtype(dtype).itemsize
            start = START + offset if count else 0
            column = self._columns[name] = np.frombuffer(self._map, dtype, count, start)
        return column

    def verified(self, name: str, begin: int, end: int) -> npt.NDArray[Any]:
        """Returns values [begin, end) of a large section after verifying their blocks, each once.

        Raises DamagedIndex.
        """
        offset, size, dtype, _ = self._table[name]
        width = np.dtype(dtype).itemsize
        first = self._first_block[name]
        for block in range(begin * width // BLOCK, -(-end * width // BLOCK)):
            if not self._seen[first + block]:
                start = block * BLOCK
                content = self._map[
                    START + offset + start : START + offset + min(start + BLOCK, size)
                ]
                if zlib.crc32(content) != self.column("blocks")[first + block]:
                    raise self._damaged(name)
                self._seen[first + block] = 1
        return self.column(name)[begin:end]

    def postings(self, field: str, term: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Returns (documents ascending uint32, codes uint16) of a term number in a field."""
        begin, end = self.column(f"{field}.offsets")[term : term + 2].tolist()
        docs = self.verified(f"{field}.docs", begin, end)
        return docs, self.verified(f"{field}.codes", begin, end)

    def pairs(self, field: str) -> Pairs:
        """Returns the (frequency, length byte) of each code of a field."""
        return Pairs(self.column(f"{field}.tfs"), self.column(f"{field}.norms"))

    def term(self, text: str) -> int:
        """Returns the number of a term, -1 when no document has it; remembers it."""
        number = self._terms.get(text)
        if number is None:
            if len(self._terms) >= _KEPT_TERMS:
                self._terms.clear()
            number = self._terms[text] = self.vocabulary.find(text)
        return number

    def find(self, note_id: str) -> int:
        """Returns the document number of a note, -1 when the segment does not hold it."""
        rank = self.ids.find(note_id)
        return -1 if rank < 0 else int(self.column("doc_of")[rank])

    def find_all(self, note_ids: Sequence[str]) -> Integers:
        """Returns the document numbers of notes (int64), -1 for notes that are not here."""
        ranks = self.ids.find_all(note_ids)
        docs = np.full(len(ranks), -1, np.int64)
        docs[ranks >= 0] = self.column("doc_of")[ranks[ranks >= 0]]
        return docs

    def note_ids(self, docs: npt.NDArray[Any]) -> list[str]:
        """Returns the note ids of documents."""
        return self.ids.take(self.column("rank_of")[docs])

    def numbers(self, name: str, docs: npt.NDArray[Any] | slice = slice(None)) -> Integers:
        """Returns a column of NUMBERS for documents as int64, MISSING for unknown."""
        values = self.column(name)[docs]
        wide: Integers = values.astype(np.int64)
        if values.dtype != np.int64:
            wide[values == np.iinfo(values.dtype).min] = MISSING
        return wide

    def label_counts(self, name: str, docs: npt.NDArray[Any]) -> list[tuple[str, int]]:
        """Counts the documents of `docs` that carry each label of `tags` or `brands`."""
        offsets, numbers = self.column(f"{name}_of.offsets"), self.column(f"{name}_of.labels")
        starts = offsets[docs].astype(np.int64)
        sizes = offsets[docs + 1].astype(np.int64) - starts
        positions = np.arange(sizes.sum()) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        labels, counts = np.unique(numbers[positions], return_counts=True)
        return list(zip(self.labels.take(labels), counts.tolist(), strict=True))

    def docs_with_label(self, name: str, values: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Masks the documents that carry any of the folded `values`; `name` is a name in LABELS."""
        mask = np.zeros(self.documents, bool)
        label_numbers = [number for value in values if (number := self.labels.find(value)) >= 0]
        rows = np.flatnonzero(np.isin(self.column(f"{name}.labels"), label_numbers))
        mask[np.searchsorted(self.column(f"{name}.offsets"), rows, side="right") - 1] = True
        return mask

    def docs_with_value(self, name: str, values: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Masks the documents whose `kind`, `channel` or `author` is any of `values`."""
        if name == "author":
            value_numbers = [self.authors.find(value) for value in values]
        else:
            names = KINDS if name == "kind" else CHANNELS
            value_numbers = [names.index(value) for value in values if value in names]
        return np.isin(self.column(name), value_numbers)

    @cached_property
    def doc_values(self) -> DocValues:
        """Everything but the postings, for a merge."""
        columns: dict[str, npt.NDArray[Any]] = {name: self.numbers(name) for name, _ in NUMBERS}
        columns |= {name: self.column(name) for name in ("kind", "channel", "author")}
        ragged = {
            name: (self.column(f"{name}.offsets"), self.column(f"{name}.labels"))
            for name in ("tags_of", "brands_of")
        }
        docs = np.arange(self.documents)
        tables = list(self.authors), list(self.labels)
        clusters = self.clusters(docs, [""] * self.documents)
        return DocValues(self.note_ids(docs), clusters, *tables, columns, ragged)

    def release_pages(self) -> None:
        """Releases the file's pages from memory; they are read again when needed."""
        self.__dict__.pop("doc_values", None)
        self._map.madvise(mmap.MADV_DONTNEED)

    def check(self) -> None:
        """Verifies every byte. Raises DamagedIndex with the first section that is wrong."""
        for name, (offset, size, _, _) in self._table.items():
            self._check(name)
            begin = START + offset + size
            if any(self._map[begin : begin + aligned(size) - size]):
                raise self._damaged(name)

    def _check(self, name: str) -> None:
        offset, size, _, crc = self._table[name]
        checksum = 0
        for place in range(START + offset, START + offset + size, BLOCK):
            end = min(place + BLOCK, START + offset + size)
            checksum = zlib.crc32(self._map[place:end], checksum)
        if checksum != crc:
            raise self._damaged(name)

    def _damaged(self, name: str) -> DamagedIndex:
        return DamagedIndex(f"{self.path}: section {name} is not what was written", _CURE)

    def _strings(self, name: str) -> Strings:
        return Strings(self.column(f"{name}.bytes"), self.column(f"{name}.starts"))

    def clusters(self, docs: npt.NDArray[Any], alone: Sequence[str]) -> list[str]:
        """Returns each document's cluster; its entry of `alone` if it represents itself."""
        names = list(alone)
        clustered_docs = self.clustered_docs
        places = np.searchsorted(clustered_docs, docs)
        inside = np.flatnonzero(places < len(clustered_docs))
        rows = inside[clustered_docs[places[inside]] == docs[inside]]
        for row, name in zip(rows.tolist(), self.cluster_names.take(places[rows]), strict=True):
            names[row] = name
        return names

    @property
    def clustered_docs(self) -> npt.NDArray[Any]:
        """Documents that another note represents, ascending."""
        return self.column("cluster_docs")

    def labels_of(self, name: str, doc: int) -> tuple[str, ...]:
        """Returns the `tags` or `brands` of a document."""
        begin, end = self.column(f"{name}_of.offsets")[doc : doc + 2].tolist()
        if begin == end:
            return ()
        numbers = self.column(f"{name}_of.labels")[begin:end].tolist()
        return tuple(map(self._label, numbers))

    def _label(self, number: int) -> str:
        """A label by its number; looked up once."""
        label = self._labels.get(number)
        if label is None:
            label = self._labels[number] = self.labels[number]
        return label


def _open(path: Path) -> tuple[mmap.mmap, dict[str, Any]]:
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise DamagedIndex(f"{path} cannot be read ({error})", _CURE) from error
    end = HEADER + int.from_bytes(mapped[8:12], "little")
    header = mapped[HEADER:end]
    intact = zlib.crc32(header) == int.from_bytes(mapped[12:16], "little")
    if mapped[:8] != MAGIC or not header or not intact or any(mapped[end:START]):
        raise DamagedIndex(f"{path} is not a whole segment", _CURE)
    table = orjson.loads(header)
    if table["format"] != FORMAT:
        raise DamagedIndex(f"{path} is of another noterank (format {table['format']})", _CURE)
    sizes = (aligned(size) for _, size, _, _ in table["sections"].values())
    if len(mapped) != START + sum(sizes):
        raise DamagedIndex(f"{path} is not as long as it was written", _CURE)
    return mapped, table
