"""Many strings as two arrays: UTF-8 bytes in a row and where each begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class Strings:
    """Strings by number; `find` needs them sorted by code point (which UTF-8 keeps)."""

    def __init__(self, blob: npt.NDArray[np.uint8], offsets: npt.NDArray[np.int64]) -> None:
        self.blob = blob
        self.offsets = offsets
        self._bytes = memoryview(blob)  # type: ignore[arg-type]  # an array is a buffer

    @classmethod
    def of(cls, texts: Sequence[str]) -> Strings:
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum([len(part) for part in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self._raw(number).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def take(self, numbers: npt.NDArray[Any]) -> list[str]:
        """Strings by their numbers."""
        starts, ends = self.offsets[numbers].tolist(), self.offsets[numbers + 1].tolist()
        pieces = (self._bytes[a:b] for a, b in zip(starts, ends, strict=True))
        return [str(piece, "utf-8", "surrogatepass") for piece in pieces]

    def find(self, text: str) -> int:
        """The number of `text` in a sorted table, -1 when it is not there."""
        wanted = text.encode("utf-8", "surrogatepass")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._raw(low) == wanted else -1

    def _raw(self, number: int) -> bytes:
        return bytes(self._bytes[self.offsets[number] : self.offsets[number + 1]])
