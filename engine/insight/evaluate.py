"""Measures how good a ranking of judged queries is, and whether another is better."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, BadOption
from engine.insight.measures import (
    Grades,
    Ranking,
    average_precision,
    err,
    mrr,
    ndcg,
    precision,
    recall,
)

MEASURES: Mapping[str, Callable[[Ranking, Grades, int], float]] = {
    "map": average_precision,
    "mrr": mrr,
    "ndcg": ndcg,
    "p": precision,
    "recall": recall,
}
USUAL = ("ndcg@10", "mrr@10", "recall@100", "p@10", "err@10")
_MAX_DEPTH = 10_000
BATCH = 256  # queries ranked in one call

Rank = Callable[[Sequence[str]], Sequence[Sequence[str]]]
Qrels = Mapping[str, Grades]


# --- one ranking -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Values from 0 to 1 for each judged query, in the order of `query_ids`, by measure.

    `unjudged` counts queries without judgment, `unasked` judgments without query; both are left
    out.
    """

    query_ids: tuple[str, ...]
    values: Mapping[str, tuple[float, ...]]
    unjudged: int = 0
    unasked: int = 0

    @property
    def means(self) -> dict[str, float]:
        return {name: sum(column) / len(column) for name, column in self.values.items()}


def evaluate(
    rank: Rank,
    queries: Mapping[str, str],
    qrels: Qrels,
    measures: Sequence[str] = USUAL,
) -> Evaluation:
    """Ranks the texts of the judged queries and measures each ranking.

    `rank` takes a batch of query texts and returns note ids for each, best first and each id once;
    it should go as deep as `depth(measures)`. Raises BadOption for an unknown measure, BadInput
    when no query is judged, ValueError when `rank` repeats a note or returns too few rankings.
    """
    parsed = {name: parse_measure(name) for name in measures}
    judged_ids = sorted(queries.keys() & qrels.keys())
    if not judged_ids:
        raise BadInput("no query has a judgment", "give queries and judgments with the same ids")
    highest = max((grade for grades in qrels.values() for grade in grades.values()), default=0)
    rows = [
        [_value(measure, ranking, qrels[query_id], highest) for measure in parsed.values()]
        for query_id, ranking in zip(judged_ids, _rankings(rank, queries, judged_ids), strict=True)
    ]
    values = dict(zip(parsed, zip(*rows, strict=True), strict=True))
    unjudged, unasked = len(queries) - len(judged_ids), len(qrels) - len(judged_ids)
    return Evaluation(tuple(judged_ids), values, unjudged, unasked)


def _rankings(
    rank: Rank, queries: Mapping[str, str], query_ids: Sequence[str]
) -> Iterator[Ranking]:
    for start in range(0, len(query_ids), BATCH):
        texts = [queries[query_id] for query_id in query_ids[start : start + BATCH]]
        for ranking in _ranked(rank, texts):
            if len(set(ranking)) < len(ranking):
                raise ValueError("a ranking gives a note twice")
            yield ranking


def _ranked(rank: Rank, texts: Sequence[str]) -> Sequence[Ranking]:
    rankings = rank(texts)
    if len(rankings) != len(texts):
        raise ValueError(f"{len(rankings)} rankings for {len(texts)} queries")
    return rankings


# --- measures by name --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and the number of places that it reads."""

    name: str
    cut: int


def parse_measure(text: str) -> Measure:
    """Parses `ndcg@10` into a Measure. Raises BadOption for an unknown measure."""
    names = sorted({*MEASURES, "err"})
    match = re.fullmatch(r"([a-z]+)@([1-9][0-9]{0,4})", text)
    if not match or match[1] not in names or int(match[2]) > _MAX_DEPTH:
        cure = f"give one of {', '.join(names)} and a depth to {_MAX_DEPTH}, for example ndcg@10"
        raise BadOption(f"no measure is called {text}", cure)
    return Measure(match[1], int(match[2]))


def depth(measures: Sequence[str]) -> int:
    """The number of places that the measures read."""
    return max((parse_measure(name).cut for name in measures), default=0)


def _value(measure: Measure, ranking: Ranking, grades: Grades, highest: int) -> float:
    if measure.name == "err":
        return err(ranking, grades, measure.cut, highest)
    return MEASURES[measure.name](ranking, grades, measure.cut)


# --- two rankings ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the second ranking differs from the first by one measure, over the same queries.

    `difference` of the means (second - first) with its 95 % interval `low` to `high`; `p_value` is
    the chance of a difference at least as large, either way, if the rankings were the same. `wins`,
    `ties`, `losses` count queries.
    """

    measure: str
    difference: float
    low: float
    high: float
    p_value: float
    wins: int
    ties: int
    losses: int


def compare(
    first: Evaluation, second: Evaluation, random: np.random.Generator, rounds: int = 10_000
) -> list[Comparison]:
    """Compares two rankings pairwise by each measure, in the order of `first`; advances `random`.

    The interval is a percentile bootstrap over queries, the p-value a two-sided randomisation test
    by sign flips, (1 + as extreme) / (1 + rounds): Smucker, Allan & Carterette, CIKM 2007. Raises
    BadInput when queries or measures differ, BadOption when `rounds` is below 1.
    """
    if first.query_ids != second.query_ids or first.values.keys() != second.values.keys():
        problem = "the two rankings were not evaluated on the same queries and measures"
        raise BadInput(problem, "evaluate both with the same files and measures")
    if rounds < 1:
        raise BadOption(f"rounds is {rounds}", "give 1 or more, for example 10000")
    return [
        _comparison(name, np.subtract(second.values[name], column), random, rounds)
        for name, column in first.values.items()
    ]


def _comparison(
    name: str, differences: NDArray[np.float64], random: np.random.Generator, rounds: int
) -> Comparison:
    low, high = _interval(differences, random, rounds)
    return Comparison(
        measure=name,
        difference=float(differences.mean()),
        low=low,
        high=high,
        p_value=_p_value(differences, random, rounds),
        wins=int(np.count_nonzero(differences > 0)),
        ties=int(np.count_nonzero(differences == 0)),
        losses=int(np.count_nonzero(differences < 0)),
    )


def _interval(
    differences: NDArray[np.float64], random: np.random.Generator, rounds: int
) -> tuple[float, float]:
    size = len(differences)
    means = [differences[random.integers(size, size=size)].mean() for _ in range(rounds)]
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def _p_value(differences: NDArray[np.float64], random: np.random.Generator, rounds: int) -> float:
    observed = (
        abs(differences.sum()) - 1e-9
    )  # the same numbers in another order count as equally extreme
    flipped = (
        abs(random.choice((-1.0, 1.0), size=len(differences)) @ differences) for _ in range(rounds)
    )
    return (1 + sum(bool(total >= observed) for total in flipped)) / (1 + rounds)
