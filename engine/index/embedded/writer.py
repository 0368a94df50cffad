"""Writes a segment file; `segment.py` describes its layout."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from engine.index.embedded.strings import Strings

FORMAT = 2
MAGIC = b"NRSEG\x00\x02\n"
HEADER = len(MAGIC) + 8  # byte at which the header begins
START = 8192  # byte at which the sections begin
BLOCK = 1 << 20  # bytes covered by one checksum
_ALIGN = 64


def aligned(size: int) -> int:
    """Rounds a size in bytes up to the alignment."""
    return -(-size // _ALIGN) * _ALIGN


class Writer:
    """Writes a segment file: sections are reserved, then filled piece by piece.

    Leaving the context writes the header and syncs the file; until then the file has no valid
    header. An error removes the file.
    """

    def __init__(self, path: Path, documents: int, totals: dict[str, list[int]]) -> None:
        self._path = path
        self._about = {"format": FORMAT, "documents": documents, "totals": totals}
        self._sections: dict[str, list[Any]] = {}
        self._filled: dict[str, int] = {}
        self._blocks: dict[str, list[int]] = {}
        self._end = 0

    def __enter__(self) -> Writer:
        self._file = self._path.open("wb")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self._finish()
        finally:
            self._file.close()
            if error is not None:
                self._path.unlink(missing_ok=True)

    def reserve(self, name: str, dtype: npt.DTypeLike, count: int) -> None:
        """Reserves a section of `count` values."""
        size = count * np.dtype(dtype).itemsize
        self._sections[name] = [self._end, size, np.dtype(dtype).str, zlib.crc32(b"")]
        self._filled[name] = 0
        self._blocks[name] = []
        self._end += aligned(size)

    def append(self, name: str, values: npt.NDArray[Any]) -> None:
        """Writes the next values of a section. Raises ValueError past the reserved size."""
        section = self._sections[name]
        content = np.ascontiguousarray(values, section[2]).reshape(-1).view(np.uint8).data
        if self._filled[name] + len(content) > section[1]:
            raise ValueError(f"section {name} of {self._path} has no room for {len(content)} bytes")
        self._file.seek(START + section[0] + self._filled[name])
        self._file.write(content)
        section[3] = zlib.crc32(content, section[3])
        blocks, filled = self._blocks[name], self._filled[name]
        done = 0
        while done < len(content):
            if filled % BLOCK == 0:
                blocks.append(0)
            end = min(len(content), done + BLOCK - filled % BLOCK)
            blocks[-1] = zlib.crc32(content[done:end], blocks[-1])
            filled, done = filled + end - done, end
        self._filled[name] = filled

    def put(self, name: str, values: npt.NDArray[Any]) -> None:
        """Writes a whole section."""
        self.reserve(name, values.dtype, values.size)
        self.append(name, values)

    def strings(self, name: str, texts: Sequence[str]) -> None:
        """Writes a table of strings."""
        table = Strings.of(texts)
        self.put(f"{name}.bytes", table.blob)
        self.put(f"{name}.starts", table.offsets)

    def _finish(self) -> None:
        blocks = [crc for name in self._sections for crc in self._blocks[name]]
        self.put("blocks", np.array(blocks, np.uint32))
        header = orjson.dumps(self._about | {"sections": self._sections})
        if HEADER + len(header) > START:
            raise ValueError(f"the header of {self._path} has {len(header)} bytes")
        self._file.truncate(START + self._end)
        self._file.seek(0)
        self._file.write(MAGIC + len(header).to_bytes(4, "little"))
        self._file.write(zlib.crc32(header).to_bytes(4, "little") + header)
        self._file.flush()
        os.fsync(self._file.fileno())
