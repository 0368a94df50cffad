"""Keyword lists of every kind, and what is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import xlsxwriter

from engine import sample
from engine.errors import BadFile
from engine.formats.keywords import KeywordLine, read_keyword_file, read_keywords


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


@pytest.mark.parametrize(
    ("name", "text", "searches", "unused"),
    [
        ("a.txt", "面霜\n防晒\n", None, ()),
        ("a.txt", "# 词表\n面霜\n\n防晒\n", None, ()),
        ("a.txt", "面霜,防晒\n", None, ()),
        ("a.csv", "Keyword,Search Volume,CPC\n面霜,1300,1.2\n防晒,9,1\n", 1300, ("CPC",)),
        ("a.csv", 'Keyword,Volume,Trend\n面霜,"1,300",x\n防晒,9,y\n', 1300, ("Trend",)),
        ("a.csv", "Top queries,Clicks,CTR\n面霜,12,4%\n防晒,1,1%\n", None, ("Clicks", "CTR")),
        ("a.csv", "热门查询,点击次数\n面霜,12\n防晒,1\n", None, ("点击次数",)),
        ("a.csv", "关键词,移动端日检索量,PC日检索量\n面霜,120,30\n防晒,1,1\n", 4500, ()),
        ("a.csv", "导出\n\n關鍵詞,月檢索量\n面霜,1300\n防晒,1\n", 1300, ()),
        (
            "a.csv",
            "keyword,search_index_w,is_surging\n面霜,12.3,1\n防晒,8,0\n",
            123_000,
            ("is_surging",),
        ),
        ("a.csv", "关键词,搜索量(万)\n面霜,1.5\n防晒,1\n", 15_000, ()),
        ("a.csv", "搜索词\t月均搜索量\n面霜\t1.2万\n防晒\t1\n", 12_000, ()),
    ],
)
def test_a_list_of_other_tools_is_read_and_its_other_columns_named(
    tmp_path: Path, name: str, text: str, searches: int | None, unused: tuple[str, ...]
) -> None:
    listed = read_keyword_file(write(tmp_path, name, text))
    assert [line.keyword for line in listed.lines] == ["面霜", "防晒"]
    assert listed.lines[0].searches == searches
    assert listed.unused == unused
    assert all("columns not read" in remark for remark in listed.remarks())


def test_a_total_row_of_a_list_is_left_out_and_said(tmp_path: Path) -> None:
    text = "词包,关键词,月均搜索指数\n护肤,敏感肌面霜,48210\n,合计,48210\n"
    listed = read_keyword_file(write(tmp_path, "a.csv", text))
    assert [line.keyword for line in listed.lines] == ["敏感肌面霜"]
    assert listed.remarks() == ("total rows left out: row 3",)
