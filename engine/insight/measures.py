"""A ranking against judgments -> one number from 0 to 1.

All take note ids best first, each once, and the grades of one query; a note without a grade
counts as 0, a grade above 0 as relevant. Where nothing is relevant the value is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log2

Ranking = Sequence[str]
Grades = Mapping[str, int]


def ndcg(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Discounted cumulative gain of the first `cut` over that of the best possible `cut`.

    Gain is the grade itself, as in trec_eval (not 2^grade - 1), discount log2(place + 1); the
    ideal is cut at the same place: Järvelin & Kekäläinen, ACM TOIS 20(4), 2002.
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:cut])
    return _dcg(_grades(ranking, grades, cut)) / ideal if ideal else 0.0


def mrr(ranking: Ranking, grades: Grades, cut: int) -> float:
    """One over the place of the first relevant note; 0 when it stands behind `cut`."""
    found = _relevant(ranking, grades, cut)
    return next((1 / place for place, hit in enumerate(found, 1) if hit), 0.0)


def recall(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Share of all relevant notes that stand among the first `cut`."""
    return _over(sum(_relevant(ranking, grades, cut)), _known(grades))


def precision(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Relevant notes among the first `cut`, over `cut` even when the ranking is shorter."""
    return _over(sum(_relevant(ranking, grades, cut)), cut)


def average_precision(ranking: Ranking, grades: Grades, cut: int) -> float:
    """Precision at the place of each relevant note, summed, over all relevant notes."""
    found, total = 0, 0.0
    for place, hit in enumerate(_relevant(ranking, grades, cut), 1):
        if hit:
            found += 1
            total += found / place
    return _over(total, _known(grades))


def err(ranking: Ranking, grades: Grades, cut: int, highest: int) -> float:
    """Expected reciprocal rank: 1/place where a reader going down stops, satisfied.

    A note satisfies with probability (2^grade - 1) / 2^highest, `highest` being the best grade of
    the whole set of judgments: Chapelle et al., CIKM 2009.
    """
    value, still_reading = 0.0, 1.0
    for place, grade in enumerate(_grades(ranking, grades, cut), 1):
        stops = (2**grade - 1) / 2**highest
        value += still_reading * stops / place
        still_reading *= 1 - stops
    return value


def _grades(ranking: Ranking, grades: Grades, cut: int) -> list[int]:
    """Grades from the first place to `cut`; below 0 (junk in TREC) counts as 0."""
    return [max(0, grades.get(note_id, 0)) for note_id in ranking[:cut]]


def _dcg(grades: Iterable[int]) -> float:
    return sum(max(0, grade) / log2(place + 1) for place, grade in enumerate(grades, 1))


def _relevant(ranking: Ranking, grades: Grades, cut: int) -> list[bool]:
    return [grade > 0 for grade in _grades(ranking, grades, cut)]


def _known(grades: Grades) -> int:
    return sum(grade > 0 for grade in grades.values())


def _over(part: float, whole: int) -> float:
    return part / whole if whole else 0.0
