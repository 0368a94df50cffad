"""A moment as exports write it -> an aware datetime at +08:00."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from engine.errors import BadRow
from engine.model import CHINA

_YEARS = range(1990, 2101)  # outside them a date is a fault of the crawler
_MISSING = {"", "-", "--", "0", "-1", "none", "null", "nan", "nat", "未知"}
_NUMBER = re.compile(r"([0-9]{10})(\.[0-9]{1,9})?|([0-9]{13})(?:\.0*)?")
_DAY = re.compile(r"([0-9]{4})(?:[-./年]([0-9]{1,2})[-./月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))")
_CLOCK = re.compile(
    r"([0-9]{1,2})[:时]([0-9]{1,2})(?:[:分]([0-9]{1,2}))?(?:[.,]([0-9]{1,9}))?[秒分]?"
)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])([0-9]{1,2}):?([0-9]{2})?")
_EDITED = re.compile(r"^(?:编辑于|发布于|最后编辑于)\s*")
_PLACE = re.compile(r"(?<=[0-9前天刚])\s+[\u4e00-\u9fff]{2,8}$")  # "3天前 广东"
_AGO = re.compile(r"([0-9]{1,5})\s*(秒|分钟|小时|天|周|星期)前")
_AGO_SECONDS = {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400, "周": 604800, "星期": 604800}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_NAMED_DAY = re.compile(r"(今天|昨天|前天)\s*(.*)")
_MONTH_DAY = re.compile(r"([0-9]{1,2})[-./月]([0-9]{1,2})日?\s*(.*)")


def time(value: object, captured_at: datetime | None = None) -> datetime | None:
    """A moment at +08:00; None when missing, or relative (3小时前) without a capture time.

    Raises BadRow on anything else and on years outside 1990..2100.
    """
    try:
        return _checked(_time(value, captured_at))
    except (ValueError, OverflowError, OSError) as error:
        cell = str(value)
        quoted = repr(cell if len(cell) <= 40 else cell[:39] + "…")
        raise BadRow(f"{quoted} is not a time") from error


def _checked(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.year not in _YEARS:
        raise ValueError(moment.year)
    return moment


def _time(value: object, captured_at: datetime | None) -> datetime | None:
    if isinstance(value, datetime):
        return value.astimezone(CHINA) if value.tzinfo else value.replace(tzinfo=CHINA)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=CHINA)
    if value is None or value != value:  # None, or the float that is not a number
        return None
    if isinstance(value, int | float):
        return _of_number(value)
    cell = unicodedata.normalize("NFKC", str(value)).strip().lower()
    if cell in _MISSING:
        return None
    number = _NUMBER.fullmatch(cell)
    if number:
        return _since_1970(int(number[3]) / 1000 if number[3] else float(cell))
    cell = _PLACE.sub("", _EDITED.sub("", cell))
    day = _DAY.match(cell)
    return _absolute(cell, day) if day else _relative(cell, captured_at)


def _of_number(value: float) -> datetime | None:
    if value in (0, -1):
        return None
    if 30_000 <= value <= 75_000:  # a date cell of a spreadsheet that lost its format
        return datetime(1899, 12, 30, tzinfo=CHINA) + timedelta(days=value)
    return _since_1970(value / 1000 if value >= 10**11 else value)


def _since_1970(seconds: float) -> datetime:
    whole = timedelta(microseconds=round(seconds * 1_000_000))
    return datetime(1970, 1, 1, 8, tzinfo=CHINA) + whole


def _absolute(cell: str, day: re.Match[str]) -> datetime:
    month, of_month = day[2] or day[4], day[3] or day[5]
    moment = datetime(int(day[1]), int(month), int(of_month), tzinfo=CHINA)
    rest = cell[day.end() :].lstrip(" t_")
    return _with_clock(moment, rest) if rest else moment


def _with_clock(day: datetime, cell: str) -> datetime:
    clock = _CLOCK.match(cell)
    if clock is None:
        raise ValueError(cell)
    fraction = int((clock[4] or "0").ljust(6, "0")[:6])
    moment = day.replace(
        hour=int(clock[1]), minute=int(clock[2]), second=int(clock[3] or 0), microsecond=fraction
    )
    rest = cell[clock.end() :].strip()
    return moment.replace(tzinfo=_zone(rest)).astimezone(CHINA) if rest else moment


def _zone(cell: str) -> timezone:
    if cell in ("z", "utc", "gmt"):
        return UTC
    offset = _OFFSET.fullmatch(cell)
    if offset is None:
        raise ValueError(cell)
    ahead = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(ahead if offset[1] == "+" else -ahead)


def _relative(cell: str, captured_at: datetime | None) -> datetime | None:
    """刚刚, 3小时前, 昨天 20:14, 03-21; one of these even when there is no capture time."""
    now = (captured_at or datetime(2000, 2, 29, tzinfo=CHINA)).astimezone(CHINA)
    moment = _before(cell, now)
    return moment if captured_at is not None else None


def _before(cell: str, now: datetime) -> datetime:
    ago = _AGO.fullmatch(cell)
    if cell == "刚刚" or ago:
        return now - timedelta(seconds=int(ago[1]) * _AGO_SECONDS[ago[2]] if ago else 0)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    named = _NAMED_DAY.fullmatch(cell)
    if named:
        day = midnight - timedelta(days=_DAYS_BACK[named[1]])
        return _with_clock(day, named[2]) if named[2] else day
    month_day = _MONTH_DAY.fullmatch(cell)
    if month_day is None:
        raise ValueError(cell)
    day = _latest(int(month_day[1]), int(month_day[2]), midnight)
    return _with_clock(day, month_day[3]) if month_day[3] else day


def _latest(month: int, day: int, midnight: datetime) -> datetime:
    """The last such day that is not after the capture; 29 February looks back up to 8 years."""
    for year in range(midnight.year, midnight.year - 9, -1):
        try:
            moment = midnight.replace(year=year, month=month, day=day)
        except ValueError:
            continue
        if moment <= midnight:
            return moment
    raise ValueError(month, day)
