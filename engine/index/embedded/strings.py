"""Many strings as two arrays: their UTF-8 bytes in a row, and where each string begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.kernels import kernel


class Strings:
    """Strings by number; `find` needs them sorted by code point (UTF-8 keeps that order).

    `blob` is uint8; `offsets` is int64 [strings + 1].
    """

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
        """Returns strings by their numbers."""
        bounds = np.zeros(len(numbers) + 1, np.int64)
        np.cumsum(self.offsets[1:][numbers] - self.offsets[:-1][numbers], out=bounds[1:])
        blob = np.empty(bounds[-1], np.uint8)
        _gather(self.blob, self.offsets, numbers.astype(np.int64), bounds, blob)
        text, edges = blob.tobytes().decode("utf-8", "surrogatepass"), bounds.tolist()
        if len(text) == len(blob):  # one byte per character
            return [text[begin:end] for begin, end in pairwise(edges)]
        raw = blob.tobytes()
        return [str(raw[begin:end], "utf-8", "surrogatepass") for begin, end in pairwise(edges)]

    def find(self, text: str) -> int:
        """Returns the number of `text` in a sorted table, -1 when it is not there."""
        key = text.encode("utf-8", "surrogatepass")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._raw(low) == key else -1

    def find_all(self, texts: Sequence[str]) -> npt.NDArray[np.int64]:
        """Runs `find` for many texts in one call."""
        keys = Strings.of(texts)
        numbers = np.full(len(texts), -1, np.int64)
        _find_all(self.blob, self.offsets, keys.blob, keys.offsets, numbers)
        return numbers

    def _raw(self, number: int) -> bytes:
        return bytes(self._bytes[self.offsets[number] : self.offsets[number + 1]])


@kernel(work=lambda blob, offsets, numbers, bounds, copied: len(copied) // 4)
def _gather(blob, offsets, numbers, bounds, copied):  # type: ignore[no-untyped-def]
    """Copies the bytes of some strings in a row; `bounds` has where each begins there."""
    for row in range(len(numbers)):
        shift = offsets[numbers[row]] - bounds[row]
        for place in range(bounds[row], bounds[row + 1]):
            copied[place] = blob[place + shift]


@kernel(work=lambda blob, offsets, keys, bounds, numbers: 50 * len(numbers))
def _find_all(blob, offsets, keys, bounds, numbers):  # type: ignore[no-untyped-def]
    """Writes the number of each string of `keys` that stands in a sorted table."""
    for row in range(len(numbers)):
        begin, end = bounds[row], bounds[row + 1]
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) // 2
            at, stop, place = offsets[middle], offsets[middle + 1], begin
            while at < stop and place < end and blob[at] == keys[place]:
                at += 1
                place += 1
            if at == stop and place == end:
                numbers[row] = middle
                break
            if place < end and (at == stop or blob[at] < keys[place]):
                low = middle + 1
            else:
                high = middle
