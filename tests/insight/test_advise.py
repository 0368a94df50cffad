"""Edits are taken greedily by their gain; moves are told heaviest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2

import pytest

from engine.insight.advise import Advice, PlaceByKeyword, advise, moved
from engine.insight.draft import attention, expected
from engine.model import Note
from tests.insight.library import reader


def test_attention_falls_and_ends_behind_fifty() -> None:
    assert [attention(place) for place in (1, 3, 7)] == [1.0, 0.5, pytest.approx(1 / 3)]
    assert attention(50) == pytest.approx(1 / log2(51))
    assert attention(51) == attention(None) == 0.0
    assert expected([(0.5, 1), (0.25, 3), (0.25, None)]) == 0.625


def test_moves_are_told_by_how_much_attention_they_bring_or_cost() -> None:
    before: PlaceByKeyword = {"a": 1, "b": 9, "c": 5, "d": 9, "e": None}
    after: PlaceByKeyword = {"a": 3, "b": 1, "c": 5, "d": 7, "e": 60}
    weights = {"d": 0.2, "c": 0.2, "a": 0.2, "b": 0.15, "e": 0.1}
    # a loses 0.2 × 0.5, b wins 0.15 × 0.70, d wins 0.2 × 0.03, e nothing
    assert moved(before, after, weights) == (
        ("b", 9, 1), ("a", 1, 3), ("d", 9, 7), ("e", None, 60),
    )  # fmt: skip


class SavedItems:
    """A ranker by rule: a keyword stands first where the title has it, third where tags do."""

    wording: Callable[[str], str] = staticmethod(lambda keyword: keyword)

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def evaluate(self, draft: Note, keywords: Sequence[str]) -> PlaceByKeyword:
        self.asked.append(tuple(keywords))
        return {word: self._place(draft, word) for word in keywords}

    def touched(self, one: Note, other: Note, keywords: Sequence[str]) -> list[str]:
        return [w for w in keywords if self._place(one, w) != self._place(other, w)]

    def _place(self, draft: Note, word: str) -> int | None:
        return 1 if word in draft.title else 3 if word in draft.tags else None


def advised(draft: Note, most: int, **weights: float) -> list[Advice]:
    return advise(draft, weights, SavedItems(), reader(), most)


def test_the_best_edit_comes_first_and_the_next_is_on_top_of_it() -> None:
    first, second = advised(Note("d", title="防晒"), 3, 早八=0.3, 通勤=0.5, 防晒=0.2)
    assert (first.field, first.after, first.gain) == ("title", "通勤｜防晒", pytest.approx(0.5))
    assert first.moves == (("通勤", None, 1),)
    assert second.draft.title.startswith("通勤")
    assert (second.field, second.gain) == ("tags", pytest.approx(0.15))
    assert second.draft.tags == ("早八",)


def test_nothing_is_advised_where_nothing_gains() -> None:
    assert advised(Note("d", title="通勤"), 3, 通勤=1.0) == []
    assert advised(Note("d", title="通勤"), 0, 早八=1.0) == []


def test_progress_is_told_edit_by_edit() -> None:
    told: list[float] = []
    advise(Note("d"), {"早八": 1.0}, SavedItems(), reader(), 4, told.append)
    assert told == [0.25, 0.5]  # the second round finds nothing more


def test_what_moves_an_edit_moves_not_is_not_ranked_before_the_end() -> None:
    """Each edit is tried on the keywords that it touches; only the best few on all."""
    saved = SavedItems()
    advise(Note("d", title="防晒"), {"早八": 0.4, "通勤": 0.4, "防晒": 0.2}, saved, reader(), 1)
    assert saved.asked[0] == ("早八", "通勤", "防晒")
    assert {len(words) for words in saved.asked} == {0, 1, 3}  # a first line touches nothing here


def test_of_many_edits_the_best_is_found() -> None:
    """Seven keywords, two edits that gain for each; six go into the last round."""
    weights = {"早八": 0.1, "通勤": 0.1, "换季": 0.1, "露营": 0.3, "周末": 0.15, "熬夜": 0.1,
               "旅行": 0.15}  # fmt: skip
    (best,) = advised(Note("d", title="防晒"), 1, **weights)
    assert (best.after, best.gain) == ("露营｜防晒", pytest.approx(0.3))


def test_edits_are_made_for_the_twelve_keywords_with_most_to_win() -> None:
    words = ["早八", "通勤", "换季", "露营", "军训", "约会", "婚礼", "出差", "加班", "健身", "徒步",
             "野餐", "年会", "面试"]  # fmt: skip
    weights = {word: 0.05 + 0.001 * at for at, word in enumerate(words)}
    saved = SavedItems()
    advise(Note("d", title="面试"), weights, saved, reader(), 1)  # the heaviest stands first
    tried = {asked[0] for asked in saved.asked if len(asked) == 1}
    assert tried
    assert tried <= set(words[1:13])  # and the lightest is not among the twelve
