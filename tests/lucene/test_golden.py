"""engine.bm25 gives every note the very float32 that Lucene gives it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.bm25 import (
    average_length,
    clause_weight,
    encode_length,
    idf,
    length_factors,
    term_scores,
)
from engine.model import FIELDS, Document
from tests.lucene.generate import texts
from tests.lucene.golden import HERE, TIE, GoldenQuery, load_fixture, load_golden

NOTES = load_fixture()
GOLDEN = load_golden()
JARS = sorted(
    str(jar)
    for part in ("core", "analyzers-common")
    for jar in Path("/usr/share/java").glob(f"lucene-{part}-8*.jar")
)


# --- a scorer that looks at every note ---------------------------------------------------------


def term_column(query: GoldenQuery, field: str, boost: float, clause: int) -> NDArray[np.float32]:
    term, weight = query.clauses[clause]
    column = [getattr(note, field) for note in NOTES]
    tf = np.array([terms.count(term) for terms in column])
    lengths = np.array([len(terms) for terms in column])
    notes, having = int(np.count_nonzero(lengths)), int(np.count_nonzero(tf))
    factors = length_factors(query.k1, query.b, average_length(int(lengths.sum()), notes))
    by = clause_weight(weight, boost, idf(notes, having))
    return term_scores(by, tf, encode_length(lengths), factors)


def total(parts: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The sum in double, then float32."""
    whole: NDArray[np.float64] = np.sum(parts, axis=0, dtype=np.float64)
    return whole.astype(np.float32)


def field_scores(query: GoldenQuery, field: str, boost: float) -> NDArray[np.float32]:
    return total([term_column(query, field, boost, at) for at in range(len(query.clauses))])


def flat_sum(query: GoldenQuery) -> NDArray[np.float32]:
    ats = range(len(query.clauses))
    return total([term_column(query, *field, at) for field in query.fields for at in ats])


def best_field(query: GoldenQuery) -> NDArray[np.float32]:
    fields = np.array([field_scores(query, *field) for field in query.fields], dtype=np.float64)
    best = fields.max(axis=0)
    rest = fields.sum(axis=0) - best
    whole: NDArray[np.float64] = best + rest * np.float64(np.float32(TIE))
    return whole.astype(np.float32)


def scores(query: GoldenQuery) -> dict[str, np.float32]:
    column = best_field(query) if query.mode == "dis_max" else flat_sum(query)
    pairs = zip(NOTES, column, strict=True)
    return {note.note_id: score for note, score in pairs if score > 0}


def bits(found: Mapping[str, np.float32]) -> dict[str, int]:
    return {note_id: int(score.view(np.int32)) for note_id, score in found.items()}


# --- equality ----------------------------------------------------------------------------------


@pytest.mark.parametrize("query", GOLDEN, ids=str)
def test_every_hit_has_the_float32_of_lucene_bit_for_bit(query: GoldenQuery) -> None:
    assert bits(scores(query)) == bits(query.expected)


def test_the_order_is_the_same_with_ties_by_note_id() -> None:
    for query in GOLDEN:
        found = scores(query)
        assert sorted(found, key=lambda note_id: (-found[note_id], note_id)) == list(query.expected)


def test_the_check_can_fail_another_k1_gives_other_scores() -> None:
    query = next(query for query in GOLDEN if query.expected)
    assert scores(replace(query, k1=query.k1 + 0.01)) != query.expected


# --- what the data covers ----------------------------------------------------------------------


def test_the_golden_queries_cover_one_field_flat_sums_and_the_best_field() -> None:
    kinds = {(query.mode, len(query.fields), len(query.clauses) > 1) for query in GOLDEN}
    assert kinds >= {("sum", 1, False), ("sum", 1, True), ("sum", 3, False), ("sum", 3, True)}
    assert kinds >= {("dis_max", 3, False), ("dis_max", 3, True)}
    assert {query.k1 for query in GOLDEN} >= {1.5, 1.2}
    assert any(weight < 1 for query in GOLDEN for _, weight in query.clauses)
    assert any(not query.expected for query in GOLDEN)


def test_the_notes_need_byte_lengths_and_lack_fields_now_and_then() -> None:
    lengths = {len(note.body) for note in NOTES}
    assert min(lengths - {0}) == 1
    assert max(lengths) > 1000
    assert sum(length > 40 for length in lengths) > 50
    assert all(any(not getattr(note, field) for note in NOTES) for field in FIELDS)


def test_notes_with_the_same_text_tie() -> None:
    twins: dict[Document, list[str]] = {}
    for note in NOTES:
        twins.setdefault(replace(note, note_id=""), []).append(note.note_id)
    same = next(ids for ids in twins.values() if len(ids) > 1)
    hit = next(query.expected for query in GOLDEN if same[0] in query.expected)
    assert len({float(hit[note_id]) for note_id in same}) == 1


def test_the_notes_and_queries_are_what_their_script_writes() -> None:
    for name, text in texts().items():
        assert (HERE / name).read_text(encoding="utf-8") == text


# --- the real Lucene ---------------------------------------------------------------------------


def missing() -> str:
    """What this machine lacks to run Lucene; "" when nothing."""
    lacking = [] if shutil.which("javac") else ["a JDK (default-jdk-headless)"]
    lacking += [] if len(JARS) == 2 else ["Lucene 8 (liblucene8-java)"]
    return " and ".join(lacking)


@pytest.mark.slow
def test_lucene_still_gives_the_golden_scores_byte_for_byte() -> None:
    if lacking := missing():
        reason = f"needs {lacking}: apt-get install it"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    command = ["java", "-cp", os.pathsep.join(JARS), str(HERE / "GoldenScores.java"), str(HERE)]
    printed = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
    assert printed == (HERE / "golden.jsonl").read_bytes()
