"""Kernels give the same bits interpreted and compiled, and are compiled when it pays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import kernels
from engine.index.embedded.index import EmbeddedIndex
from engine.index.protocol import Scoring
from engine.kernels import Kernel, array_at, first_one, kernel, ones, part
from engine.model import Clause, Document, Filter, Kind, Query, Signals
from engine.ranking.spread import spread, stand
from engine.text.cut import analysis, trie
from engine.text.lexicon import load
from engine.text.segment import Segmenter

ROOT = Path(__file__).parents[1]
ALPHABET = "敏感肌面霜防曬早C晚A SK-II神仙水，。\n①ＯＯＴＤ😀#油皮[话题]0.5%的了和"


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(load())


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test before has decided."""
    monkeypatch.setattr(kernels, "_most_interpreted", 20_000)


@pytest.fixture
def interpreting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in this test is interpreted, also what was compiled before."""

    def call(self: Kernel, *arguments: Any) -> Any:
        with np.errstate(over="ignore"):
            return self.interpreted(*arguments)

    monkeypatch.setattr(Kernel, "__call__", call)


@kernel(work=len)
def total(numbers: Any) -> Any:
    found = 0
    for number in numbers:
        found += doubled(number, 0)
    return found


@part
def doubled(number: Any, more: Any) -> Any:
    return 2 * number + more


@kernel()
def several(numbers: Any) -> Any:
    return doubled(numbers[0], 0) + doubled(1, numbers[1]) + doubled(len(numbers), numbers[0])


@kernel()
def looked(address: Any, size: Any) -> Any:
    found = np.uint64(0)
    for word in array_at(address, (size,), np.uint64):
        found = found * np.uint64(100) + ones(word) + first_one(word)
    return found


def fresh() -> Kernel:
    return Kernel(total.function, len)


def test_little_work_is_interpreted_and_much_is_compiled() -> None:
    summed = fresh()
    assert summed(np.arange(10)) == 90
    assert summed._compiled is None
    assert summed(np.arange(30_000)) == 30_000 * 29_999
    assert summed._compiled is not None
    assert summed(np.arange(10)) == 90


def test_much_little_work_is_compiled_in_the_end() -> None:
    summed = fresh()
    for _ in range(21):
        assert summed(np.arange(1000)) == 999_000
    assert summed._compiled is not None


def test_a_long_process_compiles_at_once() -> None:
    kernels.compile_always()
    summed = fresh()
    assert summed(np.arange(3)) == 6
    assert summed._compiled is not None


def test_constants_and_short_integers_make_no_version_of_their_own() -> None:
    uncached = kernels._numba().njit(**kernels._OPTIONS)(several._resolved())
    assert uncached(np.array([3, 4], np.int32)) == 6 + 6 + 7
    assert len(doubled.part().signatures) == 1


def test_instructions_are_the_same_in_both_ways() -> None:
    words = np.array([1, 6, 1 << 63, (1 << 64) - 1], np.uint64)

    address = words.__array_interface__["data"][0]
    assert looked.interpreted(address, 4) == looked.compiled(address, 4) == 1_036_464


TEXTS = st.lists(st.text(st.sampled_from(ALPHABET), max_size=30), min_size=1, max_size=4)


@settings(max_examples=60)
@given(texts=TEXTS, mode=st.sampled_from([analysis.PLAIN, analysis.TERMS]))
def test_texts_are_cut_alike(segmenter: Segmenter, texts: list[str], mode: int) -> None:
    text, bounds = trie.flat(texts)
    found = []
    for way in ("interpreted", "compiled"):
        with np.errstate(over="ignore"):
            longest = getattr(analysis.longest, way)
            folding = segmenter._lexis.folding
            room = analysis.room(int(longest(folding.one, folding.starts, text, bounds)))
            rows = analysis.rows(2 * len(text) + 64, len(texts), numbered=False)
            analyse = getattr(analysis.analyse, way)
            done = analyse(
                segmenter._lexis, segmenter._phrases, segmenter._terms.table,
                room, text, bounds, 0, mode, rows,
            )  # fmt: skip
        assert done == len(texts)
        kept = analysis.cut_to(rows, int(rows.bounds[-1]))
        found.append([column.tolist() for column in kept])
    assert found[0] == found[1]


def documents(count: int) -> list[Document]:
    """Notes of few words, so that lists are long and scores are tied."""
    dice = np.random.default_rng(3)
    words = np.array(list("甲乙丙丁戊己庚辛"))
    made = []
    kind: Kind
    for number in range(count):
        title, tags, body = (
            tuple(words[dice.integers(0, 8, size)]) for size in dice.integers(0, 9, 3)
        )
        kind = "video" if dice.random() < 0.04 else "image"
        made.append(Document(f"n{number:04d}", title, tags, body, signals=Signals(kind=kind)))
    return made


def searched(index: EmbeddedIndex, query: Query, limit: int) -> list[tuple[object, ...]]:
    """Total, ids and the bits of the scores; with and without a count of all."""
    pages = (
        index.snapshot().search_many([query], Scoring(), limit, total=total)[0]
        for total in (True, False)
    )
    return [(page.total, page.note_ids, page.bm25.tobytes()) for page in pages]


QUERIES = [
    Query("甲", (Clause("甲", "甲"),)),
    Query("甲 乙", (Clause("甲", "甲"), Clause("乙", "乙", 0.6), Clause("丙", "丙", 0.1))),
    Query("甲", (Clause("甲", "甲"), Clause("丁", "丁")), filter=Filter(kinds=("video",))),
    Query("戊", (Clause("戊", "戊"), Clause("己", "己")), filter=Filter(kinds=("image",))),
    Query("庚", (Clause("庚", "庚"),), excluded=(("辛",),)),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.text)
@pytest.mark.parametrize("limit", [1, 10, 400])
def test_pages_are_alike(
    tmp_path: Path,
    query: Query,
    limit: int,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kernels, "_most_interpreted", -1)
    index = EmbeddedIndex(tmp_path / "index", "test")
    notes = documents(900)
    index.apply(notes[:600], [], 1)
    index.apply(notes[500:], ["n0003"], 2)
    compiled = searched(index, query, limit)
    request.getfixturevalue("interpreting")
    interpreted = searched(EmbeddedIndex(tmp_path / "index", "test"), query, limit)
    assert interpreted == compiled
    assert compiled[0][0]


@pytest.mark.parametrize("limit", [1, 10, 400])
def test_pages_of_many_queries_are_alike(
    tmp_path: Path, limit: int, request: pytest.FixtureRequest
) -> None:
    index = EmbeddedIndex(tmp_path / "index", "test")
    index.apply(documents(900), [], 1)
    state, scoring = index.snapshot(), Scoring()
    scorer = state.scorer(scoring)
    many = [Query(word, (Clause(word, word), Clause("甲", "甲", 0.5))) for word in "乙丙丁戊己庚"]
    compiled = state.best_of_many(many, scorer, limit)
    request.getfixturevalue("interpreting")
    interpreted = state.best_of_many(many, scorer, limit)
    for one, other in zip(compiled, interpreted, strict=True):
        assert 0 < len(one.scores) <= limit
        for column, same in zip(one, other, strict=True):
            assert column.tobytes() == same.tobytes()


@given(
    authors=st.lists(st.integers(0, 4), max_size=40),
    most=st.integers(1, 3),
    places=st.integers(0, 45),
)
def test_authors_are_spread_alike(authors: list[int], most: int, places: int) -> None:
    numbers = np.array(authors, np.int64)
    scores = np.arange(len(authors), 0, -1).astype(float)
    ties = np.arange(len(authors))
    columns = scores, ties, numbers, np.arange(len(authors))
    own = len(authors) // 2, 2, -1
    compiled = spread(numbers, most, places), stand(columns, len(authors) / 2, own, most)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kernel, "__call__", lambda self, *given: self.interpreted(*given))
        interpreted = spread(numbers, most, places), stand(columns, len(authors) / 2, own, most)
    assert compiled[0][0].tolist() == interpreted[0][0].tolist()
    assert compiled[0][1] == interpreted[0][1]
    assert compiled[1] == interpreted[1]


_COMPILING = """
import numpy as np
from engine import kernels
from engine.text.cut import trie
kernels.compile_always()
made = trie.empty(16)
print(trie.insert_all(made, ["敏感", "敏感肌"]).tolist())
"""


def test_the_line_about_compiling_comes_once_a_machine(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(tmp_path / "kernels"),
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    lines = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", _COMPILING],
            env=environment, capture_output=True, text=True, encoding="utf-8", check=True,
        )  # fmt: skip
        assert done.stdout == "[2, 3]\n"
        lines.append(done.stderr)
        for file in (tmp_path / "kernels").rglob("*.nbi"):  # compiled anew, but not said again
            file.unlink()
    assert "once on this machine" in lines[0]
    assert lines[1] == ""
