"""Which cells are a note's id: guards off, links opened, running numbers kept apart."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile, BadRow
from engine.formats import ReadOptions, read_stream, values
from engine.model import Captured, Rejected
from tests.formats.samples import URL, database, lines, note_id, notes, read, rows_of, sheets, table

HEX = st.integers(0, 16**24 - 1).map(lambda number: f"{number:024x}")
GUARDS = ["{}", '="{}"', "'{}", '"{}"', " {}\t", "\ufeff{}", "‘{}’", '=T("{}")', "`{}`"]


@given(HEX, st.sampled_from(GUARDS), st.booleans())
def test_guards_and_links_are_taken_off_an_id(number: str, guard: str, linked: bool) -> None:
    cell = guard.format(f"{URL}{number}?xsec_token=a" if linked else number)
    assert values.note_id(cell) == number
    assert values.note_id("", None, cell) == number


@pytest.mark.parametrize(
    "cell",
    [
        f'=HYPERLINK("{URL}{note_id(1)}","查看")',
        note_id(1).upper(),
        f"https://www.xiaohongshu.com/discovery/item/{note_id(1)}?source=webshare",
        f"https://www.xiaohongshu.com/user/profile/5f00aa/{note_id(1)}",
        f"https://pages.xiaohongshu.com/x?noteId={note_id(1)}&y=2",
        f"看这篇 {URL}{note_id(1)} 复制打开",
    ],
)
def test_an_address_gives_the_id_in_it(cell: str) -> None:
    assert values.note_id(cell) == note_id(1)


@pytest.mark.parametrize(
    "cell",
    [
        "合计",
        "查看",
        "链接",
        "—",
        "nan",
        "暂无",
        "N/A",
        "***",
        "共3篇",
        "7",
        "12345",
        "-1",
        "#REF!",
    ],
)
def test_words_masks_and_running_numbers_are_no_ids(cell: str) -> None:
    assert values.note_id(cell) == ""


@pytest.mark.parametrize("cell", ["own-1", "n00001", "1575344058", "jan:7", "灰豚:12", "A_b-9"])
def test_a_sources_own_code_is_an_id(cell: str) -> None:
    assert values.note_id(cell) == cell


@pytest.mark.parametrize("cell", [6.5e23, "6.5E+23", 6.61234567891e23])
def test_a_rounded_id_is_refused_even_when_it_has_24_digits(cell: object) -> None:
    with pytest.raises(BadRow, match="rounded"):
        values.note_id(cell)


@given(
    first=st.integers(1, 50_000),
    steps=st.lists(st.integers(1, 40), min_size=1, max_size=30),
    kind=st.sampled_from(["csv", "jsonl", "xlsx", "sqlite"]),
)
@settings(max_examples=25)
def test_a_table_of_running_numbers_is_refused_until_it_has_a_name(
    first: int, steps: list[int], kind: str
) -> None:
    numbers = [first + sum(steps[:place]) for place in range(len(steps) + 1)]
    rows = [{"id": n, "title": f"清单{n}", "content": "干皮", "likes": 3} for n in numbers]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        if kind == "xlsx":
            sheets(path, 表=rows_of(rows))
        elif kind == "sqlite":
            database(path, notes=rows)
        else:
            (table if kind == "csv" else lines)(path, rows)
        with pytest.raises(BadFile, match="--id-namespace NAME"):
            read(path)
        named = notes(read(path, ReadOptions(id_namespace="jan")))
    assert [row.note.note_id for row in named] == [f"jan:{number}" for number in numbers]


def test_numbers_that_are_spread_wide_are_codes_of_a_source(tmp_path: Path) -> None:
    rows = [
        {"素材ID": code, "标题": "a", "点赞": 1} for code in (15_753_440, 98_753_990, 44_120_007)
    ]
    found = notes(read(table(tmp_path / "a.csv", rows)))
    assert [row.note.note_id for row in found] == ["15753440", "98753990", "44120007"]


def test_a_running_number_among_ids_costs_its_row(tmp_path: Path) -> None:
    rows = [{"笔记ID": cell, "标题": "a", "点赞": 1} for cell in (note_id(1), 7, note_id(2))]
    first, second, third = read(table(tmp_path / "a.csv", rows))
    assert isinstance(first, Captured)
    assert isinstance(second, Rejected)
    assert "--id-namespace" in second.reason
    assert isinstance(third, Captured)


def test_a_link_stands_before_a_running_number(tmp_path: Path) -> None:
    row = {"id": 1, "title": "a", "link": URL + note_id(1), "likes": 3}
    (found,) = notes(read(table(tmp_path / "a.csv", [row])))
    assert found.note.note_id == note_id(1)


def test_one_note_in_three_guards_is_one_note(tmp_path: Path) -> None:
    cells = [note_id(1), f'="{note_id(1)}"', f"'{note_id(1)}"]
    rows = [{"笔记ID": cell, "标题": "清单"} for cell in cells]
    found = notes(read(table(tmp_path / "a.csv", rows)))
    assert {row.note.note_id for row in found} == {note_id(1)}


def test_a_stream_takes_no_running_numbers() -> None:
    (row,) = read_stream([b'{"note_id": "7", "title": "a"}'])
    assert isinstance(row, Rejected)
