"""A cell of an export -> a count, as exact as the cell is."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from engine.errors import BadRow
from engine.formats.absence import absent
from engine.formats.plain import plain, shown
from engine.model import Count

_LARGEST = 10**15
_DIGITS = 16
_LABELS = {"赞", "点赞", "收藏", "评论", "分享", "转发", "抢首评"}  # shown in the place of a zero
_NO_COUNT = {"-1", "-1.0", "未知", "无", "無", "保密", "不可见"} | _LABELS
_UNITS = {
    "": 1,
    "百": 10**2,
    "k": 10**3,
    "千": 10**3,
    "w": 10**4,
    "万": 10**4,
    "萬": 10**4,
    "m": 10**6,
    "百万": 10**6,
    "亿": 10**8,
    "億": 10**8,
}
_NUMBER = r"([0-9]{1,16})(?:\.([0-9]{1,8}))? ?(百万|[百k千w万萬m亿億]?)"
_NAMES = r"(?:个|個|次|人|篇|条|條|赞|粉丝|views?|likes?)?"
_COUNT = re.compile(rf"(?:约|約|≈|~)? ?{_NUMBER} ?{_NAMES} ?(\+|以上|多|及以上)? ?{_NAMES}")
_OVER = re.compile(rf"(?:大于|超过|超過|至少|>|≥|>=|大于等于) ?{_NUMBER} ?{_NAMES}")
_UNDER = re.compile(rf"(?:小于|少于|不足|不到|<|≤|<=) ?{_NUMBER} ?{_NAMES}|{_NUMBER} ?{_NAMES}以下")
_RANGE = re.compile(rf"{_NUMBER} ?(?:-|~|–|—|至|到) ?{_NUMBER} ?{_NAMES}")
_GROUPED = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])")


def count(value: object) -> Count | None:
    """A count as shown (`1.2万`, `10w+`, `1万以上`, `1,234`, `100-500`); None if missing, never 0.

    A range is its middle, give or take half of it. Raises BadRow on anything else, on negatives
    other than -1, on fractions and past 10^15.
    """
    if type(value) is str and value.isdigit() and value.isascii() and len(value) < _DIGITS:
        return Count(int(value))  # what most cells are
    folded = unicodedata.normalize("NFKC", plain(value)).strip().lower()
    if absent(value) or absent(folded) or folded in _NO_COUNT:
        return None
    count = None if isinstance(value, bool) else _count(_ungrouped(folded))
    if count is None or count.value > _LARGEST:
        raise BadRow(f"{shown(value)} is not a count")
    return count


def _ungrouped(cell: str) -> str:
    return _GROUPED.sub(lambda match: match[0].replace(",", ""), cell)


def _count(cell: str) -> Count | None:
    if match := _COUNT.fullmatch(cell):
        return _rounded(match[1], match[2] or "", match[3], bool(match[4]))
    if match := _OVER.fullmatch(cell):
        return _rounded(match[1], match[2] or "", match[3], True)
    if match := _RANGE.fullmatch(cell):
        low = _exact(match[1], match[2], match[3] or match[6])
        return _between(low, _exact(match[4], match[5], match[6]))
    if match := _UNDER.fullmatch(cell):
        parts = match.groups()
        whole = parts[:3] if parts[0] else parts[3:]
        return _between(Decimal(0), _exact(str(whole[0]), whole[1], str(whole[2])))
    return None


def _rounded(whole: str, fraction: str, unit: str, at_least: bool) -> Count | None:
    exact = _exact(whole, fraction, unit)
    number = int(exact.to_integral_value())
    if not unit and exact != number:
        return None
    step = Decimal(_UNITS[unit]).scaleb(-len(fraction)) if unit and not at_least else Decimal(0)
    return Count(number, at_least=at_least, precision=int(step / 2))


def _exact(whole: str, fraction: str | None, unit: str) -> Decimal:
    return Decimal(f"{whole}.{fraction or 0}") * _UNITS[unit]


def _between(low: Decimal, high: Decimal) -> Count | None:
    if high < low:
        return None
    return Count(int((low + high) / 2), precision=int((high - low) / 2))
