"""A portrait's keywords on short texts: parts, combinations, doubles, turns of topics."""

from __future__ import annotations

from dataclasses import replace
from math import prod, sqrt
from typing import cast

import pytest

from engine.insight.distinct import distinctness
from engine.insight.keyword_set import Keyword, KeywordSet
from engine.insight.keywords import derive
from engine.insight.portrait import Portrait
from engine.model import Demand
from engine.snapshot import LibrarySnapshot, most_searched
from tests.insight.written import Written

OILY = Portrait("油皮", traits=("油皮",), interests=("护肤",))


def found(library: Written, person: Portrait = OILY, most: int = 50) -> KeywordSet:
    return derive(cast(LibrarySnapshot, library), person, most)


def by_word(library: Written, person: Portrait = OILY) -> dict[str, Keyword]:
    return {one.keyword: one for one in found(library, person).keywords}


WASH = ("油皮，洗面奶，护肤", "油皮，洗面奶", "油皮，洗面奶", "油皮，控油", "护肤，油皮洗面奶")


def half(inside: int, library: int) -> float:
    """z / (z + 3) of five notes that are read, of 4,000."""
    z = distinctness(inside, 5, library - inside, 3_995).z
    return z / (z + 3)


def test_a_phrase_is_weighed_by_how_much_it_sets_the_audience_apart() -> None:
    words = by_word(Written(*WASH))
    parts = dict(words["洗面奶"].provenance.parts)
    assert parts["distinct"] == pytest.approx(half(4, 4))
    assert set(parts) == {"√reach", "distinct"}
    said = dict(words["油皮"].provenance.parts)
    assert said["distinct"] == pytest.approx(half(5, 5))  # above a half: what z says
    assert said["said"] == 1.5
    assert words["油皮"].provenance.raw == pytest.approx(prod(said.values()))
    assert 0 < said["√reach"] < 1


def test_a_word_of_the_portrait_before_a_category_is_a_long_tail() -> None:
    words = by_word(Written(*WASH))
    whole, head, front = words["油皮洗面奶"], words["洗面奶"], words["油皮"]
    least = min(front.provenance.raw / 1.5, head.provenance.raw)
    assert whole.provenance.parts == (
        ("the lesser of 油皮 and 洗面奶", pytest.approx(least)),
        ("share of notes with both", 1.0),  # all four of 洗面奶's
    )
    assert whole.provenance.raw == pytest.approx(least)
    assert (whole.kind, whole.provenance.notes, whole.provenance.library) == ("longtail", 4, 1)
    assert not whole.provenance.said


def test_two_notes_with_both_parts_or_nobody_who_writes_it_make_none() -> None:
    two = ("油皮，洗面奶", "油皮洗面奶", "洗面奶，护肤", "油皮", "油皮，散粉")
    assert "油皮洗面奶" not in by_word(Written(*two))
    unwritten = [body.replace("油皮洗面奶", "洗面奶，油皮") for body in WASH]
    assert "油皮洗面奶" not in by_word(Written(*unwritten))


def test_weights_are_shares_and_fall() -> None:
    words = found(Written(*WASH)).keywords
    assert sum(one.weight for one in words) == pytest.approx(1)
    total = sum(one.provenance.raw for one in words)
    assert [one.weight for one in words] == pytest.approx(
        [one.provenance.raw / total for one in words]
    )
    assert [one.weight for one in words] == sorted((o.weight for o in words), reverse=True)
    (only,) = found(Written(*WASH), most=1).keywords
    assert (only.keyword, only.weight) == ("油皮", 1.0)


def test_a_phrase_of_one_note_is_none_unless_the_portrait_says_it() -> None:
    person = replace(OILY, interests=("散粉",))
    assert by_word(Written("油皮，散粉", "油皮，眉笔"), person).keys() == {"油皮", "散粉"}


def test_another_spelling_is_the_same_keyword() -> None:
    bodies = ("油皮，SK2", "油皮，SK-II", "油皮，SK-II", "油皮，SK2", "油皮")
    kept = found(Written(*bodies))
    assert "SK-II" in {one.keyword for one in kept.keywords}
    assert "SK2" not in {one.keyword for one in kept.keywords}
    assert ("sk2", "与“sk-ii”是同一个词") in kept.left_out


def test_an_excluded_word_and_what_holds_it_are_left_out_with_the_reason() -> None:
    person = replace(OILY, words=("控油",))
    bodies = ("油皮，控油", "油皮，控油散粉", "油皮，散粉", "油皮，散粉", "护肤")
    kept = found(Written(*bodies), person)
    assert not [one for one in kept.keywords if "控油" in one.keyword]
    assert ("控油", "画像排除词") in kept.left_out


def test_what_the_rest_of_the_library_says_as_much_is_left_out() -> None:
    common = Written("油皮，散粉", "油皮，散粉", "油皮，洗面奶", "油皮，洗面奶", "散粉", "散粉",
                     "散粉", "散粉", size=9)  # fmt: skip
    kept = found(common)
    z = distinctness(2, 4, 4, 5).z
    assert ("散粉", f"不比全库更突出（z {z:.1f}）") in kept.left_out
    assert "散粉" not in {one.keyword for one in kept.keywords}


def test_lists_and_questions_raise_a_word() -> None:
    person = replace(OILY, comments=("洗面奶要天天用吗", "洗面奶哪个好", "散粉呢"))
    listed = Written(*WASH, demand={"洗面奶": 900})
    word = by_word(listed, person)["洗面奶"].provenance
    assert dict(word.parts)["list"] == 1.2
    assert dict(word.parts)["questions"] == pytest.approx(1.2)
    assert (word.searches, word.questions) == (900, person.comments[:2])
    many = replace(OILY, comments=tuple(f"洗面奶{n}" for n in range(9)))
    assert dict(by_word(listed, many)["洗面奶"].provenance.parts)["questions"] == 1.5


def test_provenance_names_the_words_whose_pages_brought_it() -> None:
    words = by_word(Written(*WASH))
    assert words["洗面奶"].provenance.traits == (
        ("who.traits", "油皮", 4), ("what.interests", "护肤", 2),
    )  # fmt: skip
    assert words["油皮"].provenance.traits[0] == ("who.traits", "油皮", 5)
    assert (words["洗面奶"].provenance.notes, words["洗面奶"].provenance.affine) == (4, 5)
    assert words["洗面奶"].provenance.together == ("油皮",)
    assert len(words["油皮"].examples) == 3


def test_examples_are_the_notes_that_say_it_loudest_to_those_who_read_most() -> None:
    """n0 is read by both words of the portrait, and first on both pages."""
    assert by_word(Written(*WASH))["洗面奶"].examples[0] == "n0"


def test_saved_notes_weigh_five_beside_pages() -> None:
    assert "控油" not in by_word(Written(*WASH))  # one note
    twice = Written(*WASH, "控油")
    person = replace(OILY, saved=("n5",))
    word = by_word(twice, person)["控油"].provenance
    whole = 5.0 + 2 + 1 + 1 + 1 + 1 + 3 + 1.5
    assert word.notes == 2
    assert dict(word.parts)["√reach"] <= sqrt((5 + 1) / whole)
    assert found(twice, person).affine == 6


def test_the_most_searched_bag_of_a_word_counts() -> None:
    rows = [
        Demand(1, "面霜", 10, bag="a"),
        Demand(2, "面霜", 90, bag="b"),
        Demand(3, "面霜", 50, bag="c"),
        Demand(4, "ＳＫ２"),
        Demand(5, "sk2", 1),
    ]
    known = most_searched(rows)
    assert known["面霜"].bag == "b"
    assert known["sk2"].searches == 1


@pytest.mark.parametrize(
    ("trait", "whole"), [("油皮痘肌学生党", True), ("油皮痘痘肌学生党", False)]
)
def test_a_combination_has_ten_characters_at_most(trait: str, whole: bool) -> None:
    person = Portrait("p", traits=(trait,), interests=("控油",))
    bodies = [f"{trait}，洗面奶"] * 3 + [f"{trait}洗面奶，控油", "控油，散粉"]
    assert (f"{trait}洗面奶" in by_word(Written(*bodies), person)) == whole
