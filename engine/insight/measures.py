"""Measures a ranking against judgments; each measure returns a number from 0 to 1.

All take note ids best first, each once, and the grades of one query. A note without a grade counts
as 0; a grade above 0 is relevant. The value is 0 where nothing is relevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

Ranking = Sequence[str]
Grades = Mapping[str, int]


def ndcg(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Discounted cumulative gain of the first `cut` places over that of the best possible `cut`
    places.

    Gain is the grade itself, as in trec_eval (not 2^grade - 1), discount log2(place + 1); the ideal
    is cut at the same place: Järvelin & Kekäläinen, ACM TOIS 20(4), 2002.
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:cut])
    return _dcg(_grades(ranking, grades, cut)) / ideal if ideal else 0.0


def mrr(ranking: Ranking, grades: Grades, cut: int) -> float:
    """1 / place of the first relevant note; 0 when it stands behind `cut`."""
    relevant = _relevant(ranking, grades, cut)
    return next((1 / place for place, hit in enumerate(relevant, 1) if hit), 0.0)


def recall(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Share of all relevant notes that stand among the first `cut`."""
    return _ratio(sum(_relevant(ranking, grades, cut)), _relevant_count(grades))


def precision(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Relevant notes among the first `cut`, divided by `cut` even for a shorter ranking."""
    return _ratio(sum(_relevant(ranking, grades, cut)), cut)


def average_precision(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Sum of the precision at each relevant note's place, divided by all relevant notes."""
    relevant_so_far, total = 0, 0.0
    for place, hit in enumerate(_relevant(ranking, grades, cut), 1):
        if hit:
            relevant_so_far += 1
            total += relevant_so_far / place
    return _ratio(total, _relevant_count(grades))


def err(ranking: Ranking, grades: Grades, cut: int, highest: int) -> float:
    """Expected reciprocal rank: the mean of 1 / place where a reader who goes down the page stops,
    satisfied.

    A note satisfies with probability (2^grade - 1) / 2^highest, where `highest` is the best grade
    of the whole set of judgments: Chapelle et al., CIKM 2009.
    """
    value, still_reading = 0.0, 1.0
    for place, grade in enumerate(_grades(ranking, grades, cut), 1):
        stops = (2**grade - 1) / 2**highest
        value += still_reading * stops / place
        still_reading *= 1 - stops
    return value


def _grades(ranking: Ranking, grades: Grades, cut: int) -> list[int]:
    """Grades from the first place to `cut`; a grade below 0 (junk in TREC) counts as 0."""
    return [max(0, grades.get(note_id, 0)) for note_id in ranking[:cut]]


def _dcg(grades: Iterable[int]) -> float:
    return sum(max(0, grade) / log2(place + 1) for place, grade in enumerate(grades, 1))


def _relevant(ranking: Ranking, grades: Grades, cut: int) -> list[bool]:
    return [grade > 0 for grade in _grades(ranking, grades, cut)]


def _relevant_count(grades: Grades) -> int:
    return sum(grade > 0 for grade in grades.values())


def _ratio(part: float, total: int) -> float:
    return part / total if total else 0.0
