"""Texts that stand in a cell in the place of nothing."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache

_WORDS = {
    *("", "nan", "none", "null", "nil", "na", "n/a", "#n/a", "<na>", "nat", "undefined", "(null)"),
    *("暂无", "暂无数据", "无数据", "暫無", "\\n", "/", "#ref!", "#value!", "#name?", "#div/0!"),
}
_LONGEST = 24
_MARKS = frozenset("-—–―‐‑−─*")  # dashes and masks, alone or repeated


def absent(cell: object) -> bool:
    """Whether a cell holds nothing: blank, `nan`, `NULL`, `—`, `暂无`, `N/A`, `***`, …"""
    if cell is None:
        return True
    if not isinstance(cell, str):
        if isinstance(cell, float):
            return math.isnan(cell)
        return isinstance(cell, list | tuple | dict) and not cell
    return len(cell) <= _LONGEST and not cell[:1].isdigit() and _is_nothing(cell)


@lru_cache(maxsize=1 << 14)
def _is_nothing(cell: str) -> bool:
    folded = unicodedata.normalize("NFKC", cell).strip().casefold()
    return folded in _WORDS or (len(folded) <= 8 and not set(folded) - _MARKS)
