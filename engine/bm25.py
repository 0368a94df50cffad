"""Lucene's BM25: numbers in, numbers out.

The formula is that of Lucene 8 and later (`BM25Similarity`, without the constant k1 + 1), after
Robertson & Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009):

    score = weight - weight / (1 + tf * factor)          weight = boost * idf
    factor = 1 / (k1 * ((1 - b) + b * length / average))

Scores have no unit; lengths are counted in terms. Everything is float32 in Lucene's order of
operations, and a length is what one byte keeps of it, so that scores equal Lucene's bit for bit.
The score of a note is the sum over its clauses **in double, then rounded to float32 once**: add
the float32 scores of `term_scores` into float64. N and the average length of a field count only
the notes that have the field.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

EXACT = 24  # from here on Lucene spends four significant bits and an exponent on a length
CEILING = np.float32(2.0**100)  # stands for Lucene's infinity, so that 0 * factor is 0


# --- lengths in one byte -----------------------------------------------------------------------


def _decode(code: int) -> int:
    """Lucene's `SmallFloat.byte4ToInt`: the smallest length that has this code."""
    if code < EXACT:
        return code
    exponent, mantissa = divmod(code - EXACT, 8)
    return EXACT + (mantissa if exponent == 0 else (mantissa + 8) << (exponent - 1))


_STEPS = np.array([_decode(code) for code in range(256)], dtype=np.int64)
LENGTHS: NDArray[np.float32] = _STEPS.astype(np.float32)  # code -> length in terms
LENGTHS.flags.writeable = False


def encode_length(length: ArrayLike) -> NDArray[np.uint8]:
    """Lengths in terms -> codes of one byte, rounded down to a step: exact to 40, then coarser.

    Takes an integer or an array of any shape, gives that shape. Lucene's
    `SmallFloat.intToByte4`. ValueError when a length is negative.
    """
    lengths = np.asarray(length, dtype=np.int64)
    if (lengths < 0).any():
        raise ValueError("a length in terms is never negative")
    return np.asarray(np.searchsorted(_STEPS, lengths, side="right") - 1).astype(np.uint8)


# --- statistics of a field ---------------------------------------------------------------------


def idf(notes: int, having: int) -> np.float32:
    """ln(1 + (N - n + 0.5) / (n + 0.5)), always above 0; in double, then float32.

    `notes` is N, those that have the field, at least 1; `having` is n, those of them that have
    the term in it, 0 to N. ValueError outside.
    """
    if not 0 <= having <= notes or notes == 0:
        raise ValueError(f"{having} of {notes} notes cannot have a term")
    return np.float32(math.log(1 + (notes - having + 0.5) / (having + 0.5)))


def average_length(total_terms: int, notes: int) -> np.float32:
    """Mean true length in terms over the notes (at least 1) that have the field."""
    return np.float32(total_terms / notes)


def length_factors(k1: float, b: float, average: float | np.float32) -> NDArray[np.float32]:
    """For each code of a length, shape (256,), the factor of tf: small for long notes.

    `average` is `average_length` of the field, in terms, above 0.
    """
    k, share, one = np.float32(k1), np.float32(b), np.float32(1)
    norm = k * ((one - share) + share * LENGTHS / np.float32(average))
    with np.errstate(divide="ignore", over="ignore"):
        factors: NDArray[np.float32] = np.minimum(one / norm, CEILING)
    return factors


# --- scores ------------------------------------------------------------------------------------


def clause_weight(boost: float | np.float32, field_boost: float, idf: np.float32) -> np.float32:
    """Weight of a term in a field: both boosts as float32, multiplied first, then by idf."""
    return np.float32(np.float32(field_boost) * np.float32(boost) * idf)


def term_scores(
    weight: np.float32,
    tf: NDArray[np.integer] | NDArray[np.float32],
    codes: NDArray[np.uint8],
    factors: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Scores of one term in one field, 0 where tf is 0; the shape of `tf` and `codes`.

    `tf` counts the term in each note, `codes` are the notes' lengths in that field
    (`encode_length`), `factors` come from `length_factors`.
    """
    one, by_weight = np.float32(1), np.float32(weight)
    return by_weight - by_weight / (one + tf.astype(np.float32) * factors[codes])
