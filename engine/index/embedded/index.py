"""EmbeddedIndex: a folder of segments, a manifest that names them, one writer, many readers.

A change writes a new segment and new deletion bitmaps, then replaces the manifest by an atomic
rename: whoever reads sees the old state or the new one. Merge policy: once the change is
published, the new segment joins its predecessors until each holds more than twice the documents
of the next, so that there are at most log2(N) segments; a segment with more dead than live
documents is written anew. A rebuild ends with one segment.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from engine.errors import DamagedIndex, StaleIndex
from engine.index.embedded.merging import merge, mergeable
from engine.index.embedded.postings import TooManyPairs
from engine.index.embedded.segment import Segment
from engine.index.embedded.segment_reader import SegmentReader
from engine.index.embedded.snapshot import EmbeddedSnapshot
from engine.index.embedded.writing import write_batch
from engine.index.hits import Batch
from engine.index.protocol import IndexHealth, nothing
from engine.model import Document

_MANIFEST = "MANIFEST.json"
_CURE = "run `noterank rebuild`: the index is made again from notes.db"


class EmbeddedIndex:
    """The index in `folder`; `fingerprint` names the analysis that its terms come from."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self._fingerprint = fingerprint
        self._stamp: tuple[int, int] | None = None
        self._snapshot = EmbeddedSnapshot((), 0, "0-0")

    def snapshot(self) -> EmbeddedSnapshot:
        """Returns the state that is published now, by any process."""
        self._refresh()
        return self._snapshot

    def apply(
        self,
        added: Iterable[Document],
        deleted: Sequence[str],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        """See the protocol; merges come after publication."""
        batch = Batch.of(added)
        readers = _without(self.snapshot().readers, [*batch.note_ids, *deleted])
        files = self._names()
        readers += self._written(batch, files)
        self._publish(readers, version, commit)
        merged = self._merged(readers, files)
        if [reader.segment for reader in merged] != [reader.segment for reader in readers]:
            self._publish(merged, version)  # readers have had the change since the first time

    def rebuild(
        self,
        batches: Iterable[Batch | Sequence[Document]],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        """Replaces everything by these documents, in one step at the end; each id comes once."""
        readers: list[SegmentReader] = []
        files = self._names()
        for documents in batches:
            readers += self._written(Batch.of(documents), files)
        self._publish(self._joined(readers, files), version, commit)

    def quarantine(self) -> str:
        """Keeps the files unchanged in the folder `damaged` for inspection; returns its path."""
        aside = self.folder / "damaged"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for path in [*self.folder.glob("segment-*"), *self.folder.glob(_MANIFEST)]:
            try:
                os.link(path, aside / path.name)
            except OSError:  # a file system without links
                shutil.copyfile(path, aside / path.name)
        return str(aside)

    def verify(self) -> IndexHealth:
        """Reads every byte of every file."""
        snapshot = self.snapshot()
        for reader in snapshot.readers:
            reader.segment.check()
        return IndexHealth(len(snapshot.readers), len(snapshot))

    def _published(self) -> tuple[int, int] | None:
        """Returns a stamp that differs for each published state; None for no index."""
        try:
            status = os.stat(self.folder / _MANIFEST)
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _refresh(self) -> None:
        """Opens the state that another process has published since."""
        stamp = self._published()
        if stamp == self._stamp:
            return
        for _ in range(5):  # a merge may remove files between the manifest and their opening
            manifest = self._read_manifest()
            try:
                readers = [self._open_reader(row) for row in manifest["segments"]]
                break
            except DamagedIndex:
                if self._published() == stamp:
                    raise
                stamp = self._published()
        else:
            raise DamagedIndex(f"{self.folder} changes faster than it can be read", _CURE)
        self._snapshot = EmbeddedSnapshot(readers, manifest["version"], _state_id(manifest))
        self._stamp = stamp

    def _read_manifest(self) -> dict[str, Any]:
        path = self.folder / _MANIFEST
        try:
            outer = orjson.loads(path.read_bytes())
            body = orjson.dumps(outer["manifest"], option=orjson.OPT_SORT_KEYS)
            whole = outer["crc"] == zlib.crc32(body)
        except FileNotFoundError:
            return {"generation": 0, "version": 0, "segments": []}
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedIndex(f"{path} cannot be read", _CURE) from error
        if not whole:
            raise DamagedIndex(f"{path} is not what was written", _CURE)
        manifest: dict[str, Any] = outer["manifest"]
        if manifest["fingerprint"] != self._fingerprint and manifest["segments"]:
            raise StaleIndex(
                "the index was made with another lexicon or analysis", "run `noterank rebuild`"
            )
        return manifest

    def _open_reader(self, row: dict[str, Any]) -> SegmentReader:
        open_segments = {
            reader.segment.path.name: reader.segment for reader in self._snapshot.readers
        }
        segment = open_segments.get(row["file"]) or Segment(self.folder / row["file"])
        if row.get("seal", segment.checksum) != segment.checksum:  # early manifests have none
            raise DamagedIndex(f"{segment.path} is not the file that the manifest means", _CURE)
        live = np.ones(segment.documents, bool)
        if row["dead"]:
            path = self.folder / row["dead"]
            try:
                packed = np.frombuffer(path.read_bytes(), np.uint8)
            except OSError as error:
                raise DamagedIndex(f"{path} cannot be read ({error})", _CURE) from error
            if zlib.crc32(packed.tobytes()) != row["crc"] or len(packed) != -(-len(live) // 8):
                raise DamagedIndex(f"{path} is not what was written", _CURE)
            live = ~np.unpackbits(packed, count=segment.documents).astype(bool)
        return SegmentReader(segment, live)

    def _names(self) -> Iterator[str]:
        """Yields file names that no file of the folder has had."""
        self.folder.mkdir(parents=True, exist_ok=True)
        used = [path.name[8:16] for path in self.folder.glob("segment-*")]
        last = max((int(name) for name in used if name.isdigit()), default=0)
        return (f"segment-{number:08d}" for number in itertools.count(last + 1))

    def _written(self, batch: Batch, files: Iterator[str]) -> list[SegmentReader]:
        """Writes the batch as new segments: one, or more when a pair table would overflow."""
        if not len(batch):
            return []
        path = self.folder / f"{next(files)}.nrs"
        try:
            write_batch(batch, path)
        except TooManyPairs:
            documents = list(batch)
            middle = len(documents) // 2
            halves = Batch.of(documents[:middle]), Batch.of(documents[middle:])
            return [reader for half in halves for reader in self._written(half, files)]
        return [_all_live(path)]

    def _merged(
        self, readers: Sequence[SegmentReader], files: Iterator[str]
    ) -> list[SegmentReader]:
        """Applies the merge policy: sizes more than halve from one segment to the next."""
        readers = [reader for reader in readers if reader.live_count]
        first = len(readers)
        for number in range(len(readers) - 1, -1, -1):
            behind = sum(reader.live_count for reader in readers[number + 1 :])
            crowded = number + 1 < len(readers) and readers[number].live_count <= 2 * behind
            if crowded or readers[number].live_count * 2 < len(readers[number].live):
                first = number
        return [*readers[:first], *self._joined(readers[first:], files)]

    def _joined(
        self, readers: Sequence[SegmentReader], files: Iterator[str]
    ) -> list[SegmentReader]:
        """Merges segments into one; returns them unchanged when a pair table would overflow."""
        clean = len(readers) == 1 and readers[0].live_count == len(readers[0].live)
        if not readers or clean or not mergeable([reader.segment for reader in readers]):
            return list(readers)
        path = self.folder / f"{next(files)}.nrs"
        merge([(reader.segment, reader.live) for reader in readers], path)
        return [_all_live(path)]

    def _publish(
        self, readers: Sequence[SegmentReader], version: int, commit: Callable[[], None] = nothing
    ) -> None:
        generation = self._last_generation() + 1
        rows = [self._row(reader, generation) for reader in readers]
        manifest = {
            "generation": generation,
            "version": version,
            "fingerprint": self._fingerprint,
            "segments": rows,
        }
        crc = zlib.crc32(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
        temporary = self.folder / f"{_MANIFEST}.tmp"
        _write_synced(temporary, orjson.dumps({"crc": crc, "manifest": manifest}))
        commit()
        os.replace(temporary, self.folder / _MANIFEST)
        _sync_folder(self.folder)
        self._snapshot = EmbeddedSnapshot(readers, version, _state_id(manifest))
        self._stamp = self._published()
        self._sweep({name for row in rows for name in (row["file"], row["dead"])})

    def _last_generation(self) -> int:
        """Returns the generation of the manifest on disk; 0 when none can be read."""
        try:
            outer = orjson.loads((self.folder / _MANIFEST).read_bytes())
            return int(outer["manifest"]["generation"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _row(self, reader: SegmentReader, generation: int) -> dict[str, Any]:
        segment = reader.segment
        row: dict[str, Any] = {"file": segment.path.name, "seal": segment.checksum}
        row |= {"dead": "", "crc": 0}
        if reader.live_count < len(reader.live):
            packed = np.packbits(~reader.live).tobytes()
            row["dead"] = f"{segment.path.stem}-{generation:08d}.dead"
            row["crc"] = zlib.crc32(packed)
            _write_synced(self.folder / row["dead"], packed)
        return row

    def _sweep(self, wanted: set[str]) -> None:
        for path in sorted(self.folder.glob("segment-*")):
            if path.name not in wanted:
                with contextlib.suppress(OSError):  # still mapped elsewhere: the next sweep's
                    path.unlink()


def _state_id(manifest: dict[str, Any]) -> str:
    """Returns generation and checksum of a manifest; it includes its segments' checksums."""
    crc = zlib.crc32(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
    return f"{manifest['generation']}-{crc:08x}"


def _without(readers: Sequence[SegmentReader], note_ids: Sequence[str]) -> list[SegmentReader]:
    """Returns the readers with these notes deleted."""
    changed = []
    for reader in readers:
        docs = reader.segment.find_all(note_ids)
        docs = docs[docs >= 0]
        if len(docs) and reader.live[docs].any():
            live = reader.live.copy()
            live[docs] = False
            reader = SegmentReader(reader.segment, live)
        changed.append(reader)
    return changed


def _all_live(path: Path) -> SegmentReader:
    segment = Segment(path)
    return SegmentReader(segment, np.ones(segment.documents, bool))


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes a rename durable; systems that cannot open folders sync them by themselves."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
