"""Every way in which exports write a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadRow
from engine.formats.values import time
from engine.model import CHINA
from tests.formats.test_values import ANYTHING

NOW = datetime(2026, 3, 1, 10, 30, tzinfo=CHINA)


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        (1767196800000, china(2026, 1, 1)),
        ("1767196800000", china(2026, 1, 1)),
        (1767196800, china(2026, 1, 1)),
        ("1767196800", china(2026, 1, 1)),
        (1767196800.5, china(2026, 1, 1, 0, 0, 0, 500_000)),
        ("1767196800.5", china(2026, 1, 1, 0, 0, 0, 500_000)),
        (1767196800000.0, china(2026, 1, 1)),
        ("2023-12-26", china(2023, 12, 26)),
        ("2024.06.17", china(2024, 6, 17)),
        ("2024/6/17", china(2024, 6, 17)),
        ("20240617", china(2024, 6, 17)),
        ("2024年6月17日", china(2024, 6, 17)),
        ("2021-11-24 17:52", china(2021, 11, 24, 17, 52)),
        ("2025-03-28 11:05:20", china(2025, 3, 28, 11, 5, 20)),
        ("2025-03-01_12:34:56", china(2025, 3, 1, 12, 34, 56)),
        ("2025年09月26日19时30分52秒", china(2025, 9, 26, 19, 30, 52)),
        ("2025-03-28T11:05:20+08:00", china(2025, 3, 28, 11, 5, 20)),
        ("2025-03-28T03:05:20Z", china(2025, 3, 28, 11, 5, 20)),
        ("2025-03-28T03:05:20.123456+00:00", china(2025, 3, 28, 11, 5, 20, 123_456)),
        ("２０２５-０３-２８", china(2025, 3, 28)),
        ("编辑于 2025-03-28", china(2025, 3, 28)),
        (datetime(2025, 3, 28, 11, 5), china(2025, 3, 28, 11, 5)),
        (datetime(2025, 3, 28, 3, 5, tzinfo=UTC), china(2025, 3, 28, 11, 5)),
        (date(2025, 3, 28), china(2025, 3, 28)),
        (45744, china(2025, 3, 28)),
    ],
)
def test_a_moment_is_read_as_it_is_written(written: object, moment: datetime) -> None:
    found = time(written)
    assert found == moment
    assert found is not None
    assert found.utcoffset() == CHINA.utcoffset(None)


@pytest.mark.parametrize("written", ["", None, "未知", "None", "nan", float("nan"), "-", "-1", 0])
def test_a_missing_moment_is_none(written: object) -> None:
    assert time(written) is None


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("刚刚", NOW),
        ("5分钟前", china(2026, 3, 1, 10, 25)),
        ("3小时前", china(2026, 3, 1, 7, 30)),
        ("1天前", china(2026, 2, 28, 10, 30)),
        ("3天前 广东", china(2026, 2, 26, 10, 30)),
        ("昨天 20:14", china(2026, 2, 28, 20, 14)),
        ("今天 08:00", china(2026, 3, 1, 8, 0)),
        ("昨天", china(2026, 2, 28)),
        ("03-01", china(2026, 3, 1)),
        ("03-21", china(2025, 3, 21)),
        ("02-29", china(2024, 2, 29)),
        ("编辑于 01-05 上海", china(2026, 1, 5)),
    ],
)
def test_a_relative_moment_counts_from_the_capture(written: str, moment: datetime) -> None:
    assert time(written, NOW) == moment
    assert time(written) is None


@pytest.mark.parametrize(
    "written",
    [
        *("0000-00-00", "0000-01-01", "9999-12-31 23:59:59-12:00", "2025-02-30", "2025-13-01"),
        *("1970-01-01", 9e99, float("inf"), 10**400, -5, True, "2025-03-28 25:00", "99999周前"),
        *("2025-03-28 11:05 +99:00", "13-41", "9" * 13, [], "abc"),
    ],
)
def test_an_impossible_moment_is_a_bad_row(written: object) -> None:
    with pytest.raises(BadRow, match="is not a time"):
        time(written, NOW)


@given(
    st.one_of(ANYTHING, st.text(alphabet="0123456789-/.:年月日时分秒前天周 T+Zz_刚昨今")),
    st.none() | st.just(NOW),
)
def test_no_cell_makes_time_raise_anything_but_bad_row(cell: object, now: datetime | None) -> None:
    try:
        moment = time(cell, now)
    except BadRow:
        return
    assert moment is None or 1990 <= moment.year <= 2100


@given(st.datetimes(datetime(1995, 1, 1), datetime(2099, 1, 1)))
def test_a_moment_comes_back_from_every_spelling(naive: datetime) -> None:
    moment = naive.replace(microsecond=0, tzinfo=CHINA)
    assert time(moment.isoformat()) == moment
    assert time(moment.astimezone(UTC).isoformat()) == moment
    assert time(f"{moment:%Y-%m-%d %H:%M:%S}") == moment
    assert time(f"{moment:%Y年%m月%d日%H时%M分%S秒}") == moment
    if moment.year > 2002:
        assert time(int(moment.timestamp() * 1000)) == time(int(moment.timestamp())) == moment
