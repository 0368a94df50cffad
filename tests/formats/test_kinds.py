"""What the rows of a table are, told before its columns are read as notes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.formats import ReadOptions, open_export
from engine.formats.values import author_key
from engine.model import CHINA, Captured, Comment, Count, Creator, Outcome, Row, Skipped
from tests.formats.samples import URL, array, lines, mediacrawler, note_id, opened, read, table

USER = "5f0000000000000000000abc"
PROFILE = f"https://www.xiaohongshu.com/user/profile/{USER}"
COMMENT = {
    "id": "70f000000000000000000001",
    "note_id": note_id(1),
    "content": "链接发我一下",
    "like_count": "3",
    "create_time": 1767196800000,
    "user_info": {"user_id": USER, "nickname": "小满"},
    "sub_comment_count": "0",
    "sub_comments": [{"content": "同求", "user_info": {"nickname": "阿树"}}],
}
LEAD = {
    "笔记标题": "换季记录",
    "笔记链接": URL + note_id(2),
    "评论内容": "多少钱",
    "评论时间": "2026-01-02 10:00",
    "用户昵称": "小满",
    "点赞数": "1",
}


# --- comments ----------------------------------------------------------------------------------


def test_raw_comments_are_comments_and_never_notes(tmp_path: Path) -> None:
    export = opened(lines(tmp_path / "comments.jsonl", [COMMENT]))
    (row,) = export.rows
    assert (export.format, export.kind) == ("comments-jsonl", "comment")
    assert isinstance(row, Comment)
    assert (row.comment_id, row.note_id, row.text) == (COMMENT["id"], note_id(1), "链接发我一下")
    assert (row.author, row.likes) == (author_key(USER), Count(3))
    assert row.published_at == datetime(2026, 1, 1, tzinfo=CHINA)


def test_a_comment_keeps_every_cell_and_names_nobody(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [COMMENT])
    (row,) = read(path)
    assert isinstance(row, Comment)
    columns = dict(row.columns)
    assert set(columns) == {
        *COMMENT.keys() - {"user_info"},
        "user_info.user_id",
        "user_info.nickname",
    }
    assert columns["user_info.user_id"] == author_key(USER)
    assert "阿树" not in str(row.columns)
    assert "同求" in columns["sub_comments"]
    (kept,) = read(path, ReadOptions(keep_authors=True))
    assert isinstance(kept, Comment)
    assert dict(kept.columns)["user_info.nickname"] == "小满"


def test_a_table_of_comments_with_titles_and_links_of_notes_is_comments(tmp_path: Path) -> None:
    (row,) = read(table(tmp_path / "leads.csv", [LEAD]))
    assert isinstance(row, Comment)
    assert (row.note_id, row.text, row.likes) == (note_id(2), "多少钱", Count(1))


def test_comments_among_notes_stay_comments(tmp_path: Path) -> None:
    rows = read(lines(tmp_path / "a.jsonl", [mediacrawler(1), COMMENT, mediacrawler(2)]))
    assert [type(row) for row in rows] == [Captured, Comment, Captured]


# --- creators ----------------------------------------------------------------------------------

CREATORS: list[dict[str, object]] = [
    {"user_id": USER, "nickname": "小满", "desc": "油皮", "follows": "3", "fans": "1.2万"},
    {"用户id": USER, "用户名": "小满", "关注数量": 3, "粉丝数量": "1.2万", "介绍": "油皮"},
    {"id": USER, "name": "小满", "desc": "油皮", "followers": "1.2万", "likes": 5, "link": PROFILE},
    {
        "博主昵称": "小满",
        "粉丝数": "1.2万",
        "赞藏总数": "3万",
        "小红书主页": PROFILE,
        "达人等级": "2",
    },
    {"达人昵称": "小满", "主页链接": PROFILE, "粉丝数": "1.2万", "图文一口价": "900"},
    {"userId": USER, "name": "小满", "fansCount": "1.2万", "picturePrice": 900},
]


@pytest.mark.parametrize("creator", CREATORS)
def test_people_with_followers_are_creators(tmp_path: Path, creator: dict[str, object]) -> None:
    export = opened(table(tmp_path / "a.csv", [creator]))
    (row,) = export.rows
    assert isinstance(row, Creator)
    assert export.kind == "creator"
    assert (row.author, row.fans) == (author_key(USER), Count(12_000, precision=500))
    assert [column for column, _ in row.columns] == list(creator)
    assert "小满" not in str(row.columns)


# --- results -----------------------------------------------------------------------------------

CENTRE = {
    "笔记标题": "换季记录",
    "首次发布时间": "2026年01月02日08时09分10秒",
    "体裁": "图文",
    "曝光": 5000,
    "观看量": 1200,
    "封面点击率": 0.2,
    "点赞": 30,
    "评论": 12,
    "收藏": 8,
    "涨粉": 2,
    "分享": 3,
    "人均观看时长": 20,
}


def test_the_creator_centres_list_is_results_by_title_and_time(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    header, row = ",".join(CENTRE), ",".join(map(str, CENTRE.values()))
    path.write_text(f"最多导出前1000条{',' * (len(CENTRE) - 1)}\n{header}\n{row}\n", "utf-8")
    export = opened(path)
    (result,) = export.rows
    assert isinstance(result, Outcome)
    assert (export.format, result.source) == ("creator-centre-csv", "creator-centre")
    assert (result.title, result.note_id) == ("换季记录", "")
    assert result.published_at == datetime(2026, 1, 2, 8, 9, 10, tzinfo=CHINA)
    assert (result.counts.likes, result.follows) == (Count(30), Count(2))
    assert dict(result.columns)["曝光"] == "5000"


@pytest.mark.parametrize(
    ("row", "note", "keyword", "boosted"),
    [
        ({"笔记/素材ID": note_id(1), "消费": 9, "展现量": 90, "点击量": 5}, note_id(1), "", False),
        ({"关键词": "面霜", "消费(元)": 9, "展现量": 90, "点击量": 5}, "", "面霜", False),
        ({"搜索词": "面霜", "消耗": 9, "展示量": 90, "点击率": "5%"}, "", "面霜", False),
        (
            {"note_id": note_id(1), "fee": "9", "impression": "90", "click": 5},
            note_id(1),
            "",
            False,
        ),
        (
            {"笔记ID": note_id(1), "被推广者": "甲", "实际消耗（元）": 9, "订单状态": "已完成"},
            *(note_id(1), "", True),
        ),
    ],
)
def test_results_name_their_note_or_keyword(
    tmp_path: Path, row: dict[str, object], note: str, keyword: str, boosted: bool
) -> None:
    (result,) = read(table(tmp_path / "a.csv", [row]))
    assert isinstance(result, Outcome)
    assert (result.note_id, result.keyword, result.boosted) == (note, keyword, boosted)
    assert [column for column, _ in result.columns] == list(row)


# --- something else ----------------------------------------------------------------------------

OTHERS = [
    ({"id": 1, "title": "面霜50ml", "price": 199, "sales": 1200, "shop": "某店"}, "goods"),
    ({"商品名称": "面霜", "价格": 199, "销量": "1万+", "链接": "https://a.com/1"}, "goods"),
    ({"id": 1, "标题": "专场", "主播": "甲", "开播时间": "2026-01-01", "场观": 3}, "live rooms"),
    ({"id": "5c", "name": "护肤", "desc": "日常", "view_num": 32, "type": "official"}, "topics"),
    ({"话题名称": "护肤", "参与人数": "12万", "浏览量": "3亿"}, "topics"),
    ({"id": 1, "text": "好用", "sentiment": "pos", "score": 0.9}, "scores of texts"),
    ({"日期": "2026-01-01", "计划名称": "a", "消费": 9, "展现量": 9}, "results by plan"),
    ({"keyword": "面霜", "weight": 2}, "words without their demand"),
    ({"aweme_id": "1", "title": "a", "desc": "b", "liked_count": 1}, "posts of Douyin"),
    ({"note_id": "1", "title": "a", "tieba_name": "护肤", "note_url": "x"}, "posts of Tieba"),
    ({"video_id": "1", "title": "a", "video_danmaku": 3, "desc": "b"}, "posts of Bilibili"),
    ({"content_id": "1", "title": "a", "voteup_count": 3, "desc": "b"}, "posts of Zhihu"),
    ({"video_id": "1", "title": "a", "viewd_count": 3, "desc": "b"}, "posts of Kuaishou"),
    ({"note_id": "50", "content": "a", "create_date_time": "2026-01-01"}, "posts of Weibo"),
    ({"id": 9, "标题": "a", "内容": "b", "链接": "https://weibo.com/1/x"}, "posts of Weibo"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "holds"), OTHERS)
@pytest.mark.parametrize("kind", ["csv", "json"])
def test_something_else_is_refused_by_name(
    tmp_path: Path, row: dict[str, object], holds: str, kind: str
) -> None:
    path = tmp_path / "search_contents_2026-01-01"
    path = table(path, [row, row]) if kind == "csv" else array(path, [row, row])
    with pytest.raises(BadFile, match=holds) as refusal:
        opened(path)
    assert refusal.value.cure
    assert "\n" not in str(refusal.value)


def test_an_id_and_a_text_are_no_note_until_the_user_says_so(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"id": note_id(1), "text": "好用"}])
    with pytest.raises(BadFile, match='note_id = "id" and title = "text"'):
        opened(path)
    (row,) = read(path, ReadOptions(columns={"note_id": "id", "title": "text"}))
    assert isinstance(row, Captured)
    assert (row.note.note_id, row.note.title) == (note_id(1), "好用")


def test_the_cure_of_a_refusal_works_on_the_refused_table(tmp_path: Path) -> None:
    rows = [{"序": n, "主题": f"面霜{n}号", "价位": "1.5"} for n in (1, 2, 3)]
    path = table(tmp_path / "a.csv", rows)
    named = {"note_id": "序", "title": "主题"}
    with pytest.raises(BadFile, match='note_id = "序" and title = "主题" and add --id-namespace'):
        opened(path)
    found = read(path, ReadOptions(columns=named, id_namespace="jan"))
    assert [type(row) for row in found] == [Captured] * 3
    without = table(tmp_path / "b.csv", [{"主题": "面霜", "热度": "高"}])
    with pytest.raises(BadFile, match="export the notes with their ids or links"):
        opened(without)
    prose = tmp_path / "README"
    prose.write_text(f"{'这份文件说明数据从哪里来，' * 4}\n怎么用。\n", "utf-8")
    with pytest.raises(BadFile, match="is a text"):
        opened(prose)


_KINDS: list[tuple[type[Row], Mapping[str, object]]] = [
    (Comment, {**COMMENT, "user_info": {"user_id": USER}}),
    (Comment, LEAD),
    *((Creator, creator) for creator in CREATORS),
    (Outcome, CENTRE),
    (Captured, mediacrawler(1)),
]


@given(data=st.data(), kind=st.sampled_from(_KINDS))
@settings(max_examples=60)
def test_the_kind_does_not_depend_on_the_order_or_on_foreign_columns(
    data: st.DataObject, kind: tuple[type[Row], dict[str, object]]
) -> None:
    wanted, row = kind
    foreign = dict.fromkeys(data.draw(st.sets(st.sampled_from(["备注", "remark", "负责人"]))), "x")
    keys = data.draw(st.permutations([*row, *foreign]))
    shuffled = {key: {**row, **foreign}[key] for key in keys}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.jsonl"
        path.write_text(json.dumps(shuffled, ensure_ascii=False), encoding="utf-8")
        (found,) = open_export(path).rows
    assert type(found) is wanted


# --- totals ------------------------------------------------------------------------------------


@given(
    word=st.sampled_from(
        ["合计", "总计", "汇总", "小计", "Total", "合计：", "共计", "平均值", "總計"]
    ),
    first=st.booleans(),
)
@settings(max_examples=30)
def test_a_total_row_is_passed_over(word: str, first: bool) -> None:
    row = {"序号": "" if first else 9, "笔记ID": word, "标题": "共3篇", "点赞": 999}
    note = {"序号": 1, "笔记ID": note_id(1), "标题": "总计三款", "点赞": 1}
    with tempfile.TemporaryDirectory() as folder:
        rows = read(table(Path(folder) / "a.csv", [note, row]))
    assert isinstance(rows[0], Captured)
    assert rows[1] == Skipped(3, "a total of other rows")


def test_a_note_that_is_called_total_is_a_note(tmp_path: Path) -> None:
    row = {"标题": "总计", "笔记链接": URL + note_id(1), "点赞": 1}
    (found,) = read(table(tmp_path / "a.csv", [row]))
    assert isinstance(found, Captured)
