"""Phrases and keyword sets by hand: the logistic sum, the parts of a weight, the rows."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest

from engine import Engine, Note, Portrait
from tests.twelve import doors, hand

BASE = -6.75
RARE, UNLISTED = 11.192627450900, 11.0  # idf of 面霜 in jieba's table; of a word it lacks
LISTED = 1.8  # the lexicon has it
DRAFT = Note("d", title="面霜", body="初棠，面霜，敏感肌面霜", tags=("早八",))


def chance(*parts: float) -> float:
    return 1 / (1 + exp(-BASE - sum(parts)))


def test_a_phrase_s_score_is_the_logistic_sum_of_what_the_page_says(engine: Engine) -> None:
    rows = {row["keyword"]: row for row in doors.extract(engine, DRAFT, 10)}
    one, two = 1.3, -0.7  # one word, two characters
    rare = 0.25 * (UNLISTED - 9)
    scores = {
        # in the title, 3 places with 5 of 6 sides free, in 7 notes of the library
        "面霜": chance(1.3, 1.8, log(3), 0.55 * 5 / 6, LISTED, 0.4 * log(7), 0.25 * (RARE - 9),
                     one, two),
        # at character 6, one side free, in 3 notes
        "敏感肌": chance(1.8 * exp(-6 / 50), 0.55 / 2, LISTED, 0.4 * log(3), rare, one),
        # at character 0, both sides free, in 3 notes
        "初棠": chance(1.8, 0.55, LISTED, 0.4 * log(3), rare, one, two),
        # only as a tag, in 4 notes
        "早八": chance(1.8 * exp(-20), 1.5, LISTED, 0.4 * log(4), rare, one, two),
        # two words, five characters, in one note
        "敏感肌面霜": chance(1.8 * exp(-6 / 50), 0.55, 0.25 * ((UNLISTED + RARE) / 2 - 9), 0.5,
                        0.5),
    }  # fmt: skip
    assert list(rows) == sorted(scores, key=lambda word: -scores[word])
    for word, score in scores.items():
        assert rows[word]["score"] == pytest.approx(score, abs=0.00006), word
    kinds = {word: row["kind"] for word, row in rows.items()}
    assert kinds == {"面霜": "category", "敏感肌": "crowd", "初棠": "brand", "早八": "scene",
                     "敏感肌面霜": "longtail"}  # fmt: skip


def test_the_best_so_many_phrases_are_given(engine: Engine) -> None:
    assert [row["keyword"] for row in doors.extract(engine, DRAFT, 2)] == ["面霜", "敏感肌"]


# --- a portrait's set --------------------------------------------------------------------------

SENSITIVE = Portrait("敏感", traits=("敏感肌",))
BOTH = Portrait("通勤", traits=("敏感肌",), interests=("面霜", "精华"))


def distinct(inside: int, group: int, library: int) -> tuple[float, float, float]:
    """(log-odds with a prior of 500 notes, z, chi-square) of 12 notes."""
    rest, outside = 12 - group, library - inside
    share = (library + 0.5) / 13
    prior, against = 500 * share, 500 * (1 - share)
    odds = (inside + prior) / (group - inside + against)
    others = (outside + prior) / (rest - outside + against)
    error = sqrt(1 / (inside + prior) + 1 / (outside + prior))
    gap = inside * (rest - outside) - outside * (group - inside)
    table = group * rest * library * (12 - library)
    return log(odds / others), log(odds / others) / error, 12 * gap**2 / table


def test_the_parts_of_a_weight_are_those_of_the_formula(engine: Engine) -> None:
    """敏感肌 alone is asked: its page is n11, n01, n10, and these are all that is read."""
    affinity = {i: 2 * hand.score("敏感肌", i) / hand.score("敏感肌", "n11")
                for i in ("n11", "n01", "n10")}  # fmt: skip
    same = (LISTED, 0.4 * log(3), 0.25 * (UNLISTED - 9), 1.3)
    extracted = {
        "n11": chance(1.3, 1.8, 0.55, *same),
        "n01": chance(1.3, 1.8, 0.55 / 2, *same),
        "n10": chance(1.8 * exp(-3 / 50), 0.55, *same),
    }
    reach = sum(affinity[i] * extracted[i] for i in affinity) / sum(affinity.values())
    parts = doors.weight_parts(engine, SENSITIVE, "敏感肌")
    assert parts["weight.√reach"]["value"] == pytest.approx(sqrt(reach), rel=1e-6)
    assert parts["weight.distinct"]["value"] == 0.5  # z is small, but the portrait says it
    assert parts["weight.said"]["value"] == 1.5
    assert parts["product"]["value"] == pytest.approx(sqrt(reach) * 0.5 * 1.5, rel=1e-6)
    assert (parts["notes"]["value"], parts["library"]["value"]) == (3, 3)
    assert parts["notes"]["note"].startswith("of 3 notes")
    assert parts["z"]["value"] == pytest.approx(distinct(3, 3, 3)[1])


def test_distinctness_is_the_log_odds_with_a_prior(engine: Engine) -> None:
    """Nine notes are read: all but n03, n04 (too far below the first), n12."""
    for word, inside, library in (("面霜", 5, 7), ("精华", 6, 6), ("敏感肌", 3, 3)):
        odds, z, chi2 = distinct(inside, 9, library)
        row = doors.weight_parts(engine, BOTH, word)["z"]
        assert row["value"] == pytest.approx(z), word
        assert row["note"] == f"log-odds {odds:.3f}; chi-square {chi2:.1f}"


def test_a_listed_word_counts_more_and_weights_are_shares(engine: Engine) -> None:
    parts = {w: doors.weight_parts(engine, BOTH, w) for w in ("面霜", "敏感肌", "精华")}
    assert parts["精华"]["weight.list"]["value"] == 1.2
    assert parts["精华"]["list"]["value"] == 999
    assert "weight.list" not in parts["面霜"]
    raw = {word: rows["product"]["value"] for word, rows in parts.items()}
    rows = doors.keyword_set(engine, BOTH, 50)
    weights = {row["keyword"]: row["weight"] for row in rows}
    assert weights == pytest.approx(
        {word: value / sum(raw.values()) for word, value in raw.items()}, abs=1e-6
    )


def test_a_keyword_row_has_each_key(engine: Engine) -> None:
    rows = {row["keyword"]: row for row in doors.keyword_set(engine, BOTH, 50)}
    opportunities = {row["keyword"]: row for row in doors.opportunities(engine)}
    assert list(rows) == ["面霜", "敏感肌", "精华"]
    serum = rows["精华"]
    assert serum == {
        "keyword": "精华", "kind": "core", "intent": "consider", "weight": serum["weight"],
        "demand": 999, "demand_source": "聚光 护肤", "supply": 6,
        "difficulty": opportunities["精华"]["difficulty"],
        "opportunity": opportunities["精华"]["opportunity"],
        "provenance": serum["provenance"], "examples": "n07,n09,n11",
    }  # fmt: skip
    assert (rows["面霜"]["demand"], rows["面霜"]["opportunity"]) == (None, None)
    assert rows["敏感肌"]["intent"] == "know"
    assert rows["敏感肌"]["supply"] == 3


def test_provenance_counts_the_notes_of_each_word_s_page(engine: Engine) -> None:
    """精华 is in all six notes of its page, in n11 and n10 of 敏感肌's, in n07 of 面霜's."""
    rows = {row["keyword"]: row["provenance"] for row in doors.keyword_set(engine, BOTH, 50)}
    z = distinct(6, 9, 6)[1]
    said = f"相关笔记 6/9，全库 6，z {z:.1f}"
    assert rows["精华"].startswith(
        f"画像原词（what.interests） · 来自 精华 6 篇、敏感肌 2 篇、面霜 1 篇 · {said}"
    )
    assert rows["精华"].endswith("聚光月搜 999（护肤）")
    assert "来自 面霜 4 篇、精华 2 篇、敏感肌 1 篇" in rows["面霜"]


def test_the_heaviest_so_many_share_the_weight(engine: Engine) -> None:
    (only,) = doors.keyword_set(engine, BOTH, 1)
    assert (only["keyword"], only["weight"]) == ("面霜", 1.0)


def test_an_excluded_word_and_what_names_it_is_out(engine: Engine) -> None:
    person = Portrait("通勤", traits=("敏感肌",), interests=("面霜", "精华"), words=("精华",))
    assert "精华" not in {row["keyword"] for row in doors.keyword_set(engine, person, 50)}


def test_saved_notes_and_questions_raise_what_they_name(engine: Engine) -> None:
    saved = Portrait("敏感", traits=("敏感肌",), saved=("n10",),
                     comments=("敏感肌能用吗", "敏感肌刺痛吗"))  # fmt: skip
    parts = doors.weight_parts(engine, saved, "敏感肌")
    assert parts["weight.questions"]["value"] == pytest.approx(1.2)
    before = doors.weight_parts(engine, SENSITIVE, "敏感肌")["weight.√reach"]["value"]
    # n10 now weighs 5 more, and it says 敏感肌 less loudly than the others
    assert parts["weight.√reach"]["value"] < before
