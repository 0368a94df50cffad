"""The order of a page: authors spread over any ten places, copies collapsed, sorts with floors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.index.hits import DocColumns, Hits
from engine.model import SORTS, Signals, Sort
from engine.ranking.order import arrange
from engine.ranking.ruleset import PageRules

AUTHORS = st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f"]), max_size=70)


def spread(authors: list[str], most: int, sort: Sort = "general") -> list[int]:
    """Rows of a page whose notes are given best first."""
    signals = [Signals(author=a, cluster=str(n), likes=-n) for n, a in enumerate(authors)]
    names = [f"n{n:03d}" for n in range(len(authors))]
    hits = Hits(np.ones(len(authors), np.float32), DocColumns.of(names, signals), len(authors))
    scores = np.arange(len(authors), 0, -1).astype(np.float64)
    rules = PageRules(same_author=most)
    return arrange(hits, scores, np.ones(len(authors)), sort, rules).rows


@given(AUTHORS, st.integers(1, 4))
def test_no_note_is_lost_and_an_authors_notes_keep_their_order(
    authors: list[str], most: int
) -> None:
    rows = spread(authors, most)
    assert sorted(rows) == list(range(len(authors)))
    for author in set(authors):
        own = [row for row in rows if authors[row] == author]
        assert own == sorted(own)


@given(AUTHORS, st.integers(1, 4))
def test_an_author_is_too_often_in_ten_places_only_when_nobody_else_is_left(
    authors: list[str], most: int
) -> None:
    rows = spread(authors, most)
    for place, row in enumerate(rows):
        near = [authors[before] for before in rows[max(0, place - 9) : place]]
        if authors[row] and near.count(authors[row]) >= most:
            waiting = {authors[later] for later in rows[place:]}
            assert all(other and near.count(other) >= most for other in waiting)


@given(AUTHORS)
def test_nothing_moves_without_a_limit_or_in_another_sort(authors: list[str]) -> None:
    assert spread(authors, 0) == list(range(len(authors)))
    assert spread(authors, 1, "likes") == list(range(len(authors)))


def test_the_best_note_of_a_pushed_author_opens_the_next_screen() -> None:
    assert spread(["a"] * 3 + ["b", "c", "d", "e"] * 3, 2)[:11] == [0, 1, *range(3, 11), 2]


def test_unknown_authors_are_not_one_author() -> None:
    assert spread([""] * 15, 1) == list(range(15))


@pytest.mark.parametrize(
    ("sort", "rows"),
    [
        ("general", [1, 0, 2, 3]),
        ("latest", [3, 0, 2, 1]),
        ("likes", [2, 1, 3, 0]),
        ("comments", [0, 3, 1, 2]),
        ("collects", [2, 0, 1, 3]),
    ],
)
def test_each_sort_reads_its_own_column(sort: Sort, rows: list[int]) -> None:
    signals = [
        Signals(cluster="0", published=50, likes=None, comments=9, collects=0),
        Signals(cluster="1", published=None, likes=7, comments=None, collects=None),
        Signals(cluster="2", published=50, likes=8, comments=None, collects=1),
        Signals(cluster="3", published=51, likes=0, comments=0, collects=None),
    ]
    hits = Hits(np.ones(4, np.float32), DocColumns.of(["d", "c", "e", "f"], signals), 4)
    scores = np.array([2.0, 3, 1, 1])
    assert arrange(hits, scores, np.ones(4), sort, PageRules()).rows == rows


@pytest.mark.parametrize("sort", SORTS)
def test_ties_go_by_note_id_in_every_sort(sort: Sort) -> None:
    signals = [Signals(cluster=str(n)) for n in range(4)]
    bm25 = np.array([4, 3, 2, 1], np.float32)
    hits = Hits(bm25, DocColumns.of(["b", "d", "a", "c"], signals), 4)
    assert arrange(hits, np.ones(4), np.ones(4), sort, PageRules()).rows == [2, 0, 3, 1]


@pytest.mark.parametrize(("floor", "rows"), [(0.0, [0, 1, 2]), (0.5, [1, 2]), (1.0, [2])])
def test_other_sorts_show_what_holds_enough_of_the_query(floor: float, rows: list[int]) -> None:
    signals = [Signals(cluster=str(n), likes=-n) for n in range(3)]
    hits = Hits(np.ones(3, np.float32), DocColumns.of(["a", "b", "c"], signals), 3)
    covered = np.array([0.49, 0.5, 1.0])
    page = PageRules(sort_floor=floor)
    assert arrange(hits, np.ones(3), covered, "likes", page).rows == rows
    assert arrange(hits, np.ones(3), covered, "general", page).rows == [0, 1, 2]


def test_a_copy_that_the_floor_leaves_out_is_not_counted() -> None:
    signals = [Signals(cluster="x", likes=9), Signals(cluster="x", likes=3)]
    hits = Hits(np.ones(2, np.float32), DocColumns.of(["a", "b"], signals), 2)
    found = arrange(hits, np.ones(2), np.array([0.1, 1.0]), "likes", PageRules())
    assert (found.rows, found.copies) == ([1], {})


def test_collapsed_copies_do_not_use_up_an_authors_places() -> None:
    signals = [Signals(cluster=c, author="a") for c in ("x", "x", "y")]
    signals += [Signals(cluster=f"{n}", author=f"z{n}") for n in range(9)]
    hits = Hits(
        np.ones(12, np.float32), DocColumns.of([f"n{n:02d}" for n in range(12)], signals), 12
    )
    scores = np.arange(12, 0, -1).astype(np.float64)
    found = arrange(hits, scores, np.ones(12), "general", PageRules(same_author=2))
    assert found.rows[:2] == [0, 2]
    assert found.copies == {0: 1}
