"""Sets after the user's hand, by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.errors import BadOption
from engine.insight.distinct import Distinctness
from engine.insight.keyword_set import Keyword, KeywordSet, Provenance
from engine.insight.kinds import Kinds
from engine.insight.portrait import Portrait
from engine.insight.sets import Edits, decided, differences, edited
from tests.insight.library import reader

FROM = Provenance(
    traits=(("what.interests", "面霜", 4), ("who.traits", "油皮", 2), ("a", "b", 1), ("c", "d", 1)),
    said=False, notes=5, affine=9, library=7, distinct=Distinctness(0.1, 2.34, 4.0), topic="",
    together=(), searches=None, bag="", questions=(), parts=(), raw=0.5,
)  # fmt: skip
KINDS = Kinds(reader().segmenter)


def known(**weights: float) -> KeywordSet:
    words = tuple(Keyword(w, "core", "know", n, FROM, ()) for w, n in weights.items())
    return KeywordSet(Portrait("p"), words, (), 9, (), (("旧", "不要"),))


def weights(found: KeywordSet) -> dict[str, float]:
    return {one.keyword: one.weight for one in found.keywords}


def test_what_nobody_fixed_shares_what_is_left() -> None:
    found = edited(known(面霜=0.5, 精华=0.3, 防晒=0.2), Edits({"防晒": 0.5}), KINDS, 9)
    assert weights(found) == pytest.approx({"防晒": 0.5, "面霜": 0.3125, "精华": 0.1875})
    assert [one.keyword for one in found.keywords] == ["防晒", "面霜", "精华"]


def test_all_fixed_are_scaled_to_one() -> None:
    found = edited(known(面霜=0.5, 精华=0.5), Edits({"面霜": 0.3, "精华": 0.1}), KINDS, 9)
    assert weights(found) == pytest.approx({"面霜": 0.75, "精华": 0.25})


def test_a_dropped_word_goes_and_is_named_a_new_one_comes_with_its_kind() -> None:
    edits = Edits({"早八": 0.2}, {"精华": 0.3}, ("面霜",))
    found = edited(known(面霜=0.5, 精华=0.3, 防晒=0.2), edits, KINDS, 9)
    assert weights(found) == pytest.approx({"防晒": 0.5, "精华": 0.3, "早八": 0.2})
    assert found.left_out == (("旧", "不要"), ("面霜", "用户删除"))
    by = {one.keyword: one for one in found.keywords}
    assert (by["早八"].kind, by["早八"].locked, by["早八"].examples) == ("scene", False, ())
    assert by["早八"].provenance.notes == by["早八"].provenance.raw == 0
    assert by["精华"].locked
    assert not by["防晒"].locked


def test_a_dropped_word_is_not_fixed_again() -> None:
    found = edited(known(面霜=0.5, 精华=0.5), Edits({"面霜": 0.4}, {}, ("面霜",)), KINDS, 9)
    assert weights(found) == {"精华": 1.0}


def test_fixed_words_come_before_others_when_not_all_fit() -> None:
    found = edited(known(面霜=0.5, 精华=0.3, 防晒=0.2), Edits({"防晒": 0.1}), KINDS, 2)
    assert weights(found) == pytest.approx({"面霜": 0.9, "防晒": 0.1})


@pytest.mark.parametrize(("one", "two"), [(0.7, 0.4), (0.5, 0.5)])
def test_fixed_weights_must_leave_something(one: float, two: float) -> None:
    with pytest.raises(BadOption, match=f"fixed weights sum to {one + two:.3f}"):
        edited(known(面霜=0.5, 精华=0.3, 防晒=0.2), Edits({"面霜": one, "精华": two}), KINDS, 9)


def test_one_in_all_is_right_when_all_are_fixed() -> None:
    found = edited(known(面霜=0.5, 精华=0.5), Edits({"面霜": 0.6, "精华": 0.4}), KINDS, 9)
    assert weights(found) == pytest.approx({"面霜": 0.6, "精华": 0.4})


# --- decisions ---------------------------------------------------------------------------------


def test_a_lock_keeps_the_weight_that_was_given_or_is_there() -> None:
    edits = decided(known(面霜=0.5, 精华=0.5), Edits({"精华": 0.2}), lock=("面霜", "精华"))
    assert edits == Edits({"精华": 0.2}, {"面霜": 0.5, "精华": 0.2})


def test_dropping_takes_weights_back_and_freeing_takes_all_back() -> None:
    before = Edits({"面霜": 0.2, "SK-II": 0.1}, {"精华": 0.3}, ("防晒",))
    assert decided(known(面霜=1.0), before, drop=("面霜", "sk-ii", "防晒")) == Edits(
        {}, {"精华": 0.3}, ("防晒", "面霜", "sk-ii")
    )
    assert decided(known(面霜=1.0), before, free=("面霜", "精华", "防晒")) == Edits({"SK-II": 0.1})


def test_a_weight_is_kept_by_the_set_s_own_spelling() -> None:
    edits = decided(known(**{"SK-II": 1.0}), Edits(), weigh={"sk-ii": 0.2, "新词": 0.1})
    assert edits.weights == {"SK-II": 0.2, "新词": 0.1}


@pytest.mark.parametrize("weight", [0.0, 1.0, -0.1, 1.5])
def test_a_weight_is_a_share(weight: float) -> None:
    with pytest.raises(BadOption, match="between 0 and 1"):
        decided(known(面霜=1.0), Edits(), weigh={"面霜": weight})


def test_decisions_survive_a_file() -> None:
    edits = Edits({"a": 0.1}, {"b": 0.2}, ("c",))
    assert Edits.of(edits.table()) == edits


def test_differences_are_named_the_largest_first() -> None:
    before = {"a": 0.5, "b": 0.2, "c": 0.2, "d": 0.1}
    after = {"a": 0.2, "b": 0.35, "c": 0.2 + 1e-12, "e": 0.4}
    assert differences(before, after) == [
        ("e", "added", None, 0.4), ("a", "lighter", 0.5, 0.2), ("b", "heavier", 0.2, 0.35),
        ("d", "removed", 0.1, None),
    ]  # fmt: skip


# --- one line for a table ----------------------------------------------------------------------


def test_a_sentence_says_each_thing_once_and_only_what_is_there() -> None:
    assert FROM.sentence() == (
        "来自 面霜 4 篇、油皮 2 篇、b 1 篇 · 相关笔记 5/9，全库 7，z 2.3"
    )  # fmt: skip
    full = replace(
        FROM, said=True, topic="护肤", together=("精华", "防晒"), searches=57_890, bag="核心词",
        questions=("a", "b"),
    )  # fmt: skip
    assert full.sentence() == (
        "画像原词（what.interests） · 来自 面霜 4 篇、油皮 2 篇、b 1 篇"
        " · 相关笔记 5/9，全库 7，z 2.3 · 话题 护肤 · 同现 精华、防晒"
        " · 聚光月搜 57,890（核心词） · 评论提问 2 条"
    )
    assert replace(FROM, searches=0, traits=()).sentence() == (
        "相关笔记 5/9，全库 7，z 2.3 · 聚光月搜 0"
    )  # fmt: skip
