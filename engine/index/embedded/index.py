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
from engine.index.embedded.lists import TooManyPairs
from engine.index.embedded.merging import merge, mergeable
from engine.index.embedded.part import Part
from engine.index.embedded.segment import Segment
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
        """The index as it is published now, by whatever process."""
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
        parts = _without(self.snapshot().parts, [*batch.note_ids, *deleted])
        files = self._names()
        parts += self._written(batch, files)
        self._publish(parts, version, commit)
        merged = self._merged(parts, files)
        if [part.segment for part in merged] != [part.segment for part in parts]:
            self._publish(merged, version)  # readers have had the change since the first time

    def rebuild(
        self,
        batches: Iterable[Batch | Sequence[Document]],
        version: int,
        commit: Callable[[], None] = nothing,
    ) -> None:
        """Replace everything by these documents, in one step at the end; each id comes once."""
        parts: list[Part] = []
        files = self._names()
        for documents in batches:
            parts += self._written(Batch.of(documents), files)
        self._publish(self._together(parts, files), version, commit)

    def quarantine(self) -> str:
        """Keep the files as they are in a folder of their own, for whoever wants to look."""
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
        """Read every byte of every file."""
        snapshot = self.snapshot()
        for part in snapshot.parts:
            part.segment.check()
        return IndexHealth(len(snapshot.parts), len(snapshot))

    def _published(self) -> tuple[int, int] | None:
        """Another one for each published state, whoever published it; None for no index."""
        try:
            status = os.stat(self.folder / _MANIFEST)
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _refresh(self) -> None:
        """Take up what another process has published since."""
        stamp = self._published()
        if stamp == self._stamp:
            return
        for _ in range(5):  # a merge may remove files between the manifest and their opening
            manifest = self._read_manifest()
            try:
                parts = [self._open_part(row) for row in manifest["segments"]]
                break
            except DamagedIndex:
                if self._published() == stamp:
                    raise
                stamp = self._published()
        else:
            raise DamagedIndex(f"{self.folder} changes faster than it can be read", _CURE)
        self._snapshot = EmbeddedSnapshot(parts, manifest["version"], _state_id(manifest))
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

    def _open_part(self, row: dict[str, Any]) -> Part:
        known = {part.segment.path.name: part.segment for part in self._snapshot.parts}
        segment = known.get(row["file"]) or Segment(self.folder / row["file"])
        if row.get("seal", segment.seal) != segment.seal:  # early manifests have none
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
        return Part(segment, live)

    def _names(self) -> Iterator[str]:
        """File names that no file of the folder has had."""
        self.folder.mkdir(parents=True, exist_ok=True)
        used = [path.name[8:16] for path in self.folder.glob("segment-*")]
        last = max((int(name) for name in used if name.isdigit()), default=0)
        return (f"segment-{number:08d}" for number in itertools.count(last + 1))

    def _written(self, batch: Batch, files: Iterator[str]) -> list[Part]:
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

    def _merged(self, parts: Sequence[Part], files: Iterator[str]) -> list[Part]:
        """The parts after the merge policy: sizes more than halve from one to the next."""
        parts = [part for part in parts if part.alive]
        first = len(parts)
        for number in range(len(parts) - 1, -1, -1):
            behind = sum(part.alive for part in parts[number + 1 :])
            crowded = number + 1 < len(parts) and parts[number].alive <= 2 * behind
            if crowded or parts[number].alive * 2 < len(parts[number].live):
                first = number
        return [*parts[:first], *self._together(parts[first:], files)]

    def _together(self, parts: Sequence[Part], files: Iterator[str]) -> list[Part]:
        """One part from several, or those as they are when no pair table holds them."""
        clean = len(parts) == 1 and parts[0].alive == len(parts[0].live)
        if not parts or clean or not mergeable([part.segment for part in parts]):
            return list(parts)
        path = self.folder / f"{next(files)}.nrs"
        merge([(part.segment, part.live) for part in parts], path)
        return [_whole(path)]

    def _publish(
        self, parts: Sequence[Part], version: int, commit: Callable[[], None] = nothing
    ) -> None:
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
        commit()
        os.replace(temporary, self.folder / _MANIFEST)
        _sync_folder(self.folder)
        self._snapshot = EmbeddedSnapshot(parts, version, _state_id(manifest))
        self._stamp = self._published()
        self._sweep({name for row in rows for name in (row["file"], row["dead"])})

    def _last_generation(self) -> int:
        """Of the manifest as it lies there, whatever made it; 0 when there is none to read."""
        try:
            known = orjson.loads((self.folder / _MANIFEST).read_bytes())
            return int(known["manifest"]["generation"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _row(self, part: Part, generation: int) -> dict[str, Any]:
        segment = part.segment
        row: dict[str, Any] = {"file": segment.path.name, "seal": segment.seal}
        row |= {"dead": "", "crc": 0}
        if part.alive < len(part.live):
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


def _state_id(manifest: dict[str, Any]) -> str:
    """Generation and checksum of a manifest: its segments' checksums are in it."""
    crc = zlib.crc32(orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS))
    return f"{manifest['generation']}-{crc:08x}"


def _without(parts: Sequence[Part], note_ids: Sequence[str]) -> list[Part]:
    """The parts with these notes deleted."""
    changed = []
    for part in parts:
        docs = part.segment.find_all(note_ids)
        docs = docs[docs >= 0]
        if len(docs) and part.live[docs].any():
            live = part.live.copy()
            live[docs] = False
            part = Part(part.segment, live)
        changed.append(part)
    return changed


def _whole(path: Path) -> Part:
    segment = Segment(path)
    return Part(segment, np.ones(segment.documents, bool))


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
