"""Rows that sum up the rows above them: 合计, 总计, total."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import islice

from engine.formats.absence import absent
from engine.formats.ids import bare, id_in
from engine.formats.plain import plain

_TOTAL = re.compile(
    r"(?:(?:本页|当前页|全部|累计)?(?:合计|总计|汇总|小计|总和|总数|共计|合計|總計|彙總|匯總|小計|总合计|平均值?|均值)"
    r"|(?:grand ?|sub-?)?totals?|sum|average|avg|mean)"
    r"\s*(?:[:：（(/].*)?"
)
_HINT = re.compile("[合总總汇匯彙小共均]|total|sum|av|mean", re.IGNORECASE)
_LONGEST = 30  # characters of a cell that is a total
_LOOKED = 3  # cells: a total stands at the beginning of its row, or under the first text


def is_total(values: Mapping[str, object]) -> bool:
    """Whether a row is a total: its first cell says so, and no cell holds a note's id."""
    first = islice((cell for cell in values.values() if not absent(cell)), _LOOKED)
    if not any(isinstance(cell, str) and _HINT.search(cell[:_LONGEST]) for cell in first):
        return False
    cells = [bare(cell) for cell in values.values() if not absent(cell)]
    if not any(_says_total(cell) for cell in cells[:_LOOKED]):
        return False
    texts = [cell for cell in cells if not re.fullmatch(r"[\d.,%+ ]+", cell)]
    return _says_total(texts[0]) and not any(id_in(cell) for cell in cells)


def _says_total(cell: str) -> bool:
    folded = unicodedata.normalize("NFKC", plain(cell)).strip().casefold()
    return len(folded) < _LONGEST and _TOTAL.fullmatch(folded) is not None
