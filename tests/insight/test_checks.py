"""Checks of a draft at their limits."""

from __future__ import annotations

import pytest

from engine.insight.checks import Check, checks, title_length
from engine.model import Note


def named(note: Note, *keywords: str, banned: tuple[str, ...] = ()) -> dict[str, Check]:
    return {one.check: one for one in checks(note, keywords, banned, None)}


@pytest.mark.parametrize(
    ("title", "length"), [("", 0), ("a", 1), ("ab", 1), ("abc", 2), ("面霜", 2), ("面霜a", 3)]
)
def test_han_counts_one_and_latin_half_rounded_up(title: str, length: int) -> None:
    assert title_length(title) == length


@pytest.mark.parametrize(
    ("note", "check", "value", "kept"),
    [
        (Note("d", title="霜" * 20), "title", "20", True),
        (Note("d", title="霜" * 20 + "a"), "title", "21", False),
        (Note("d", body="霜" * 1_000), "body", "1000", True),
        (Note("d", body="霜" * 1_001), "body", "1001", False),
        (Note("d", tags=tuple("一二三四")), "tags", "4", False),
        (Note("d", tags=tuple("一二三四五")), "tags", "5", True),
        (Note("d", tags=tuple("一二三四五六七八")), "tags", "8", True),
        (Note("d", tags=tuple("一二三四五六七八九")), "tags", "9", False),
    ],
)
def test_each_limit_is_kept_up_to_itself(note: Note, check: str, value: str, kept: bool) -> None:
    one = named(note)[check]
    assert (one.value, one.kept) == (value, kept)


def test_the_keyword_that_is_repeated_most_is_named() -> None:
    note = Note("d", title="面霜", body="面霜，面霜，精华，面霜，面霜")
    assert (named(note, "精华", "面霜")["stuffing"].value) == "面霜 × 5"
    assert named(note, "精华", "面霜")["stuffing"].kept
    more = Note("d", title="面霜面霜", body=note.body)
    assert not named(more, "面霜")["stuffing"].kept
    assert named(note, "帐篷")["stuffing"].value == "none"
    assert named(note)["stuffing"].kept


def test_a_copy_is_named_with_its_likeness() -> None:
    (copy,) = [c for c in checks(Note("d"), (), (), ("n1", 0.834)) if c.check == "near-duplicate"]
    assert (copy.value, copy.kept) == ("n1 (83%)", False)
    assert named(Note("d"))["near-duplicate"].kept


def test_a_banned_word_is_found_where_it_stands_from_one() -> None:
    note = Note("d", title="最好面霜", body="真的，最好", tags=("最好用", "面霜"))
    (found,) = [c for c in checks(note, (), ("最好", "没有", ""), None) if c.check == "banned word"]
    assert (found.value, found.note, found.kept) == ("最好", "title 1、body 4、#最好用", False)
