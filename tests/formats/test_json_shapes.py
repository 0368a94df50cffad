"""JSON as answers, tools and databases write it: every shape gives the same rows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.formats.values import author_key
from engine.model import CHINA, Captured, Comment, Count, Rejected, Skipped
from tests.formats.samples import URL, array, lines, mediacrawler, note_id, notes, opened, read


def flat(number: int) -> dict[str, object]:
    return {
        "note_id": note_id(number),
        "title": f"清单{number}",
        "desc": "三款",
        "liked_count": "12",
    }


def by_column(rows: list[dict[str, object]]) -> object:
    return {key: {str(at): row[key] for at, row in enumerate(rows)} for key in rows[0]}


SHAPES: dict[str, Callable[[list[dict[str, object]]], object]] = {
    "a list": lambda rows: rows,
    "Navicat": lambda rows: {"RECORDS": rows},
    "DBeaver": lambda rows: {"xhs_note": rows},
    "pandas columns": by_column,
    "pandas index": lambda rows: {str(at): row for at, row in enumerate(rows)},
    "pandas split": lambda rows: {
        "columns": list(rows[0]),
        "index": list(range(len(rows))),
        "data": [list(row.values()) for row in rows],
    },
    "pandas table": lambda rows: {"schema": {"fields": [{"name": "a"}]}, "data": rows},
    "lists": lambda rows: {key: [row[key] for row in rows] for key in rows[0]},
    "an answer": lambda rows: {"code": 0, "msg": "success", "data": {"items": rows}},
    "an answer in an answer": lambda rows: {"code": 200, "data": {"data": {"notes": rows}}},
    "parts": lambda rows: {"a": {"notes": rows, "total": 3}},
    "a tool server": lambda rows: {
        "jsonrpc": "2.0",
        "id": 1,
        "result": {"content": [{"type": "text", "text": json.dumps({"notes": rows})}]},
    },
    "records": lambda rows: {
        "data": {"items": [{"record_id": f"r{at}", "fields": row} for at, row in enumerate(rows)]}
    },
    "noted records": lambda rows: {
        "records": [
            {"id": f"r{at}", "createdTime": "x", "fields": row} for at, row in enumerate(rows)
        ]
    },
}


@pytest.mark.parametrize("shape", SHAPES)
@given(count=st.integers(1, 5), indent=st.sampled_from([None, 2]))
@settings(max_examples=8)
def test_every_shape_gives_every_note(shape: str, count: int, indent: int | None) -> None:
    rows = [flat(number) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        found = notes(read(array(Path(folder) / "a.json", SHAPES[shape](rows), indent)))
    assert [row.note.note_id for row in found] == [note_id(number) for number in range(count)]
    assert {row.note.counts.likes for row in found} == {Count(12)}


def test_a_map_by_keyword_gives_the_keyword_unless_the_row_has_its_own(tmp_path: Path) -> None:
    crawled = mediacrawler(3, source_keyword="防晒霜")
    path = array(tmp_path / "a.json", {"面霜": [flat(1)], "防晒": [flat(2), crawled]})
    seen = [row.sighting and row.sighting.keyword for row in notes(read(path))]
    assert seen == ["面霜", "防晒", "防晒霜"]


def test_extended_json_of_mongodb_is_unwrapped(tmp_path: Path) -> None:
    row = mediacrawler(1, liked_count={"$numberInt": "7"}, time={"$numberLong": "1767196800000"})
    row |= {"_id": {"$oid": "660000000000000000000001"}}
    row["last_modify_ts"] = {"$date": {"$numberLong": "1767250800000"}}
    for path in (lines(tmp_path / "a.jsonl", [row]), array(tmp_path / "b.json", [row])):
        (found,) = notes(read(path))
        assert found.note.counts.likes == Count(7)
        assert found.note.published_at == datetime(2026, 1, 1, tzinfo=CHINA)
        assert found.note.captured_at == datetime(2026, 1, 1, 15, tzinfo=CHINA)


def test_records_of_a_bitable_are_unwrapped(tmp_path: Path) -> None:
    fields = {
        "笔记标题": [{"text": "换季", "type": "text"}, {"text": "清单", "type": "text"}],
        "笔记链接": {"link": URL + note_id(1), "text": "查看"},
        "点赞数": [{"text": "120", "type": "text"}],
        "标签": ["护肤", "面霜"],
        "发布时间": 1767196800000,
        "昵称": {"type": 1, "value": [{"text": "小满", "type": "text"}]},
    }
    items = [{"fields": {}, "record_id": "r0"}, {"fields": fields, "record_id": "r1"}]
    answer = {"code": 0, "data": {"has_more": False, "items": items}}
    empty, found = read(array(tmp_path / "a.json", answer))
    assert empty == Skipped(1, "an empty record")
    assert isinstance(found, Captured)
    assert (found.note.title, found.note.note_id) == ("换季清单", note_id(1))
    assert (found.note.counts.likes, found.note.tags) == (Count(120), ("护肤", "面霜"))
    assert (found.note.author, found.note.url) == (author_key("小满"), URL + note_id(1))


def app_note(number: int) -> dict[str, object]:
    return {
        "id": note_id(number),
        "title": f"清单{number}",
        "desc": "三款",
        "type": "video",
        "timestamp": 1767196800,
        "liked_count": 1202,
        "comments_count": 41,
        "collected_count": 960,
        "shared_count": 96,
        "user": {"userid": "5f00aa", "nickname": "小满"},
        "tag_list": [{"name": "护肤", "type": "topic"}],
    }


@pytest.mark.parametrize("place", ["params", "request", "answer", "data"])
def test_the_apps_search_gives_places_and_passes_over_slots(tmp_path: Path, place: str) -> None:
    items = [
        {"model_type": "search_agent", "mix_track_id": "DQA"},
        {"model_type": "note", "note": app_note(1)},
        {"model_type": "hot_query", "hot_query": {"queries": []}},
        {"model_type": "ads", "ads": {"note": app_note(9)}},
        {"model_type": "note", "note": app_note(2)},
    ]
    answer: dict[str, object] = {"code": 200, "data": {"code": 0, "data": {"items": items}}}
    if place in ("params", "request"):
        answer[place] = {"keyword": "面霜"}
    else:
        target = answer if place == "answer" else answer["data"]
        assert isinstance(target, dict)
        target["keyword"] = "面霜"
    rows = read(array(tmp_path / "a.json", answer))
    first, second = notes(rows)
    assert len([row for row in rows if isinstance(row, Skipped)]) == 3
    assert first.sighting is not None
    assert second.sighting is not None
    assert (first.sighting.keyword, first.sighting.position) == ("面霜", 1)
    assert second.sighting.position == 2
    assert first.note.counts.comments == Count(41)
    assert first.note.counts.shares == Count(96)
    assert first.note.published_at == datetime(2026, 1, 1, tzinfo=CHINA)
    assert first.note.author == author_key("5f00aa")


def test_the_detail_of_a_note_gives_the_note_and_its_comments(tmp_path: Path) -> None:
    note = {
        "noteId": note_id(1),
        "title": "清单",
        "desc": "三款",
        "type": "normal",
        "time": 1767196800000,
        "user": {"userId": "5f00aa", "nickname": "小满"},
        "interactInfo": {"likedCount": "1.2万", "collectedCount": "30", "commentCount": "2"},
    }
    comment = {"id": "7c", "noteId": note_id(1), "content": "好用", "likeCount": "1"}
    comment |= {"createTime": 1767196800000, "userInfo": {"userId": "5f00bb"}}  # type: ignore[dict-item]
    answer = {"feed_id": note_id(1), "data": {"note": note, "comments": {"list": [comment]}}}
    export = opened(array(tmp_path / "a.json", answer))
    first, second = export.rows
    assert (export.format, export.kind) == ("xhs-json", "note")
    assert isinstance(first, Captured)
    assert first.note.counts.likes == Count(12_000, precision=500)
    assert isinstance(second, Comment)
    assert (second.note_id, second.text, second.author) == (
        note_id(1),
        "好用",
        author_key("5f00bb"),
    )
    state = {"noteDetailMap": {note_id(1): {"note": note, "comments": {"list": []}}}}
    assert notes(read(array(tmp_path / "b.json", state)))[0].note == first.note


# --- size and damage ---------------------------------------------------------------------------


def test_a_large_export_of_a_database_is_gone_through_row_by_row(tmp_path: Path) -> None:
    rows = ",".join(json.dumps(flat(number)) for number in range(40_000))
    path = tmp_path / "a.json"
    path.write_text(f'{{"RECORDS": [{rows}], "total": 40000, "防晒": [{rows[:-1]}}}]}}', "utf-8")
    found = read(path)
    assert len(found) == 80_000
    assert all(isinstance(row, Captured) for row in found)
    last = found[-1]
    assert isinstance(last, Captured)
    assert last.sighting is not None
    assert last.sighting.keyword == "防晒"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a":' * 3000, "row 1: not valid JSON"),
        ('{"note_id": "n1", "x": ' + "[" * 400 + "]" * 400 + "}", "more than 60 brackets deep"),
        ('{"note_id": "n1", "title": "a', "row 1: not valid JSON"),
        ("[" * 100_000, "no rows"),
        ('[{"note_id": "' + "x" * (40 << 20), "longer than 32 million"),
        ("note_id,title\nn1,a\n" + "x" * (40 << 20), "line 3: longer than 32 million"),
    ],
    ids=["nested", "nested arrays", "truncated", "brackets", "long value", "long line"],
)
def test_a_lone_line_of_any_size_ends_in_a_refusal(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a"
    path.write_text(text, "utf-8")
    with pytest.raises(BadFile, match=said):
        read(path)


def test_a_line_past_the_limit_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = json.dumps(flat(1))
    path.write_text(f'{good}\n{{"note_id": "{"x" * (40 << 20)}"}}\n{good}\n', "utf-8")
    rows = read(path)
    assert [type(row) for row in rows] == [Captured, Rejected, Captured]
    assert isinstance(rows[1], Rejected)
    assert (rows[1].line, "32 million" in rows[1].reason) == (2, True)
    assert len(rows[1].raw) <= 1000
