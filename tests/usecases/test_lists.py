"""Lists as people write them, and how much a door may ask at once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.usecases import limits, lists


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("沐禾集、初棠", ["沐禾集", "初棠"]),
        ("a,b，c;d；e\nf\r\ng", ["a", "b", "c", "d", "e", "f", "g"]),
        (" SK-II , SK-II ,", ["SK-II"]),
        ("早 C 晚 A", ["早 C 晚 A"]),
        ("，、", []),
        (["a、b", "b", " c "], ["a", "b", "c"]),
    ],
)
def test_entries_stand_between_marks_or_on_lines(text: str, entries: list[str]) -> None:
    assert lists.entries(text) == entries


def test_typed_keywords_are_split_and_rows_are_not() -> None:
    row = KeywordLine("面霜,精华", 2.0, searches=7)
    assert lists.keyword_lines(["面霜、精华", row, "精华"]) == [
        KeywordLine("面霜"), KeywordLine("精华"), row,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "no keyword"),
        (["，"], "no keyword"),
        ([KeywordLine(" ")], "an empty keyword"),
        (["长" * 101], "one of 101 characters"),
        ([KeywordLine("面霜", -1.0)], "the weight of '面霜' is -1"),
        ([KeywordLine("面霜", 1e9)], "the weight of '面霜'"),
        ([KeywordLine("面霜", searches=10**12 + 1)], "the demand of '面霜'"),
        ([f"k{n}" for n in range(limits.KEYWORDS + 1)], "10,001 keywords"),
    ],
)
def test_a_list_past_a_limit_is_refused(lines: list[str | KeywordLine], problem: str) -> None:
    with pytest.raises(BadOption, match=problem):
        lists.keyword_lines(lines)


def test_a_list_at_the_limit_is_taken_whole() -> None:
    assert len(lists.keyword_lines([f"k{n}" for n in range(limits.KEYWORDS)])) == limits.KEYWORDS
    assert lists.keyword_lines(["长" * 100])
    assert len(lists.words("、".join(f"b{n}" for n in range(20)), limits.OWN, "own brands")) == 20


def test_weights_are_pairs() -> None:
    assert lists.weights(["面霜=0.1", "a=b=0.2"]) == {"面霜": 0.1, "a=b": 0.2}
    with pytest.raises(BadOption, match="'面霜' is no weight"):
        lists.weights("面霜")


@pytest.mark.parametrize("text", ["2026-10-31", "2026-10-31T00:00", "2026-10-31T00:00+08:00"])
def test_a_moment_without_an_offset_is_in_china(text: str) -> None:
    moment = limits.moment(text)
    assert moment is not None
    assert moment.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("text", ["gestern", "1989-12-31", "2101-01-01", ""])
def test_what_is_no_moment_of_a_note_is_refused(text: str) -> None:
    with pytest.raises(BadOption):
        limits.moment(text)


def test_a_moment_of_another_offset_is_kept() -> None:
    utc = datetime.fromisoformat("2026-10-31T00:00+00:00")
    assert limits.moment(utc) is utc
    assert limits.moment(None) is None
