"""Compares two backends on the same sampled queries: how far their scores agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.index.protocol import IndexSnapshot, Scoring
from engine.model import Clause, Query

MOST_NOTES = 20_000  # the reference holds every term of every note in memory
NEAR = 1e-5  # relative: the reference adds up in another order and precision
_QUERIES = 50


@dataclass(frozen=True, slots=True)
class Comparison:
    """`largest_difference` is relative, of all scores compared, and `query` where it is;
    infinite where one backend has a note that the other has not."""

    queries: int
    scores: int
    largest_difference: float
    query: str

    @property
    def equal(self) -> bool:
        return self.largest_difference <= NEAR


def compare(index: IndexSnapshot, reference: IndexSnapshot, scoring: Scoring) -> Comparison:
    """Compares every score of queries that are sampled from the words of `index`."""
    queries = list(sampled(index.vocabulary()))
    scores, worst, where = 0, 0.0, ""
    for query in queries:
        mine, theirs = (_scores(state, query, scoring) for state in (index, reference))
        scores += len(theirs)
        difference = max((_apart(mine, theirs, note) for note in {*mine, *theirs}), default=0.0)
        if difference > worst:
            worst, where = difference, query.text
    return Comparison(len(queries), scores, worst, where)


def sampled(vocabulary: Iterable[tuple[str, int]]) -> Iterator[Query]:
    """Terms and pairs of terms, from the most frequent to the rarest; the same each time."""
    terms = [term for term, _ in sorted(vocabulary, key=lambda row: (-row[1], row[0]))]
    ranks = [round(len(terms) ** (step / _QUERIES)) - 1 for step in range(_QUERIES)]
    for number, rank in enumerate(ranks[: len(terms)]):
        words = [terms[rank]]
        if number % 2:
            words.append(terms[(rank + number) % len(terms)])
        clauses = tuple(Clause(word, word) for word in dict.fromkeys(words))
        yield Query(" ".join(words), clauses)


def _scores(snapshot: IndexSnapshot, query: Query, scoring: Scoring) -> dict[str, float]:
    (hits,) = snapshot.search_many([query], scoring, MOST_NOTES)
    return dict(zip(hits.note_ids, hits.bm25.tolist(), strict=True))


def _apart(mine: dict[str, float], theirs: dict[str, float], note: str) -> float:
    if note not in mine or note not in theirs:
        return float("inf")
    return abs(mine[note] - theirs[note]) / abs(theirs[note])
