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
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from engine.errors import DamagedIndex, StaleIndex
from engine.index.embedded.merging import merge, mergeable
from engine.index.embedded.postings import TooManyPairs
from engine.index.embedded.segment import Segment
from engine.index.embedded.segment_reader import SegmentReader
from engine.index.embedded.trial import Answers, without
from engine.index.embedded.view import View
from engine.index.embedded.writing import write_batch
from engine.index.hits import Batch
from engine.model import Document

_MANIFEST = "MANIFEST.json"
_CURE = "run `noterank rebuild`: the index is made again from notes.db"


class EmbeddedIndex(Answers):
    """The index in `folder`; `fingerprint` names the analysis that its terms come from."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self._fingerprint = fingerprint
        self._stamp: tuple[int, int] | None = None
        self._view = View((), 0)

    def view(self) -> View:
        """The index as it is now; it stays so while it is held."""
        self._refresh()
        return self._view

    def update(self, documents: Iterable[Document], deleted: Sequence[str], version: int) -> None:
        """Publish added, replaced and deleted notes in one step; the caller holds the lock."""
        view = self.view()
        batch = documents if isinstance(documents, Batch) else Batch.of(documents)
        parts = without(view.parts, [*batch.note_ids, *deleted])
        files = self._names()
        parts += self._written(batch, files)
        self._publish(parts, version)
        merged = self._merged(parts, files)
        if [part.segment for part in merged] != [part.segment for part in parts]:
            self._publish(merged, version)  # readers have had the change since the first time

    def rebuild(self, batches: Iterable[Batch | Sequence[Document]], version: int) -> None:
        """Replace everything by these documents, in one step at the end; each id comes once."""
        parts: list[SegmentReader] = []
        files = self._names()
        for documents in batches:
            batch = documents if isinstance(documents, Batch) else Batch.of(documents)
            parts += self._written(batch, files)
        self._publish(self._together(parts, files), version)

    def set_aside(self) -> Path:
        """Keep the files as they are in a folder of their own, for whoever wants to look."""
        aside = self.folder / "damaged"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for path in [*self.folder.glob("segment-*"), *self.folder.glob(_MANIFEST)]:
            try:
                os.link(path, aside / path.name)
            except OSError:  # a file system without links
                shutil.copyfile(path, aside / path.name)
        return aside

    def check(self) -> int:
        """Read every byte of every file; the number of files. Damaged names what is wrong."""
        for part in self.view().parts:
            part.segment.check()
        return len(self._view.parts)

    def stamp(self) -> tuple[int, int] | None:
        """Another one for each published state, whoever published it; None for no index."""
        try:
            status = os.stat(self.folder / _MANIFEST)
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _refresh(self) -> None:
        """Take up what another process has published since."""
        stamp = self.stamp()
        if stamp == self._stamp:
            return
        for _ in range(5):  # a merge may remove files between the manifest and their opening
            manifest = self._read_manifest()
            try:
                parts = [self._open_part(row) for row in manifest["segments"]]
                break
            except DamagedIndex:
                if self.stamp() == stamp:
                    raise
                stamp = self.stamp()
        else:
            raise DamagedIndex(f"{self.folder} changes faster than it can be read", _CURE)
        self._view = View(parts, manifest["version"])
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

    def _open_part(self, row: dict[str, Any]) -> SegmentReader:
        known = {part.segment.path.name: part.segment for part in self._view.parts}
        segment = known.get(row["file"]) or Segment(self.folder / row["file"])
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
        """File names that no file of the folder has had."""
        self.folder.mkdir(parents=True, exist_ok=True)
        used = [path.name[8:16] for path in self.folder.glob("segment-*")]
        last = max((int(name) for name in used if name.isdigit()), default=0)
        return (f"segment-{number:08d}" for number in itertools.count(last + 1))

    def _written(self, batch: Batch, files: Iterator[str]) -> list[SegmentReader]:
        """The batch as new segments: one, but for texts that no pair table holds."""
        if not len(batch):
            return []
        path = self.folder / f"{next(files)}.nrs"
        try:
            write_batch(batch, path)
        except TooManyPairs:
            documents = list(batch)
            middle = len(documents) // 2
            halves = Batch.of(documents[:middle]), Batch.of(documents[middle:])
            return [part for half in halves for part in self._written(half, files)]
        return [_whole(path)]

    def _merged(self, parts: Sequence[SegmentReader], files: Iterator[str]) -> list[SegmentReader]:
        """The parts after the merge policy: sizes more than halve from one to the next."""
        parts = [part for part in parts if part.live_count]
        first = len(parts)
        for number in range(len(parts) - 1, -1, -1):
            behind = sum(part.live_count for part in parts[number + 1 :])
            crowded = number + 1 < len(parts) and parts[number].live_count <= 2 * behind
            if crowded or parts[number].live_count * 2 < len(parts[number].live):
                first = number
        return [*parts[:first], *self._together(parts[first:], files)]

    def _together(
        self, parts: Sequence[SegmentReader], files: Iterator[str]
    ) -> list[SegmentReader]:
        """One part from several, or those as they are when no pair table holds them."""
        clean = len(parts) == 1 and parts[0].live_count == len(parts[0].live)
        if not parts or clean or not mergeable([part.segment for part in parts]):
            return list(parts)
        path = self.folder / f"{next(files)}.nrs"
        merge([(part.segment, part.live) for part in parts], path)
        return [_whole(path)]

    def _publish(self, parts: Sequence[SegmentReader], version: int) -> None:
        generation = self._last_generation() + 1
        rows = [self._row(part, generation) for part in parts]
        manifest = {
            "generation": generation,
            "version": version,
            "fingerprint": self._fingerprint,
            "segments": rows,
        }
        crc = zlib.crc32(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
        temporary = self.folder / f"{_MANIFEST}.tmp"
        _write_synced(temporary, orjson.dumps({"crc": crc, "manifest": manifest}))
        os.replace(temporary, self.folder / _MANIFEST)
        _sync_folder(self.folder)
        self._view = View(parts, version)
        self._stamp = self.stamp()
        self._sweep({name for row in rows for name in (row["file"], row["dead"])})

    def _last_generation(self) -> int:
        """Of the manifest as it lies there, whatever made it; 0 when there is none to read."""
        try:
            known = orjson.loads((self.folder / _MANIFEST).read_bytes())
            return int(known["manifest"]["generation"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _row(self, part: SegmentReader, generation: int) -> dict[str, Any]:
        segment = part.segment
        row: dict[str, Any] = {"file": segment.path.name, "seal": segment.checksum}
        row |= {"dead": "", "crc": 0}
        if part.live_count < len(part.live):
            packed = np.packbits(~part.live).tobytes()
            row["dead"] = f"{segment.path.stem}-{generation:08d}.dead"
            row["crc"] = zlib.crc32(packed)
            _write_synced(self.folder / row["dead"], packed)
        return row

    def _sweep(self, wanted: set[str]) -> None:
        for path in sorted(self.folder.glob("segment-*")):
            if path.name not in wanted:
                with contextlib.suppress(OSError):  # still mapped elsewhere: the next sweep's
                    path.unlink()


def _whole(path: Path) -> SegmentReader:
    segment = Segment(path)
    return SegmentReader(segment, np.ones(segment.documents, bool))


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; systems that cannot open folders sync them by themselves."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
