"""All tables of a file, of an archive, of a folder; headers wherever they stand."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.formats import Export, LeftOut, ReadOptions, open_exports
from engine.formats.headers import FOLDED, fold, unit
from engine.formats.names import is_keyword
from engine.model import CHINA, Captured, Comment, Count
from tests.formats.samples import (
    URL,
    database,
    note_id,
    notes,
    opened,
    read,
    rows_of,
    sheets,
    table,
)

HEAD = ["笔记ID", "标题", "点赞"]


def plain(number: int, title: str = "清单") -> list[object]:
    return [note_id(number), f"{title}{number}", number]


# --- several tables ----------------------------------------------------------------------------


def test_a_sheet_for_each_keyword_gives_the_keyword(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "a.xlsx",
        面霜=[HEAD, plain(1), plain(2)],
        防晒=[HEAD, plain(3)],
        粉底液=[HEAD, plain(4)],
    )
    found = notes(read(path))
    assert [row.sighting and row.sighting.keyword for row in found] == [
        "面霜",
        "面霜",
        "防晒",
        "粉底液",
    ]
    assert [row.sighting.position for row in found if row.sighting] == [None] * 4


def test_a_sheet_for_each_month_gives_no_keyword(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", **{"1月": [HEAD, plain(1)], "2026年2月": [HEAD, plain(2)]})
    found = notes(read(path))
    assert [row.sighting for row in found] == [None, None]


@pytest.mark.parametrize("name", ["面霜", "敏感肌面霜", "早C晚A", "防晒 平价", "SK-II神仙水"])
def test_a_searched_word_reads_like_a_keyword(name: str) -> None:
    assert is_keyword(name)


@pytest.mark.parametrize(
    "name",
    [
        "Sheet1",
        "数据",
        "工作表1",
        "1月",
        "2026年3月",
        "第一周",
        "笔记列表",
        "评论",
        "Contents",
        "汇总",
    ],
)
def test_the_name_of_a_table_does_not(name: str) -> None:
    assert not is_keyword(name)


def test_tables_of_other_kinds_are_read_and_others_named(tmp_path: Path) -> None:
    goods = [["商品名称", "价格", "销量"], ["面霜", 199, 3]]
    comments = [["笔记ID", "评论内容"], [note_id(1), "好用"]]
    path = sheets(
        tmp_path / "a.xlsx", 说明=[["读我"]], 笔记=[HEAD, plain(1)], 评论=comments, 商品=goods
    )
    export = opened(path)
    assert [type(row) for row in export.rows] == [Captured, Comment]
    assert [part.table for part in export.parts] == ["笔记", "评论"]
    assert [left.table for left in export.left_out] == ["说明", "商品"]
    assert "goods" in export.left_out[1].reason
    assert export.left_out[1].cure
    assert (export.total, export.progress(), export.kind) == (2, 1.0, "note")


def test_each_table_can_be_had_by_itself(tmp_path: Path) -> None:
    path = database(
        tmp_path / "a.db",
        notes_01=[dict(zip(HEAD, plain(1), strict=True))],
        notes_02=[dict(zip(HEAD, plain(2), strict=True))],
        settings=[{"name": "a", "value": "b"}],
    )
    tables = list(open_exports(path))
    exports = [opened for opened in tables if isinstance(opened, Export)]
    assert [export.table for export in exports] == ["notes_01", "notes_02"]
    assert [len(list(export.rows)) for export in exports] == [1, 1]
    assert [left.table for left in tables if isinstance(left, LeftOut)] == ["settings"]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6))
@settings(max_examples=15)
def test_no_sheet_is_lost(sizes: list[int]) -> None:
    named = {
        f"表{sheet}": [HEAD, *(plain(sheet * 10 + number) for number in range(size))]
        for sheet, size in enumerate(sizes)
    }
    with tempfile.TemporaryDirectory() as folder:
        found = notes(read(sheets(Path(folder) / "a.xlsx", **named)))
    assert len({row.note.note_id for row in found}) == len(found) == sum(sizes)


# --- archives and folders ----------------------------------------------------------------------


def test_the_files_of_an_archive_and_of_a_folder_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "导出"
    (folder / "inner").mkdir(parents=True)
    table(folder / "a.csv", [dict(zip(HEAD, plain(1), strict=True))])
    sheets(folder / "inner" / "b.xlsx", Sheet1=[HEAD, plain(2)])
    (folder / "readme.txt").write_text("说明", "utf-8")
    (folder / ".hidden").write_text("x", "utf-8")
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(folder.rglob("*.*")):
            archive.write(file, file.relative_to(tmp_path))
    for path, before in ((folder, ""), (packed, "导出/")):
        export = opened(path)
        assert [row.note.note_id for row in notes(export.rows)] == [note_id(1), note_id(2)]
        assert [part.table for part in export.parts] == [
            f"{before}a.csv",
            f"{before}inner/b.xlsx / Sheet1",
        ]
        assert [left.table for left in export.left_out] == [f"{before}readme.txt"]


def test_an_archive_without_notes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.csv", bytes(80_000_000))
    with pytest.raises(BadFile, match="unpacks to 80 MB"):
        opened(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.bin", bytes(range(256)) * 9)
    with pytest.raises(BadFile, match="neither a text"):
        opened(path)


# --- headers -----------------------------------------------------------------------------------


@given(above=st.integers(0, 25), blank=st.booleans(), groups=st.booleans())
@settings(max_examples=25)
def test_a_header_is_found_below_titles(above: int, blank: bool, groups: bool) -> None:
    rows: list[list[object]] = [["某品牌 笔记数据报表"] if not blank else [] for _ in range(above)]
    if groups:
        rows.append(["基础信息", None, "互动数据"])
    rows += [[*HEAD], plain(1), plain(2)]
    with tempfile.TemporaryDirectory() as folder:
        path = sheets(Path(folder) / "a.xlsx", 数据=rows)
        assert len(notes(read(path))) == 2
        unknown = [[*rows[:-3], ["编号", "主题", "热度"], *rows[-2:]]]
        path = sheets(Path(folder) / "b.xlsx", 数据=unknown[0])
        named = ReadOptions(columns={"note_id": "编号", "title": "主题"})
        assert [row.note.title for row in notes(read(path, named))] == ["清单1", "清单2"]


def test_names_that_repeat_are_told_apart_by_their_group(tmp_path: Path) -> None:
    rows = [
        ["笔记", None, "日常30天", None, "日常90天", None],
        ["笔记ID", "标题", "点赞中位数", "发布数", "点赞中位数", "发布数"],
        [note_id(1), "清单", 1, 2, 3, 4],
    ]
    export = opened(sheets(tmp_path / "a.xlsx", 数据=rows))
    assert len(notes(export.rows)) == 1
    assert export.usage.unused == (
        *("日常30天.点赞中位数", "日常30天.发布数", "日常90天.点赞中位数", "日常90天.发布数"),
    )


def test_what_a_banner_says_of_the_export_is_its_capture_time(tmp_path: Path) -> None:
    rows = [["导出时间：2026-03-16 10:00"], HEAD, plain(1)]
    (row,) = notes(read(sheets(tmp_path / "a.xlsx", 数据=rows)))
    assert row.note.captured_at == datetime(2026, 3, 16, 10, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            ("點讚數（個）", "点赞数"),
            ("筆記\n標題", "笔记标题"),
            ("ＬＩＫＥＤ＿count", "liked_count"),
        ),
        *(
            ("收藏数/次", "收藏数"),
            ("【必填】笔记链接", "笔记链接"),
            (" likedCount ", "liked_count"),
        ),
        *(("笔记 ID：", "笔记id"), ("評論數*", "评论数"), ("實際消耗（元）", "实际消耗")),
    ],
)
def test_a_header_means_the_same_in_every_spelling(written: str, meant: str) -> None:
    assert fold(written) == fold(meant)


def test_every_header_is_known_in_traditional_characters() -> None:
    import opencc

    written = opencc.OpenCC("s2t")
    spelled = [name for names in FOLDED.values() for name in names]
    assert [name for name in spelled if fold(written.convert(name)) != name] == []


@given(st.sampled_from(["点赞数(万)", "点赞（万）", "点赞数(万次)", "likes_w"]), st.integers(1, 99))
def test_a_header_in_ten_thousands_counts_so(header: str, tenths: int) -> None:
    assert unit(header) in ("万", "w")
    row = {"笔记ID": note_id(1), "标题": "a", header: f"{tenths / 10}"}
    with tempfile.TemporaryDirectory() as folder:
        (found,) = notes(read(table(Path(folder) / "a.csv", [row])))
    likes = found.note.counts.likes or found.note.counts.shares
    if header != "likes_w":
        assert likes is not None
        assert likes.value == tenths * 1000


# --- the addresses behind cells ----------------------------------------------------------------


def test_the_address_behind_a_cell_gives_the_note(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "标题", "笔记链接", "点赞"])
    sheet.append([1, "清单", "查看", 5])
    sheet.append([2, "三款", "查看", 6])
    sheet["B2"].hyperlink = f"{URL}{note_id(1)}?xsec_token=abc"
    sheet["C3"].hyperlink = f"{URL}{note_id(2)}"
    book.save(tmp_path / "a.xlsx")
    found = notes(read(tmp_path / "a.xlsx"))
    assert [row.note.note_id for row in found] == [note_id(1), note_id(2)]
    assert [row.note.url for row in found] == [URL + note_id(1), URL + note_id(2)]
    assert [row.note.title for row in found] == ["清单", "三款"]


# --- pages saved as workbooks ------------------------------------------------------------------

PAGE = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="UTF-8">
<style>td {{mso-number-format:"\\@"}}</style></head><body><table border=1>
<tr><td colspan=3>笔记报表</td></tr><tr><th>笔记ID</th><th>标题</th><th>点赞</th></tr>
<tr><td>{0}</td><td>清单 &amp; 三款<br>第二行</td><td>1.2万</td></tr>
<tr><td><a href="{1}">查看</a></td><td></td><td>3</td></tr></table></body></html>"""
BOOK = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="数据"><Table>
<Row><Cell><Data ss:Type="String">笔记ID</Data></Cell>
<Cell><Data ss:Type="String">标题</Data></Cell>
<Cell><Data ss:Type="String">点赞</Data></Cell></Row><Row><Cell><Data>{0}</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="Number">12</Data></Cell></Row></Table></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_page_saved_as_xls_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "notes.xls"
    path.write_bytes(PAGE.format(note_id(1), URL + note_id(2)).encode(encoding))
    export = opened(path)
    first, second = notes(export.rows)
    assert export.format == "table-html"
    assert (first.note.title, first.note.counts.likes) == (
        "清单 & 三款\n第二行",
        Count(12000, precision=500),
    )
    assert second.note.note_id == note_id(2)


def test_an_xml_spreadsheet_is_read_with_its_empty_cells(tmp_path: Path) -> None:
    path = tmp_path / "notes.xls"
    path.write_text(BOOK.format(note_id(1)), "utf-8")
    (row,) = notes(read(path))
    assert (row.note.title, row.note.counts.likes) == ("", Count(12))


def test_a_page_without_a_table_is_refused_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "notes.xls"
    path.write_text("<html><body>请登录</body></html>", "utf-8")
    with pytest.raises(BadFile, match="save it as xlsx"):
        opened(path)


def test_rows_of_one_sheet_in_every_place(tmp_path: Path) -> None:
    row = {"笔记ID": note_id(1), "标题": "a", "点赞": 3}
    page = "".join(f"<td>{cell}</td>" for cell in row.values())
    header = "".join(f"<th>{key}</th>" for key in row)
    (tmp_path / "a.xls").write_text(f"<table><tr>{header}</tr><tr>{page}</tr></table>", "utf-8")
    places = [
        tmp_path / "a.xls",
        table(tmp_path / "a.csv", [row]),
        sheets(tmp_path / "a.xlsx", 表=rows_of([row])),
        database(tmp_path / "a.db", notes=[row]),
    ]
    assert len({notes(read(place))[0].note for place in places}) == 1
