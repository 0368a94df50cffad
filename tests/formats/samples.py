"""Small exports of every format, in words of our own, written where a test wants them."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from engine.formats import Export, ReadOptions, open_export
from engine.model import Captured, Rejected, Row

URL = "https://www.xiaohongshu.com/explore/"


def note_id(number: int) -> str:
    """24 hex digits, another for each number."""
    return f"{0x65F0A1B2 + number:08x}c3d4e5f607182930"


def mediacrawler(number: int = 1, **changes: object) -> dict[str, object]:
    """A note as MediaCrawler writes it since mid 2026."""
    note = {
        "note_id": note_id(number),
        "type": "normal",
        "title": f"油皮夏天怎么控油 {number}",
        "desc": "先清洁再补水，写给和我一样的油皮。#油皮[话题]# #控油[话题]#",
        "video_url": "",
        "time": 1767196800000 + number,
        "last_update_time": 1767196800000,
        "creator_hash": "0123456789abcdef",
        "nickname": "阿***树",
        "liked_count": "1.2万",
        "collected_count": "3200",
        "comment_count": "",
        "share_count": "None",
        "image_list": "",
        "tag_list": "油皮,控油",
        "last_modify_ts": 1767250800000,
        "note_url": f"{URL}{note_id(number)}?xsec_token=SECRETTOKEN=&xsec_source=pc_search",
        "source_keyword": "油皮",
        "xsec_token": "SECRETTOKEN=",
    }
    return note | changes


XHS_DOWNLOADER = {
    "采集时间": "2026-01-02 12:34:56",
    "作品ID": note_id(1),
    "作品类型": "图文",
    "作品标题": "换季修护记录",
    "作品描述": "泛红的那几天只用了面霜。",
    "作品标签": "修护 敏感肌",
    "发布时间": "2025-12-01_12:34:56",
    "最后更新时间": "未知",
    "收藏数量": "12",
    "评论数量": "-1",
    "分享数量": "10+",
    "点赞数量": "1.5w",
    "作者昵称": "小满",
    "作者ID": "5f00aa",
    "作者链接": "",
    "作品链接": f"{URL}{note_id(1)}?xsec_token=abc",
    "下载地址": "",
    "动图地址": "NaN",
}

SPIDER = {
    "笔记id": note_id(1),
    "笔记url": f"{URL}{note_id(1)}",
    "笔记类型": "视频",
    "用户id": "5f00aa",
    "昵称": "小满",
    "标题": "无标题",
    "描述": "三分钟出门妆_x000D_\n先打底",
    "点赞数量": 1722.0,
    "收藏数量": "371",
    "评论数量": "960",
    "分享数量": "794",
    "标签": "['出门妆', '新手, 化妆']",
    "上传时间": "2025-06-03 17:43:59",
    "ip归属地": "未知",
}


def lines(path: Path, rows: Iterable[object]) -> Path:
    path.write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def array(path: Path, rows: object, indent: int | None = 2) -> Path:
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=indent), encoding="utf-8")
    return path


def table(
    path: Path,
    rows: Sequence[Mapping[str, object]],
    encoding: str = "utf-8-sig",
    delimiter: str = ",",
) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def sheets(path: Path, **named: Iterable[Any]) -> Path:
    book = openpyxl.Workbook()
    for name, rows in named.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    del book["Sheet"]
    book.save(path)
    return path


def rows_of(records: Sequence[Mapping[str, object]]) -> list[list[object]]:
    return [list(records[0]), *(list(record.values()) for record in records)]


def database(path: Path, **named: Sequence[Mapping[str, object]]) -> Path:
    connection = sqlite3.connect(path)
    for name, rows in named.items():
        columns = ", ".join(f'"{key}" TEXT' for key in rows[0])
        connection.execute(f"CREATE TABLE {name} ({columns})")
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(
            f"INSERT INTO {name} VALUES ({marks})", [tuple(row.values()) for row in rows]
        )
    connection.commit()
    connection.close()
    return path


def read(path: Path, options: ReadOptions | None = None) -> list[Row]:
    return list(opened(path, options).rows)


def opened(path: Path, options: ReadOptions | None = None) -> Export:
    return open_export(path, options or ReadOptions())


def notes(rows: Iterable[Row]) -> list[Captured]:
    """Only notes, and nothing rejected."""
    found = list(rows)
    assert not [row for row in found if isinstance(row, Rejected)], found
    return [row for row in found if isinstance(row, Captured)]
