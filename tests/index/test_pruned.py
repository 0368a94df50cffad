"""The pruned search leaves out nothing: the same notes, scores and order as looking at all."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.index.embedded import EmbeddedIndex
from engine.index.embedded.bits import packed
from engine.index.hits import Batch
from engine.index.protocol import Scoring
from engine.model import Clause, Document, Filter, Query, Signals
from tests.index.contract import exhaustive, search

TERMS = 400
SCORINGS = [
    Scoring(),
    Scoring(title=0, tags=0),
    Scoring(k1=0.0),
    Scoring(k1=8.0, b=0.0),
    Scoring(b=1.0, title=0.01, tags=50.0),
]


def text(dice: random.Random, most: int, skew: float) -> tuple[str, ...]:
    """Terms by a steep law, with bursts: what makes bounds loose and ties common."""
    terms = [f"t{int(TERMS * dice.random() ** skew):03d}" for _ in range(dice.randint(0, most))]
    return tuple(terms + terms[:1] * dice.choice([0, 0, 0, 3, 40]))


def library(seed: int, notes: int, most: int = 30) -> list[Document]:
    dice = random.Random(seed)
    skew = dice.choice([2.0, 3.0])
    return [
        Document(
            f"n{dice.getrandbits(24):06x}{number}",
            text(dice, 4, skew),
            text(dice, 3, skew),
            text(dice, most, skew),
            Signals(published=number),
        )
        for number in range(notes)
    ]


def ask(dice: random.Random, **known: object) -> Query:
    terms = [f"t{int(TERMS * dice.random() ** 3):03d}" for _ in range(dice.randint(1, 6))]
    clauses = tuple(Clause(t, t, dice.choice([1.0, 0.6, 0.8, 1e-6])) for t in dict.fromkeys(terms))
    return Query(" ".join(terms), clauses, **known)  # type: ignore[arg-type]


def ranked(scores: dict[str, float], limit: int) -> list[tuple[str, float]]:
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return best[:limit]


def found(index: EmbeddedIndex, query: Query, scoring: Scoring, limit: int) -> list[object]:
    hits = search(index, query, scoring, limit)
    return list(zip(hits.note_ids, hits.bm25.tolist(), strict=True))


@pytest.fixture(scope="module", params=[1, 3])
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[EmbeddedIndex, list[Document]]:
    """Several windows, lists with bitmaps and lists without, in one segment or in three."""
    documents = library(request.param, 12_000)
    index = EmbeddedIndex(tmp_path_factory.mktemp("large"), "test")
    sizes = [12_000] if request.param == 1 else [8_500, 2_500, 1_000]
    begin = 0
    for version, size in enumerate(sizes, 1):
        index.apply(documents[begin : begin + size], [], version)
        begin += size
    return index, documents


def test_the_large_library_has_what_it_tests(large: tuple[EmbeddedIndex, list[Document]]) -> None:
    segment = large[0].snapshot().readers[0].segment
    assert segment.documents > 2 * 4096
    lists = [len(segment.column(f"body.{name}_terms")) for name in ("bitmap", "window")]
    assert 10 < lists[0] < lists[1] - 5 < len(segment.vocabulary) - 20


def test_the_best_are_the_best_of_all(large: tuple[EmbeddedIndex, list[Document]]) -> None:
    index, documents = large
    dice = random.Random(9)
    for number in range(40):
        query, scoring = ask(dice), SCORINGS[number % len(SCORINGS)]
        scores = exhaustive(documents, query, scoring)
        for limit in (1, 10, 100, 1000, 20_000):
            assert found(index, query, scoring, limit) == ranked(scores, limit), (query, limit)
        assert search(index, query, scoring, 10).total == len(scores)


@pytest.mark.parametrize("share", [0.002, 0.04, 0.5])
def test_filters_take_nothing_from_those_they_let_pass(
    large: tuple[EmbeddedIndex, list[Document]], share: float
) -> None:
    index, documents = large
    dice = random.Random(10)
    for _ in range(8):
        since = int(len(documents) * (1 - share))
        query = ask(dice, filter=Filter(since=since))
        scores = exhaustive(documents, query, SCORINGS[0])
        allowed = {d.note_id for d in documents if (d.signals.published or 0) >= since}
        passing = {note_id: score for note_id, score in scores.items() if note_id in allowed}
        for limit in (1, 10, 500):
            assert found(index, query, SCORINGS[0], limit) == ranked(passing, limit)


def test_many_queries_at_once_give_what_each_gives_alone(
    large: tuple[EmbeddedIndex, list[Document]],
) -> None:
    index, _ = large
    dice = random.Random(11)
    queries = [ask(dice) for _ in range(200)]
    snapshot = index.snapshot()
    for workers in (1, 2, 3):
        together = snapshot.best_of_many(queries, snapshot.scorer(SCORINGS[0]), 10, workers)
        for query, many in zip(queries, together, strict=True):
            alone = snapshot.best(query, SCORINGS[0], 10)
            for one, other in zip(alone, many, strict=True):
                assert one.tolist() == other.tolist()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**9), st.integers(1, 400), st.integers(1, 3), st.integers(1, 50))
def test_any_history_gives_the_best_of_what_is_alive(
    seed: int, notes: int, rounds: int, limit: int
) -> None:
    import tempfile

    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedIndex(Path(folder), "test")
        alive: dict[str, Document] = {}
        for version in range(1, rounds + 1):
            fresh = library(dice.getrandbits(30), dice.randint(1, notes), 8)
            again = [d for d in alive.values() if dice.random() < 0.2]
            dead = [note_id for note_id in alive if dice.random() < 0.3]
            update = [*fresh, *(Document(d.note_id, d.body, (), d.title) for d in again)]
            index.apply(update, [i for i in dead if i not in {d.note_id for d in update}], version)
            for note_id in dead:
                alive.pop(note_id)
            alive |= {document.note_id: document for document in update}
        for _ in range(3):
            query, scoring = ask(dice), dice.choice(SCORINGS)
            scores = exhaustive(list(alive.values()), query, scoring)
            assert found(index, query, scoring, limit) == ranked(scores, limit)


# --- edges -------------------------------------------------------------------------------------


def test_sums_that_float64_cannot_hold_in_any_order_are_summed_again(tmp_path: Path) -> None:
    """A word in every note has an idf near 0: beside it a rare word spans more than 53 bits."""
    dice = random.Random(13)
    documents = [
        Document(f"n{n:05d}", body=("der",) * dice.randint(1, 60) + ("tag",) * (n % 7 == 0))
        for n in range(5000)
    ]
    index = EmbeddedIndex(tmp_path, "test")
    index.apply(documents, [], 1)
    clauses = (Clause("der", "der", 1e-9), Clause("tag", "tag", 1.0))
    for order in (clauses, clauses[::-1]):
        query = Query("", order)
        scores = exhaustive(documents, query, Scoring())
        assert found(index, query, Scoring(), 800) == ranked(scores, 800)


def test_ties_go_by_note_id_across_segments(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path, "test")
    names = [f"{n:x}" for n in range(500)]
    random.Random(14).shuffle(names)
    for version, begin in enumerate(range(0, 500, 100), 1):
        batch = [Document(name, body=("x",)) for name in names[begin : begin + 100]]
        index.apply(batch, [], version)
    query = Query("", (Clause("x", "x"),))
    assert search(index, query, Scoring(), 30).note_ids == sorted(names)[:30]


def test_a_batch_is_the_documents_it_was_made_of() -> None:
    documents = library(15, 50)
    assert list(Batch.of(documents)) == documents


def test_bitmaps_have_a_bit_a_document() -> None:
    for size in (0, 1, 63, 64, 65, 1000):
        mask = np.random.default_rng(size).random(size) < 0.3
        words = packed(mask)
        bits = [bool(words[n // 64] >> np.uint64(n % 64) & np.uint64(1)) for n in range(size)]
        assert bits == mask.tolist()
