"""Lucene's BM25 held to its known steps and to what every such formula must promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bm25 import (
    LENGTHS,
    average_length,
    clause_weight,
    encode_length,
    idf,
    length_factors,
    term_scores,
)

LONGEST = 2**31 - 1
KEPT = [(0, 0), (1, 1), (24, 24), (39, 39), (40, 40), (41, 40), (42, 42), (47, 46), (48, 48)]
KEPT += [(55, 54), (56, 56), (63, 60), (64, 64), (100, 96), (500, 472), (1000, 984)]
lengths = st.integers(0, LONGEST)
counts = st.integers(1, 10_000)
some_k1 = st.floats(0, 10, width=32)
some_b = st.floats(0, 1, width=32)


def score(tf: int, length: int, k1: float = 1.5, b: float = 0.75, average: float = 50.0) -> float:
    factors = length_factors(k1, b, average)
    code = encode_length(np.array([length]))
    return float(term_scores(np.float32(2), np.array([tf]), code, factors)[0])


# --- lengths -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "kept"), KEPT)
def test_a_byte_keeps_the_known_step_of_a_length(length: int, kept: int) -> None:
    assert LENGTHS[encode_length(length)] == kept


def test_every_code_decodes_to_a_length_that_encodes_to_it() -> None:
    exact = LENGTHS[:240].astype(np.int64)  # float32 rounds the steps above 100 million
    assert encode_length(exact).tolist() == list(range(240))


def test_the_longest_length_has_the_last_code() -> None:
    assert int(encode_length(LONGEST)) == 255


def test_a_code_is_one_byte_in_the_shape_given() -> None:
    codes = encode_length(np.array([[1, 50], [100, 1000]]))
    assert codes.dtype == np.uint8
    assert codes.shape == (2, 2)
    assert LENGTHS.dtype == np.float32


def test_nobody_can_write_into_the_table() -> None:
    with pytest.raises(ValueError, match="read-only"):
        LENGTHS[3] = 4


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        encode_length(np.array([3, -1]))


@given(st.integers(0, 100_000_000))
def test_a_length_is_rounded_down_by_less_than_an_eighth(length: int) -> None:
    kept = float(LENGTHS[encode_length(length)])
    assert length * 7 / 8 < kept <= length or length == kept == 0


@given(lengths, lengths)
def test_a_longer_note_never_has_a_smaller_code(one: int, other: int) -> None:
    short, long = sorted((one, other))
    assert encode_length(short) <= encode_length(long)


@given(st.lists(lengths))
def test_lengths_together_are_coded_as_one_by_one(many: list[int]) -> None:
    assert encode_length(np.array(many, dtype=np.int64)).tolist() == [
        int(encode_length(length)) for length in many
    ]


# --- statistics --------------------------------------------------------------------------------


def test_a_term_in_one_of_two_notes_has_the_idf_of_lucene() -> None:
    assert idf(2, 1) == np.float32(math.log(2.0))
    assert idf(1, 1) == np.float32(math.log(4 / 3))
    assert isinstance(idf(2, 1), np.float32)


@given(st.integers(1, LONGEST), st.data())
def test_idf_is_always_above_zero(notes: int, data: st.DataObject) -> None:
    assert idf(notes, data.draw(st.integers(0, notes))) > 0


@given(st.integers(2, 100_000), st.data())
def test_a_rarer_term_never_weighs_less(notes: int, data: st.DataObject) -> None:
    having = data.draw(st.integers(1, notes - 1))
    assert idf(notes, having) >= idf(notes, having + 1)


@pytest.mark.parametrize(("notes", "having"), [(0, 0), (3, 4), (3, -1)])
def test_impossible_statistics_are_refused(notes: int, having: int) -> None:
    with pytest.raises(ValueError, match="cannot have a term"):
        idf(notes, having)


def test_the_average_is_one_float32() -> None:
    assert average_length(10, 3) == np.float32(10 / 3)
    assert isinstance(average_length(10, 3), np.float32)


# --- scores ------------------------------------------------------------------------------------


def test_a_score_by_hand() -> None:
    """Length 50 at an average of 50: factor 1/1.5; tf 3 -> 2 - 2 / (1 + 3/1.5) = 4/3."""
    assert score(3, 50) == pytest.approx(4 / 3, rel=1e-6)


def test_a_term_that_is_not_there_scores_zero_whatever_the_parameters() -> None:
    assert [score(0, 50), score(0, 0, b=1.0), score(0, 50, k1=0.0)] == [0, 0, 0]


def test_with_k1_zero_only_presence_counts() -> None:
    assert [score(1, 50, k1=0.0), score(9, 500, k1=0.0)] == [2, 2]


def test_with_b_zero_length_does_not_count() -> None:
    assert score(2, 5, b=0.0) == score(2, 5000, b=0.0)


def test_boosts_are_multiplied_in_float32_before_the_idf() -> None:
    rarity = np.float32(0.7)
    boost = np.float32(np.float32(3.0) * np.float32(0.8))
    assert clause_weight(0.8, 3.0, rarity) == np.float32(boost * rarity)
    assert isinstance(clause_weight(0.8, 3.0, rarity), np.float32)


def test_scores_and_factors_are_float32() -> None:
    factors = length_factors(1.5, 0.75, 12.5)
    scores = term_scores(np.float32(1), np.array([1, 2]), encode_length([3, 4]), factors)
    assert factors.dtype == np.float32
    assert factors.shape == (256,)
    assert scores.dtype == np.float32


@given(counts, counts, lengths, some_k1, some_b)
def test_more_occurrences_never_score_less(
    one: int, other: int, length: int, k1: float, b: float
) -> None:
    few, many = sorted((one, other))
    assert score(few, length, k1, b) <= score(many, length, k1, b)


@given(counts, st.integers(1, LONGEST), st.integers(1, LONGEST), some_k1, some_b)
def test_a_longer_note_never_scores_more(
    tf: int, one: int, other: int, k1: float, b: float
) -> None:
    short, long = sorted((one, other))
    assert score(tf, long, k1, b) <= score(tf, short, k1, b)


@given(counts, lengths, some_k1, some_b)
def test_a_score_stays_between_zero_and_the_weight(
    tf: int, length: int, k1: float, b: float
) -> None:
    assert 0 <= score(tf, length, k1, b) <= 2


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 5000)), min_size=1), some_k1, some_b)
def test_notes_together_score_as_one_by_one(
    notes: list[tuple[int, int]], k1: float, b: float
) -> None:
    tf, length = np.array(notes, dtype=np.int64).T
    together = term_scores(
        np.float32(2), tf, encode_length(length), length_factors(k1, b, average=50.0)
    )
    assert together.tolist() == [score(count, size, k1, b) for count, size in notes]
