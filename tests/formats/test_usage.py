"""Every column of a file is used, or named as not used: for each reader."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.formats.readers import READERS, reader_of
from tests.formats.samples import (
    SPIDER,
    URL,
    XHS_DOWNLOADER,
    array,
    mediacrawler,
    note_id,
    opened,
)
from tests.formats.test_json_shapes import app_note
from tests.formats.test_kinds import CENTRE, COMMENT, CREATORS
from tests.formats.test_readers import KEYWORDS, OWN

_LINK = URL + note_id(1)
_NUMBERS = {"点赞数": 3, "收藏数": 2, "评论数": 1, "分享数": 0}

ROWS: dict[str, dict[str, object]] = {
    "noterank": OWN | {"declared_brand": "某牌", "boosted": True},
    "mediacrawler": mediacrawler(1),
    "xhs-downloader": dict(XHS_DOWNLOADER),
    "spider-xhs": dict(SPIDER),
    "comments": COMMENT,
    "search-api": {"model_type": "note", "note": app_note(1), "mix_track_id": "x"},
    "xhs": {"note_id": note_id(1), "desc": "a", "user": {"user_id": "5f"}, "img_urls": []},
    "ranked": {"搜索关键词": "面霜", "关键词下排名": 1, "笔记链接": _LINK, "采集状态": "成功"},
    "observed": {"keyword": "面霜", "position": 1, "note": note_id(1), "sort": "general"},
    "huitun": {
        "笔记官方地址": _LINK,
        "笔记标题": "笔记暂未设置标题",
        "笔记内容": "a",
        "预估阅读量": "1.2w+",
        "互动量": 6,
        **_NUMBERS,
        "发布时间": "2026-03-18 10:22:01",
        "封面图片地址": "x",
        "视频链接": "",
        "是否商业笔记": "是",
        "报备品牌企业号": "某牌",
        "提及品牌": "他牌",
        "是否参与付费推广": "是",
        "达人名称": "小满",
        "小红书号": "88",
        "粉丝数": 3,
        "笔记类型": "图文笔记",
    },
    "huitun-old": {
        "官方笔记地址": _LINK,
        "封面地址": "x",
        "笔记类型": "视频",
        "笔记标题": "a",
        "笔记详情": "b",
        "笔记话题": "#护肤",
        "关键词": "保湿;修护",
        **_NUMBERS,
        "发布时间": "2026-03-18",
        "达人名称": "小满",
        "小红书号": "88",
    },
    "pugongying": {
        "序号": 1,
        "笔记id": note_id(1),
        "笔记链接": _LINK,
        "笔记标题": "a",
        "笔记类型": "合作笔记",
        "内容形式": "图文",
        "内容标签": "护肤",
        "博主昵称": "小满",
        "博主粉丝量": "2万",
        "订单id": "1",
        "笔记发布日期": "2026-06-01",
        "合作名称": "p",
        "报备品牌": "某牌",
        "博主报价": 5000,
        "曝光量": 9,
        "阅读量": 8,
        "点赞量": 7,
        "收藏量": 6,
        "评论量": 5,
        "分享量": 4,
        "关注量": 3,
        "自然曝光量": 9,
        "推广曝光量": 0,
        "加热曝光量": 12,
    },
    "qiangua": {
        "笔记ID": note_id(1),
        "标题": "a",
        "文本内容": "b",
        "封面": "x",
        "笔记类型": "图文",
        "发布时间": "2026-01-01",
        "点赞": 3,
        "收藏": 2,
        "评论": 1,
        "浏览": 9,
        "分享": 0,
        "粉丝数": 5,
        "合作金额": 100,
        "达人ID": "5f",
        "达人昵称": "小满",
        "品牌": "某牌",
        "视频时长": "",
    },
    "xinhong": {
        "笔记标题": "a",
        "笔记链接": _LINK,
        "红人昵称": "小满",
        "预估阅读数": "1万+",
        **_NUMBERS,
        "商业合作品牌": "某牌",
        "发布时间": "2026-01-01",
    },
    "lingxi": {"笔记ID": note_id(1), "笔记标题": "a", "作业昵称": "小满", "I+TI人群数": 9},
    "creator-centre": dict(CENTRE),
    "shutiao-orders": {
        "笔记ID": note_id(1),
        "被推广者": "甲",
        "实际消耗（元）": 9,
        "订单状态": "x",
    },
    "report": {"笔记ID": note_id(1), "消费": 9, "展现量": 90, "点击量": 5},
    "juguang-keywords": dict(KEYWORDS),
    "keywords": {"Keyword": "面霜", "Search Volume": 9, "CPC": 1.2, "Trend": "x"},
    "creators": CREATORS[0],
    "table": {"笔记ID": note_id(1), "标题": "a", "负责人": "x", "备注": "y"},
}
UNUSED: dict[str, set[str]] = {
    "mediacrawler": {"video_url", "last_update_time", "image_list", "xsec_token"},
    "xhs-downloader": {"最后更新时间", "下载地址", "动图地址"},
    "spider-xhs": {"ip归属地"},
    "search-api": {"mix_track_id"},
    "xhs": {"img_urls"},
    "ranked": {"采集状态"},
    "huitun": {"预估阅读量", "互动量", "封面图片地址", "视频链接", "提及品牌"},
    "huitun-old": {"封面地址", "关键词"},
    "pugongying": {
        *("序号", "内容标签", "订单id", "合作名称", "博主报价", "曝光量", "阅读量", "关注量"),
        *("自然曝光量",),
    },
    "qiangua": {"封面", "浏览", "合作金额", "品牌", "视频时长"},
    "xinhong": {"预估阅读数"},
    "lingxi": {"I+TI人群数"},
    "keywords": {"Trend"},
    "table": {"负责人", "备注"},
}


def _columns(row: dict[str, object]) -> list[str]:
    """Dotted names of nested cells, as a report gives them."""
    columns: list[str] = []
    for key, cell in row.items():
        inner = _columns(cell) if isinstance(cell, dict) else []
        columns += [f"{key}.{name}" for name in inner] or [key]
    return columns


@pytest.mark.parametrize("name", ROWS)
def test_every_column_is_used_or_named(tmp_path: Path, name: str) -> None:
    export = opened(array(tmp_path / "a.json", [ROWS[name]]))
    (row,) = export.rows
    assert export.format.startswith(name), row
    assert sorted([*export.usage.used, *export.usage.unused]) == sorted(_columns(ROWS[name]))
    assert set(export.usage.unused) == UNUSED.get(name, set())


def test_every_reader_has_its_row_here() -> None:
    names = {reader.name.partition("-{")[0] for reader in READERS if reader.refusal is None}
    assert names == set(ROWS)


@given(
    name=st.sampled_from(sorted(ROWS)),
    foreign=st.sets(st.text("甲乙丙丁abc", min_size=1), max_size=4),
)
@settings(max_examples=60)
def test_a_foreign_column_is_never_passed_over_in_silence(name: str, foreign: set[str]) -> None:
    row = {**ROWS[name], **{f"我的{column}": "x" for column in foreign}}
    with tempfile.TemporaryDirectory() as folder:
        export = opened(array(Path(folder) / "a.json", [row]))
        list(export.rows)
    assert sorted([*export.usage.used, *export.usage.unused]) == sorted(_columns(row))
    kept = export.kind in ("comment", "creator", "outcome")
    assert kept or {f"我的{column}" for column in foreign} <= set(export.usage.unused)


def test_a_vendors_own_words_are_no_searched_keyword(tmp_path: Path) -> None:
    (row,) = opened(array(tmp_path / "a.json", [ROWS["huitun-old"]])).rows
    assert getattr(row, "sighting", "none") is None


def test_the_vendor_is_known_by_its_headers() -> None:
    for name, row in ROWS.items():
        reader = reader_of(tuple(_columns(row)))
        assert reader is not None
        assert reader.name.startswith(name)
