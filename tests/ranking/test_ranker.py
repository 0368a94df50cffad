"""Many pages at once are the pages that a search shows, place by place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.engine import Engine
from engine.index.hits import DocColumns, Hits
from engine.model import CHINA, Captured, Signals
from engine.ranking.order import arrange, first_places
from engine.ranking.ruleset import PageRules, presets
from tests.insight.library import notes

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("places")
    with Engine.open(folder, create=True) as engine:
        engine.import_rows("corpus", (Captured(n, note) for n, note in enumerate(notes())), NOW)
    return folder


@pytest.fixture(params=presets())
def engine(corpus: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    with Engine.open(corpus, request.param) as opened:
        yield opened


def test_the_places_are_those_of_the_page(engine: Engine) -> None:
    words = [word for word, count in engine.snapshot().index.vocabulary() if count > 2][::23]
    words += ["敏感肌面霜", "SK2 平替", "油皮 粉底液 推荐", "没有这个词呀"]
    places = engine.snapshot(NOW).ranker
    searcher = engine.snapshot(NOW).searcher
    for most in (3, 50):
        for word, rows in zip(words, places.pages(words, most), strict=True):
            found = rows.note_ids
            assert found == searcher.ids(word, most), word


def test_one_page_has_the_scores_of_the_search(engine: Engine) -> None:
    places = engine.snapshot(NOW).ranker
    page = engine.search("敏感肌面霜", now=NOW)
    found = places.page("敏感肌面霜", 10)
    assert found == [(r.note.note_id, r.score) for r in page.results[:10]]


def test_a_deleted_note_leaves_the_places(corpus: Path, tmp_path: Path) -> None:
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_rows("a", (Captured(n, x) for n, x in enumerate(notes()[:80])), NOW)
        before = engine.snapshot(NOW).searcher.ids("面霜", 5)
        engine.delete(before[0])
        places = engine.snapshot(NOW).ranker
        (rows,) = places.pages(["面霜"], 5)
        found = rows.note_ids
        assert found == engine.snapshot(NOW).searcher.ids("面霜", 5)
        assert before[0] not in found


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 60)), min_size=1, max_size=90
    ),
    st.integers(1, 20),
    st.booleans(),
    st.integers(0, 3),
)
@settings(max_examples=150)
def test_first_places_are_the_beginning_of_the_arranged_page(
    rows: list[tuple[int, int, int]], most: int, collapse: bool, same_author: int
) -> None:
    ids = [f"n{number:03d}" for number in range(len(rows))]
    scores = np.array([score for score, _, _ in rows], np.float64)
    signals = [
        Signals(author=f"a{author}" if author else "", cluster=f"c{group}")
        for _, author, group in rows
    ]
    hits = Hits(scores.astype(np.float32), DocColumns.of(ids, signals), len(rows))
    rules = PageRules(collapse_copies=collapse, same_author=same_author)
    whole = arrange(hits, scores, np.ones(len(rows)), "general", rules).rows
    assert first_places(hits, scores, most, rules).tolist() == whole[:most]


def test_ages_do_not_change_what_is_asked_twice(engine: Engine) -> None:
    one = engine.snapshot(NOW).ranker.pages(["面霜"], 20)
    later = NOW + timedelta(seconds=0)
    two = engine.snapshot(later).ranker.pages(["面霜"], 20)
    assert [page.note_ids for page in one] == [page.note_ids for page in two]
