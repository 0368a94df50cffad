"""Sets of documents as bitmaps: one bit per document, 64 per uint64 word, low bits first."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]


def packed(mask: npt.NDArray[np.bool_]) -> Words:
    """Packs a bool mask (one entry per document) into words; the bits behind its end are 0."""
    content = np.zeros(-(-len(mask) // 64) * 8, np.uint8)
    bits = np.packbits(mask, bitorder="little")
    content[: len(bits)] = bits
    return content.view(np.uint64)


def count(words: Words) -> int:
    """Counts the documents of a set."""
    return int(np.bitwise_count(words).sum())


def address(column: npt.NDArray[Any]) -> int:
    """Returns the memory address of a column; the caller must keep the column alive."""
    return int(column.__array_interface__["data"][0])
