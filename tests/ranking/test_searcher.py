"""Words in, page out: what a user of a library gets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.engine import Engine
from engine.errors import BadOption, BadQuery, NotFound
from engine.model import CHINA, Captured, Count, Counts, Filter, Note
from engine.ranking.searcher import SearchRequest

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)


def note(note_id: str, title: str = "", body: str = "", days: int = 10, **known: object) -> Note:
    likes = known.pop("likes", 10)
    counts = Counts(likes=None if likes is None else Count(likes))  # type: ignore[arg-type]
    published = NOW - timedelta(days=days)
    fields = {"counts": counts, "published_at": published, "captured_at": NOW, **known}
    return Note(note_id, title, body, **fields)  # type: ignore[arg-type]


NOTES = [
    note("n01", "敏感肌面霜怎么选", "换季泛红，屏障修护最要紧。", tags=("敏感肌",), author="a"),
    note("n02", "油皮夏天", "面霜太厚，我只用凝露。", kind="video", likes=900, author="a"),
    note("n03", "SK-II 空瓶", "神仙水用了三年。", days=300, likes=None, author="b"),
    note("n04", "平价替换", "神仙水平替找到了，便宜一半。", author="c"),
    note("n05", "早C晚A 第一周", "早上维C，晚上A醇，没有烂脸。", kind="image", author="d"),
    note("n06", "防晒霜合集", "军训用的，涂厚一点 ☀️", tags=("军训",), days=100, author="d"),
    note("n07", "", "#通勤妆[话题]##粉底液[话题]# 十分钟出门", author="e"),
    note("n08", "面霜日记", "面霜面霜面霜", author="a", days=2, likes=50),
    note("n09", "面霜也分早晚", "晚上厚涂面霜", author="a", days=3, likes=40),
    note("n10", "沐禾集面霜空瓶", "无广，自费。", author="f", channel="organic"),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        rows = [Captured(line, known) for line, known in enumerate(NOTES, 1)]
        opened.import_rows("notes", rows, NOW)
        yield opened


def ids(engine: Engine, words: str, **asked: object) -> list[str]:
    return [r.note.note_id for r in engine.search(words, SearchRequest(**asked)).results]  # type: ignore[arg-type]


def test_the_best_match_stands_first_and_explains_itself(engine: Engine) -> None:
    page = engine.search("敏感肌面霜", SearchRequest(explain=True))
    first = page.results[0]
    assert first.note.note_id == "n01"
    assert first.sentence.startswith("标题命中“敏感肌”")
    assert [first.title.text[s:e] for s, e in first.title.marks] == ["敏感肌面霜"]
    assert page.as_of == NOW


def test_traditional_and_full_width_queries_find_simplified_notes(engine: Engine) -> None:
    assert ids(engine, "防曬霜")[0] == "n06"
    assert ids(engine, "ＳＫ－ＩＩ")[0] == "n03"


def test_aliases_find_the_other_spelling_with_less_weight(engine: Engine) -> None:
    assert "n03" in ids(engine, "SK2")
    parts = engine.explain("n03", "SK2").parts
    alias = [part for part in parts if part.part == "bm25.title:sk-ii"]
    assert alias
    assert "=" in alias[0].note


def test_a_nickname_is_read_as_people_mean_it(engine: Engine) -> None:
    assert ids(engine, "神仙水平替")[0] == "n04"


def test_a_phrase_must_stand_in_the_note_as_typed(engine: Engine) -> None:
    assert ids(engine, '"早C晚A"') == ["n05"]
    assert ids(engine, '"晚A早C"') == []


def test_a_word_can_be_excluded(engine: Engine) -> None:
    assert set(ids(engine, "面霜 -凝露")) == set(ids(engine, "面霜")) - {"n02"}


def test_operators_narrow_the_page(engine: Engine) -> None:
    assert ids(engine, "面霜 type:video") == ["n02"]
    assert ids(engine, "tag:军训") == ["n06"]
    assert ids(engine, "brand:沐禾集") == ["n10"]
    assert set(ids(engine, "author:d")) == {"n05", "n06"}
    assert "n03" not in ids(engine, "空瓶 since:2026-09-01")


def test_a_filter_alone_lists_its_notes(engine: Engine) -> None:
    assert ids(engine, "", filter=Filter(kinds=("video",))) == ["n02"]
    assert ids(engine, "") == []


def test_sorts_follow_their_column_and_unknown_counts_come_last(engine: Engine) -> None:
    assert ids(engine, "面霜", sort="likes")[0] == "n02"
    assert ids(engine, "面霜", sort="latest")[0] == "n08"
    assert ids(engine, "神仙水", sort="likes")[-1] == "n03"


def test_an_author_does_not_fill_the_first_places(engine: Engine) -> None:
    first = engine.search("面霜", SearchRequest(limit=3)).results
    assert [r.note.author for r in first].count("a") == 2


def test_pages_do_not_overlap_and_positions_go_on(engine: Engine) -> None:
    whole = ids(engine, "面霜", limit=20)
    assert ids(engine, "面霜", limit=2) + ids(engine, "面霜", limit=20, offset=2) == whole
    second = engine.search("面霜", SearchRequest(limit=1, offset=1)).results[0]
    assert second.position == 2


def test_a_misspelt_word_brings_a_proposal_and_no_false_match(engine: Engine) -> None:
    page = engine.search("敏敢肌")
    assert "敏感肌" in page.did_you_mean
    assert "敏感肌" not in engine.search("敏感肌").did_you_mean


def test_homophones_are_never_equal_in_matching(engine: Engine) -> None:
    assert ids(engine, "面双") == [] or "面双" not in str(engine.search("面双").results[0].note)


@pytest.mark.parametrize("words", ["敏感肌面霜", "SK2 神仙水", "面霜 -凝露", "☀️"])
def test_explanations_reproduce_every_score_exactly(engine: Engine, words: str) -> None:
    page = engine.search(words)
    assert page.results
    for result in page.results:
        found = engine.explain(result.note.note_id, words)
        summed = sum(part.value for part in found.parts if part.part.startswith("bm25."))
        by_name = {part.part: part for part in found.parts}
        factors = [part.factor for part in found.parts if part.factor is not None]
        assert summed == by_name["sum"].value == result.bm25
        assert math.prod([summed, *factors]) == by_name["product"].value == result.score
        assert found.position == result.position


def test_a_note_off_the_page_says_why(engine: Engine) -> None:
    found = engine.explain("n06", "神仙水")
    assert found.position is None
    assert "没有命中" in found.sentence
    with pytest.raises(NotFound, match="no note"):
        engine.explain("n99", "神仙水")


def test_facets_count_the_window(engine: Engine) -> None:
    facets = engine.search("面霜", SearchRequest(facets=True)).facets
    assert facets is not None
    assert dict(facets["kind"])["video"] == 1
    assert dict(facets["brand"]) == {"沐禾集": 1}


def test_limits_are_refused_with_a_cure(engine: Engine) -> None:
    with pytest.raises(BadOption, match="1 to 1000"):
        SearchRequest(limit=0)
    with pytest.raises(BadOption, match="sort"):
        SearchRequest(sort="popular")  # type: ignore[arg-type]
    with pytest.raises(BadQuery, match="200"):
        engine.search("长" * 201)
    with pytest.raises(BadQuery, match="32"):
        engine.search(" ".join(f"w{number}" for number in range(40)))


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.text(max_size=60))
def test_any_text_is_answered(engine: Engine, words: str) -> None:
    page = engine.search(words, SearchRequest(limit=3, explain=True, facets=True))
    assert page.placed <= page.total


def test_ages_are_counted_from_the_latest_capture_or_a_given_moment(engine: Engine) -> None:
    old = engine.search("面霜", now=NOW + timedelta(days=900)).results[0]
    new = engine.search("面霜").results[0]
    assert old.score < new.score


def test_the_same_question_gets_the_same_answer(engine: Engine, tmp_path: Path) -> None:
    with Engine.open(tmp_path, create=True) as other:
        rows = [Captured(line, known) for line, known in enumerate(reversed(NOTES), 1)]
        other.import_rows("reversed", rows, NOW)
        for words in ("面霜", "敏感肌面霜", "神仙水"):
            assert ids(other, words) == ids(engine, words)


def test_a_copy_that_was_collapsed_says_so(tmp_path: Path) -> None:
    body = "外油内干的人看过来，鼻翼一到下午两点就反光，用到空瓶才敢写这一篇，没有广告。"
    copies = [note("c1", "面霜空瓶", body, likes=90), note("c2", "面霜空瓶", body + "转")]
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_rows("copies", [Captured(n, c) for n, c in enumerate(copies, 1)], NOW)
        page = engine.search("面霜")
        assert [(r.note.note_id, r.copies) for r in page.results] == [("c1", 1)]
        hidden = engine.explain("c2", "面霜")
    assert hidden.position is None
    assert "已合并" in hidden.sentence
