"""Bytes as they really come: encodings, broken rows, bombs, locked and damaged files."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import BadFile
from engine.formats import ReadOptions
from engine.model import CHINA, Captured, Rejected, Row
from tests.formats.samples import (
    array,
    database,
    lines,
    mediacrawler,
    note_id,
    notes,
    opened,
    read,
    rows_of,
    sheets,
    table,
)

WRITERS: dict[str, Callable[[Path, Sequence[Mapping[str, object]]], Path]] = {
    "csv": table, "jsonl": lines, "json": array,
}  # fmt: skip


def rejected(rows: list[Row]) -> list[Rejected]:
    return [row for row in rows if isinstance(row, Rejected)]


# --- encodings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le-bom", "utf-16-be-bom"]
)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_an_encoding_is_told_by_the_bytes(tmp_path: Path, encoding: str, kind: str) -> None:
    rows = [mediacrawler(1), mediacrawler(2)]
    path = WRITERS[kind](tmp_path / "a", rows)
    text = path.read_bytes().decode("utf-8-sig")
    if encoding.endswith("-bom"):
        path.write_bytes(("\ufeff" + text).encode(encoding.removesuffix("-bom")))
    else:
        path.write_bytes(text.encode(encoding))
    first, _ = notes(read(path))
    assert (first.note.title, first.note.tags) == ("油皮夏天怎么控油 1", ("油皮", "控油"))


@pytest.mark.parametrize("kind", ["csv", "jsonl", "json"])
def test_a_late_bad_byte_costs_its_row_only_and_is_kept(tmp_path: Path, kind: str) -> None:
    rows = [mediacrawler(number) for number in range(1, 3001)]
    path = WRITERS[kind](tmp_path / "a", rows)
    path.write_bytes(path.read_bytes().replace("控油 2900".encode(), b"\xff\xfe 2900"))
    found = read(path)
    (bad,) = rejected(found)
    assert len(found) == 3000
    assert bad.reason.startswith("bytes that are not utf-8")
    assert "\\xff\\xfe 2900" in bad.raw


def test_a_gb18030_file_with_a_bad_byte_is_still_gb18030(tmp_path: Path) -> None:
    path = table(tmp_path / "a", [mediacrawler(n) for n in range(1, 9)], encoding="gb18030")
    path.write_bytes(path.read_bytes().replace("控油 5".encode("gb18030"), b"\xff 5"))
    found = read(path)
    assert len(found) == 8
    assert [row.line for row in rejected(found)] == [6]


def test_nul_bytes_do_not_stop_a_file(tmp_path: Path) -> None:
    rows = [mediacrawler(1, title="控\0油"), mediacrawler(2)]
    assert notes(read(table(tmp_path / "a.csv", rows)))[0].note.title == "控油"
    path = lines(tmp_path / "a.jsonl", rows)
    path.write_bytes(path.read_bytes().replace(b"\\u0000", b"\0") + b"\0\0\0\0")
    assert notes(read(path))[0].note.title == "控油"


def test_half_an_emoji_in_json_becomes_a_replacement(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(mediacrawler(1, title="好\ud83d")), encoding="utf-8")
    assert notes(read(path))[0].note.title == "好\ufffd"


# --- bad rows ----------------------------------------------------------------------------------


def test_bad_lines_are_named_and_kept_and_the_file_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    deep = '{"a":' * 100_000
    good = json.dumps(mediacrawler(1), ensure_ascii=False)
    worse = json.dumps(mediacrawler(3, note_id="查看", note_url="无"), ensure_ascii=False)
    path.write_text(f'{{"note_id": "x", \n{good}\n[1, 2]\n{worse}\n\n{deep}\n{good}', "utf-8")
    found = read(path)
    assert [(row.line, row.reason[:24]) for row in rejected(found)] == [
        (1, "not valid JSON: Expectin"),
        (3, "not a JSON object"),
        (3, "not a JSON object"),
        (4, "no note_id, and no note "),
        (6, "not valid JSON: maximum "),
    ]
    assert [row.line for row in found if isinstance(row, Captured)] == [2, 7]
    assert "油皮夏天怎么控油 3" in rejected(found)[3].raw


def test_a_rejected_row_is_whole_but_for_the_access_token(tmp_path: Path) -> None:
    row = mediacrawler(1, note_id="", note_url="https://a.com/?xsec_token=SECRETTOKEN=")
    for path in (lines(tmp_path / "a.jsonl", [row]), table(tmp_path / "a.csv", [row])):
        (bad,) = rejected(read(path))
        assert "先清洁再补水" in bad.raw
        assert "SECRETTOKEN" not in bad.raw


def test_too_few_and_too_many_cells_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("笔记ID,标题,点赞\nn1,a,2\nn2,b\nn3,c,4,5\nn4,d,5,,\n,,\n\nn6,e,7\n", "utf-8")
    found = read(path)
    assert [(row.line, row.reason, row.raw) for row in rejected(found)] == [
        (3, "2 cells; the header has 3", "n2,b"),
        (4, "4 cells; the header has 3", "n3,c,4,5"),
    ]
    assert [row.line for row in found if isinstance(row, Captured)] == [2, 5, 8]


def test_a_quote_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rest = "".join(f"n{number},标题{number},1\n" for number in range(2, 500))
    path.write_text(f'笔记ID,标题,点赞\nn0,a,1\nn1,"b,1\n{rest}', "utf-8")
    found = read(path)
    assert [(row.line, row.raw) for row in rejected(found)] == [(3, 'n1,"b,1')]
    assert len(found) == 500
    assert found[-1].line == 501


def test_a_header_written_again_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("笔记ID,标题\nn1,a\n笔记ID,标题\nn2,b\n", "utf-8")
    assert [row.line for row in notes(read(path))] == [2, 4]


def test_a_field_of_a_megabyte_is_read_and_the_limit_put_back(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    path = table(tmp_path / "a.csv", [mediacrawler(1, desc="长" * 1_500_000)])
    assert len(notes(read(path))[0].note.body) == 1_500_000
    assert csv.field_size_limit() == before


def test_a_row_without_id_or_without_text_is_rejected(tmp_path: Path) -> None:
    rows = [
        mediacrawler(1, note_id="", note_url=""),
        {"note_id": note_id(2), "desc": "留下你的想法吧", "liked_count": "", "last_modify_ts": ""},
        mediacrawler(3, note_id=""),
    ]
    found = read(lines(tmp_path / "a.jsonl", rows))
    assert [row.reason.split(",")[0] for row in rejected(found)] == [
        "no note_id",
        "no text",
    ]
    assert notes(found[2:])[0].note.note_id == note_id(3)


def test_a_broken_element_of_an_array_costs_itself_only(tmp_path: Path) -> None:
    path = array(tmp_path / "a.json", [mediacrawler(number) for number in range(1, 400)])
    text = path.read_text("utf-8")
    path.write_text(text.replace('"title": "油皮夏天怎么控油 200"', '"title": "油皮" 坏'), "utf-8")
    found = read(path)
    (bad,) = rejected(found)
    assert (len(found), bad.line) == (399, 200)
    assert '"油皮" 坏' in bad.raw


def test_an_array_cut_off_keeps_what_came_before(tmp_path: Path) -> None:
    path = array(tmp_path / "a.json", [mediacrawler(number) for number in range(1, 400)])
    path.write_bytes(path.read_bytes()[:-300])
    found = read(path)
    assert len(found) == 399
    assert [row.line for row in rejected(found)] == [399]


# --- when it was captured ----------------------------------------------------------------------


def test_the_capture_time_is_the_rows_own_then_the_file_names_then_the_users(
    tmp_path: Path,
) -> None:
    user = datetime(2025, 5, 5, 5, tzinfo=CHINA)
    options = ReadOptions(captured_at=user)
    own, blank = mediacrawler(1), mediacrawler(1, last_modify_ts="")
    dated = datetime(2026, 1, 3, tzinfo=CHINA)
    for name, row, moment in (
        ("search_contents_2026-01-03.jsonl", own, datetime(2026, 1, 1, 15, tzinfo=CHINA)),
        ("search_contents_2026-01-03.jsonl", blank, dated),
        ("xhs_search_20260103_101112.jsonl", blank, dated),
        ("notes.jsonl", blank, user),
        ("notes_20261399.jsonl", blank, user),
    ):
        (found,) = notes(read(lines(tmp_path / name, [row]), options))
        assert found.note.captured_at == moment
    assert notes(read(tmp_path / "notes.jsonl"))[0].note.captured_at is None


# --- workbooks ---------------------------------------------------------------------------------


def test_blank_rows_and_numbers_and_dates_of_a_sheet(tmp_path: Path) -> None:
    header = ["笔记ID", "标题", "点赞", "发布时间"]
    rows: list[list[object]] = [
        [], [*header], [], [987654321012.0, 618, 12.0, datetime(2025, 3, 28, 11, 5)], ["b2", "x"],
    ]  # fmt: skip
    first, second = notes(read(sheets(tmp_path / "a.xlsx", Sheet1=rows)))
    assert (first.line, first.note.note_id, first.note.title) == (4, "987654321012", "618")
    assert first.note.published_at == datetime(2025, 3, 28, 11, 5, tzinfo=CHINA)
    assert (second.line, second.note.counts.likes) == (5, None)


def test_a_cell_in_the_far_corner_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "笔记ID"
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BadFile, match="reaches to row 1,048,576 and column 16,384"):
        opened(tmp_path / "a.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", Sheet1=[["笔记ID"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", bytes(80_000_000))
    with pytest.raises(BadFile, match="unpacks to"):
        opened(path)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(BadFile, match="unpack it"):
        opened(tmp_path / "a.xlsx")


# --- databases ---------------------------------------------------------------------------------


def test_text_that_is_no_utf8_costs_its_row_of_a_database(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", xhs_note=[mediacrawler(n) for n in (1, 2, 3)])
    with sqlite3.connect(path) as connection:
        change = "UPDATE xhs_note SET title = CAST(x'ff62' AS TEXT) WHERE note_id = ?"
        connection.execute(change, [note_id(2)])
    connection.close()
    found = read(path)
    assert [row.line for row in rejected(found)] == [2]
    assert rejected(found)[0].raw.startswith("{")


@pytest.mark.parametrize("writable", [True, False])
def test_a_database_in_wal_mode_is_read_where_nothing_can_be_written(
    tmp_path: Path, writable: bool
) -> None:
    folder = tmp_path / "只读 100%?#"
    folder.mkdir()
    path = database(folder / "a.db", xhs_note=[mediacrawler(1)])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    folder.chmod(0o755 if writable else 0o555)
    before = sorted(os.listdir(folder))
    assert len(notes(read(path))) == 1
    assert sorted(os.listdir(folder)) == before
    folder.chmod(0o755)


def test_what_a_running_crawler_has_written_to_its_log_is_read(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", xhs_note=[mediacrawler(1)])
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    row = mediacrawler(2)
    marks = ", ".join("?" * len(row))
    writer.execute(f"INSERT INTO xhs_note VALUES ({marks})", tuple(row.values()))
    writer.commit()
    assert len(notes(read(path))) == 2
    writer.close()


def test_a_damaged_database_is_refused(tmp_path: Path) -> None:
    path = database(tmp_path / "a.db", xhs_note=[mediacrawler(n) for n in range(1, 200)])
    whole = path.read_bytes()
    for damaged in (whole[:5000], whole[:4096] + bytes(4096) + whole[8192:], whole[:60]):
        path.write_bytes(damaged)
        with pytest.raises(BadFile, match="damaged"):
            opened(path)


# --- files that are nothing --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \n\n", "is empty"),
        (b"\0" * 2000, "is empty"),
        (bytes(range(256)) * 9, "neither a text"),
        (b"\x1f\x8b\x08\0" + bytes(range(128, 256)) * 2, "neither a text"),
        (b"%PDF-1.7\nplain text after it", "neither a text"),
        (b"PK\x03\x04" + b"\0" * 99, "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "password"),
        (b"SQLite format 3\0" + b"x" * 99, "damaged"),
        ("今天天气很好".encode(), "a text of one column"),
        (b"{}", "has no rows with columns"),
        (b"[]", "has no rows with columns"),
        (b"{", "row 1: not valid JSON"),
        (b'{"version": 1}', "no column for a note id"),
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_file_that_is_no_export_is_refused_with_the_cure(
    tmp_path: Path, content: bytes, problem: str, suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=problem) as refusal:
        opened(path)
    assert refusal.value.cure
    assert "\n" not in str(refusal.value)


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "no.csv", tmp_path / "empty", tmp_path / "a\0b"):
        with pytest.raises(BadFile):
            opened(path)


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_a_truncated_workbook_is_refused(tmp_path: Path, keep: float) -> None:
    path = sheets(tmp_path / "a.xlsx", Contents=rows_of([mediacrawler(1)]))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    with pytest.raises(BadFile, match="damaged"):
        opened(path)


# --- size --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["csv", "json", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("jsonl", "sqlite"))],
)
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    peaks = []
    for size in (2_000, 20_000):
        rows = [mediacrawler(n % 200, desc=f"第{n}篇" * 20) for n in range(size)]
        path = tmp_path / f"{size}"
        if kind == "sqlite":
            database(path, xhs_note=rows)
        else:
            WRITERS[kind](path, rows)
        del rows
        tracemalloc.start()
        export = opened(path)
        assert sum(1 for row in export.rows if isinstance(row, Captured)) == size
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert export.progress() == 1.0
    assert peaks[1] < 6_000_000
    assert peaks[1] < peaks[0] + 1_500_000


def test_progress_never_falls(tmp_path: Path) -> None:
    export = opened(lines(tmp_path / "a.jsonl", [mediacrawler(n) for n in range(2000)]))
    seen = [export.progress() for _ in export.rows]
    assert seen == sorted(seen)
    assert 0 < seen[1000] < 1
    assert export.progress() == 1.0
    assert export.size == (tmp_path / "a.jsonl").stat().st_size
