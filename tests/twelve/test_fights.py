"""Opportunity by hand: demand, supply, each part of difficulty, clusters, cannibals, the map."""

from __future__ import annotations

from math import log, log10

import pytest

from engine import Engine, KeywordLine
from tests.twelve import doors
from tests.twelve.doors import Row

FULL = log(100_001)  # interactions that count whole


def warmth(*interactions: int) -> float:
    return sum(log(1 + n) for n in interactions) / FULL / len(interactions)


@pytest.fixture(scope="module")
def rows(engine: Engine) -> dict[str, Row]:
    return {row["keyword"]: row for row in doors.opportunities(engine)}


def expect(row: Row, **values: object) -> None:
    got = {key: row[key] for key in values}
    assert got == pytest.approx(values, abs=0.06 if "difficulty" in values else 0.00006)


# 面霜: n01 (99 interactions, fans 999, 30 days), n02 (999, 1,000, 90), n07 (only its day is known),
# n06 (9,999, 100,000, no date), n04 (0, unknown, 10; n03 repeats it), n05 (999, 10,000, 91)
PARTS = {
    "面霜": {
        "engagement": warmth(99, 999, 9_999, 0, 999),
        "authors": (0 + 0.25 + 0.75 + 0.5) / 4,
        "young": 4 / 5,
        "exact": 3 / 6,
        "distinct": 5 / 6,
    },
    # n07, n09 (99; a million; 45), n08 (0; -; 360), n06, n11 (9; 0; 89), n10 (99; -; 9)
    "精华": {
        "engagement": warmth(99, 0, 9_999, 9, 99),
        "authors": (1 + 0.75 + 0) / 3,
        "young": 4 / 5,
        "exact": 3 / 6,
        "distinct": 1.0,
    },
    # n08, n06, n09, n11
    "早八": {
        "engagement": warmth(0, 9_999, 99, 9),
        "authors": (0.75 + 1 + 0) / 3,
        "young": 2 / 3,
        "exact": 1 / 4,
        "distinct": 1.0,
    },
    "早八精华": {
        "engagement": warmth(99, 0, 9_999, 9, 99),
        "authors": (1 + 0.75 + 0) / 3,
        "young": 4 / 5,
        "exact": 1 / 6,  # both words in one title: n08
        "distinct": 1.0,
    },
    # n07, n02, n01: no title says it
    "沐禾集": {
        "engagement": warmth(999, 99),
        "authors": (0.25 + 0) / 2,
        "young": 1.0,
        "exact": 0.0,
        "distinct": 1.0,
    },
}
PLACES = {"面霜": 6, "精华": 6, "早八": 4, "早八精华": 6, "沐禾集": 3}
WEIGHTS = {"engagement": 35, "authors": 20, "young": 10, "exact": 25, "distinct": 10}
SUPPLY = {  # in one field; of these in title or tags
    "面霜": (7, 3),  # n01 to n07
    "精华": (6, 3),  # n06 to n11
    "早八": (4, 4),
    "早八精华": (1, 1),  # n06, n09 and n11 have the two words in two fields
    "帐篷": (0, 0),
    "沐禾集": (3, 1),
}
DEMAND = {
    "面霜": (999_999, "keyword file"),
    "精华": (999, "聚光 护肤"),
    "早八": (None, None),
    "早八精华": (0, "keyword file"),
    "帐篷": (9, "我的表"),
    "沐禾集": (None, None),
}


def difficulty(keyword: str) -> float:
    mean = sum(WEIGHTS[name] * part for name, part in PARTS[keyword].items()) / 100
    return 100 * PLACES[keyword] / 10 * mean


@pytest.mark.parametrize("keyword", PARTS)
def test_difficulty_is_the_weighted_mean_of_its_parts_times_the_fullness(
    rows: dict[str, Row], keyword: str
) -> None:
    row = rows[keyword]
    assert row["places"] == PLACES[keyword]
    for name, part in PARTS[keyword].items():
        assert row[f"difficulty_{name}"] == pytest.approx(part, abs=0.00006), name
    assert row["difficulty"] == pytest.approx(difficulty(keyword), abs=0.06)
    assert row["room"] == pytest.approx(1 - difficulty(keyword) / 100, abs=0.00006)


@pytest.mark.parametrize("keyword", PARTS)
def test_the_parts_that_are_explained_sum_to_the_difficulty(engine: Engine, keyword: str) -> None:
    parts = doors.fight_parts(engine, keyword)
    for name, part in PARTS[keyword].items():
        value = WEIGHTS[name] * part * PLACES[keyword] / 10
        assert parts[f"difficulty.{name}"]["value"] == pytest.approx(value)
    assert parts["difficulty"]["value"] == pytest.approx(difficulty(keyword))


def test_supply_counts_notes_that_hold_all_words_in_one_field(rows: dict[str, Row]) -> None:
    counts = {word: (row["supply"], row["supply_titled"]) for word, row in rows.items()}
    assert counts == SUPPLY


def test_demand_is_that_of_the_list_else_the_imported_else_unknown(rows: dict[str, Row]) -> None:
    assert {w: (row["demand"], row["demand_source"]) for w, row in rows.items()} == DEMAND


def test_opportunity_is_the_cube_root_of_heat_room_and_scarcity(rows: dict[str, Row]) -> None:
    for word, searches in (("面霜", 999_999), ("精华", 999)):
        heat, supply = log10(1 + searches) / 6, SUPPLY[word][0]
        scarcity = 1 / (1 + log10(1 + supply))
        score = 100 * (heat * (1 - difficulty(word) / 100) * scarcity) ** (1 / 3)
        expect(rows[word], heat=heat, scarcity=scarcity)
        assert rows[word]["opportunity"] == pytest.approx(score, abs=0.06)


def test_an_empty_page_is_free_no_demand_unknown_and_no_search_worth_nothing(
    rows: dict[str, Row],
) -> None:
    free = rows["帐篷"]
    expect(free, difficulty=0.0, room=1.0, scarcity=1.0, opportunity=100 * (1 / 6) ** (1 / 3))
    assert (free["places"], free["examples"]) == (0, "")
    assert free["difficulty_engagement"] is free["velocity"] is free["video_share"] is None
    assert rows["早八"]["opportunity"] is rows["早八"]["heat"] is None
    assert rows["早八精华"]["opportunity"] == rows["早八精华"]["heat"] == 0


def test_weights_sum_to_one_and_a_missing_one_is_the_mean(rows: dict[str, Row]) -> None:
    weights = {word: row["weight"] for word, row in rows.items()}
    assert weights == pytest.approx(
        {"面霜": 3 / 12, "精华": 1 / 12, "早八": 2 / 12, "早八精华": 2 / 12, "帐篷": 2 / 12,
         "沐禾集": 2 / 12}, abs=1e-6,
    )  # fmt: skip


def test_age_velocity_and_video_are_of_those_that_let_us_know(rows: dict[str, Row]) -> None:
    # ages 30, 90, 0, 10, 91; a day's interactions 99/30, 999/90, 0/10, 999/91
    middle = (99 / 30 + 999 / 91) / 2
    assert rows["面霜"]["age_days"] == 30
    assert rows["面霜"]["velocity"] == pytest.approx(middle, abs=0.06)
    assert rows["面霜"]["video_share"] == pytest.approx(3 / 5)
    # 0, 45, 360, 89, 9; 99/45, 0, 9/89, 99/9
    assert rows["精华"]["age_days"] == 45
    assert rows["精华"]["velocity"] == pytest.approx((9 / 89 + 99 / 45) / 2, abs=0.06)
    assert rows["精华"]["video_share"] == pytest.approx(2 / 4)  # n06, n11 of n09, n08, n06, n11


def test_kinds_intents_and_examples(rows: dict[str, Row]) -> None:
    kinds = {word: (row["kind"], row["intent"]) for word, row in rows.items()}
    assert kinds == {
        "面霜": ("category", "consider"), "精华": ("core", "consider"),
        "早八": ("scene", "consider"), "早八精华": ("scene", "consider"),
        "帐篷": ("category", "consider"), "沐禾集": ("brand", "consider"),
    }  # fmt: skip
    assert rows["面霜"]["examples"] == "n01,n02,n07"
    assert rows["面霜"]["provenance"] == "keyword file"


def test_keywords_that_share_three_places_are_one_fight_by_the_heaviest(engine: Engine) -> None:
    # 面霜 shares n06, n07 with 精华 (2: too few), n01, n02, n07 with 沐禾集
    clusters = engine.opportunity(doors.LINES).clusters
    assert [(one.parent, one.members, one.shared) for one in clusters] == [
        ("面霜", ("沐禾集",), (3,)),
        ("早八", ("早八精华", "精华"), (4, 4)),
        ("帐篷", (), ()),
    ]


def test_own_notes_compete_where_two_or_more_stand(engine: Engine) -> None:
    assert engine.opportunity(doors.LINES, ["沐禾集"]).cannibals == (
        ("面霜", "n01", 1), ("面霜", "n02", 2), ("面霜", "n07", 3),
        ("沐禾集", "n07", 1), ("沐禾集", "n02", 2), ("沐禾集", "n01", 3),
    )  # fmt: skip
    assert engine.opportunity(doors.LINES, ["克蕾缇"]).cannibals == ()
    assert engine.opportunity(doors.LINES).cannibals == ()


def test_demand_by_kind_stands_against_the_authors_who_are_there(engine: Engine) -> None:
    # category: a1, a3, a4 on 面霜; core: a2, a4, a5, a6 (n08 has no author)
    able = engine.opportunity(doors.LINES).able
    assert list(able) == ["brand", "category", "core", "scene"]
    assert dict(able) == {
        "brand": (0, 2), "category": (999_999 + 9, 3), "core": (999, 4), "scene": (0, 4),
    }  # fmt: skip


def test_the_map_counts_the_notes_of_a_keyword_an_angle_and_a_circle(engine: Engine) -> None:
    """精华 from 早八 in the circle of the tag 早八: n06, n09, n11 speak of both, n08 is tagged 通勤
    alone. 早八精华 is the angle itself, 面霜 has one note there."""
    (cell,) = doors.map_cells(engine)
    assert (cell["keyword"], cell["angle"], cell["notes"]) == ("精华", "早八", 3)
    assert (cell["unclaimed"], cell["examples"]) == (False, "n06,n09,n11")
    assert "早八" in cell["circle"]


def test_kind_and_intent_of_the_list_are_kept(engine: Engine) -> None:
    (row,) = doors.opportunities(engine, [KeywordLine("面霜", None, "core", "buy")])
    assert (row["kind"], row["intent"], row["weight"]) == ("core", "buy", 1.0)


def test_weights_of_nothing_are_even_shares(engine: Engine) -> None:
    rows = doors.opportunities(engine, [KeywordLine("面霜", 0.0), KeywordLine("精华", 0.0)])
    assert [row["weight"] for row in rows] == [0.5, 0.5]
