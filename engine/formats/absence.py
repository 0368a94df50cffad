"""Texts that stand in a cell in the place of nothing."""

from __future__ import annotations

import math
import unicodedata

_WORDS = {
    *("", "nan", "none", "null", "nil", "na", "n/a", "#n/a", "<na>", "nat", "undefined", "(null)"),
    *("暂无", "暂无数据", "无数据", "暫無", "\\n", "/", "#ref!", "#value!", "#name?", "#div/0!"),
}
_MARKS = frozenset("-—–―‐‑−─*")  # dashes and masks, alone or repeated


def absent(cell: object) -> bool:
    """Whether a cell holds nothing: blank, `nan`, `NULL`, `—`, `暂无`, `N/A`, `***`, …"""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    if not isinstance(cell, str):
        return isinstance(cell, list | tuple | dict) and not cell
    if len(cell) > 24:
        return False
    folded = unicodedata.normalize("NFKC", cell).strip().casefold()
    return folded in _WORDS or (len(folded) <= 8 and not set(folded) - _MARKS)
