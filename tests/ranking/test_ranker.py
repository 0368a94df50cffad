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
from engine.index.hits import signal_columns
from engine.model import CHINA, Captured, Signals
from engine.ranking.order import arrange, first_places
from engine.ranking.ranker import Places
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
    words = [word for word, count in engine.index.vocabulary() if count > 2][::23]
    words += ["敏感肌面霜", "SK2 平替", "油皮 粉底液 推荐", "没有这个词呀"]
    places = Places(engine.index, engine.segmenter, engine.rule_set, NOW)
    searcher = engine.searcher(NOW)
    for most in (3, 50):
        for word, rows in zip(words, places.of(words, most), strict=True):
            found = [places.roster.note_ids[row] for row in rows]
            assert found == searcher.ids(word, most), word


def test_one_page_has_the_scores_of_the_search(engine: Engine) -> None:
    places = Places(engine.index, engine.segmenter, engine.rule_set, NOW)
    page = engine.search("敏感肌面霜", now=NOW)
    found = places.page("敏感肌面霜", 10)
    assert found == [(r.note.note_id, r.score) for r in page.results[:10]]


def test_a_deleted_note_leaves_the_places(corpus: Path, tmp_path: Path) -> None:
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_rows("a", (Captured(n, x) for n, x in enumerate(notes()[:80])), NOW)
        before = engine.searcher(NOW).ids("面霜", 5)
        engine.delete(before[0])
        places = Places(engine.index, engine.segmenter, engine.rule_set, NOW)
        (rows,) = places.of(["面霜"], 5)
        found = [places.roster.note_ids[row] for row in rows]
        assert found == engine.searcher(NOW).ids("面霜", 5)
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
    hits = signal_columns(ids, scores.astype(np.float32), signals, len(rows))
    rules = PageRules(collapse_copies=collapse, same_author=same_author)
    whole = arrange(hits, scores, np.ones(len(rows)), "general", rules).rows
    columns = [np.array(column, np.int64) for column in zip(*rows, strict=True)]
    ties = np.arange(len(rows), dtype=np.int64)
    assert first_places(scores, ties, columns[2], columns[1], most, rules).tolist() == whole[:most]


def test_ages_do_not_change_what_is_asked_twice(engine: Engine) -> None:
    one = Places(engine.index, engine.segmenter, engine.rule_set, NOW).of(["面霜"], 20)
    later = NOW + timedelta(seconds=0)
    two = Places(engine.index, engine.segmenter, engine.rule_set, later).of(["面霜"], 20)
    assert [rows.tolist() for rows in one] == [rows.tolist() for rows in two]
