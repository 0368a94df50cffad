"""Scores of an index are held against the reference, and a wrong one is found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.index import compare
from engine.index.embedded import EmbeddedIndex
from engine.index.hits import Hits
from engine.index.protocol import IndexSnapshot, Scoring, Statistics
from engine.index.reference import ReferenceIndex, ReferenceSnapshot
from engine.model import Document, Query


class Changed(ReferenceSnapshot):
    """A state whose answers are wrong: the last score is off by a factor, the first are missing."""

    def __init__(self, factor: float, dropped: int) -> None:
        super().__init__({document.note_id: document for document in documents()}, 1, 1)
        self._factor, self._dropped = factor, dropped

    def search_many(
        self,
        queries: Sequence[Query],
        scoring: Scoring,
        limit: int,
        *,
        total: bool = False,
        correction: Statistics | None = None,
    ) -> list[Hits]:
        answers = super().search_many(queries, scoring, limit, total=total, correction=correction)
        for hits in answers:
            hits.bm25[-1:] *= np.float32(self._factor)
        return [hits.take(np.arange(self._dropped, len(hits))) for hits in answers]


def documents() -> list[Document]:
    words = ["面霜", "敏感肌", "换季", "保湿", "通勤", "防晒", "露营", "咖啡"]
    return [
        Document(f"n{number:03d}", (words[number % 8],), (), tuple(words[: number % 7 + 1]))
        for number in range(60)
    ]


@pytest.fixture
def snapshot(tmp_path: Path) -> IndexSnapshot:
    index = EmbeddedIndex(tmp_path / "index", "test")
    index.rebuild([documents()], 1)
    return index.snapshot()


@pytest.fixture
def reference() -> ReferenceSnapshot:
    index = ReferenceIndex()
    index.rebuild([documents()], 1)
    return index.snapshot()


def test_the_index_agrees_with_the_reference(
    snapshot: IndexSnapshot, reference: ReferenceSnapshot
) -> None:
    compared = compare.compare(snapshot, reference, Scoring())
    assert compared.equal
    assert compared.queries == 8
    assert compared.scores > 100
    assert 0 < compared.largest_difference < compare.NEAR


def test_a_score_that_is_off_is_found_with_its_words(snapshot: IndexSnapshot) -> None:
    compared = compare.compare(snapshot, Changed(1.001, 0), Scoring())
    assert not compared.equal
    assert compared.largest_difference == pytest.approx(0.001, rel=0.01)
    assert compared.query


def test_a_note_that_is_not_found_is_a_difference(
    snapshot: IndexSnapshot, reference: ReferenceSnapshot
) -> None:
    for missing in (
        compare.compare(Changed(1, 1), reference, Scoring()),
        compare.compare(snapshot, Changed(1, 1), Scoring()),
    ):
        assert missing.largest_difference == float("inf")


def test_the_sample_has_frequent_and_rare_words_alone_and_in_pairs() -> None:
    vocabulary = [(f"t{number:04d}", 5000 - number) for number in range(5000)]
    queries = list(compare.sampled(reversed(vocabulary)))
    assert [query.text for query in queries] == [q.text for q in compare.sampled(vocabulary)]
    assert len(queries) == 50
    assert queries[0].text == "t0000"
    assert {len(query.clauses) for query in queries} == {1, 2}
    assert any(query.text.startswith("t4") for query in queries)


def test_an_empty_index_has_nothing_to_compare(tmp_path: Path) -> None:
    empty = EmbeddedIndex(tmp_path / "index", "test").snapshot()
    compared = compare.compare(empty, ReferenceIndex().snapshot(), Scoring())
    assert compared == compare.Comparison(0, 0, 0.0, "")
