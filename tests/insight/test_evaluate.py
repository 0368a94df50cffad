"""Rankings of judged queries measured and compared."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.errors import BadInput, BadOption
from engine.insight.evaluate import (
    BATCH,
    USUAL,
    Evaluation,
    Measure,
    compare,
    depth,
    evaluate,
    parse_measure,
)

QUERIES = {"q2": "防晒", "q1": "油皮 面霜", "q3": "露营"}
QRELS = {"q1": {"a": 2, "b": 1}, "q2": {"c": 1}, "q9": {"a": 1}}
PAGES = {"油皮 面霜": ["b", "a"], "防晒": ["a", "c"], "露营": ["c"]}


def rank(texts: Sequence[str]) -> list[list[str]]:
    return [PAGES[text] for text in texts]


def seeded() -> np.random.Generator:
    return np.random.default_rng(7)


def one_measure(*values: float) -> Evaluation:
    ids = tuple(f"q{number}" for number in range(len(values)))
    return Evaluation(ids, {"p@1": values})


# --- one ranking -------------------------------------------------------------------------------


def test_each_judged_query_has_its_value_and_the_measure_its_mean() -> None:
    found = evaluate(rank, QUERIES, QRELS, ["mrr@10", "p@1"])
    assert found.query_ids == ("q1", "q2")
    assert found.values == {"mrr@10": (1.0, 0.5), "p@1": (1.0, 0.0)}
    assert found.means == {"mrr@10": 0.75, "p@1": 0.5}


def test_queries_without_judgments_and_judgments_without_query_are_counted() -> None:
    found = evaluate(rank, QUERIES, QRELS)
    assert (found.unjudged, found.unasked) == (1, 1)


def test_the_usual_measures_stand_in_their_order() -> None:
    assert tuple(evaluate(rank, QUERIES, QRELS).values) == USUAL


def test_err_takes_the_best_grade_of_all_judgments() -> None:
    found = evaluate(rank, QUERIES, {**QRELS, "q9": {"z": 3}}, ["err@10"])
    assert found.values["err@10"][1] == pytest.approx((1 / 8) / 2)


def test_a_query_judged_without_anything_relevant_counts_as_zero() -> None:
    found = evaluate(rank, QUERIES, {"q1": {"a": 0}, "q2": {"c": 1}}, ["ndcg@10", "err@10"])
    assert found.values["ndcg@10"][0] == found.values["err@10"][0] == 0


def test_only_judged_queries_are_ranked_and_in_batches() -> None:
    sizes = []

    def counting(texts: Sequence[str]) -> list[list[str]]:
        sizes.append(len(texts))
        return [[] for _ in texts]

    queries = {f"q{number}": "防晒" for number in range(BATCH + 3)}
    evaluate(counting, queries | {"unjudged": "露营"}, {query: {"a": 1} for query in queries})
    assert sizes == [BATCH, 3]


def test_files_that_share_no_query_are_refused_with_the_cure() -> None:
    with pytest.raises(BadInput, match="same ids"):
        evaluate(rank, {"1": "防晒"}, {"q1": {"a": 1}})


def test_a_ranking_that_repeats_a_note_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        evaluate(lambda texts: [["a", "a"] for _ in texts], QUERIES, QRELS)


def test_a_ranking_for_each_query_is_demanded() -> None:
    with pytest.raises(ValueError, match="1 rankings for 2 queries"):
        evaluate(lambda texts: [["a"]], QUERIES, QRELS)


# --- measures by name --------------------------------------------------------------------------


def test_a_name_is_a_measure_and_a_depth() -> None:
    assert parse_measure("ndcg@10") == Measure("ndcg", 10)


@pytest.mark.parametrize(
    "name", ["ndcg", "ndcg@0", "ndcg@-1", "f1@10", "NDCG@10", "p@10001", "p@１０", "p@5 ", ""]
)
def test_an_unknown_measure_is_refused_with_those_there_are(name: str) -> None:
    with pytest.raises(BadOption, match="err, map, mrr, ndcg, p, recall"):
        evaluate(rank, QUERIES, QRELS, [name])


def test_the_deepest_measure_says_how_deep_to_rank() -> None:
    assert (depth(USUAL), depth(["p@5"]), depth([])) == (100, 5, 0)


# --- two rankings ------------------------------------------------------------------------------


def test_equal_rankings_differ_by_nothing() -> None:
    same = one_measure(0.1, 0.7, 0.3)
    (row,) = compare(same, same, seeded(), rounds=200)
    assert (row.difference, row.low, row.high, row.p_value) == (0, 0, 0, 1)
    assert (row.wins, row.ties, row.losses) == (0, 3, 0)


def test_wins_ties_and_losses_are_those_of_the_second() -> None:
    (row,) = compare(one_measure(0.5, 0.5, 0.5, 1), one_measure(1, 0.5, 0, 0), seeded(), 200)
    assert (row.wins, row.ties, row.losses) == (1, 1, 2)
    assert row.difference == pytest.approx(-0.25)
    assert row.measure == "p@1"


def test_a_gain_on_every_query_is_hardly_chance() -> None:
    (row,) = compare(one_measure(*[0.2] * 20), one_measure(*[0.5] * 20), seeded(), 2000)
    assert row.low == row.high == pytest.approx(0.3)
    assert row.p_value == 1 / 2001


def test_the_p_value_of_three_queries_is_that_of_their_eight_signs() -> None:
    """Of the eight sums of ±1 ±2 ±3 two are as extreme as 6."""
    (row,) = compare(one_measure(0, 0, 0), one_measure(0.1, 0.2, 0.3), seeded(), 20_000)
    assert row.p_value == pytest.approx(2 / 8, abs=0.01)


def test_the_interval_is_about_two_standard_errors_wide() -> None:
    gains = seeded().normal(0.1, 0.2, 400)
    (row,) = compare(one_measure(*[0.0] * 400), one_measure(*gains), seeded(), 2000)
    error = gains.std() / 20
    assert row.low == pytest.approx(row.difference - 1.96 * error, abs=0.2 * error)
    assert row.high == pytest.approx(row.difference + 1.96 * error, abs=0.2 * error)


def test_the_same_seed_gives_the_same_rows() -> None:
    first, second = one_measure(0.1, 0.4, 0.9, 0.2), one_measure(0.3, 0.2, 0.9, 0.8)
    assert compare(first, second, seeded(), 300) == compare(first, second, seeded(), 300)


def test_each_measure_has_a_row() -> None:
    found = evaluate(rank, QUERIES, QRELS)
    assert [row.measure for row in compare(found, found, seeded(), 10)] == list(USUAL)


def test_other_queries_or_measures_cannot_be_compared() -> None:
    with pytest.raises(BadInput, match="same files and measures"):
        compare(one_measure(1, 0), one_measure(1), seeded())
    with pytest.raises(BadInput, match="same files and measures"):
        compare(one_measure(1), Evaluation(("q0",), {"mrr@1": (1.0,)}), seeded())


def test_a_comparison_needs_a_round() -> None:
    with pytest.raises(BadOption, match="rounds is 0"):
        compare(one_measure(1), one_measure(0), seeded(), rounds=0)


def test_queries_stand_in_the_order_of_their_ids() -> None:
    ids = [f"q{number:02d}" for number in range(40)]
    texts = dict.fromkeys(reversed(ids), "防晒")
    judged = {query_id: {"a": 1} for query_id in ids}
    assert evaluate(rank, texts, judged).query_ids == tuple(ids)
