"""What replaces what: a worse capture never takes anything from a better one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ingest import importer
from engine.ingest.merging import FALLEN, NO_NOTE, PART, UNDATED, merged, withheld
from engine.model import CHINA, Captured, Count, Counts, Note
from engine.store import Store
from tests.exports import NOW

EARLY, LATE = (datetime(2026, 10, day, tzinfo=CHINA) for day in (1, 20))
BODY = "这款面霜真的很好用，换季泛红的脸也能用！"
FULL = Note(
    "a",
    "敏感肌自救指南",
    BODY,
    ("敏感肌",),
    author="a1",
    published_at=EARLY,
    counts=Counts(Count(1200), Count(300)),
    captured_at=LATE,
)


def test_a_row_without_a_time_is_never_newer_than_one_that_has_one() -> None:
    undated = replace(FULL, title="另一个标题", counts=Counts(Count(1300)), captured_at=None)
    assert merged(FULL, undated) == FULL == merged(undated, FULL)
    assert withheld(FULL, undated) == [UNDATED]


def test_of_two_rows_without_a_time_the_last_one_imported_wins() -> None:
    first, second = (Note("a", title, "正文" * 9) for title in ("旧的说法", "新的写作"))
    assert merged(first, second).title == "新的写作"


@pytest.mark.parametrize(
    "part",
    [
        BODY[:12],
        BODY[4:],
        "款面霜真很好用换季泛红脸也能用",  # 这 and 的 and the punctuation gone
        "面霜真 好用 换季泛红 脸 能用",
        "这款面霜真的很好用 换季泛红的脸也能用",
    ],
)
def test_a_part_of_the_stored_text_never_replaces_it(part: str) -> None:
    newer = replace(FULL, body=part, captured_at=NOW)
    assert merged(FULL, newer).body == BODY
    assert withheld(FULL, newer) == [PART]
    assert merged(newer, FULL).body == BODY  # the whole text is taken from an older capture too


@pytest.mark.parametrize("text", [BODY + "后来我又买了一罐", "完全换了一篇正文，讲露营的咖啡"])
def test_an_edited_text_replaces_the_stored_one(text: str) -> None:
    newer = replace(FULL, body=text, captured_at=NOW)
    assert merged(FULL, newer) == newer
    assert withheld(FULL, newer) == []


@pytest.mark.parametrize(("after", "kept"), [(12, True), (120, True), (121, False), (0, True)])
def test_counts_fall_tenfold_only_with_a_later_capture(after: int, kept: bool) -> None:
    same_time = replace(FULL, counts=Counts(Count(after), Count(301)))
    taken = merged(FULL, same_time).counts
    assert taken == Counts(Count(1200 if kept else after), Count(301))
    assert withheld(FULL, same_time) == ([FALLEN] if kept else [])
    later = replace(same_time, captured_at=NOW)
    assert merged(FULL, later).counts.likes == Count(after)


def test_small_counts_may_fall_as_they_like() -> None:
    few = replace(FULL, counts=Counts(Count(99)))
    assert merged(few, replace(FULL, counts=Counts(Count(1)))).counts.likes == Count(1)


def test_a_place_on_a_page_changes_neither_author_nor_date() -> None:
    place = Note("a", "敏感肌自救指南（新）", author="b2", published_at=LATE, captured_at=NOW)
    note = merged(FULL, place)
    assert (note.author, note.published_at, note.title) == ("a1", EARLY, place.title)
    assert withheld(FULL, place) == [NO_NOTE]
    bare = replace(FULL, author="", published_at=None)
    assert merged(bare, place).author == "b2"


SOME = st.text("面霜真好用的了，！ab", min_size=1, max_size=12)


@given(SOME, SOME)
def test_the_longer_of_two_texts_of_which_one_is_part_of_the_other_stays(a: str, b: str) -> None:
    whole, part = (Note("a", body=body, captured_at=EARLY) for body in (a + b, b))
    assert merged(whole, replace(part, captured_at=LATE)).body == a + b
    assert merged(part, replace(whole, captured_at=LATE)).body == a + b
    assert merged(whole, whole) == whole


def test_what_was_kept_against_the_file_is_counted_with_two_examples(tmp_path: Path) -> None:
    store = Store(None)
    full = [Captured(n, replace(FULL, note_id=f"n{n}")) for n in range(1, 4)]
    worse = [Captured(n, replace(FULL, note_id=f"n{n}", body=BODY[:9])) for n in range(1, 4)]
    importer.import_rows(store, "full", full, NOW, tmp_path)
    report = importer.import_rows(store, "worse", worse, NOW, tmp_path)
    assert report.unchanged == 3
    assert report.withheld == {PART: [3, "n1", "n2"]}
    assert f"3 rows: {PART} (n1, n2)" in report.warnings()
