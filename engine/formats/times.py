"""A moment as exports write it -> an aware datetime at +08:00."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from engine.errors import BadRow
from engine.formats.absence import absent
from engine.formats.dates import day_of, tidied
from engine.model import CHINA

_YEARS = range(1990, 2101)  # outside them a date is a fault of the crawler
_MISSING = {"0", "-1", "未知", "无", "無", "0000-00-00 00:00:00"}
_NUMBER = re.compile(r"([0-9]{10})(\.[0-9]{1,9})?|([0-9]{13})(?:\.0*)?")
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]{1,12})?")  # days since 1900, as spreadsheets count
_HALF = r"(?:(上午|下午|凌晨|早上|早晨|清晨|中午|傍晚|晚上|晚间|am|pm|a\.m\.?|p\.m\.?)\s*)?"
_CLOCK = re.compile(
    rf"{_HALF}([0-9]{{1,2}})[:时點点]([0-9]{{1,2}})?(?:[:分]([0-9]{{1,2}}))?"
    rf"(?:[.,]([0-9]{{1,9}}))?[秒分]?\s*{_HALF}"
)
_LATER = {"下午", "傍晚", "晚上", "晚间", "pm", "p.m", "p.m."}  # twelve hours on
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])([0-9]{1,2}):?([0-9]{2})?")
_ZONE_NAME = re.compile(r"\s*(?:\([^()]*\)|(?<=[0-9]) ?(?:cst|hkt|sgt|awst)|m=[+-][0-9.]+)$")
_CHINA_NAMES = {"cst", "beijing", "asia/shanghai", "北京时间"}
_EDITED = re.compile(r"^(?:编辑于|发布于|最后编辑于|更新于)\s*")
_PLACE = re.compile(r"(?<=[0-9前天刚])\s+[\u4e00-\u9fff]{2,8}$")  # "3天前 广东"
_AGO = re.compile(
    r"([0-9]{1,5}|an?)\s*(秒|分钟|小时|天|周|星期|seconds?|minutes?|mins?|hours?|days?|weeks?)\s*(?:钟)?(?:前|ago)"
)
_AGO_SECONDS = {
    "秒": 1,
    "分钟": 60,
    "小时": 3600,
    "天": 86400,
    "周": 604800,
    "星期": 604800,
    "second": 1,
    "minute": 60,
    "min": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2, "today": 0, "yesterday": 1}
_NAMED_DAY = re.compile(r"(今天|昨天|前天|today|yesterday)\s*(?:at )?\s*(.*)")
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
    if absent(cell) or cell in _MISSING:
        return None
    number = _NUMBER.fullmatch(cell)
    if number:
        return _since_1970(int(number[3]) / 1000 if number[3] else float(cell))
    if _SERIAL.fullmatch(cell):
        return _of_serial(float(cell))
    return _written(tidied(_PLACE.sub("", _EDITED.sub("", cell))), captured_at)


def _of_number(value: float) -> datetime | None:
    if value in (0, -1):
        return None
    if 30_000 <= value <= 75_000:  # a date cell of a spreadsheet that lost its format
        return _of_serial(value)
    return _since_1970(value / 1000 if value >= 10**11 else value)


def _of_serial(days: float) -> datetime:
    if not 30_000 <= days <= 75_000:
        raise ValueError(days)
    return datetime(1899, 12, 30, tzinfo=CHINA) + timedelta(seconds=round(days * 86_400))


def _since_1970(seconds: float) -> datetime:
    whole = timedelta(microseconds=round(seconds * 1_000_000))
    return datetime(1970, 1, 1, 8, tzinfo=CHINA) + whole


def _written(cell: str, captured_at: datetime | None) -> datetime | None:
    day = day_of(cell)
    if day is None:
        return _relative(cell, captured_at)
    moment = datetime(day[0].year, day[0].month, day[0].day, tzinfo=CHINA)
    rest = day[1].lstrip(" t_,")
    return _with_clock(moment, rest) if rest else moment


def _with_clock(day: datetime, cell: str) -> datetime:
    clock = _CLOCK.match(cell)
    if clock is None:
        raise ValueError(cell)
    fraction = int((clock[5] or "0").ljust(6, "0")[:6])
    hour = _hour(int(clock[2]), clock[1] or clock[6] or "")
    moment = day.replace(
        hour=hour, minute=int(clock[3] or 0), second=int(clock[4] or 0), microsecond=fraction
    )
    rest = cell[clock.end() :].strip()
    return moment.replace(tzinfo=_zone(rest)).astimezone(CHINA) if rest else moment


def _hour(hour: int, half: str) -> int:
    """An hour of 24; 下午2 is 14, 12 am is 0, 中午12 and 中午1 are 12 and 13."""
    if half in _LATER or (half == "中午" and hour < 10):
        return hour + 12 if hour < 12 else hour
    return 0 if half in ("am", "a.m", "a.m.", "凌晨", "上午") and hour == 12 else hour


def _zone(cell: str) -> timezone:
    if cell in _CHINA_NAMES:
        return CHINA
    cell = _ZONE_NAME.sub("", _ZONE_NAME.sub("", cell)).strip()
    if cell in ("z", "utc", "gmt", "+0000 utc"):
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
    if cell in ("刚刚", "just now") or ago:
        return now - timedelta(seconds=_seconds(ago) if ago else 0)
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


def _seconds(ago: re.Match[str]) -> int:
    number = int(ago[1]) if ago[1].isdigit() else 1
    return number * _AGO_SECONDS[ago[2].removesuffix("s")]


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
