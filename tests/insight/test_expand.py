"""Words near a keyword, on a library by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from engine.insight.distinct import distinctness
from engine.insight.expand import Near, expand
from engine.snapshot import LibrarySnapshot
from tests.insight.written import Written

BODIES = ("手冲咖啡，早八，露营", "手冲咖啡，早八，露营", "手冲咖啡，早八，甜品", "手冲咖啡，甜品",
          "手冲咖啡，甜品", "咖啡，甜品，推荐")  # fmt: skip


class Common(Written):
    """早八 stands in ten notes of the library."""

    def count_phrases(self, phrases: Sequence[str]) -> list[int]:
        counts = super().count_phrases(phrases)
        return [10 if p == "早八" else n for p, n in zip(phrases, counts, strict=True)]


def near(keyword: str, related: Sequence[str] = (), most: int = 40) -> dict[str, Near]:
    found = expand(cast(LibrarySnapshot, Common(*BODIES, related=related)), keyword, most)
    return {one.keyword: one for one in found}


def test_each_relation_has_its_evidence() -> None:
    found = near("咖啡")
    assert found["手冲咖啡"].relation == "longtail"
    assert found["手冲咖啡"].notes == 5
    assert found["手冲咖啡"].evidence == "5 篇同现（全库 5），首页重合 5/10"
    assert found["手冲咖啡"].examples == ("n0", "n1", "n2")
    assert found["露营"].relation == "angle"
    assert found["露营"].notes == 2
    assert found["甜品"].relation == "related"
    assert found["甜品"].evidence == "4 篇同现（全库 4），首页重合 4/10"
    assert "咖啡" not in found


def test_how_much_more_its_own_notes_say_it_is_by_the_formula() -> None:
    found = near("咖啡")
    assert found["甜品"].z == pytest.approx(distinctness(4, 6, 0, 3_994).z)
    # 早八: 3 of 6 notes here, 7 of the others
    assert found["早八"].z == pytest.approx(distinctness(3, 6, 7, 3_994).z)


def test_lists_of_related_searches_come_before_or_after_the_keyword() -> None:
    found = near("咖啡", ["咖啡机推荐", "提神"])
    assert (found["咖啡机推荐"].relation, found["咖啡机推荐"].evidence) == (
        "downstream", "相关搜索列表",
    )  # fmt: skip
    assert (found["提神"].relation, found["提神"].notes, found["提神"].z) == ("upstream", 0, None)


def test_a_third_of_the_rows_for_each_relation_the_strongest_first() -> None:
    words = [f"咖啡{number}" for number in range(9)]
    for most, kept in ((9, 3), (3, 1), (1, 1)):
        found = [one for one in near("咖啡", words, most).values() if one.relation == "downstream"]
        assert [one.keyword for one in found] == words[:kept]


def test_a_keyword_that_nobody_writes_has_only_its_lists() -> None:
    assert near("没有") == {}
    assert list(near("没有", ["没有的词"])) == ["没有的词"]


def test_rows_stand_by_relation_the_surest_and_most_frequent_first() -> None:
    found = list(near("咖啡", ["提神", "咖啡机"]).values())
    assert [one.relation for one in found] == sorted(one.relation for one in found)
    for relation in {one.relation for one in found}:
        strengths = [(one.z or 0) * one.notes for one in found if one.relation == relation]
        assert strengths == sorted(strengths, reverse=True)
    assert len([one for one in found if one.relation == "angle"]) > 1


def test_what_no_one_types_is_near_only_with_the_keyword_in_it() -> None:
    library = Written(*["手冲咖啡，咖啡2号，hello，早八"] * 3)
    found = {one.keyword for one in expand(cast(LibrarySnapshot, library), "咖啡")}
    assert "咖啡2" in found
    assert not {"hello", "2号"} & found


def test_the_first_ten_places_of_both_pages_are_compared() -> None:
    """甜品 stands in all notes but the first: nine of the keyword's first ten."""
    library = Written("咖啡，早八", *["咖啡，甜品"] * 12)
    found = {one.keyword: one for one in expand(cast(LibrarySnapshot, library), "咖啡")}
    assert found["甜品"].evidence == "12 篇同现（全库 12），首页重合 9/10"
