"""The protocol's own values: scoring parameters, filters, hits as columns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.errors import BadOption
from engine.index.hits import MISSING, DocColumns, Hits
from engine.index.protocol import Scoring, passes, words_of
from engine.model import Clause, Filter, Query, Signals


@pytest.mark.parametrize(
    "parameters", [{"k1": -1}, {"k1": math.inf}, {"k1": math.nan}, {"b": 1.1}, {"b": math.nan}]
)
def test_parameters_out_of_range_are_refused_with_the_cure(parameters: dict[str, float]) -> None:
    with pytest.raises(BadOption, match="give a number"):
        Scoring(**parameters)


def test_fields_without_boost_do_not_count() -> None:
    assert Scoring(tags=0).boosts() == (("title", 3.0), ("body", 1.0))


def test_a_list_of_a_filter_means_any_of_it_and_all_lists_must_agree() -> None:
    known = Signals(kind="video", tags=("护肤",), brands=("岚屿",), published=10)
    assert passes(known, Filter(kinds=("image", "video"), tags=("护肤",)))
    assert not passes(known, Filter(kinds=("video",), tags=("美食",)))


def test_a_note_without_a_date_passes_no_time_filter() -> None:
    assert passes(Signals(), Filter())
    assert not passes(Signals(), Filter(since=0))
    assert passes(Signals(published=5), Filter(since=5, until=6))
    assert not passes(Signals(published=6), Filter(since=5, until=6))


def test_taking_rows_keeps_columns_together_and_the_total() -> None:
    signals = [Signals(likes=1, author="a"), Signals(author="b"), Signals(likes=3, author="c")]
    hits = Hits(np.array([3, 2, 1], np.float32), DocColumns.of(["x", "y", "z"], signals), 9)
    taken = hits.take([2, 1])
    assert (taken.note_ids, taken.total) == (["z", "y"], 9)
    assert [taken.columns.author(row) for row in range(2)] == ["c", "b"]
    assert taken.columns.likes.tolist() == [3, MISSING]
    assert taken.bm25.tolist() == [1.0, 2.0]


def test_a_word_of_a_query_is_itself_and_its_aliases_but_no_bigram() -> None:
    clauses = (
        Clause("sk2", "sk2"),
        Clause("sk-ii", "sk2", 0.8, "SK2 = SK-II"),
        Clause("肌面", "肌面", 0.5, "bigram"),
    )
    assert words_of(Query("", clauses)) == {"sk2": ["sk2", "sk-ii"]}
