"""Search, explain, suggest, stats: each key of each row, by hand."""

from __future__ import annotations

import pytest

from engine import Engine
from tests.twelve import doors, hand

PAGES = {  # by hand: scores, then copies collapsed, then authors spread
    "面霜": ["n01", "n02", "n07", "n06", "n04", "n05"],
    "精华": ["n07", "n09", "n08", "n06", "n11", "n10"],
    "早八": ["n08", "n06", "n09", "n11"],
    "早八精华": ["n08", "n09", "n07", "n06", "n11", "n10"],
    "敏感肌": ["n11", "n01", "n10"],
    "敏感肌面霜": ["n01", "n11", "n10", "n02", "n07", "n06", "n04", "n05"],
    "沐禾集": ["n07", "n02", "n01"],
    "帐篷": [],
}


@pytest.mark.parametrize("keyword", PAGES)
def test_each_place_and_each_score_is_the_one_worked_out_by_hand(
    engine: Engine, keyword: str
) -> None:
    rows = doors.search(engine, keyword)
    assert [row["note_id"] for row in rows] == PAGES[keyword]
    assert [row["position"] for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert row["bm25"] == pytest.approx(hand.bm25(keyword, row["note_id"]), rel=1e-6)
        assert row["score"] == pytest.approx(hand.score(keyword, row["note_id"]), rel=1e-6)


@pytest.mark.parametrize("keyword", [word for word in PAGES if "面霜" not in word])
def test_other_pages_are_in_the_order_of_their_scores(keyword: str) -> None:
    assert hand.by_score(keyword) == PAGES[keyword]


def test_the_order_is_by_score_but_for_a_copy_and_a_third_note_of_an_author() -> None:
    assert hand.by_score("面霜") == ["n01", "n02", "n05", "n07", "n06", "n04", "n03"]
    # n03 repeats n04, which is younger; n05 is the third note of a1 and waits for the end
    assert PAGES["面霜"] == ["n01", "n02", "n07", "n06", "n04", "n05"]


def test_a_search_row_has_each_key_as_the_note_has_it(engine: Engine) -> None:
    first, second, *_, last = doors.search(engine, "面霜")
    assert first == {
        "position": 1, "note_id": "n01", "title": "敏感肌面霜", "snippet": "沐禾集，修护",
        "score": first["score"], "bm25": first["bm25"], "kind": "image", "author": "a1",
        "published_at": "2026-10-01T00:00:00+08:00", "likes": 99, "collects": 0, "comments": 0,
        "shares": 0, "tags": "面霜", "brands": "沐禾集", "channel": "organic", "url": None,
    }  # fmt: skip
    assert (second["brands"], second["channel"], second["tags"]) == ("初棠,沐禾集", "declared", "")
    assert (last["likes"], last["collects"], last["comments"], last["shares"]) == (
        999, None, None, None,
    )  # fmt: skip


def test_what_nobody_knows_is_null_and_no_zero(engine: Engine) -> None:
    rows = {row["note_id"]: row for row in doors.search(engine, "面霜")}
    assert rows["n06"]["published_at"] is None
    assert rows["n06"]["channel"] is None
    assert rows["n07"]["kind"] is None
    assert rows["n07"]["likes"] is None
    assert rows["n04"]["likes"] == 0
    (unsigned,) = [r for r in doors.search(engine, "早八") if r["note_id"] == "n08"]
    assert unsigned["author"] is None


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("likes", ["n06", "n05", "n02", "n01", "n03", "n07"]),
        ("collects", ["n02", "n01", "n03", "n06", "n05", "n07"]),
        ("comments", ["n01", "n02", "n03", "n06", "n05", "n07"]),
        ("latest", ["n07", "n04", "n01", "n02", "n05", "n06"]),
    ],
)
def test_other_sorts_go_by_their_count_unknown_last(
    engine: Engine, sort: str, order: list[str]
) -> None:
    assert doors.ids(engine, "面霜", sort=sort) == order


def test_explain_rows_sum_and_multiply_to_the_score(engine: Engine) -> None:
    rows = {row["part"]: row for row in doors.explain(engine, "n01", "敏感肌面霜")}
    for part, term, weight, field in (
        ("bm25.title:敏感", "敏感", 0.6, "title"),
        ("bm25.title:敏感肌", "敏感肌", 1.0, "title"),
        ("bm25.title:感肌", "感肌", 0.6, "title"),
        ("bm25.title:肌面", "肌面", 0.6, "title"),
        ("bm25.title:面霜", "面霜", 1.0, "title"),
        ("bm25.tags:面霜", "面霜", 1.0, "tags"),
        ("bm25.body:修护", "修护", 0.5, "body"),
    ):
        expected = hand.part(term, weight, field, "n01", hand.TERMS)
        assert rows[part]["value"] == pytest.approx(expected, rel=1e-6), part
    assert len([part for part in rows if part.startswith("bm25.") and ":" in part]) == 7
    assert rows["sum"]["value"] == pytest.approx(hand.bm25("敏感肌面霜", "n01"), rel=1e-6)
    assert rows["rule.engagement"]["value"] == pytest.approx(hand.heat(99), rel=1e-9)
    assert rows["rule.engagement"]["factor"] == pytest.approx(1 + 0.3 * hand.heat(99), rel=1e-9)
    assert rows["rule.freshness"]["value"] == pytest.approx(2 ** (-1 / 3), rel=1e-9)
    assert rows["rule.freshness"]["factor"] == pytest.approx(1 + 0.2 * 2 ** (-1 / 3), rel=1e-9)
    assert rows["product"]["value"] == pytest.approx(hand.score("敏感肌面霜", "n01"), rel=1e-6)


def test_unknown_signals_are_the_stated_middle(engine: Engine) -> None:
    rows = {row["part"]: row for row in doors.explain(engine, "n07", "面霜")}
    assert (rows["rule.engagement"]["value"], rows["rule.freshness"]["value"]) == (0.35, 1.0)
    rows = {row["part"]: row for row in doors.explain(engine, "n06", "面霜")}
    assert rows["rule.freshness"]["value"] == 0.35
    assert rows["rule.engagement"]["value"] == pytest.approx(hand.heat(9_999))


def test_completions_say_how_many_notes_hold_the_word(engine: Engine) -> None:
    # 面霜: titles 3, tags 1, bodies 4: the field with most is counted
    assert engine.suggest("mian", 5) == [("面霜", 4), ("面膜", 2)]
    assert engine.suggest("面", 1) == [("面霜", 4)]
    assert engine.suggest("jh", 5) == [("精华", 3)]
    assert engine.suggest("没有", 5) == []


def test_stats_count_what_the_library_holds(engine: Engine) -> None:
    row = doors.stats(engine)
    every = {term for fields in hand.TERMS.values() for terms in fields.values() for term in terms}
    expected = {
        "notes": 12, "authors": 7, "observations": 0, "tags": 4, "terms": len(every),
        "first_published": "2025-11-05T00:00:00+08:00",
        "last_published": "2026-10-31T00:00:00+08:00", "rule_set": "balanced@1",
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected
