"""Importing is an upsert that can stop anywhere, lies about nothing and loses nothing."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine.errors import BadFile
from engine.formats import ReadOptions
from engine.ingest import importer as ingest
from engine.ingest.merging import merged
from engine.ingest.report import ImportReport
from engine.model import CHINA, Captured, Count, Counts, Note, Rejected, Row
from engine.store import Store
from tests.exports import NOW, row, write


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few hundred rows are several steps."""
    monkeypatch.setattr(ingest, "_BATCH", 200)


DATA = Path(__file__).parents[3] / "shared" / "data" / "notes"
DAYS = [datetime(2026, 10, day, 8, tzinfo=CHINA) for day in range(1, 31)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "notes.db")
    yield opened
    opened.close()


def quiet(_: float) -> None:
    """A progress callback for nobody."""


def take(
    store: Store,
    path: Path,
    options: ReadOptions | None = None,
    tick: Callable[[float], None] = quiet,
) -> ImportReport:
    return ingest.import_file(
        store, path, options or ReadOptions(), NOW, tick, path.parent / "rejected"
    )


def tallies(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.rejected


def likes(store: Store, note_id: str) -> Count | None:
    known = store.get(note_id)
    assert known is not None
    return known.note.counts.likes


def history(store: Store, note_id: str) -> dict[str, int | None]:
    return {
        day: None if counts.likes is None else counts.likes.value
        for day, counts in store.count_history(note_id)
    }


def content(store: Store) -> dict[str, list[str]]:
    """All that a library knows, table by table, but for how it came there."""
    tables = ("notes", "deleted", "sketches", "counts", "observations", "demand", "related")
    return {name: sorted(map(repr, store._db.execute(f"SELECT * FROM {name}"))) for name in tables}


# --- upsert --------------------------------------------------------------------------------------


def test_new_changed_and_known_notes_are_told_apart(store: Store, tmp_path: Path) -> None:
    first = take(store, write(tmp_path / "a.jsonl", [row(1), row(2), row(3)]))
    assert tallies(first) == (3, 0, 0, 0)
    second = take(store, write(tmp_path / "b.jsonl", [row(1), row(2, likes=777), row(4)]))
    assert tallies(second) == (1, 1, 1, 0)
    assert likes(store, "n00002") == Count(777)
    assert store.totals()["notes"] == 4


def test_a_second_import_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [row(n, keyword="面霜") for n in range(450)])
    take(store, path)
    before, seq = content(store), store.seq
    again = take(store, path)
    assert tallies(again) == (0, 0, 450, 0)
    assert (again.observations, again.repeated_ids, again.resumed_at) == (0, 0, 0)
    assert (content(store), store.seq) == (before, seq)


def test_an_older_capture_adds_history_and_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    take(store, write(tmp_path / "new.jsonl", [row(1, likes=90)]))
    old = row(1, likes=20, title="旧标题", captured_at="2026-10-02T08:00:00+08:00")
    report = take(store, write(tmp_path / "old.jsonl", [old]))
    assert tallies(report) == (0, 0, 1, 0)
    assert likes(store, "n00001") == Count(90)
    assert history(store, "n00001") == {"2026-10-02": 20, "2026-10-30": 90}


def test_a_capture_between_two_equal_ones_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    """1 October: 10 likes, 20 October: 10 again; a file of 10 October must not win."""
    for day, count in ((0, 10), (19, 10), (9, 5)):
        known = row(1, likes=count, captured_at=DAYS[day].isoformat())
        take(store, write(tmp_path / f"{day}.jsonl", [known]))
    assert likes(store, "n00001") == Count(10)
    assert history(store, "n00001") == {"2026-10-01": 10, "2026-10-10": 5, "2026-10-20": 10}
    assert store.seq == 1


def test_unknown_never_replaces_known(store: Store, tmp_path: Path) -> None:
    full = row(1, likes=9, collects=3, fans=100, channel="declared", url="https://x.test/1")
    take(store, write(tmp_path / "full.jsonl", [full]))
    bare = {"note_id": "n00001", "title": "只有标题", "captured_at": "2026-10-30T20:00:00+08:00"}
    take(store, write(tmp_path / "bare.jsonl", [bare]))
    known = store.get("n00001")
    assert known is not None
    note = known.note
    assert note.title == "只有标题"
    assert (note.body, note.tags, note.kind) == (full["body"], tuple(full["tags"]), "image")  # type: ignore[arg-type]
    assert note.counts == Counts(likes=Count(9), collects=Count(3))
    assert (note.fans, note.channel) == (Count(100), "declared")
    assert note.published_at is not None
    assert history(store, "n00001") == {"2026-10-30": 9}


def test_the_later_capture_wins_whatever_the_order_of_import() -> None:
    old = Note("a", "旧", counts=Counts(Count(1), Count(5)), captured_at=DAYS[1])
    new = Note("a", "新", counts=Counts(Count(2)), captured_at=DAYS[8])
    both = Note("a", "新", counts=Counts(Count(2), Count(5)), captured_at=DAYS[8])
    assert merged(old, new) == merged(new, old) == both
    assert merged(both, both) == both


def test_near_copies_share_a_cluster(store: Store, tmp_path: Path) -> None:
    text = "换季泛红的时候我只用这三样，先停酸，再厚涂面霜，最后物理防晒，坚持两周就好了很多。"
    rows = [
        row(1, title="敏感肌自救", body=text),
        row(2, title="敏感肌自救", body=text + "真的"),
        row(3),
        row(4, title="！敏感肌自救", body=text + "😭😭"),
    ]
    report = take(store, write(tmp_path / "a.jsonl", rows))
    clusters = {stored.note.note_id: stored.cluster for stored in store.all()}
    assert clusters == {
        "n00001": "n00001",
        "n00002": "n00001",
        "n00003": "n00003",
        "n00004": "n00001",
    }
    assert report.near_duplicates == 2
    assert any("near-copies" in line for line in report.warnings())


def test_an_id_that_comes_twice_is_tallied_and_the_later_row_wins(
    store: Store, tmp_path: Path
) -> None:
    rows = [row(n) for n in range(250)] + [row(3, likes=1234), row(249)]
    report = take(store, write(tmp_path / "a.jsonl", rows))
    assert tallies(report) == (250, 1, 1, 0)
    assert report.repeated_ids == 2
    assert likes(store, "n00003") == Count(1234)


def test_the_library_knows_its_latest_capture_but_no_future(store: Store, tmp_path: Path) -> None:
    future = row(2, captured_at=(NOW + timedelta(days=400)).isoformat())
    take(store, write(tmp_path / "a.jsonl", [row(1), future]))
    assert store.as_of() == datetime(2026, 10, 30, 8, tzinfo=CHINA)


# --- the report ----------------------------------------------------------------------------------


def test_a_bad_row_is_named_and_kept(store: Store, tmp_path: Path) -> None:
    rows: list[Mapping[str, object] | str] = [
        row(1), '{"note_id": "x", "tit', {"title": "没有编号"}, row(2), {"note_id": "n9"},
    ]  # fmt: skip
    report = take(store, write(tmp_path / "a.jsonl", rows))
    assert tallies(report) == (2, 0, 0, 3)
    kept = tmp_path / report.rejected_file
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert [line["line"] for line in lines] == [2, 3, 5]
    assert lines[0]["raw"] == rows[1]
    assert "no note_id" in lines[1]["reason"]
    assert "没有编号" in lines[1]["raw"]
    assert "no text" in lines[2]["reason"]
    assert [(n, r) for n, r, _ in store.rejected(1)] == [
        (line["line"], line["reason"]) for line in lines
    ]
    assert sorted(line for known in report.reasons.values() for line in known) == [2, 3, 5]
    assert report.warnings()[0].startswith(f"3 rows rejected, kept in {report.rejected_file}")
    assert not list(tmp_path.glob("rejected/*.tmp"))


def test_rejected_rows_of_two_files_of_one_name_do_not_mix(store: Store, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        path = write(tmp_path / folder / "a.jsonl", [row(1), {"title": f"无号 {folder}"}])
        ingest.import_file(store, path, ReadOptions(), NOW, quiet, tmp_path / "rejected")
    files = sorted((tmp_path / "rejected").iterdir())
    assert len(files) == 2
    assert {len(file.read_text().splitlines()) for file in files} == {1}


def test_the_tallies_of_a_report_are_exact(store: Store, tmp_path: Path) -> None:
    rows: list[dict[str, object] | str] = [
        row(1, likes="10万+", collects="1.2万"),
        row(2, body="", published_at=None),
        row(3, body="#敏感肌[话题]# #油皮[话题]#"),
        row(4, title="", kind=""),
        row(5, title="标题就是正文开头" * 3, body="标题就是正文开头" * 3 + "，后面还有"),
        row(6, likes=0, collects=0, comments=0),
        row(7, keyword="面霜", position=3, sort="likes"),
        row(8, keyword="面霜"),
        "{broken",
    ]
    report = take(store, write(tmp_path / "a.jsonl", rows))
    assert report.rows == 9
    assert report.rows == sum(
        (
            *tallies(report),
            *(report.skipped, report.demand, report.related),
        )
    )
    assert report.notes == 8
    assert (report.censored, report.rounded, report.all_zero) == (1, 1, 1)
    assert (report.empty_bodies, report.no_date, report.hashtag_only) == (1, 1, 1)
    assert (report.no_title, report.no_kind, report.title_from_body) == (1, 1, 1)
    assert report.missing == {"likes": 0, "collects": 6, "comments": 7, "shares": 8}
    assert (report.observations, report.unordered, report.unknown_sort) == (2, 1, 1)
    assert report.first_published == "2026-10-01T08:00:00+08:00"
    warnings = "\n".join(report.warnings())
    for words in ("1 rows rejected", "--sort general", "10万+", "unknown, not 0", "without a body"):
        assert words in warnings
    assert "repeat" not in warnings


def test_a_clean_file_brings_no_warning_but_what_it_lacks(store: Store, tmp_path: Path) -> None:
    report = take(store, write(tmp_path / "a.jsonl", [row(1, collects=1, comments=1, shares=1)]))
    assert report.warnings() == []
    assert report.rejected_file == ""
    assert not (tmp_path / "rejected").exists()


def test_a_report_comes_back_from_its_dump(store: Store, tmp_path: Path) -> None:
    report = take(store, write(tmp_path / "a.jsonl", [row(1), "{", row(2, likes="10万+")]))
    assert ImportReport.load(report.dump()) == report


def test_the_first_lines_of_each_reason_are_named_and_no_more_than_ten() -> None:
    report = ImportReport("a", "csv")
    for line in range(60):
        report.reject(line, f"reason {line}")
        report.reject(line + 1000, "reason 0")
    assert report.rejected == 120
    assert len(report.reasons) == 50
    assert len(report.reasons["reason 0"]) == 10


# --- dry run -------------------------------------------------------------------------------------


def test_a_dry_run_reports_the_same_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    take(store, write(tmp_path / "a.jsonl", [row(n) for n in range(300)]))
    rows = [row(n, likes=n, keyword="面霜") for n in range(100, 500)] + ["{broken"]
    path = write(tmp_path / "b.jsonl", rows)
    before = content(store)
    store._db.pragma("wal_checkpoint(TRUNCATE)")
    written = (tmp_path / "notes.db").read_bytes()
    seen: list[float] = []
    dry = ingest.rehearse(store, path, ReadOptions(), NOW, seen.append)
    assert content(store) == before
    assert (tmp_path / "notes.db").read_bytes() == written
    assert list(store._db.execute("SELECT * FROM imports WHERE digest = 'rehearsal'")) == []
    assert not (tmp_path / "rejected").exists()
    assert "kept in" not in dry.warnings()[0]
    real = take(store, path)
    dry.rejected_file = real.rejected_file
    assert dry == real
    assert seen[-1] == pytest.approx(1.0)


def test_a_dry_run_that_fails_changes_nothing(store: Store, tmp_path: Path) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    path = write(tmp_path / "b.jsonl", [row(n) for n in range(300)])
    with pytest.raises(KeyboardInterrupt):
        ingest.rehearse(store, path, ReadOptions(), NOW, interrupt)
    assert store.totals()["notes"] == 0
    take(store, path)


# --- interruption --------------------------------------------------------------------------------


def rows_with_trouble() -> list[dict[str, object] | str]:
    """1,000 rows with repeats, bad rows, near-copies and sightings."""
    rows: list[dict[str, object] | str] = []
    for number in range(1000):
        known = row(number % 900, keyword=f"词{number % 3}")
        if number % 7 == 0:
            known["body"] = (
                "这一段话在好多笔记里都一模一样，复制粘贴来的，只有结尾不同，" * 2 + "完"
            )
            known["title"] = "一样的标题"
        rows.append("{broken" if number % 83 == 5 else known)
    return rows


@pytest.mark.parametrize("ticks", [1, 3, 5])
def test_an_interrupted_import_goes_on_and_ends_as_if_nothing_had_happened(
    tmp_path: Path, ticks: int
) -> None:
    path = write(tmp_path / "a.jsonl", rows_with_trouble())
    whole = Store(tmp_path / "whole.db")
    wanted = take(whole, path)
    store = Store(tmp_path / "notes.db")
    seen = 0

    def interrupt(_: float) -> None:
        nonlocal seen
        seen += 1
        if seen == ticks:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(store, path, tick=interrupt)
    assert store.totals()["notes"] > 0
    resumed = take(store, path)
    assert resumed.resumed_at == 200 * ticks
    resumed.resumed_at = 0
    assert resumed == wanted
    assert content(store) == content(whole)
    assert tallies(take(store, path))[:2] == tallies(take(whole, path))[:2]
    assert content(store) == content(whole)
    store.close()
    whole.close()


def test_an_interruption_within_a_batch_keeps_whole_batches_only(
    store: Store, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.jsonl", [row(n) for n in range(450)])
    steps = 0
    put_counts = store.put_counts

    def interrupted(rows: Iterable[tuple[str, str, Counts]]) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise KeyboardInterrupt
        put_counts(rows)

    store.put_counts = interrupted  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        take(store, path)
    assert store.totals()["notes"] == 200
    report = take(store, path)
    assert (report.resumed_at, report.rows, report.added) == (200, 450, 450)


def test_a_file_of_another_day_does_not_go_on_where_the_same_bytes_stopped(
    store: Store, tmp_path: Path
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    rows = [row(n, captured_at=None) for n in range(300)]
    with pytest.raises(KeyboardInterrupt):
        take(store, write(tmp_path / "crawl_2026-10-01.jsonl", rows), tick=interrupt)
    report = take(store, write(tmp_path / "crawl_2026-10-08.jsonl", rows))
    assert (report.resumed_at, report.unchanged) == (0, 200)
    assert list(history(store, "n00000")) == ["2026-10-01", "2026-10-08"]


def test_other_options_make_it_another_import(store: Store, tmp_path: Path) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    path = write(tmp_path / "a.jsonl", [row(n, keyword="面霜") for n in range(300)])
    with pytest.raises(KeyboardInterrupt):
        take(store, path, tick=interrupt)
    report = take(store, path, ReadOptions(sort="likes"))
    assert report.resumed_at == 0
    assert {sighting.sort for _, sighting in store.observations()} == {"likes"}


def test_an_array_cut_off_keeps_what_came_before(store: Store, tmp_path: Path) -> None:
    rows = [json.dumps(row(n), ensure_ascii=False) for n in range(500)]
    path = tmp_path / "a.json"
    path.write_text("[" + ",\n".join(rows) + ', {"note_id": ', "utf-8")
    assert tallies(take(store, path)) == (500, 0, 0, 1)


def test_a_source_that_fails_keeps_its_whole_batches_and_its_rejected_rows(
    store: Store, tmp_path: Path
) -> None:
    def failing() -> Iterator[Row]:
        yield Rejected(1, "no id", "raw")
        yield from (Captured(n, Note(f"n{n}", "标题")) for n in range(2, 302))
        raise BadFile("body ends early", "send it again")

    with pytest.raises(BadFile):
        ingest.import_rows(store, "body", failing(), NOW, tmp_path / "rejected")
    assert store.totals()["notes"] == 199
    assert len(list((tmp_path / "rejected").iterdir())) == 1


def test_progress_is_told_after_each_batch_and_ends_at_one(store: Store, tmp_path: Path) -> None:
    told: list[tuple[float, int]] = []

    def tick(share: float) -> None:
        told.append((share, store.totals()["notes"]))

    take(store, write(tmp_path / "a.jsonl", [row(n) for n in range(450)]), tick=tick)
    assert [stored for _, stored in told] == [200, 400, 450]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


# --- streams, memory, real exports ---------------------------------------------------------------


def test_a_stream_of_rows_is_stored_and_reported(store: Store, tmp_path: Path) -> None:
    rows: list[Row] = [Captured(n, Note(f"n{n}", f"标题{n}")) for n in range(1, 402)]
    report = ingest.import_rows(store, "body", iter(rows), NOW, tmp_path / "rejected")
    assert (report.rows, report.added, report.format) == (401, 401, "stream")
    again = ingest.import_rows(store, "body", iter(rows), NOW, tmp_path / "rejected")
    assert (again.unchanged, again.repeated_ids) == (401, 0)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for size in (10_000, 40_000):  # past what is remembered of a file
        path = write(tmp_path / f"{size}.jsonl", (row(n, body="短") for n in range(size)))
        store = Store(tmp_path / f"{size}.db")
        tracemalloc.start()
        report = take(store, path)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert report.added == size
        store.close()
    small, large = peaks
    assert large < small * 1.3 + 1_000_000


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("search_contents_2026-01-01.jsonl", 1315),
        ("ExploreData.db", 661),
        ("spider_xhs_card.xlsx", None),
        ("spider_xhs_durian.xlsx", None),
    ],
)
def test_real_exports_are_imported_whole_and_a_second_time_unchanged(
    store: Store, tmp_path: Path, name: str, rows: int | None
) -> None:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"no {name} beside the checkout")
    folder = tmp_path / "rejected"
    first = ingest.import_file(store, path, ReadOptions(), NOW, quiet, folder)
    assert first.rows == (rows or first.rows) > 0
    assert first.notes > 0.9 * first.rows
    before, seq = content(store), store.seq
    again = ingest.import_file(store, path, ReadOptions(), NOW, quiet, folder)
    assert (again.added, again.updated) == (0, 0)
    assert again.unchanged == first.notes
    assert (content(store), store.seq) == (before, seq)
