"""An export opens in Excel, a notebook or a database as what it is, and runs nothing."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from engine.errors import BadOption
from engine.model import Count, Counts, Note
from engine.rows import table_files as tables
from engine.rows.column import Row
from engine.rows.note_rows import NOTE_COLUMNS, note_row
from engine.rows.table_files import FORMATS, csv_text, guard, write_table

COLUMNS = ("note_id", "title", "likes", "score", "exact")
ROWS: list[Row] = [
    {"note_id": "0012", "title": '逗号, "引号"\n换行', "likes": 7, "score": -0.25, "exact": True},
    {"note_id": "b", "title": "=1+1", "likes": None, "score": 1e-9, "exact": None},
    {"note_id": "c", "title": "", "likes": 0, "score": 2.0, "exact": False},
]
DANGEROUS = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠a"]


def read_csv(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_csv_opens_in_excel_and_keeps_every_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert write_table(ROWS, COLUMNS, path, "csv") == 3
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 4
    assert raw.endswith(b"\r\n")
    table = read_csv(path)
    assert table[0] == list(COLUMNS)
    assert table[1] == ["0012", '逗号, "引号"\n换行', "7", "-0.25", "True"]
    assert table[2] == ["b", "'=1+1", "", "1e-09", ""]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"
    written = "".join(csv_text([{"a": text}], ["a"]))
    assert next(iter(list(csv.reader(io.StringIO(written, newline="")))[1:])) == [f"'{text}"]


@pytest.mark.parametrize("value", [-5, 0, -1.5, None, True, "面霜", "a=b", "'quoted", ""])
def test_numbers_and_plain_text_stay_as_they_are(value: object) -> None:
    assert guard(value) is value


def test_csv_comes_in_pieces(tmp_path: Path) -> None:
    pieces = csv_text(iter(ROWS), COLUMNS)
    assert next(pieces) == "\ufeffnote_id,title,likes,score,exact\r\n"
    assert next(pieces).startswith("0012,")


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    for kind in FORMATS:
        assert write_table([], COLUMNS, tmp_path / f"a.{kind}", kind) == 0
    assert read_csv(tmp_path / "a.csv") == [list(COLUMNS)]
    assert (tmp_path / "a.jsonl").read_bytes() == b""
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["notes"]
    assert [cell.value for cell in sheet[1]] == list(COLUMNS)


def test_a_workbook_keeps_types_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [*ROWS, {**ROWS[0], "title": "https://example.test/x"}]
    rows += [{**ROWS[0], "title": text} for text in DANGEROUS]
    assert write_table(rows, COLUMNS, path, "xlsx") == len(rows)
    sheet = openpyxl.load_workbook(path)["notes"]
    assert not [c.coordinate for line in sheet.iter_rows() for c in line if c.data_type == "f"]
    assert not [c.coordinate for line in sheet.iter_rows() for c in line if c.hyperlink]
    assert [cell.value for cell in sheet[2]] == ["0012", '逗号, "引号"\n换行', 7, -0.25, True]
    assert [cell.value for cell in sheet[3]] == ["b", "=1+1", None, 1e-9, None]
    (_, first, second, *_rest) = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert first == ["0012", '逗号, "引号"\n换行', 7.0, -0.25, True]
    assert second[:3] == ["b", "=1+1", ""]


def test_a_text_longer_than_a_cell_is_cut_and_a_sheet_longer_than_excel_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xlsx"
    write_table([{"a": "长" * 40_000}], ["a"], path, "xlsx")
    assert len(openpyxl.load_workbook(path)["notes"]["A2"].value) == 32_767
    assert tables.SHEET_ROWS == 2**20 - 1
    monkeypatch.setattr(tables, "SHEET_ROWS", 5)
    write_table([{"a": 1}] * 5, ["a"], path, "xlsx")
    with pytest.raises(BadOption, match="use csv"):
        write_table([{"a": 1}] * 6, ["a"], path, "xlsx")


def test_sqlite_keeps_types_and_replaces_an_older_export(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    write_table(ROWS * 2, COLUMNS, path, "sqlite")
    assert write_table(ROWS, COLUMNS, path, "sqlite") == 3
    db = sqlite3.connect(path)
    found = db.execute("SELECT * FROM notes ORDER BY note_id").fetchall()
    db.close()
    assert found[0] == ("0012", '逗号, "引号"\n换行', 7, -0.25, 1)
    assert found[1] == ("b", "=1+1", None, 1e-9, None)


def test_jsonl_has_an_object_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    assert write_table(ROWS, COLUMNS, path, "jsonl") == 3
    lines = path.read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == ROWS


@pytest.mark.parametrize("kind", FORMATS)
def test_a_folder_that_is_not_there_is_an_error_of_the_system(tmp_path: Path, kind: str) -> None:
    """The command line tells OSError in one line; anything else would be a traceback."""
    with pytest.raises(OSError, match="No such file"):
        write_table(ROWS, COLUMNS, tmp_path / "none" / f"a.{kind}", kind)
    with pytest.raises(OSError, match="directory"):
        write_table(ROWS, COLUMNS, tmp_path, kind)


def test_a_note_row_has_every_column_and_null_for_unknown() -> None:
    assert tuple(note_row(Note("a"))) == NOTE_COLUMNS
    bare = note_row(Note("a"))
    empty = {"title", "body", "tags", "brands"}
    assert all(dict(bare)[name] is None for name in NOTE_COLUMNS if name not in {"note_id", *empty})
    full = note_row(Note("a", counts=Counts(likes=Count(100_000, True, 500))))
    assert (full["likes"], full["likes_at_least"], full["likes_precision"]) == (100_000, True, 500)
