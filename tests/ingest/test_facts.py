"""Comments, creators and results are kept as rows of their own, with every column."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import Damaged
from engine.ingest import importer
from engine.model import CHINA, Captured, Comment, Count, Counts, Creator, Note, Outcome, Row
from engine.store import Fact, Store
from tests.exports import NOW

DAY = datetime(2026, 10, 3, 12, 30, 15, tzinfo=CHINA)
CELLS = (("评论内容", "求链接"), ("IP", "上海"))
COMMENT = Comment(1, "c1", "n1", "求链接", "a9", DAY, Count(12_000, precision=500), NOW, CELLS)
CREATOR = Creator(2, "a1", Count(100_000, at_least=True), NOW, (("粉丝数", "10万+"),))
NONE = Counts(Count(0))
OUTCOME = Outcome(3, "聚光", "n1", "面霜", "标题", DAY, NONE, Count(3), True, NOW, CELLS)


@pytest.fixture
def store() -> Store:
    return Store(None)


def take(store: Store, rows: list[Row], folder: Path, hours: int = 0) -> object:
    moment = NOW + timedelta(hours=hours)
    return importer.import_rows(store, "body", iter(rows), moment, folder)


@pytest.mark.parametrize(
    ("kind", "fact"), [("comment", COMMENT), ("creator", CREATOR), ("outcome", OUTCOME)]
)
def test_every_field_and_column_comes_back(
    store: Store, tmp_path: Path, kind: str, fact: Fact
) -> None:
    take(store, [replace(fact, unreadable=(("赞", "?"),))], tmp_path)
    assert list(store.facts(kind)) == [replace(fact, line=0)]
    assert store.totals()[f"{kind}s"] == 1
    assert list(store.all()) == []


def test_the_same_rows_again_are_no_more_and_a_later_one_replaces(
    store: Store, tmp_path: Path
) -> None:
    take(store, [COMMENT, CREATOR, OUTCOME], tmp_path)
    later = replace(COMMENT, likes=Count(20_000))
    take(store, [later, CREATOR, replace(OUTCOME, captured_at=None)], tmp_path, 1)
    assert [store.totals()[f"{kind}s"] for kind in ("comment", "creator", "outcome")] == [1, 1, 1]
    assert list(store.facts("comment")) == [replace(later, line=0)]
    take(store, [replace(CREATOR, captured_at=NOW + timedelta(days=3))], tmp_path, 2)
    assert store.totals()["creators"] == 2  # of another day: a history


def test_facts_are_read_by_note_and_by_author(store: Store, tmp_path: Path) -> None:
    other = replace(COMMENT, comment_id="c2", note_id="n2", author="a8")
    take(store, [COMMENT, other, CREATOR, OUTCOME], tmp_path)
    assert list(store.facts("comment", note_id="n2")) == [replace(other, line=0)]
    assert list(store.facts("comment", author="a9")) == [replace(COMMENT, line=0)]
    assert list(store.facts("creator", author="a2")) == []


def listed(title: str, published: datetime) -> Outcome:
    return Outcome(1, "创作中心", title=title, published_at=published, follows=Count(5))


def test_a_list_without_ids_is_joined_by_title_and_minute_where_only_one_note_fits(
    store: Store, tmp_path: Path
) -> None:
    twin = [Captured(1, Note(i, "两篇 一样", "正文", published_at=DAY)) for i in ("n2", "n3")]
    note = Captured(1, Note("n1", "我的 面霜", "正文", published_at=DAY))
    minute = DAY.replace(second=0)
    rows = [listed("我的面霜", minute), listed("两篇一样", minute), listed("别的", minute)]
    report = take(store, [note, *twin, *rows], tmp_path)
    joined = {outcome.title: outcome.note_id for outcome in store.facts("outcome")}  # type: ignore[union-attr]
    assert joined == {"我的面霜": "n1", "两篇一样": "", "别的": ""}
    assert [outcome.follows for outcome in store.facts("outcome", note_id="n1")] == [Count(5)]  # type: ignore[union-attr]
    assert (report.outcomes, report.unjoined) == (3, 2)  # type: ignore[attr-defined]
    assert any("by title and time" in line for line in report.warnings())  # type: ignore[attr-defined]


def test_a_list_is_joined_when_its_notes_come_later(store: Store, tmp_path: Path) -> None:
    take(store, [listed("我的面霜", DAY)], tmp_path)
    assert list(store.facts("outcome", note_id="n1")) == []
    take(store, [Captured(1, Note("n1", "我的面霜", published_at=DAY))], tmp_path, 1)
    assert len(list(store.facts("outcome", note_id="n1"))) == 1


def test_a_damaged_fact_is_named(store: Store, tmp_path: Path) -> None:
    take(store, [COMMENT], tmp_path)
    store._db.execute("UPDATE facts SET content = CAST('{}' AS BLOB)")
    with pytest.raises(Damaged, match=r"comment c1 in notes\.db"):
        list(store.facts("comment"))
    with pytest.raises(Damaged, match="c1"):
        store.check()
