"""An import taken back leaves what the others alone would have said, whatever the order."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadOption, NotFound
from engine.ingest import importer, removing
from engine.ingest.folding import fold_journals, thin_counts
from engine.model import (
    CHINA,
    Captured,
    Comment,
    Count,
    Counts,
    Creator,
    Demand,
    Note,
    Outcome,
    Related,
    Row,
    Sighting,
)
from engine.store import Store
from tests.exports import NOW

PARTS = (
    "换季泛红的时候我只用这三样，先停酸，再厚涂面霜，最后物理防晒。",
    "坚持两周以后脸颊好了很多，屏障终于修复回来。",
    "油皮夏天的底妆要先做好清洁和控油，再薄涂一层。",
    "露营带的咖啡壶容量三百毫升，两个人刚刚好够喝。",
)
COPIES = tuple(PARTS[0] * 2 + end for end in ("", "，真的", "。😭", PARTS[1][:9], "好用到哭"))
OTHERS = (*(part * 2 for part in PARTS[1:]), *(PARTS[2] * 2 + end for end in ("呢", "吧呢")))
TEXTS = ("", *COPIES, *OTHERS)
DAYS = [None, *(datetime(2026, 10, day, 8, tzinfo=CHINA) for day in (1, 1, 5, 9))]
COUNTS = st.sampled_from([None, Count(0), Count(7), Count(900), Count(12_000, precision=500)])
NAMES = [f"n{number}" for number in range(6)]


@st.composite
def notes(draw: st.DrawFn) -> Note:
    return Note(
        draw(st.sampled_from(NAMES)),
        title=draw(st.sampled_from(["", "敏感肌自救", "油皮底妆"])),
        body=draw(st.sampled_from(TEXTS)),
        tags=draw(st.sampled_from([(), ("敏感肌",)])),
        author=draw(st.sampled_from(["", "a1", "a2"])),
        published_at=draw(st.sampled_from(DAYS)),
        counts=Counts(draw(COUNTS), draw(COUNTS)),
        captured_at=draw(st.sampled_from(DAYS)),
    )


SIGHTINGS = st.builds(
    Sighting,
    keyword=st.sampled_from(["面霜", "防晒"]),
    run=st.sampled_from(["r1", "r2"]),
    position=st.sampled_from([1, 2, None]),
    sort=st.sampled_from(["", "general", "likes"]),
)
CELLS = st.sampled_from([(), (("列", "值"),)])
WORDS = st.sampled_from(["面霜", "防晒"])
MOMENTS = st.sampled_from(DAYS)
ROWS = st.one_of(
    st.builds(Captured, st.just(1), notes(), st.one_of(st.none(), SIGHTINGS)),
    st.builds(Captured, st.just(1), notes(), st.none()),
    st.builds(Demand, st.just(1), WORDS, st.sampled_from([None, 10, 20])),
    st.builds(Related, st.just(1), WORDS, st.sampled_from([("面霜推荐",), ("油皮面霜",)])),
    st.builds(
        Comment,
        st.just(1),
        st.sampled_from(["c1", "c2", ""]),
        st.sampled_from(NAMES),
        st.sampled_from(["求链接", "好用吗"]),
        columns=CELLS,
        captured_at=MOMENTS,
    ),
    st.builds(Creator, st.just(1), st.sampled_from(["a1", "a2"]), COUNTS, MOMENTS),
    st.builds(
        Outcome,
        st.just(1),
        st.just("聚光"),
        note_id=st.sampled_from(["", "n1"]),
        title=st.sampled_from(["", "油皮底妆"]),
        published_at=MOMENTS,
        columns=CELLS,
    ),
)
FILES = st.lists(st.lists(ROWS, max_size=9), min_size=1, max_size=4)


def take(store: Store, files: Sequence[tuple[int, list[Row]]], folder: Path) -> dict[int, int]:
    """Import files one after another; their numbers."""
    numbers = {}
    for name, rows in files:
        importer.import_rows(store, f"file {name}", rows, NOW + timedelta(hours=name), folder)
        numbers[name] = store.imports()[-1].number
    return numbers


def says(store: Store) -> dict[str, object]:
    """All that a library says, but for the numbers by which it counts changes."""
    stored = list(store.all())
    ranks = store.ranked([row.note.note_id for row in stored])
    return {
        "notes": [(row.note, row.cluster) for row in stored],
        "order": sorted(ranks, key=lambda note_id: ranks[note_id].rank),
        "keys": {note_id: sorted(row.keys) for note_id, row in ranks.items()},
        "sketches": store._db.execute("SELECT COUNT(*) FROM sketches").get,
        "history": {row.note.note_id: store.count_history(row.note.note_id) for row in stored},
        "observations": list(store.observations()),
        "demand": list(store.demand()),
        "related": [store.related(word) for word in ("面霜", "防晒")],
        "facts": [list(store.facts(kind)) for kind in ("comment", "creator", "outcome")],
        "as_of": store.as_of(),
        "totals": store.totals(),
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rejected")


@settings(max_examples=150, deadline=None)
@given(FILES, st.randoms(use_true_random=False))
def test_without_an_import_a_library_says_what_the_others_say(
    folder: Path, files: list[list[Row]], dice: random.Random
) -> None:
    numbered = list(enumerate(files))
    gone = set(dice.sample(range(len(files)), dice.randint(1, len(files))))
    store, others = Store(None), Store(None)
    numbers = take(store, numbered, folder)
    for name in dice.sample(sorted(gone), len(gone)):
        with store.writing():
            removing.undo(store, numbers[name])
    take(others, [(name, rows) for name, rows in numbered if name not in gone], folder)
    assert says(store) == says(others)


@settings(max_examples=100, deadline=None)
@given(FILES, st.integers(1, 8))
def test_batches_of_any_size_make_the_same_library(
    folder: Path, files: list[list[Row]], size: int
) -> None:
    small, large = Store(None), Store(None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importer, "_BATCH", size)
        take(small, list(enumerate(files)), folder)
    take(large, list(enumerate(files)), folder)
    assert says(small) == says(large)


@settings(max_examples=100, deadline=None)
@given(FILES, st.integers(0, 3), st.integers(0, 3))
def test_letting_journals_go_changes_nothing_and_later_imports_can_still_be_taken_back(
    folder: Path, files: list[list[Row]], kept: int, last: int
) -> None:
    store, others = Store(None), Store(None)
    numbers = take(store, list(enumerate(files)), folder)
    before = says(store)
    with store.writing():
        folded = fold_journals(store, kept)
    assert folded == max(0, len(files) - kept)
    assert says(store) == before
    gone = len(files) - 1 - min(last, len(files) - 1)
    if gone < folded:
        with pytest.raises(BadOption), store.writing():
            removing.undo(store, numbers[gone])
        return
    with store.writing():
        removing.undo(store, numbers[gone])
    take(others, [pair for pair in enumerate(files) if pair[0] != gone], folder)
    assert says(store) == says(others)


@settings(max_examples=60, deadline=None)
@given(FILES, st.sampled_from(NAMES))
def test_a_deleted_note_stays_deleted_when_an_import_is_taken_back(
    folder: Path, files: list[list[Row]], note_id: str
) -> None:
    store = Store(None)
    numbers = take(store, list(enumerate(files)), folder)
    if store.get(note_id) is None:
        return
    with store.writing():
        removing.delete(store, note_id)
    with store.writing():
        removing.undo(store, numbers[0])
    assert store.get(note_id) is None


def captured(note_id: str, body: str, **more: object) -> Captured:
    return Captured(1, Note(note_id, "标题", body, **more))  # type: ignore[arg-type]


@pytest.fixture
def store() -> Store:
    return Store(None)


def test_when_the_first_of_its_copies_goes_the_next_one_names_the_group(
    store: Store, folder: Path
) -> None:
    text = PARTS[0] * 2
    files: list[list[Row]] = [
        [captured("b", text)],
        [captured("c", text), captured("a", text + "真的")],
    ]
    numbers = take(store, list(enumerate(files)), folder)
    assert {row.cluster for row in store.all()} == {"b"}
    with store.writing():
        removing.undo(store, numbers[0])
    assert {row.note.note_id: row.cluster for row in store.all()} == {"a": "c", "c": "c"}
    with store.writing():
        removing.delete(store, "c")
    assert {row.note.note_id: row.cluster for row in store.all()} == {"a": "a"}


def test_a_copy_that_is_edited_leaves_its_group_and_its_followers_stay(
    store: Store, folder: Path
) -> None:
    text, other = PARTS[0] * 2, PARTS[2] * 2
    first: list[Row] = [captured(name, text) for name in ("a", "b", "c")]
    later = DAYS[4]
    take(store, [(0, first), (1, [captured("a", other, captured_at=later)])], folder)
    assert {row.note.note_id: row.cluster for row in store.all()} == {"a": "a", "b": "b", "c": "b"}


def test_what_is_no_import_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="no import 7; see `noterank imports`"), store.writing():
        removing.undo(store, 7)


def test_a_note_keeps_its_place_when_old_journals_go(store: Store, folder: Path) -> None:
    """a came before b; what is left of its two captures is its first place."""
    later = captured("a", PARTS[0] * 2, captured_at=DAYS[3])
    files: list[tuple[int, list[Row]]] = [
        (0, [captured("a", PARTS[0] * 2, captured_at=DAYS[1]), captured("b", PARTS[0] * 2)]),
        (1, [later]),
        (2, [captured("a", PARTS[0] * 2 + "真的", captured_at=DAYS[4])]),
    ]
    numbers = take(store, files, folder)
    with store.writing():
        fold_journals(store, 1)
    with store.writing():
        removing.undo(store, numbers[2])
    assert {row.note.note_id: row.cluster for row in store.all()} == {"a": "a", "b": "a"}


def test_an_import_without_its_journal_says_so(store: Store, folder: Path) -> None:
    numbers = take(store, [(0, [captured("a", "正文")])], folder)
    store._db.execute("UPDATE imports SET journal = 0")
    with pytest.raises(BadOption, match="tidied away"), store.writing():
        removing.undo(store, numbers[0])
    assert store.get("a") is not None


def test_of_old_days_the_last_of_each_month_stays(store: Store, folder: Path) -> None:
    moments = [datetime(2026, month, day, tzinfo=CHINA) for month in (1, 2, 9) for day in (1, 9)]
    counts = Counts(Count(5))
    rows: list[Row] = [captured("a", "正文", counts=counts, captured_at=m) for m in moments]
    numbers = take(store, [(0, rows)], folder)
    days = [day for day, _ in store.count_history("a")]
    limit = datetime(2026, 6, 1, tzinfo=CHINA)
    with store.writing():
        assert thin_counts(store, limit) == 0  # the import can still be taken back
        fold_journals(store, 0)
        assert thin_counts(store, limit) == 2
        assert thin_counts(store, limit) == 0
    left = ["2026-01-09", "2026-02-09", "2026-09-01", "2026-09-09"]
    assert [day for day, _ in store.count_history("a")] == left
    assert len(days) == 6
    later = [captured("a", "正文", counts=counts, captured_at=NOW)]
    numbers |= take(store, [(1, list(later))], folder)
    with store.writing():
        removing.undo(store, numbers[1])
    assert [day for day, _ in store.count_history("a")] == left
