"""Drafts by hand: the note joins the twelve, statistics and all; edits and what they gain."""

from __future__ import annotations

import re

import pytest

from engine import Engine, KeywordLine, Note
from tests.twelve import doors, hand
from tests.twelve.hand import attention

DRAFT = Note("n99", title="面霜", body="通勤，精华", tags=("早八",))
TERMS = {**hand.TERMS, "n99": {"title": ["面霜"], "tags": ["早八"], "body": ["通勤", "精华"]}}
LINES = (KeywordLine("面霜", 3), KeywordLine("精华", 1), KeywordLine("早八", 1),
         KeywordLine("帐篷", 1))  # fmt: skip
PLACES = {"面霜": 3, "精华": 5, "早八": 4}
WEIGHTS = {"面霜": 3 / 6, "精华": 1 / 6, "早八": 1 / 6, "帐篷": 1 / 6}


def test_the_places_are_those_of_thirteen_notes() -> None:
    """n04 stands for n03, and n05 is the third note of a1: it waits for the end."""
    assert hand.by_score("面霜", TERMS) == [
        "n01", "n02", "n05", "n99", "n07", "n06", "n04", "n03",
    ]  # fmt: skip
    assert hand.by_score("精华", TERMS) == ["n07", "n09", "n08", "n06", "n99", "n11", "n10"]
    assert hand.by_score("早八", TERMS) == ["n08", "n06", "n09", "n99", "n11"]


def test_a_draft_row_has_each_key(engine: Engine) -> None:
    face, serum, early, tent = doors.placed(engine, DRAFT, LINES)
    assert face == {
        "keyword": "面霜", "weight": 0.5, "position_low": 3, "position": 3, "position_high": 3,
        "of": 7, "matched": "title:面霜", "displaces": "n07",
    }  # fmt: skip
    assert [serum[key] for key in ("position", "of", "matched", "displaces")] == [
        5, 7, "body:精华", "n11",
    ]  # fmt: skip
    assert [early[key] for key in ("position", "of", "matched", "displaces")] == [
        4, 5, "tags:早八", "n11",
    ]  # fmt: skip
    assert tent == {
        "keyword": "帐篷", "weight": pytest.approx(1 / 6, abs=1e-6), "position_low": None,
        "position": None, "position_high": None, "of": 0, "matched": "", "displaces": None,
    }  # fmt: skip


def test_attention_and_shares_before_and_after(engine: Engine) -> None:
    said = doors.said_of(engine, DRAFT, LINES, own_brands=["沐禾集"])
    held = sum(WEIGHTS[word] * attention(place) for word, place in PLACES.items())
    assert said["attention"] == pytest.approx(held, abs=1e-6)
    assert said["attention_low"] == said["attention_high"] == said["attention"]
    six, seven = (sum(map(attention, range(1, size + 1))) for size in (6, 7))
    # 沐禾集 before: places 1, 2 (half), 3 of 面霜, 1 of 精华; after: n07 at 4; 帐篷 has no page
    before = (3 * (1 + attention(2) / 2 + attention(3)) / six + 1 / six) / 5
    after = (3 * (1 + attention(2) / 2 + attention(4)) / seven + 1 / seven) / 5
    assert said["share_before"]["沐禾集"] == pytest.approx(before, abs=1e-6)
    assert said["share_after"]["沐禾集"] == pytest.approx(after, abs=1e-6)
    assert said["cannibals"] == 1  # n07 goes from 3 to 4


def test_what_an_editor_looks_at(engine: Engine) -> None:
    said = doors.said_of(engine, DRAFT, LINES, banned=["通勤", "没有"])
    assert said["warnings"] == ["tags: 1 (5–8) 话题数", "banned word: 通勤 (none) body 1"]
    assert said["scenarios"] == {}  # fewer than twenty notes of any age tell


def test_mentions_saturate_by_the_length_of_the_body(engine: Engine) -> None:
    bodies = [len(fields["body"]) for fields in TERMS.values() if "body" in fields]
    own = 1 / (1.5 * (1 - 0.75 + 0.75 * 2 / (sum(bodies) / len(bodies))))
    expected = [tf * own / (1 + tf * own) for tf in (1, 2, 3)]
    assert doors.said_of(engine, DRAFT, LINES)["saturation"] == pytest.approx(expected, abs=6e-5)


# --- edits -------------------------------------------------------------------------------------

PLAIN = Note("n98", title="防晒", body="面霜")
TWO = (KeywordLine("面霜", 3), KeywordLine("早八", 1))
STEPS = (  # what the draft holds after each edit
    {"title": ["防晒"], "body": ["面霜"]},
    {"title": ["早八", "防晒"], "body": ["面霜"]},
    {"title": ["早八", "防晒"], "tags": ["面霜"], "body": ["面霜"]},
)


def place(step: int, keyword: str) -> int | None:
    """By hand: copies collapsed, the third note of a1 at the end."""
    order = hand.by_score(keyword, {**hand.TERMS, "n98": STEPS[step]})
    order = [i for i in order if i != "n03" and (keyword != "面霜" or i != "n05")]
    return order.index("n98") + 1 if "n98" in order else None


def test_the_places_before_and_after_each_edit_by_hand() -> None:
    assert [place(step, "面霜") for step in range(3)] == [5, 5, 3]
    assert [place(step, "早八") for step in range(3)] == [None, 1, 1]


def test_advice_says_what_to_do_what_moves_and_what_it_gains(engine: Engine) -> None:
    first, second = doors.advice(engine, PLAIN, TWO, 2)
    assert first == {
        "edit": "在标题前加上“早八”（5/20 字）", "field": "title", "before": "防晒",
        "after": "早八｜防晒", "keyword_moves": "早八 —→1", "gain": 0.25,
    }  # fmt: skip
    assert second == {
        "edit": "加话题 #面霜", "field": "tags", "before": "", "after": "#面霜",
        "keyword_moves": "面霜 5→3",
        "gain": pytest.approx(0.75 * (attention(3) - attention(5)), abs=1e-6),
    }  # fmt: skip


def test_so_many_edits_are_given_and_no_more(engine: Engine) -> None:
    assert len(doors.advice(engine, PLAIN, TWO, 1)) == 1


def test_every_gain_is_the_sum_of_its_moves(engine: Engine) -> None:
    for row in doors.advice(engine, DRAFT, LINES, 3):
        gain = 0.0
        for word, old, new in re.findall(r"(\w+) (\d+|—)→(\d+|—)", row["keyword_moves"]):
            before, after = (0.0 if n == "—" else attention(int(n)) for n in (old, new))
            gain += WEIGHTS[word] * (after - before)
        assert row["gain"] == pytest.approx(gain, abs=1e-6)
        assert gain > 0


def test_the_parts_of_the_draft_lie_beside_those_of_the_note_above(engine: Engine) -> None:
    """At place 3 of 面霜, below n02; the words are worth the same, the rest is not."""
    rows = doors.beside(engine, DRAFT, "面霜")
    word = hand.part("面霜", 1.0, "title", "n99", TERMS)
    assert rows["bm25.title:面霜"]["draft"] == pytest.approx(word, rel=1e-6)
    assert rows["bm25.title:面霜"]["above"] == pytest.approx(word, rel=1e-6)
    assert (rows["rule.engagement"]["draft"], rows["rule.freshness"]["draft"]) == (1.0, 1.2)
    assert rows["rule.engagement"]["above"] == pytest.approx(1 + 0.3 * hand.heat(999))
    assert rows["rule.freshness"]["above"] == pytest.approx(1.1)
    assert rows["score"]["draft"] == pytest.approx(hand.score("面霜", "n99", TERMS), rel=1e-6)
    assert rows["score"]["above"] == pytest.approx(hand.score("面霜", "n02", TERMS), rel=1e-6)


def test_above_the_first_place_is_nothing(engine: Engine) -> None:
    rows = doors.beside(engine, Note("n97", title="帐篷"), "帐篷")
    assert {row["above"] for row in rows.values()} == {None}


# --- one draft as two --------------------------------------------------------------------------

MIXED = Note("n96", title="分享", body="早八\n面霜", tags=("早八", "面霜"))


def intents(know: float, buy: float) -> list[KeywordLine]:
    return [KeywordLine("早八", know, intent="know"), KeywordLine("面霜", buy, intent="buy")]


def test_a_draft_for_two_intents_is_better_as_two(engine: Engine) -> None:
    edit, split = doors.advice(engine, MIXED, intents(1, 1), 1)
    assert edit["gain"] == pytest.approx(0.5 * (1 - attention(3)), abs=1e-6)
    assert split == {
        "edit": "拆成两篇：一篇写“早八｜分享”，一篇写“面霜｜分享”（与原稿相比）",
        "field": "split", "before": "分享", "after": "早八｜分享 / 面霜｜分享",
        "keyword_moves": "面霜 3→1；早八 2→1",
        "gain": pytest.approx(0.5 * (1 - attention(3)) + 0.5 * (1 - attention(2)), abs=1e-6),
    }  # fmt: skip


def test_it_stays_one_when_an_intent_has_less_than_a_quarter(engine: Engine) -> None:
    assert len(doors.advice(engine, MIXED, intents(1, 3), 1)) == 2
    assert len(doors.advice(engine, MIXED, intents(1, 3.1), 1)) == 1
    alike = [KeywordLine("早八", 1, intent="know"), KeywordLine("面霜", 1, intent="consider")]
    assert len(doors.advice(engine, MIXED, alike, 1)) == 1
