"""The day at the beginning of a written moment, in the forms of many programs and countries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_WORDS = r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*"
_WEEKDAY = re.compile(rf"[(（]?(?:星期|周|週|礼拜)[一二三四五六日天][)）]?|\b{_WORDS}\b,?\.?")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_YEAR_LAST = re.compile(  # Sat Mar 15 14:30:00 +0800 2025
    rf"{_MONTH} +([0-9]{{1,2}}) +([0-9:.]+)(?: +([+-][0-9]{{4}}|[a-z]{{3,4}}))? +([0-9]{{4}})"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})t?([0-9]{2})([0-9]{2})([0-9]{2})(?![0-9])")
_Day = tuple[date, str]  # the day, the text behind it


def tidied(cell: str) -> str:
    """A moment without its weekday, blanks once, the year of a Unix date at its beginning."""
    cell = " ".join(_WEEKDAY.sub(" ", cell).split()).strip(" ,")
    cell = _COMPACT.sub(r"\1-\2-\3 \4:\5:\6", cell, count=1)
    unix = _YEAR_LAST.fullmatch(cell)
    if unix is None:
        return cell
    zone = f" {unix[4]}" if unix[4] else ""
    return f"{unix[5]}-{_MONTHS[unix[1]]}-{unix[2]} {unix[3]}{zone}"


def day_of(cell: str) -> _Day | None:
    """(the day, the rest of the cell); None when it does not begin with a whole date.

    Raises ValueError on days that are in no calendar.
    """
    for pattern, read in _FORMS:
        match = pattern.match(cell)
        if match:
            return read(match), cell[match.end() :]
    return None


def _year_first(match: re.Match[str]) -> date:
    return date(int(match[1]), int(match[2]), int(match[3]))


def _week(match: re.Match[str]) -> date:
    return date.fromisocalendar(int(match[1]), int(match[2]), int(match[3] or 1))


def _slashes(match: re.Match[str]) -> date:
    """Month first as in the US, unless that is no month; two digits of a year are 20xx."""
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    month, day = (second, first) if first > 12 else (first, second)
    return date(year + 2000 if year < 100 else year, month, day)


def _dots(match: re.Match[str]) -> date:
    return date(int(match[3]), int(match[2]), int(match[1]))


def _month_name(match: re.Match[str]) -> date:
    return date(int(match[3]), _MONTHS[match[1]], int(match[2]))


def _day_name(match: re.Match[str]) -> date:
    return date(int(match[3]), _MONTHS[match[2]], int(match[1]))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date]], ...] = (
    (re.compile(r"([0-9]{4})-?w([0-9]{2})(?:-?([1-7]))?(?![0-9])"), _week),
    (re.compile(r"([0-9]{4}) ?[-./年] ?([0-9]{1,2}) ?[-./月] ?([0-9]{1,2})(?: ?日)?"), _year_first),
    (re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"), _year_first),
    (re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4}|[0-9]{2})(?![0-9])"), _slashes),
    (re.compile(r"([0-9]{1,2})[-.]([0-9]{1,2})[-.]([0-9]{4})(?![0-9])"), _dots),
    (re.compile(rf"{_MONTH} ?([0-9]{{1,2}})(?:st|nd|rd|th)?,? +([0-9]{{4}})"), _month_name),
    (re.compile(rf"([0-9]{{1,2}})[ -]{_MONTH}[ -]([0-9]{{4}})"), _day_name),
)
