"""Keyword lists of every kind, and what is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from engine import sample
from engine.errors import BadFile
from engine.formats.keywords import KeywordLine, read_keywords


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_the_sample_lists_are_read() -> None:
    folder = sample.CORPUS / "keywords"
    assert read_keywords(folder / "coffee.csv")[0] == KeywordLine("生椰拿铁", 3.0)
    assert read_keywords(folder / "pets.toml")[0].keyword == "猫砂推荐"
    assert len(read_keywords(folder / "skincare.csv")) == 12
    demand = read_keywords(sample.DEMAND)
    assert demand[0] == KeywordLine("敏感肌面霜", searches=48_210, source="护肤核心词")


def test_the_same_list_in_every_layout(tmp_path: Path) -> None:
    wanted = [KeywordLine("面霜", 2.0, "category", "buy", 12_000), KeywordLine("油皮")]
    rows = [
        {"keyword": "面霜", "weight": 2, "kind": "category", "intent": "buy", "demand": 12_000},
        {"keyword": "油皮"},
    ]
    toml = """[[keywords]]
keyword = "面霜"
weight = 2
kind = "category"
intent = "buy"
demand = 12000
[[keywords]]
keyword = "油皮"
"""
    csv = "keyword,weight,kind,intent,demand\n面霜,2,category,buy,12000\n油皮,,,,\n"
    book = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(book) as out:
        sheet = out.add_worksheet()
        sheet.write_row(0, 0, ["关键词", "权重", "类型", "意图", "搜索指数"])
        sheet.write_row(1, 0, ["面霜", 2, "category", "buy", "1.2万"])
        sheet.write_row(2, 0, ["油皮"])
    paths = [
        write(tmp_path, "a.csv", csv),
        write(tmp_path, "a.toml", toml),
        write(tmp_path, "a.json", json.dumps(rows)),
        write(tmp_path, "b.json", json.dumps({"data": rows})),
        write(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows))),
        book,
    ]  # fmt: skip
    for path in paths:
        assert read_keywords(path) == wanted, path.name


def test_a_keyword_counts_once_and_empty_rows_do_not(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "keyword,weight\n面霜,1\n,5\n面霜,3\n油皮,\n")
    assert read_keywords(path) == [KeywordLine("面霜", 1.0), KeywordLine("油皮")]
    assert [k.keyword for k in read_keywords(write(tmp_path, "a.json", '["面霜", "油皮"]'))] == [
        "面霜",
        "油皮",
    ]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "title\n面霜\n", "no keywords"),
        ("a.csv", "keyword,weight\n面霜,很多\n", "row"),
        ("a.csv", "keyword,weight\n面霜,-1\n", "weight"),
        ("a.csv", f"keyword\n{'长' * 101}\n", "101 characters"),
        ("a.toml", "keywords = [", "a.toml"),
        ("a.toml", "keywords = 3", "no list"),
        ("a.csv", "keyword,weight\n面霜\n", "row 2"),
        ("a.json", "{", "a.json"),
        ("a.json", "[3]", "row 1"),
        ("a.json", "[]", "no keywords"),
        ("a.csv", "", "empty"),
    ],
)
def test_a_refusal_names_the_file(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        read_keywords(write(tmp_path, name, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for name in ("no.csv", "no.toml", "no.json"):
        with pytest.raises(BadFile, match="no"):
            read_keywords(tmp_path / name)
