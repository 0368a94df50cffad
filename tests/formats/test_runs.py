"""Which run a row belongs to, and which place it had."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from engine.formats.runs import Runs
from tests.formats.samples import lines, mediacrawler, notes, read

DAY = "2026-01-01"


def places(*seen: tuple[str, str, str]) -> list[tuple[str, int]]:
    runs = Runs()
    return [runs.place(*row) for row in seen]


def numbered(found: list[tuple[str, int]]) -> list[tuple[int, int]]:
    """Runs as 0, 1, 2 in the order of their first row."""
    order = list(dict.fromkeys(run for run, _ in found))
    return [(order.index(run), place) for run, place in found]


def test_a_note_that_comes_again_begins_a_run() -> None:
    found = places(("油皮", "a", DAY), ("油皮", "b", DAY), ("油皮", "a", DAY), ("油皮", "c", DAY))
    assert numbered(found) == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_another_day_begins_a_run() -> None:
    found = places(("油皮", "a", DAY), ("油皮", "b", "2026-01-02"))
    assert numbered(found) == [(0, 1), (1, 1)]


def test_keywords_have_runs_of_their_own_and_may_take_turns() -> None:
    found = places(
        *(("油皮", "a", DAY), ("敏感肌", "a", DAY), ("油皮", "b", DAY), ("油皮", "a", DAY)),
    )
    assert numbered(found) == [(0, 1), (1, 1), (0, 2), (2, 1)]


def test_three_crawls_of_a_day_that_begin_alike_are_three_runs() -> None:
    found = places(*[("油皮", note, DAY) for note in "abcabcab"])
    assert [run for run, _ in numbered(found)] == [0, 0, 0, 1, 1, 1, 2, 2]


@given(
    st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abcd"), st.sampled_from("12"))),
    st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abcd"), st.sampled_from("12"))),
)
def test_rows_appended_later_change_no_earlier_run(
    first: list[tuple[str, str, str]], later: list[tuple[str, str, str]]
) -> None:
    assert places(*first, *later)[: len(first)] == places(*first)


@given(st.lists(st.tuples(st.sampled_from("xy"), st.sampled_from("abc"), st.sampled_from("12"))))
def test_no_place_of_a_run_is_given_twice(seen: list[tuple[str, str, str]]) -> None:
    found = [(row[0], *place) for row, place in zip(seen, places(*seen), strict=True)]
    assert len(set(found)) == len(found)


def test_a_renamed_file_keeps_its_runs(tmp_path: Path) -> None:
    rows = [mediacrawler(number, last_modify_ts="") for number in (1, 2, 1)]
    one = lines(tmp_path / "search_contents_2026-01-01.jsonl", rows)
    two = lines(tmp_path / "copy.jsonl", rows)
    runs = [[row.sighting.run for row in notes(read(path)) if row.sighting] for path in (one, two)]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2
    assert all(len(run) == 12 for run in runs[0])


def test_a_rejected_row_keeps_its_place_on_the_page(tmp_path: Path) -> None:
    rows = [mediacrawler(1), mediacrawler(2, liked_count="很多"), mediacrawler(3)]
    found = read(lines(tmp_path / "a.jsonl", rows))
    assert [row.sighting.position for row in notes([found[0], found[2]]) if row.sighting] == [1, 3]
