"""Each measure by hand, and what holds for every ranking."""

from __future__ import annotations

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.insight.measures import average_precision, err, mrr, ndcg, precision, recall

GRADES = {"面霜": 3, "精华": 1, "防晒": 2, "口红": 0, "广告": -1}
RANKING = ["口红", "防晒", "咖啡", "面霜"]

notes = st.sampled_from("abcdefghij")
rankings = st.lists(notes, unique=True)
judged = st.dictionaries(notes, st.integers(-1, 4))
cuts = st.integers(1, 12)


def test_ndcg_takes_the_grade_as_gain_and_the_log_of_the_place_as_discount() -> None:
    best = 3 + 2 / log2(3) + 1 / 2
    assert ndcg(RANKING, GRADES, 10) == pytest.approx((2 / log2(3) + 3 / log2(5)) / best)


def test_ndcg_cuts_the_ideal_where_it_cuts_the_ranking() -> None:
    assert ndcg(["面霜"], GRADES, 1) == 1
    assert ndcg(RANKING, GRADES, 2) == pytest.approx((2 / log2(3)) / (3 + 2 / log2(3)))


def test_mrr_is_one_over_the_place_of_the_first_relevant_note() -> None:
    assert mrr(RANKING, GRADES, 10) == 1 / 2
    assert mrr(RANKING, GRADES, 1) == 0


def test_recall_is_the_share_of_all_relevant_notes() -> None:
    assert [recall(RANKING, GRADES, cut) for cut in (1, 2, 10)] == [0, 1 / 3, 2 / 3]


def test_precision_divides_by_the_cut_even_for_a_short_ranking() -> None:
    assert [precision(RANKING, GRADES, cut) for cut in (2, 4, 10)] == [1 / 2, 1 / 2, 1 / 5]


def test_average_precision_by_hand() -> None:
    assert average_precision(RANKING, GRADES, 100) == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert average_precision(RANKING, GRADES, 3) == pytest.approx((1 / 2) / 3)


def test_err_weighs_each_place_by_who_is_still_reading() -> None:
    good, best = 3 / 8, 7 / 8
    expected = good / 2 + (1 - good) * best / 4
    assert err(RANKING, GRADES, 10, highest=3) == pytest.approx(expected)


def test_err_knows_the_best_grade_of_the_whole_set() -> None:
    assert err(["a"], {"a": 1}, 10, highest=1) == 1 / 2
    assert err(["a"], {"a": 1}, 10, highest=4) == 1 / 16


def test_junk_counts_like_an_unjudged_note() -> None:
    with_junk, without = ["广告", "面霜"], ["没有", "面霜"]
    for measure in (ndcg, mrr, recall, precision, average_precision):
        assert measure(with_junk, GRADES, 5) == measure(without, GRADES, 5)
    assert err(with_junk, GRADES, 5, 3) == err(without, GRADES, 5, 3)


@given(rankings, judged, cuts)
def test_every_measure_stays_from_zero_to_one(
    ranking: list[str], grades: dict[str, int], cut: int
) -> None:
    for measure in (ndcg, mrr, recall, precision, average_precision):
        assert 0 <= measure(ranking, grades, cut) <= 1
    assert 0 <= err(ranking, grades, cut, highest=4) <= 1


@given(judged, cuts)
def test_the_perfect_ranking_has_an_ndcg_of_one(grades: dict[str, int], cut: int) -> None:
    perfect = sorted(grades, key=lambda note: -grades[note])
    assert ndcg(perfect, grades, cut) == (max(grades.values(), default=0) > 0)


@given(rankings, judged, cuts)
def test_a_longer_look_never_lowers_recall_or_err(
    ranking: list[str], grades: dict[str, int], cut: int
) -> None:
    assert recall(ranking, grades, cut) <= recall(ranking, grades, cut + 1)
    assert err(ranking, grades, cut, 4) <= err(ranking, grades, cut + 1, 4)


@given(rankings.filter(lambda ranking: len(ranking) > 1), judged, cuts, st.data())
def test_moving_the_better_of_two_notes_up_never_lowers_ndcg(
    ranking: list[str], grades: dict[str, int], cut: int, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(ranking) - 2))
    pair = sorted(ranking[at : at + 2], key=lambda note: -grades.get(note, 0))
    better = ranking[:at] + pair + ranking[at + 2 :]
    assert ndcg(better, grades, cut) >= ndcg(ranking, grades, cut) - 1e-12
