"""Scores of an index are held against the reference, and a wrong one is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.index import compare
from engine.index.embedded import EmbeddedIndex
from engine.index.hits import Hits
from engine.index.protocol import Scoring
from engine.index.reference import ReferenceIndex
from engine.model import Document, Query


class Changed:
    """A backend whose answers are changed on the way."""

    def __init__(self, index: EmbeddedIndex, factor: float, dropped: int) -> None:
        self._index, self._factor, self._dropped = index, factor, dropped

    def search(self, query: Query, scoring: Scoring, limit: int) -> Hits:
        hits = self._index.search(query, scoring, limit - 1)
        bm25 = hits.bm25.copy()
        bm25[-1:] *= np.float32(self._factor)
        kept = slice(self._dropped, None)
        return replace(hits, note_ids=hits.note_ids[kept], bm25=bm25[kept])


def documents() -> list[Document]:
    words = ["面霜", "敏感肌", "换季", "保湿", "通勤", "防晒", "露营", "咖啡"]
    return [
        Document(f"n{number:03d}", (words[number % 8],), (), tuple(words[: number % 7 + 1]))
        for number in range(60)
    ]


@pytest.fixture
def index(tmp_path: Path) -> EmbeddedIndex:
    made = EmbeddedIndex(tmp_path / "index", "test")
    made.update(documents(), (), 1)
    return made


@pytest.fixture
def reference() -> ReferenceIndex:
    made = ReferenceIndex()
    made.update(documents(), (), 1)
    return made


def test_the_index_agrees_with_the_reference(
    index: EmbeddedIndex, reference: ReferenceIndex
) -> None:
    found = compare.compare(index, reference, Scoring(), index.vocabulary())
    assert found.equal
    assert found.queries == 8
    assert found.scores > 100
    assert 0 < found.largest_difference < compare.NEAR


def test_a_score_that_is_off_is_found_with_its_words(
    index: EmbeddedIndex, reference: ReferenceIndex
) -> None:
    wrong = Changed(index, 1.001, 0)
    found = compare.compare(wrong, reference, Scoring(), index.vocabulary())
    assert not found.equal
    assert found.largest_difference == pytest.approx(0.001, rel=0.01)
    assert found.query


def test_a_note_that_is_not_found_is_a_difference(
    index: EmbeddedIndex, reference: ReferenceIndex
) -> None:
    wrong = Changed(index, 1, 1)
    found = compare.compare(wrong, reference, Scoring(), index.vocabulary())
    assert found.largest_difference == float("inf")


def test_the_sample_has_frequent_and_rare_words_alone_and_in_pairs() -> None:
    vocabulary = [(f"t{number:04d}", 5000 - number) for number in range(5000)]
    queries = list(compare.sampled(reversed(vocabulary)))
    assert [query.text for query in queries] == [q.text for q in compare.sampled(vocabulary)]
    assert len(queries) == 50
    assert queries[0].text == "t0000"
    assert {len(query.clauses) for query in queries} == {1, 2}
    assert any(query.text.startswith("t4") for query in queries)


def test_an_empty_index_has_nothing_to_compare(tmp_path: Path) -> None:
    found = compare.compare(
        EmbeddedIndex(tmp_path / "index", "test"), ReferenceIndex(), Scoring(), ()
    )
    assert found == compare.Comparison(0, 0, 0.0, "")
