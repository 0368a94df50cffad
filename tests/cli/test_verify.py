"""verify: bytes, and with --scores the scores beside rank_bm25's."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.engine import Engine
from engine.index import compare
from engine.index.hits import Hits
from engine.index.protocol import Scoring
from engine.index.reference import ReferenceSnapshot
from engine.model import Query
from tests.api.conftest import NOW, rows
from tests.cli.running import noterank


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    with Engine.open(folder, create=True) as engine:
        engine.import_rows("test", rows(), NOW)
    return folder


def test_scores_are_compared_and_counted(library: Path) -> None:
    done = noterank("verify", "--scores", "--json", library=library)
    (row,) = json.loads(done.stdout)["data"]
    assert done.returncode == 0
    assert row["sound"] is True
    assert row["queries"] == 50
    assert row["scores"] > 50
    assert row["largest_difference"] < compare.NEAR
    printed = noterank("verify", "--scores", library=library).stdout.replace("\n", " ")
    assert f"{row['scores']:,} scores of 50 queries are those of rank_bm25" in printed


def test_without_the_option_no_score_is_compared(library: Path) -> None:
    (row,) = json.loads(noterank("verify", "--json", library=library).stdout)["data"]
    assert set(row) == {"notes", "index_files", "sound"}


def test_a_wrong_score_is_refused_with_its_words_and_a_cure(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search_many = ReferenceSnapshot.search_many

    def halved(
        self: ReferenceSnapshot, queries: Sequence[Query], scoring: Scoring, limit: int
    ) -> list[Hits]:
        answers = search_many(self, queries, scoring, limit)
        for hits in answers:
            hits.bm25[-1:] /= 2
        return answers

    monkeypatch.setattr(ReferenceSnapshot, "search_many", halved)
    done = noterank("verify", "--scores", library=library)
    assert done.returncode == 1
    assert "relative difference 1.0e+00 for '" in done.stderr
    assert "noterank rebuild" in done.stderr


def test_a_large_library_is_refused_with_the_limit(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "MOST_NOTES", 10)
    done = noterank("verify", "--scores", library=library)
    assert done.returncode == 1
    assert "at most 10 notes" in done.stderr
    assert "here are 15" in done.stderr
