"""Each export format, from a file of its own shape to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import BadFile
from engine.formats import ReadOptions, read_stream
from engine.formats.values import author_key
from engine.model import CHINA, Captured, Count, Demand, Rejected, Related, Skipped
from tests.formats.samples import (
    SPIDER,
    URL,
    XHS_DOWNLOADER,
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

# --- MediaCrawler ------------------------------------------------------------------------------


def mediacrawler_file(path: Path, kind: str) -> Path:
    rows = [mediacrawler(1), mediacrawler(2, type="video")]
    if kind == "sqlite":
        encoded = [row | {"tag_list": '"\\u6cb9\\u76ae,\\u63a7\\u6cb9"'} for row in rows]
        comment = [{"comment_id": "1", "content": "好", "note_id": "1"}]
        return database(path, xhs_note=encoded, xhs_note_comment=comment)
    if kind == "xlsx":
        comments = [["comment_id", "content"], ["1", "好"]]
        return sheets(path, Comments=comments, Contents=rows_of(rows), Creators=[["user_id"]])
    writers: dict[str, Callable[[Path, Sequence[Mapping[str, object]]], Path]] = {
        "jsonl": lines, "json": array, "csv": table,
    }  # fmt: skip
    return writers[kind](path, rows)


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "xlsx", "sqlite"])
def test_mediacrawler_notes_are_the_same_in_all_its_files(tmp_path: Path, kind: str) -> None:
    export = opened(mediacrawler_file(tmp_path / "misleading.txt", kind))
    first, second = notes(export.rows)
    assert export.format == f"mediacrawler-{kind}"
    assert export.ordered is (kind != "sqlite")
    assert first.note.title == "油皮夏天怎么控油 1"
    assert first.note.body.startswith("先清洁再补水")
    assert first.note.tags == ("油皮", "控油")
    assert (first.note.kind, second.note.kind) == ("image", "video")
    assert first.note.author == "0123456789abcdef"
    assert first.note.counts.likes == Count(12000, precision=500)
    assert first.note.counts.collects == Count(3200)
    assert first.note.counts.comments is first.note.counts.shares is None
    assert first.note.published_at == datetime(2026, 1, 1, 0, 0, 0, 1000, tzinfo=CHINA)
    assert first.note.url == URL + note_id(1)
    assert first.note.captured_at == datetime(2026, 1, 1, 15, tzinfo=CHINA)
    assert export.progress() == 1.0


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "xlsx", "sqlite"])
def test_a_position_is_the_place_in_the_file_except_in_a_database(
    tmp_path: Path, kind: str
) -> None:
    rows = read(mediacrawler_file(tmp_path / "a", kind), ReadOptions(sort="likes"))
    sightings = [row.sighting for row in notes(rows)]
    found = [(seen.keyword, seen.position, seen.sort) for seen in sightings if seen]
    places = (None, None) if kind == "sqlite" else (1, 2)
    assert found == [("油皮", place, "likes") for place in places]


def test_line_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    two = {kind: read(mediacrawler_file(tmp_path / kind, kind)) for kind in ("jsonl", "json")}
    assert [row.line for row in two["jsonl"]] == [row.line for row in two["json"]] == [1, 2]
    sheet = read(mediacrawler_file(tmp_path / "b.xlsx", "xlsx"))
    assert [row.line for row in notes(sheet)] == [2, 3]
    rows = [mediacrawler(1, desc="一\n二\n三"), mediacrawler(2)]
    assert [row.line for row in read(table(tmp_path / "a.csv", rows))] == [2, 5]


def test_the_older_author_id_hashes_to_the_newer_creator_hash(tmp_path: Path) -> None:
    old = mediacrawler(1, user_id="5f00aa", nickname="小满")
    del old["creator_hash"]
    new = mediacrawler(2, creator_hash=author_key("5f00aa"))
    path = lines(tmp_path / "a.jsonl", [old, new])
    authors = [row.note.author for row in notes(read(path))]
    assert authors == [author_key("5f00aa")] * 2
    kept = notes(read(path, ReadOptions(keep_authors=True)))
    assert kept[0].note.author == "小满"


def test_a_title_that_is_the_body_is_kept_as_given(tmp_path: Path) -> None:
    text = "长" * 255
    path = lines(tmp_path / "a.jsonl", [mediacrawler(1, title=text, desc=text + "尾")])
    assert notes(read(path))[0].note.title == text


def test_a_crawl_without_keyword_has_no_sighting(tmp_path: Path) -> None:
    path = lines(tmp_path / "detail.jsonl", [mediacrawler(1, source_keyword="")])
    assert notes(read(path))[0].sighting is None


# --- other crawlers ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sqlite", "csv", "json"])
def test_xhs_downloader_rows_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "Explore"
    if kind == "sqlite":
        database(path, explore_data=[XHS_DOWNLOADER])
    elif kind == "csv":
        table(path, [XHS_DOWNLOADER])
    else:
        answer = XHS_DOWNLOADER | {"时间戳": 1764563696.0, "下载地址": ["a"]}
        array(path, {"message": "成功", "params": {}, "data": answer})
    export = opened(path)
    (row,) = notes(export.rows)
    assert export.format == f"xhs-downloader-{kind}"
    assert row.note.tags == ("修护", "敏感肌")
    assert row.note.counts.likes == Count(15000, precision=500)
    assert row.note.counts.shares == Count(10, at_least=True)
    assert row.note.counts.comments is None
    assert row.note.published_at == datetime(2025, 12, 1, 12, 34, 56, tzinfo=CHINA)
    assert row.note.captured_at == datetime(2026, 1, 2, 12, 34, 56, tzinfo=CHINA)
    assert row.note.author == author_key("5f00aa")


def test_spider_rows_are_read(tmp_path: Path) -> None:
    export = opened(sheets(tmp_path / "a.xlsx", Sheet1=rows_of([SPIDER])))
    (row,) = notes(export.rows)
    assert (export.format, export.total) == ("spider-xhs-xlsx", 1)
    assert row.note.title == ""
    assert row.note.body == "三分钟出门妆\n先打底"
    assert row.note.tags == ("出门妆", "新手, 化妆")
    assert row.note.kind == "video"
    assert row.note.counts.likes == Count(1722)


CARD = {
    "id": note_id(1),
    "model_type": "note",
    "note_card": {
        "type": "normal",
        "display_title": "油皮控油",
        "user": {"user_id": "5f00aa", "nickname": "小满"},
        "interact_info": {"liked_count": "1.2万", "shared_count": "7", "liked": False},
        "corner_tag_info": [{"type": "publish_time", "text": "3小时前"}],
    },
}
STATE = {
    "id": note_id(2),
    "modelType": "note",
    "noteCard": {
        "type": "video",
        "displayTitle": "早C晚A",
        "user": {"userId": "5f00bb"},
        "interactInfo": {"likedCount": "12", "commentCount": "3", "sharedCount": ""},
    },
}
RELATED = {
    "id": "1",
    "model_type": "rec_query",
    "rec_query": {
        "title": "相关搜索",
        "queries": [{"name": "控油水"}, {"search_word": "油皮粉底"}],
    },
}
LIVE = {"id": "2", "model_type": "live_v2"}
AD = CARD | {"id": "0b3f#1767196800"}


@pytest.mark.parametrize("shape", ["answer", "items", "lines of answers", "lines of items"])
def test_a_search_answer_gives_notes_related_words_and_slots(tmp_path: Path, shape: str) -> None:
    items: list[Mapping[str, object]] = [CARD, RELATED, LIVE, AD, STATE]
    answer = {"code": 0, "keyword": "油皮", "data": {"has_more": True, "items": items}}
    asked = [{"keyword": "油皮", **item} for item in items]
    path = tmp_path / "a.json"
    if shape == "answer":
        array(path, answer)
    elif shape == "items":
        array(path, asked)
    else:
        lines(path, [answer] if shape == "lines of answers" else asked)
    export = opened(path, ReadOptions(captured_at=datetime(2026, 3, 1, 9, tzinfo=CHINA)))
    card, related, live, ad, state = export.rows
    assert export.format == "search-api"
    assert isinstance(card, Captured)
    assert isinstance(state, Captured)
    assert card.note.counts.shares == Count(7)
    assert card.note.published_at == datetime(2026, 3, 1, 6, tzinfo=CHINA)
    assert state.note.title == "早C晚A"
    assert state.note.counts.likes == Count(12)
    assert state.note.author == author_key("5f00bb")
    assert card.sighting is not None
    assert state.sighting is not None
    assert (card.sighting.position, state.sighting.position) == (1, 2)
    assert related == Related(related.line, "油皮", ("控油水", "油皮粉底"))
    assert isinstance(live, Skipped)
    assert isinstance(ad, Skipped)


def test_note_objects_of_the_xhs_library_are_read(tmp_path: Path) -> None:
    note = {
        "note_id": note_id(1),
        "title": "控油",
        "desc": "正文",
        "type": "normal",
        "user": {"user_id": "5f00aa", "nickname": "小满"},
        "img_urls": [],
        "tag_list": [{"name": "油皮", "type": "topic"}],
        "liked_count": "10+",
        "time": 1767196800000,
    }
    export = opened(array(tmp_path / "a.json", [note]))
    (row,) = notes(export.rows)
    assert export.format == "xhs-json"
    assert row.note.tags == ("油皮",)
    assert row.note.author == author_key("5f00aa")
    assert row.note.counts.likes == Count(10, at_least=True)


def test_an_extension_export_says_position_order_and_run(tmp_path: Path) -> None:
    row = {
        "采集批次": "第3批",
        "采集时间": "2026-02-03 04:05:06",
        "搜索关键词": "油皮",
        "排序方式": "最多评论",
        "关键词下排名": "17",
        "笔记链接": URL + note_id(1),
        "笔记标题": "控油",
        "作者昵称": "小满",
        "评论数": "3",
        "采集状态": "成功",
    }
    (found,) = notes(read(table(tmp_path / "a.csv", [row], encoding="gb18030")))
    seen = found.sighting
    assert seen is not None
    assert (seen.run, seen.position, seen.sort, seen.keyword) == ("第3批", 17, "comments", "油皮")
    assert seen.captured_at == datetime(2026, 2, 3, 4, 5, 6, tzinfo=CHINA)


# --- keywords, reports -------------------------------------------------------------------------

KEYWORDS = {
    "词包": "护肤",
    "关键词": "油皮 粉底",
    "推荐理由": "黑马词",
    "竞争指数": "0",
    "竞争水平": "高",
    "月均搜索指数": "1.2万",
    "市场出价(元)": "1.35",
}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_keyword_export_gives_demand(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    rows = [KEYWORDS, KEYWORDS | {"竞争指数": "87", "市场出价(元)": "-"}]
    export = opened(table(path, rows) if kind == "csv" else sheets(path, 词=rows_of(rows)))
    first, second = export.rows
    assert export.format == "juguang-keywords"
    assert first == Demand(2, "油皮 粉底", 12000, None, "高", 1.35, "护肤", "黑马词")
    assert isinstance(second, Demand)
    assert (second.competition, second.bid) == (87, None)


def test_a_bad_figure_of_a_keyword_costs_the_figure_and_is_named(tmp_path: Path) -> None:
    rows = [KEYWORDS | {"月均搜索指数": "很多"}, KEYWORDS | {"市场出价(元)": "贵"}]
    path = table(tmp_path / "a.csv", rows)
    first, second = read(path)
    assert isinstance(first, Demand)
    assert isinstance(second, Demand)
    assert (first.searches, first.unreadable) == (None, (("月均搜索指数", "很多"),))
    assert (second.bid, second.unreadable) == (None, (("市场出价(元)", "贵"),))
    first, second = read(path, ReadOptions(strict=True))
    assert isinstance(first, Rejected)
    assert isinstance(second, Rejected)
    assert first.reason == "searches: '很多' is not a count"
    assert second.reason == "bid: '贵' is not a price"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_note_report_under_a_row_of_groups_is_read(tmp_path: Path, kind: str) -> None:
    groups: list[object] = ["笔记信息", "", "", "", "", "", "合作", "", "效果", "", "", ""]
    header: list[object] = ["笔记id", "笔记链接", "笔记标题", "笔记类型", "内容形式", "博主昵称"]
    header += ["报备品牌", "博主粉丝量", "曝光量", "点赞量", "收藏量", "自然曝光量"]
    rows: list[list[object]] = [
        groups,
        header,
        [note_id(1), "", "控油", "商业笔记", "视频", "小满", "某品牌", "2.3万", 1, 5, 6, 7],
        [note_id(2), "", "补水", "普通笔记", "图文", "小满", "", "800", 1, "", 6, 7],
    ]
    path = tmp_path / "a"
    if kind == "xlsx":
        sheets(path, 报告=rows)
    else:
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
    export = opened(path)
    first, second = notes(export.rows)
    assert export.format == f"pugongying-{kind}"
    assert (first.line, first.note.channel, first.note.kind) == (3, "declared", "video")
    assert first.note.fans == Count(23000, precision=500)
    assert (second.note.channel, second.note.counts.likes) == ("", None)


# --- any table ---------------------------------------------------------------------------------


def test_headers_are_known_whatever_their_width_case_and_unit(tmp_path: Path) -> None:
    row = {
        "笔记ＩＤ": note_id(1),
        " 标题 ": "控油",
        "文本内容": "正文",
        "发布时间": "2024.06.17",
        "点赞": "1k+",
        "收藏(次)": "5",
        "Comment_Count": "3",
        "粉丝数": "1,234",
        "达人昵称": "小满",
        "是否报备": "否",
        "浏览": "99",
    }
    export = opened(table(tmp_path / "a.csv", [row]))
    (found,) = notes(export.rows)
    assert export.format == "table-csv"
    assert found.note.counts.likes == Count(1000, at_least=True)
    assert found.note.counts.collects == Count(5)
    assert found.note.counts.comments == Count(3)
    assert found.note.fans == Count(1234)
    assert found.note.channel == "organic"
    assert found.note.author == author_key("小满")


@pytest.mark.parametrize("kind", ["csv", "tsv", "semicolon", "xlsx", "json", "jsonl", "sqlite"])
def test_any_kind_of_table_may_be_named_by_the_user(tmp_path: Path, kind: str) -> None:
    rows = [
        {"编号": "n1", "主题": "控油，怎么做", "点赞": 7},
        {"编号": "n2", "主题": "b", "点赞": 8},
    ]
    path = tmp_path / "a"
    if kind in ("csv", "tsv", "semicolon"):
        table(path, rows, delimiter={"csv": ",", "tsv": "\t", "semicolon": ";"}[kind])
    elif kind == "xlsx":
        sheets(path, 说明=[["读我"]], 数据=rows_of(rows))
    elif kind == "sqlite":
        database(path, other=[{"a": 1}], notes=rows)
    else:
        (lines if kind == "jsonl" else array)(path, rows)
    with pytest.raises(BadFile, match="编号"):
        opened(path)
    export = opened(path, ReadOptions(columns={"note_id": "编号", "title": "主题"}))
    first, second = notes(export.rows)
    assert export.format == "table-" + ("csv" if kind in ("tsv", "semicolon") else kind)
    assert (first.note.note_id, first.note.title) == ("n1", "控油，怎么做")
    assert second.note.counts.likes == Count(8)


def test_a_title_that_is_a_headers_name_does_not_become_the_header(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv", [{"编号": "n1", "名目": "内容"}, {"编号": "n2", "名目": "标签"}]
    )
    with pytest.raises(BadFile, match="名目"):
        opened(path)
    (first, second) = notes(read(path, ReadOptions(columns={"note_id": "编号", "body": "名目"})))
    assert (first.note.body, second.note.body) == ("内容", "标签")


def test_a_mapping_to_a_header_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"编号": "1", "主题": "x"}])
    with pytest.raises(BadFile, match="题目"):
        opened(path, ReadOptions(columns={"title": "题目"}))
    with pytest.raises(BadFile, match="no field"):
        opened(path, ReadOptions(columns={"subject": "主题"}))


# --- noterank's own ----------------------------------------------------------------------------

OWN = {
    "note_id": "n1",
    "kind": "image",
    "title": "控油",
    "body": "正文",
    "tags": ["city walk", "油皮"],
    "author": "0123456789abcdef",
    "fans": "2.3万",
    "published_at": "2026-01-01T08:00:00+08:00",
    "likes": 12,
    "collects": None,
    "comments": "10万+",
    "shares": 0,
    "channel": "boosted",
    "url": "",
    "captured_at": "2026-01-02T08:00:00+08:00",
}


def test_our_own_export_comes_back_as_it_left(tmp_path: Path) -> None:
    seen = {"keyword": "油皮", "position": 4, "sort": "general", "run": "r1"}
    export = opened(lines(tmp_path / "a.jsonl", [OWN, OWN | seen]))
    first, second = notes(export.rows)
    assert export.format == "noterank-jsonl"
    assert first.note.tags == ("city walk", "油皮")
    assert first.note.author == "0123456789abcdef"
    assert first.note.counts.likes == Count(12)
    assert first.note.counts.shares == Count(0)
    assert first.note.counts.collects is None
    assert first.note.counts.comments == Count(100_000, at_least=True)
    assert first.note.channel == "boosted"
    assert first.note == second.note
    assert first.sighting is None
    assert second.sighting is not None
    assert (second.sighting.position, second.sighting.sort, second.sighting.run) == (
        *(4, "general"),
        "r1",
    )


def test_a_row_of_our_own_without_position_claims_none(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", [OWN | {"keyword": "油皮"}])
    seen = notes(read(path))[0].sighting
    assert seen is not None
    assert seen.position is None


def test_a_stream_takes_our_own_lines_and_those_of_crawlers() -> None:
    import json

    body = [json.dumps(row).encode() for row in (OWN, mediacrawler(2), CARD)]
    rows = list(read_stream([*body, b"{broken", b"", b'"text"', b'{"a": 1}', b"\xff\xfe{}"]))
    own, crawled, card, broken, text, other, damaged = rows
    assert isinstance(own, Captured)
    assert isinstance(crawled, Captured)
    assert crawled.sighting is not None
    assert crawled.sighting.position == 1
    assert isinstance(card, Captured)
    for row, line, reason in (
        *((broken, 4, "not valid JSON"), (text, 6, "not a JSON object")),
        *((other, 7, "no note_id"), (damaged, 8, "not utf-8")),
    ):
        assert isinstance(row, Rejected)
        assert (row.line, reason in row.reason) == (line, True), row
