"""What is stored comes back as it was, or is refused by name."""

from __future__ import annotations

import multiprocessing
import random
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import Damaged, LibraryBusy, NoterankError
from engine.model import CHINA, Count, Counts, Demand, Note, Related, Sighting
from engine.store import (
    Capture,
    ImportProgress,
    Store,
    Stored,
    days_of,
    decode_capture,
    encode_capture,
)
from engine.store.rows import crc_of, encode

DAY = datetime(2026, 10, 30, 8, tzinfo=CHINA)
FULL = Note(
    note_id="65a1",
    title="ＯＯＴＤ 早C晚A[笑哭R]",
    body="防曬霜 ☀️\n第二行\t\u0000尾",
    tags=("敏感肌", "SK-II"),
    kind="video",
    author="0123456789abcdef",
    fans=Count(12_000, precision=500),
    published_at=datetime(2026, 9, 1, 12, 30, 15, tzinfo=CHINA),
    counts=Counts(Count(100_000, at_least=True), Count(0), Count(7), None),
    channel="declared",
    url="https://example.test/65a1",
    captured_at=DAY,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "notes.db")
    yield opened
    opened.close()


def put(store: Store, *notes: Note, cluster: str = "", sketch: tuple[int, ...] = ()) -> None:
    with store.writing():
        for note in notes:
            store.put(note, cluster or note.note_id, sketch)


def ids(found: Iterator[Stored]) -> list[str]:
    return [stored.note.note_id for stored in found]


def spoil(path: Path, statement: str) -> None:
    """Change a closed database behind the store's back."""
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()


# --- notes ---------------------------------------------------------------------------------------


def test_every_field_comes_back_as_it_was(store: Store) -> None:
    bare = Note("bare")
    put(store, FULL, bare)
    assert [stored.note for stored in store.all()] == [FULL, bare]
    assert store.get("65a1") == Stored(FULL, 1, "65a1")
    assert store.get("bare") == Stored(bare, 2, "bare")


def test_a_zero_stays_zero_and_an_unknown_stays_unknown(store: Store) -> None:
    put(store, Note("a", counts=Counts(likes=Count(0)), fans=Count(0)))
    known = store.get("a")
    assert known is not None
    assert known.note.counts == Counts(likes=Count(0))
    assert known.note.fans == Count(0)


def test_what_is_stored_is_there_when_opened_again(tmp_path: Path) -> None:
    first = Store(tmp_path / "notes.db")
    put(first, FULL)
    first.close()
    again = Store(tmp_path / "notes.db")
    assert [stored.note for stored in again.all()] == [FULL]
    assert (again.seq, again.check()) == (1, 1)
    again.close()


def test_every_change_gets_the_next_number(store: Store) -> None:
    put(store, Note("a", "1"), Note("b", "1"))
    put(store, Note("a", "2"))
    assert store.seq == 3
    assert [(s.note.note_id, s.note.title, s.seq) for s in store.since(0)] == [
        ("b", "1", 2),
        ("a", "2", 3),
    ]
    assert ids(store.since(2)) == ["a"]
    assert ids(store.since(3)) == []


def test_a_deleted_note_leaves_a_tombstone_that_a_new_one_lifts(store: Store) -> None:
    put(store, Note("a"), Note("b"), sketch=(1, 2))
    with store.writing():
        assert store.delete("a")
        assert not store.delete("a")
        assert not store.delete("unknown")
    assert store.get("a") is None
    assert store.deleted_since(2) == ["a"]
    assert store.deleted_since(3) == []
    assert store.alike((1,), 8) == {1: [2]}
    put(store, Note("a", "again"))
    assert store.deleted_since(0) == []
    assert ids(store.since(3)) == ["a"]


def test_many_notes_come_in_the_order_asked_for(store: Store) -> None:
    put(store, *(Note(f"n{number:04d}") for number in range(3000)))
    wanted = [f"n{number:04d}" for number in range(2999, -1, -1)]
    assert list(store.get_many(wanted)) == wanted
    assert list(store.get_many(["n0002", "none", "n0001"])) == ["n0002", "n0001"]
    assert store.get_many([]) == {}
    odd = "'; DROP TABLE notes; --"
    assert store.get_many([odd]) == {}


def test_recapturing_a_note_is_no_change_for_an_index(store: Store) -> None:
    put(store, FULL, cluster="c")
    known = store.get("65a1")
    assert known is not None
    later = replace(FULL, captured_at=DAY + timedelta(days=1))
    with store.writing():
        store.recapture([replace(known, note=later)])
    assert store.get("65a1") == Stored(later, 1, "c")
    assert store.check() == 1


def test_notes_that_share_a_key_are_alike(store: Store) -> None:
    big = (7 << 60) | 5
    put(store, Note("b"), Note("a"), sketch=(big, 3))
    put(store, Note("c"), sketch=(4,))
    assert store.alike((big, 5), 8) == {big: [1, 2]}
    assert store.alike((3, 4), limit=1) == {3: [1], 4: [3]}
    assert store.alike_above(3, 1) == [2]
    put(store, Note("a"), sketch=(4,))
    assert store.alike((big, 4), 8) == {big: [1], 4: [2, 3]}
    ranked = store.ranked(["a", "none"])["a"]
    assert (ranked.rank, ranked.keys) == (2, (4,))
    assert store.at_ranks([2, 9]) == {2: ranked}


def test_the_library_knows_the_world_up_to_the_latest_moment(store: Store) -> None:
    assert store.as_of() is None
    with store.writing():
        store.seen_until(DAY)
        store.seen_until(DAY - timedelta(days=3))
    assert store.as_of() == DAY


def test_totals_and_the_span_of_dates_are_counted(store: Store) -> None:
    assert store.published() == (None, None)
    put(store, FULL, Note("b", author="b", published_at=DAY), Note("c", author="b"))
    assert store.totals()["notes"] == 3
    assert store.totals()["authors"] == 2
    assert store.published() == (FULL.published_at, DAY)


# --- what was seen of them -----------------------------------------------------------------------


def test_a_sighting_is_kept_once_and_its_sort_is_filled_in_later(store: Store) -> None:
    seen = Sighting("面霜", "run1", 3, "", "", DAY)
    with store.writing():
        assert store.observe("a", seen)
        assert not store.observe("a", seen)
        store.observe("a", replace(seen, sort="likes"))
        assert not store.observe("a", replace(seen, sort="latest"))
        assert not store.observe("a", seen)
        assert store.observe("b", replace(seen, position=1))
        assert store.observe("a", replace(seen, run="run2", position=None, captured_at=None))
    assert list(store.observations()) == [
        ("b", replace(seen, position=1)),
        ("a", replace(seen, sort="likes")),
        ("a", Sighting("面霜", "run2")),
    ]


def test_counts_are_kept_by_day_and_an_unknown_day_stands_apart(store: Store) -> None:
    with store.writing():
        store.put_counts(
            [
                ("a", "2026-10-30", Counts(likes=Count(30))),
                ("a", "2026-10-28", Counts(likes=Count(10))),
                ("a", "", Counts(likes=Count(5))),
                ("a", "2026-10-30", Counts(likes=Count(31))),
            ]
        )
    assert store.count_history("a") == [
        ("", Counts(likes=Count(5))),
        ("2026-10-28", Counts(likes=Count(10))),
        ("2026-10-30", Counts(likes=Count(31))),
    ]
    assert store.count_history("b") == []


def test_a_capture_is_kept_as_what_it_says_otherwise_than_the_note(store: Store) -> None:
    other = replace(FULL, title="", fans=None, counts=Counts(Count(1)), captured_at=None)
    plain, odd = Capture(FULL, 7, days_of(FULL)), Capture(other, 8, {"2026-01-01": FULL.counts})
    assert encode_capture(plain, FULL) is None
    with store.writing():
        for number, capture in ((1, plain), (2, odd)):
            row = ("65a1", number, capture.rank, encode_capture(capture, FULL))
            store.put_captures([row])
    rows = store.captures(["65a1", "none"])["65a1"]
    assert [decode_capture(FULL, rank, content) for _, rank, content in rows] == [plain, odd]
    assert store.captured_by(2) == ["65a1"]


def test_a_day_is_a_day_in_china() -> None:
    late = datetime.fromisoformat("2026-10-30T23:30:00+00:00")
    assert list(days_of(replace(FULL, captured_at=late))) == ["2026-10-31"]


def test_demand_is_kept_by_keyword_and_bag(store: Store) -> None:
    row = Demand(0, "面霜", 9000, 70, "高", 1.5, "护肤", "热搜")
    with store.writing():
        assert store.put_demand(row)
        assert not store.put_demand(row)
        assert store.put_demand(replace(row, searches=9100))
        assert store.put_demand(Demand(7, "防晒"))
        assert store.put_demand(replace(row, bag="美妆"))
    assert list(store.demand()) == [
        Demand(0, "防晒"),
        replace(row, searches=9100),
        replace(row, bag="美妆"),
    ]


def test_related_searches_are_kept_once(store: Store) -> None:
    with store.writing():
        store.put_related(Related(1, "面霜", ("面霜推荐", "油皮面霜")))
        store.put_related(Related(2, "面霜", ("面霜推荐",)))
    assert store.related("面霜") == ["油皮面霜", "面霜推荐"]
    assert store.related("防晒") == []


def test_the_progress_of_an_import_is_kept(store: Store) -> None:
    assert store.progress("d") is None
    with store.writing():
        number = store.begin_import("d", "a.jsonl", "csv", DAY)
        store.save_progress(ImportProgress(number, 200, False, b"{}"), DAY)
        store.save_progress(ImportProgress(number, 300, False, b"{}"), DAY - timedelta(days=1))
        store.reject(number, 9, "no id", "raw")
        store.reject(number, 2, "no text", "")
    assert store.progress("d") == ImportProgress(number, 300, False, b"{}", store.change)
    assert store.as_of() == DAY
    assert list(store.rejected(number)) == [(2, "no text", ""), (9, "no id", "raw")]
    (kept,) = store.imports()
    assert (kept.path, kept.format, kept.rows, kept.journal) == ("a.jsonl", "csv", 300, True)
    with store.writing():
        store.drop_import(number)
    assert (store.imports(), store.as_of(), list(store.rejected(number))) == ([], None, [])


# --- transactions --------------------------------------------------------------------------------


@pytest.mark.parametrize("blow", [ValueError, KeyboardInterrupt])
def test_an_exception_undoes_the_whole_transaction(store: Store, blow: type[BaseException]) -> None:
    put(store, Note("a"))

    def half() -> None:
        store.put(Note("b"), "b", (1,))
        store.delete("a")
        raise blow

    with pytest.raises(blow), store.writing():
        half()
    assert ids(store.all()) == ["a"]
    assert (store.seq, store.alike((1,), 8), store.deleted_since(0)) == (1, {}, [])
    put(store, Note("c"))
    assert store.seq == 2


def test_a_reader_sees_before_or_after_and_never_between(store: Store, tmp_path: Path) -> None:
    reader = Store(tmp_path / "notes.db")
    with store.writing():
        store.put(Note("a"), "a", ())
        assert (reader.get("a"), reader.seq) == (None, 0)
    assert reader.get("a") is not None
    reader.close()


def test_a_second_writer_is_told_that_the_store_is_busy(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "notes.db")
    other._db.set_busy_timeout(50)
    with (
        store.writing(),
        pytest.raises(LibraryBusy, match=r"notes\.db.*try again"),
        other.writing(),
    ):
        pass
    put(other, Note("a"))
    other.close()


def _open_and_close(path: str, start: object) -> None:
    start.wait()  # type: ignore[attr-defined]
    Store(Path(path)).close()


def test_many_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for attempt in range(5):
        start = context.Barrier(6)
        path = str(tmp_path / f"{attempt}.db")
        crowd = [context.Process(target=_open_and_close, args=(path, start)) for _ in range(6)]
        for process in crowd:
            process.start()
        for process in crowd:
            process.join(30)
        assert [process.exitcode for process in crowd] == [0] * 6


def fill(store: Store) -> None:
    for number in range(100):
        put(store, *(Note(f"x{number}-{i}", body="长" * 3000) for i in range(20)))


def test_a_full_disk_is_refused_and_earlier_rows_stay_readable(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        store = Store(disk / "notes.db")
        put(store, *(Note(f"n{number}", "标题") for number in range(50)))
        with pytest.raises(NoterankError, match="make room") as refused:
            fill(store)
        assert "\n" not in str(refused.value)
        assert refused.value.cure
        kept = ids(store.all())
        assert {f"n{number}" for number in range(50)} <= set(kept)
        assert len(kept) % 20 == 10  # whole transactions only
        assert store.check() == len(kept)
        store.close()
        again = Store(disk / "notes.db")
        assert ids(again.all()) == kept
        again.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notes SET crc = crc + 1 WHERE note_id = 'b'",
        "UPDATE notes SET cluster = 'elsewhere' WHERE note_id = 'b'",
        "UPDATE notes SET content = CAST('{\"title\": \"forged\"}' AS BLOB) WHERE note_id = 'b'",
        "UPDATE notes SET content = 'text' WHERE note_id = 'b'",
        "UPDATE notes SET content = 7 WHERE note_id = 'b'",
    ],
)
def test_a_note_that_is_not_what_was_written_is_named(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "notes.db"
    first = Store(path)
    put(first, Note("a"), Note("b", "标题"), Note("c"))
    first.close()
    spoil(path, statement)
    store = Store(path)
    for read in (
        lambda: store.get("b"),
        lambda: list(store.all()),
        lambda: list(store.since(0)),
        store.check,
    ):
        with pytest.raises(Damaged, match=r"note b .*restore"):
            read()
    assert store.get("a") is not None
    store.close()


def test_flipped_bits_never_pass_as_a_note(tmp_path: Path) -> None:
    path, copy = tmp_path / "notes.db", tmp_path / "copy.db"
    store = Store(path)
    notes = {
        f"n{number:03d}": Note(f"n{number:03d}", f"面霜{number}", "正文" * (number % 90))
        for number in range(300)
    }
    put(store, *notes.values())
    with store.writing():
        for note in notes.values():
            store.put_counts([(note.note_id, "2026-10-01", note.counts)])
    store.close()
    content = path.read_bytes()
    dice = random.Random(7)
    silent = 0
    for _ in range(60):
        place, bit = dice.randrange(len(content)), dice.randrange(8)
        spoilt = bytearray(content)
        spoilt[place] ^= 1 << bit
        copy.write_bytes(spoilt)
        noticed = False
        try:
            store = Store(copy)
        except Damaged:
            continue
        found: dict[str, Note] = {}
        try:
            found |= {stored.note.note_id: stored.note for stored in store.all()}
        except Damaged:
            noticed = True
        try:
            found |= {i: stored.note for i, stored in store.get_many(list(notes)).items()}
        except Damaged:
            noticed = True
        assert found.items() <= notes.items()
        try:
            assert store.check() == len(notes)
        except Damaged:
            noticed = True
        if not noticed:
            silent += 1
            assert found == notes
        store.close()
        for rest in tmp_path.glob("copy.db-*"):
            rest.unlink()
    assert silent < 55  # a test of damage that damages nothing proves nothing


def test_a_file_that_is_no_database_is_refused_with_a_cure(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(b"these are my notes" * 100)
    with pytest.raises(Damaged, match="copy"):
        Store(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(NoterankError):
        Store(path)


def test_a_truncated_file_is_refused_or_named_by_check(tmp_path: Path) -> None:
    path, copy = tmp_path / "notes.db", tmp_path / "copy.db"
    store = Store(path)
    put(store, *(Note(f"n{number:03d}", "标题", "正文" * 50) for number in range(200)))
    store.close()
    content = path.read_bytes()
    for size in (99, 100, 4096, len(content) // 2, len(content) - 1):
        copy.write_bytes(content[:size])
        with pytest.raises(NoterankError):
            Store(copy).check()


def test_a_lost_counter_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    Store(path).close()
    spoil(path, "DELETE FROM meta")
    store = Store(path)
    with pytest.raises(Damaged, match="copy"):
        _ = store.seq
    store.close()


def test_damaged_counts_and_sightings_are_named_by_check(tmp_path: Path) -> None:
    for statement in (
        "INSERT INTO counts VALUES ('a', '2026-01-01', CAST('{' AS BLOB))",
        "INSERT INTO observations VALUES ('r', 'k', 'a', 0, 1, '', '', 'no date')",
        "UPDATE notes SET published_at = 'no date'",
    ):
        path = tmp_path / "notes.db"
        store = Store(path)
        put(store, FULL)
        store.close()
        spoil(path, statement)
        store = Store(path)
        with pytest.raises(Damaged, match="copy"):
            store.check()
        store.close()
        path.unlink()


def test_a_store_of_a_newer_noterank_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    Store(path).close()
    spoil(path, "PRAGMA journal_mode = delete")
    spoil(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(Damaged, match="newer noterank; update noterank"):
        Store(path)
    assert path.read_bytes() == before


def test_every_prefix_of_the_log_is_a_whole_number_of_transactions(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    store = Store(path)
    for number in range(20):
        put(store, Note(f"{number:02d}a", body="文" * 400), Note(f"{number:02d}b"))
    image, log = tmp_path / "image.db", tmp_path / "image.db-wal"
    content = (tmp_path / "notes.db-wal").read_bytes()
    dice = random.Random(3)
    sizes = sorted(
        {*range(0, len(content), 4120), *(dice.randrange(len(content)) for _ in range(30))}
    )
    counts = []
    for size in sizes:
        shutil.copy(path, image)
        log.write_bytes(content[:size])
        crashed = Store(image)
        known = ids(crashed.all())
        assert len(known) == crashed.seq == crashed.check()
        assert known == sorted(f"{n:02d}{end}" for n in range(len(known) // 2) for end in "ab")
        counts.append(len(known))
        crashed.close()
    assert counts == sorted(counts)
    assert counts[-1] >= 36
    store.close()


def test_threads_may_read_while_another_writes(store: Store, tmp_path: Path) -> None:
    torn: list[int] = []
    done = threading.Event()

    def read() -> None:
        reader = Store(tmp_path / "notes.db")
        while not done.is_set():
            titles = {stored.note.title for stored in reader.all()}
            if len(titles) > 1:
                torn.append(len(titles))
        reader.close()

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for change in range(60):
        put(store, *(Note(f"n{number}", f"{change}") for number in range(50)))
    done.set()
    for thread in threads:
        thread.join()
    assert torn == []


def test_versions_are_kept_once_each_and_read_back(store: Store) -> None:
    with store.writing():
        assert store.save("keywords", "通勤", [{"keyword": "面霜"}], DAY) == 1
        assert store.save("keywords", "通勤", [{"keyword": "面霜"}], DAY) == 1
        assert store.save("keywords", "通勤", [{"keyword": "油皮"}], DAY) == 2
        assert store.save("portrait", "通勤", {"name": "通勤"}, DAY) == 1
    assert [kept.version for kept in store.saved("keywords", "通勤")] == [1, 2]
    assert [kept.content for kept in store.saved("keywords")] == [[{"keyword": "油皮"}]]
    assert store.saved("portrait", "别人") == []


def test_of_several_imports_the_first_sighting_and_the_newest_demand_count(store: Store) -> None:
    seen = Sighting("面霜", "r", 3)
    with store.writing():
        assert store.observe("a", replace(seen, position=1), 2)
        assert store.observe("a", replace(seen, position=9, sort="likes"), 3)
        assert not store.observe("a", replace(seen, sort="latest"), 4)
        store.put_demand(Demand(1, "面霜", 10), 2)
        store.put_demand(Demand(1, "面霜", 20), 3)
    assert list(store.observations()) == [("a", replace(seen, position=1, sort="likes"))]
    assert [row.searches for row in store.demand()] == [20]
    assert (store.totals()["observations"], store.totals()["demand"]) == (1, 1)
    with store.writing():
        store.drop_import(2)
        store.drop_import(3)
    assert list(store.observations()) == [("a", replace(seen, sort="latest"))]
    assert list(store.demand()) == []


@pytest.mark.parametrize("version", [1, 2])
def test_a_store_of_an_earlier_form_keeps_all_that_it_knows(tmp_path: Path, version: int) -> None:
    path = tmp_path / "notes.db"
    _of_version(path, version)
    store = Store(path)
    assert [stored.note for stored in store.all()] == [FULL]
    assert store.ranked(["65a1"])["65a1"].keys == (5, 1 << 60 | 7)
    assert store.alike((5,), 8) == {5: [3]}
    assert list(store.observations()) == [("65a1", Sighting("面霜", "r", 2, "general"))]
    assert [row.searches for row in store.demand()] == [9000]
    assert store.related("面霜") == ["油皮面霜"]
    assert store.as_of() == DAY
    (kept,) = store.imports()
    assert (kept.path, kept.format, kept.finished, kept.journal) == ("a.csv", "csv", True, False)
    assert list(store.rejected(kept.number)) == [(4, "no id", "raw")]
    assert (store.seq, store.check()) == (3, 1)
    assert store.saved("keywords") == []
    store.close()
    Store(path).close()  # it is of the new form now


def _of_version(path: Path, version: int) -> None:
    """A store as earlier versions wrote it, with one row of each kind."""
    content = encode(FULL)
    with sqlite3.connect(path) as db:
        db.executescript(OLD)
        db.execute(
            "INSERT INTO notes VALUES (?, 3, ?, ?, '2026-09-01T12:30:15+08:00', ?, ?)",
            ("65a1", "65a1", FULL.author, content, crc_of("65a1", "65a1", content)),
        )
        rows = [(1 << 60 | 7, "65a1"), (5, "65a1")]
        db.executemany("INSERT INTO sketches VALUES (?, ?)", rows)
        db.execute("INSERT INTO meta VALUES ('as_of', ?)", (DAY.isoformat(),))
        if version == 1:
            db.execute("DROP TABLE saved")
        db.execute(f"PRAGMA user_version = {version}")
    db.close()


OLD = """
CREATE TABLE notes (
  note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, cluster TEXT NOT NULL,
  author TEXT NOT NULL, published_at TEXT, content BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE UNIQUE INDEX notes_seq ON notes (seq);
CREATE TABLE deleted (note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sketches (key INTEGER, note_id TEXT, PRIMARY KEY (key, note_id)) WITHOUT ROWID;
CREATE INDEX sketches_note ON sketches (note_id);
CREATE TABLE counts (
  note_id TEXT, day TEXT, content BLOB NOT NULL, PRIMARY KEY (note_id, day)) WITHOUT ROWID;
CREATE TABLE observations (
  run TEXT, keyword TEXT, note_id TEXT, position INTEGER, sort TEXT NOT NULL,
  filters TEXT NOT NULL, captured_at TEXT, PRIMARY KEY (run, keyword, note_id)) WITHOUT ROWID;
CREATE INDEX observations_keyword ON observations (keyword, captured_at, position);
CREATE TABLE demand (
  keyword TEXT, bag TEXT, searches INTEGER, competition INTEGER, level TEXT, bid REAL,
  reason TEXT, PRIMARY KEY (keyword, bag)) WITHOUT ROWID;
CREATE TABLE related (keyword TEXT, word TEXT, PRIMARY KEY (keyword, word)) WITHOUT ROWID;
CREATE TABLE imports (
  digest TEXT PRIMARY KEY, path TEXT NOT NULL, rows INTEGER NOT NULL,
  finished INTEGER NOT NULL, report BLOB NOT NULL);
CREATE TABLE importing (
  digest TEXT, note_id TEXT, PRIMARY KEY (digest, note_id)) WITHOUT ROWID;
CREATE TABLE rejected (
  digest TEXT, line INTEGER, reason TEXT NOT NULL, raw TEXT NOT NULL,
  PRIMARY KEY (digest, line)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE saved (
  kind TEXT, name TEXT, version INTEGER, created_at TEXT NOT NULL, content BLOB NOT NULL,
  crc INTEGER NOT NULL, PRIMARY KEY (kind, name, version)) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 3);
INSERT INTO observations VALUES ('r', '面霜', '65a1', 2, 'general', '', NULL);
INSERT INTO demand VALUES ('面霜', '护肤', 9000, NULL, '', NULL, '');
INSERT INTO related VALUES ('面霜', '油皮面霜');
INSERT INTO imports VALUES ('d', 'a.csv', 4, 1, CAST('{"format": "csv"}' AS BLOB));
INSERT INTO rejected VALUES ('d', 4, 'no id', 'raw');
"""


def test_a_damaged_version_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    store = Store(path)
    with store.writing():
        store.save("keywords", "通勤", [1, 2, 3], DAY)
    store.close()
    spoil(path, "UPDATE saved SET content = x'5b315d'")
    store = Store(path)
    with pytest.raises(Damaged, match="通勤"):
        store.saved("keywords", "通勤")
    with pytest.raises(Damaged, match="通勤"):
        store.check()
    store.close()


def test_threads_use_one_store_at_the_same_time(tmp_path: Path) -> None:
    store = Store(tmp_path / "notes.db")
    with store.writing():
        for number in range(500):
            store.put(Note(f"n{number:03d}", "面霜", "正文" * 50), f"n{number:03d}", [])

    def read(kind: int) -> int:
        if kind == 0:
            return sum(1 for _ in store.all())
        return sum(store.revision()[0] == 500 for _ in range(100))

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(read, [0, 1, 2, 3] * 10))
    assert found == [500, 100, 100, 100] * 10
    store.close()
