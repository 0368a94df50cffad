"""A cell that cannot be read costs the cell; what says nothing is unknown, never 0."""

from __future__ import annotations

import math
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formats import ReadOptions, values
from engine.formats.absence import absent
from engine.formats.values import time
from engine.model import CHINA, Captured, Count, Counts, Rejected
from tests.formats.samples import lines, mediacrawler, note_id, notes, read, table

NOTHING = [
    *("nan", "NaN", "None", "NULL", "null", "—", "——", "-", "--", "暂无", "N/A", "n/a", "***", "*"),
    *("#N/A", "<NA>", "undefined", "", "  ", "NaT", "暂无数据", "\\N", "–"),
]
MOMENT = datetime(2025, 3, 15, 14, 30, tzinfo=CHINA)


@pytest.mark.parametrize("cell", [*NOTHING, None, math.nan])
def test_what_says_nothing_is_absent_everywhere(cell: object) -> None:
    assert absent(cell)
    assert values.title(cell) == values.body(cell) == ""
    assert values.tags(cell) == ()
    assert values.count(cell) is values.time(cell) is None
    assert values.note_id(cell) == values.user_id(cell) == ""


@given(st.lists(st.sampled_from([*NOTHING, None, math.nan]), min_size=6, max_size=6))
@settings(max_examples=40)
def test_a_row_of_nothings_has_no_title_author_or_keyword(cells: list[object]) -> None:
    keys = ("title", "nickname", "source_keyword", "tag_list", "liked_count", "creator_hash")
    row = mediacrawler(1, **dict(zip(keys, cells, strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        (found,) = notes(read(lines(Path(folder) / "a.jsonl", [row])))
    assert (found.note.title, found.note.author, found.note.tags) == ("", "", ())
    assert (found.sighting, found.note.counts.likes, found.unreadable) == (None, None, ())


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        ("1万以上", Count(10_000, at_least=True)),
        ("1.2萬", Count(12_000, precision=500)),
        ("1k+", Count(1000, at_least=True)),
        ("10w多", Count(100_000, at_least=True)),
        (">1万", Count(10_000, at_least=True)),
        ("超过500", Count(500, at_least=True)),
        ("100-500", Count(300, precision=200)),
        ("1千~5千", Count(3000, precision=2000)),
        ("1-5万", Count(30_000, precision=20_000)),
        ("1万以下", Count(5000, precision=5000)),
        ("约1.2万", Count(12_000, precision=500)),
        ("1,234次", Count(1234)),
        ("3.4m", Count(3_400_000, precision=50_000)),
    ],
)
def test_floors_ranges_and_units_of_counts_are_read(shown: str, count: Count) -> None:
    assert values.count(shown) == count


@pytest.mark.parametrize(
    "written",
    [
        "2025/3/15 下午2:30:00",
        "2025-03-15 下午 2:30",
        "3/15/2025, 2:30:00 PM",
        "3/15/25 14:30",
        "15/03/2025 14:30",
        "15.03.2025 14:30",
        "2025-03-15 星期六 14:30",
        "2025年3月15日（周六）14:30",
        "2025-03-15 14:30:00 +0800 CST",
        "2025-03-15 14:30:00 +0800 CST m=+0.001",
        "2025-03-15 06:30:00 +0000 UTC",
        "Sat Mar 15 14:30:00 +0800 2025",
        "Sat, 15 Mar 2025 06:30:00 GMT",
        "Sat Mar 15 2025 14:30:00 GMT+0800 (中国标准时间)",
        "Mar 15, 2025 2:30 PM",
        "15 March 2025 14:30",
        "2025-W11-6T14:30:00+08:00",
        "20250315143000",
        "2025-03-15T14:30:00.000+0800",
        "2025年3月15日 下午2点30分",
    ],
)
def test_a_moment_is_read_in_the_forms_of_many_programs(written: str) -> None:
    assert time(written) == MOMENT


def test_excel_serials_in_text_and_noon_and_midnight_are_read() -> None:
    assert time("45731") == datetime(2025, 3, 15, tzinfo=CHINA)
    serial = time("45731.6041667")
    assert serial is not None
    assert abs((serial - MOMENT).total_seconds()) < 2
    assert time("2025-03-15 12:05 AM") == datetime(2025, 3, 15, 0, 5, tzinfo=CHINA)
    assert time("2025-03-15 中午12:05") == datetime(2025, 3, 15, 12, 5, tzinfo=CHINA)


@given(st.datetimes(datetime(1995, 1, 1), datetime(2099, 1, 1)))
def test_a_moment_comes_back_from_every_countrys_form(naive: datetime) -> None:
    moment = naive.replace(second=0, microsecond=0, tzinfo=CHINA)
    half, hour = ("上午" if moment.hour < 12 else "下午"), moment.hour % 12 or 12
    day = f"{moment.year}/{moment.month}/{moment.day}"
    assert time(f"{day} {half}{hour}:{moment:%M}") == moment
    assert time(f"{moment.month}/{moment.day}/{moment.year}, {moment:%I:%M} {moment:%p}") == moment
    assert time(f"{moment:%a %b %d %H:%M:%S} +0800 {moment.year}") == moment
    assert time(f"{moment:%Y-%m-%d %H:%M:%S} +0800 CST") == moment
    assert time(f"{moment:%G-W%V-%u} {moment:%H:%M}") == moment


UNREADABLE = {"点赞": "很多", "收藏": "五百", "发布时间": "2个月前", "粉丝数": "abc"}


@given(st.sets(st.sampled_from(sorted(UNREADABLE)), min_size=1))
@settings(max_examples=15)
def test_an_unreadable_cell_costs_the_cell_and_is_named(broken: set[str]) -> None:
    whole = {"点赞": "12", "收藏": "3", "发布时间": "2025-03-15", "粉丝数": "9"}
    bad = {key: UNREADABLE[key] for key in broken}
    row = {"笔记ID": note_id(1), "标题": "清单", **whole, **bad}
    with tempfile.TemporaryDirectory() as folder:
        path = table(Path(folder) / "a.csv", [row])
        (found,) = read(path)
        (strict,) = read(path, ReadOptions(strict=True))
    assert isinstance(found, Captured)
    assert dict(found.unreadable) == bad
    assert (found.note.counts.likes is None) == ("点赞" in broken)
    assert (found.note.published_at is None) == ("发布时间" in broken)
    assert isinstance(strict, Rejected)
    assert "'" in strict.reason


def test_a_relative_date_without_a_capture_time_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"笔记ID": note_id(1), "标题": "a", "发布时间": "3小时前"}])
    (found,) = notes(read(path))
    assert found.unreadable == (("发布时间", "3小时前"),)
    (dated,) = notes(read(path, ReadOptions(captured_at=MOMENT)))
    assert (dated.unreadable, dated.note.published_at is None) == ((), False)


def test_a_note_of_pictures_alone_is_kept(tmp_path: Path) -> None:
    rows = [mediacrawler(1, title="", desc="", tag_list=""), {"note_id": note_id(2), "title": ""}]
    found = read(lines(tmp_path / "a.jsonl", rows))
    assert isinstance(found[0], Captured)
    assert found[0].note.counts != Counts()
    assert isinstance(found[1], Rejected)


# --- channels and brands -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "channel", "boosted", "brand"),
    [
        ({"是否商业笔记": "否", "是否参与付费推广": "否"}, "organic", False, ""),
        ({"是否商业笔记": "是", "报备品牌": "某牌"}, "declared", False, "某牌"),
        ({"是否商业笔记": "否", "是否参与付费推广": "是"}, "boosted", True, ""),
        ({"是否商业笔记": "是", "是否参与付费推广": "是"}, "declared", True, ""),
        ({"报备品牌": "—", "加热曝光量": "1200"}, "boosted", True, ""),
        ({"报备品牌": "某牌", "推广曝光量": "0", "加热曝光量": "3"}, "declared", True, "某牌"),
        ({"推广曝光量": "0"}, "", False, ""),
        ({"是否加热": "是"}, "boosted", True, ""),
        ({"笔记类型": "非商业笔记"}, "", False, ""),
        ({"笔记类型": "合作笔记"}, "declared", False, ""),
    ],
)
def test_declared_and_boosted_are_both_kept(
    tmp_path: Path, cells: dict[str, str], channel: str, boosted: bool, brand: str
) -> None:
    row = {"笔记ID": note_id(1), "标题": "a", **cells}
    note = notes(read(table(tmp_path / "a.csv", [row])))[0].note
    assert (note.channel, note.boosted, note.declared_brand) == (channel, boosted, brand)
