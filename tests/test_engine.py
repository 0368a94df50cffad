"""The index follows the notes, whoever changes them and however it ends."""

from __future__ import annotations

import inspect
import multiprocessing
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine.engine import Engine
from engine.errors import Damaged, LibraryBusy, NotFound, StaleIndex
from engine.formats import ReadOptions
from engine.library import Library
from engine.model import Captured, Count, Counts, Note
from engine.ranking.searcher import SearchRequest
from engine.store import Store
from tests.exports import NOW, row, write

QUERIES = ("面霜", "防晒 油皮", '"敏感肌"', "露营 咖啡", "口红 -香水", "tag:精华")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine.open(tmp_path / "library", create=True) as opened:
        yield opened


def put(engine: Engine, *notes: Note) -> None:
    rows = [Captured(line, note) for line, note in enumerate(notes, 1)]
    engine.import_rows("notes", rows, NOW)


def found(engine: Engine, words: str) -> list[str]:
    return [r.note.note_id for r in engine.search(words, SearchRequest(limit=100)).results]


def pages(engine: Engine) -> list[list[tuple[str, float]]]:
    """What the engine answers: ids and scores."""
    return [
        [(r.note.note_id, r.score) for r in engine.search(words, SearchRequest(limit=50)).results]
        for words in QUERIES
    ]


def fill(engine: Engine, folder: Path, rows: int = 400, first: int = 0) -> None:
    path = write(folder / f"{first}.jsonl", (row(n) for n in range(first, first + rows)))
    engine.import_file(path, ReadOptions(), NOW)


# --- following -----------------------------------------------------------------------------------


def test_what_is_imported_is_searchable_at_once(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    assert engine.snapshot().index.version == engine.store.seq
    assert len(engine.snapshot()) == 400
    assert found(engine, "面霜")


def test_a_changed_note_is_found_by_its_new_words_only(engine: Engine) -> None:
    put(engine, Note("a", "面霜"), Note("b", "防晒"))
    put(engine, Note("a", "露营"))
    assert found(engine, "露营") == ["a"]
    assert found(engine, "面霜") == []


def test_a_deleted_note_is_gone_from_notes_and_pages(engine: Engine, tmp_path: Path) -> None:
    put(engine, Note("a", "面霜"), Note("b", "面霜"))
    engine.delete("a")
    assert found(engine, "面霜") == ["b"]
    for ask in (lambda: engine.delete("a"), lambda: engine.note("a")):
        with pytest.raises(NotFound, match="no note a; take an id"):
            ask()
    put(engine, Note("a", "面霜"))
    assert found(engine, "面霜") == ["a", "b"]


def test_an_index_behind_the_notes_catches_up_when_it_is_asked(
    engine: Engine, tmp_path: Path
) -> None:
    """As after a kill between the store's commit and the index' publication."""
    fill(engine, tmp_path, 100)
    engine.close()
    store = Store(engine.library.notes)
    with store.writing():
        store.put(Note("late", "独一无二的凤梨酥"), "late", ())
        store.delete("n00005")
    store.close()
    with Engine.open(engine.library.folder) as again:
        assert again.sync.index.snapshot().version < again.store.seq
        assert found(again, "凤梨酥") == ["late"]
        assert again.snapshot().index.version == again.store.seq
        assert len(again.snapshot()) == 100
        assert len(again.snapshot().index.columns(["n00005"])) == 0


def test_a_lost_index_is_made_again_from_the_notes(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path)
    before = pages(engine)
    engine.close()
    shutil.rmtree(engine.library.index)
    with Engine.open(engine.library.folder) as again:
        assert pages(again) == before


def test_a_rebuild_answers_the_same(engine: Engine, tmp_path: Path) -> None:
    for first in (0, 150, 300):
        fill(engine, tmp_path, 200, first)
    put(engine, Note("n00007", "露营", "换了"))
    engine.delete("n00009")
    before, version = pages(engine), engine.snapshot().index.version
    told: list[float] = []
    assert engine.rebuild(told.append) == 499
    assert pages(engine) == before
    assert (engine.snapshot().index.version, len(engine.snapshot())) == (version, 499)
    assert told[-1] == 1.0
    assert engine.rebuild() == 499


def test_an_empty_library_is_whole(engine: Engine) -> None:
    assert engine.search("面霜").results == ()
    assert engine.rebuild() == 0
    assert engine.verify() == (0, 0)
    assert engine.stats().notes == 0


def test_an_older_copy_of_the_notes_is_told_from_its_index(engine: Engine, tmp_path: Path) -> None:
    """The cure of a damaged notes.db is a copy; the index must not stay ahead of it unnoticed."""
    fill(engine, tmp_path, 100)
    engine.close()
    copy = tmp_path / "copy.db"
    shutil.copy(engine.library.notes, copy)
    with Engine.open(engine.library.folder) as later:
        fill(later, tmp_path, 100, 100)
    shutil.copy(copy, engine.library.notes)
    with Engine.open(engine.library.folder) as restored:
        with pytest.raises(StaleIndex, match="noterank rebuild"):
            restored.search("面霜")
        with pytest.raises(StaleIndex, match="noterank rebuild"):
            fill(restored, tmp_path, 300, 500)
        assert restored.rebuild() == 100
        assert {i for page in pages(restored) for i, _ in page} <= {f"n{n:05d}" for n in range(100)}
        fill(restored, tmp_path, 300, 500)
        assert restored.verify()[0] == len(restored.snapshot()) == 400


# --- lexicon -------------------------------------------------------------------------------------


def test_a_changed_lexicon_is_refused_and_a_rebuild_cures(engine: Engine) -> None:
    put(engine, Note("a", "青苔拿铁配方"), Note("b", "拿铁"))
    engine.close()
    (engine.library.lexicon / "category.txt").write_text("青苔拿铁\n", "utf-8")
    with Engine.open(engine.library.folder) as again:
        for ask in (
            lambda: again.search("拿铁"),
            lambda: put(again, Note("c", "拿铁")),
            lambda: again.delete("a"),
            again.stats,
        ):
            with pytest.raises(StaleIndex, match="run `noterank rebuild`"):
                ask()
        assert again.store.totals()["notes"] == 2
        assert again.rebuild() == 2
        assert found(again, "青苔拿铁")[0] == "a"
        assert "青苔拿铁" in dict(again.snapshot().index.vocabulary())


def test_an_open_engine_takes_up_a_lexicon_that_another_process_changed(engine: Engine) -> None:
    put(engine, Note("a", "青苔拿铁配方"))
    assert "青苔拿铁" not in dict(engine.snapshot().index.vocabulary())
    with Engine.open(engine.library.folder) as other:
        lines = other.lexicon_lines("青苔拿铁", "category", [])
        assert [change.note_id for change in other.preview(lines)] == ["a"]
        other.add_to_lexicon(lines)
    assert found(engine, "青苔拿铁") == ["a"]
    assert "青苔拿铁" in dict(engine.snapshot().index.vocabulary())


def test_a_preview_shows_notes_that_only_write_the_other_spelling(engine: Engine) -> None:
    put(engine, Note("a", "绿绿霜真好用"), Note("b", "面霜"))
    lines = engine.lexicon_lines("青苔霜", "product", ["绿绿霜"])
    changed = list(engine.preview(lines))
    assert [change.note_id for change in changed] == ["a"]
    assert changed[0].gained
    assert not engine.library.lexicon.joinpath("product.txt").exists()


def test_a_busy_library_takes_no_new_word(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the lexicon would be changed, the index not, and every search refused."""
    put(engine, Note("a", "青苔拿铁配方"))
    monkeypatch.setattr(inspect.unwrap(Library.writing), "__defaults__", (0.05,))
    lines = engine.lexicon_lines("青苔拿铁", "category", [])
    with engine.library.writing("another"), pytest.raises(LibraryBusy):
        engine.add_to_lexicon(lines)
    assert not (engine.library.lexicon / "category.txt").exists()
    assert found(engine, "拿铁") == ["a"]


# --- verify --------------------------------------------------------------------------------------


def test_verify_counts_what_is_sound(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, 300)
    notes, files = engine.verify()
    assert (notes, files) == (300, len(list(engine.library.index.glob("*.nrs"))))


def test_verify_names_a_damaged_index_file_and_a_rebuild_mends_it(
    engine: Engine, tmp_path: Path
) -> None:
    fill(engine, tmp_path, 300)
    before = pages(engine)
    engine.close()
    (file,) = engine.library.index.glob("*.nrs")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 4
    file.write_bytes(content)
    with Engine.open(engine.library.folder) as again:
        with pytest.raises(Damaged, match=rf"{file.name}.*rebuild"):
            again.verify()
        again.rebuild()
        assert again.verify()[0] == 300
        assert pages(again) == before


@pytest.mark.parametrize("place", ["header", "docs", "ids"])
def test_a_damaged_index_is_never_searched_but_set_aside_and_made_again(
    engine: Engine, tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    fill(engine, tmp_path, 300)
    before = pages(engine)
    engine.close()
    (file,) = engine.library.index.glob("*.nrs")
    content = bytearray(file.read_bytes())
    whole = bytes(content)
    size = int.from_bytes(whole[8:12], "little")
    table = orjson.loads(whole[16 : 16 + size])["sections"]
    at = {"header": 20, "docs": 8192 + table["body.docs"][0] + 2, "ids": 8192 + table["rank_of"][0]}
    content[at[place]] ^= 4
    file.write_bytes(content)
    with Engine.open(engine.library.folder) as again:
        assert pages(again) == before
        assert again.verify()[0] == 300
        assert (again.library.index / "damaged" / file.name).read_bytes() == content
    assert "made again" in caplog.text


def test_an_import_into_a_damaged_index_mends_it(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, 30)
    engine.close()
    (file,) = engine.library.index.glob("*.nrs")
    file.write_bytes(file.read_bytes()[:-9])
    with Engine.open(engine.library.folder) as again:
        put(again, Note("new", "面霜"))
        assert again.verify()[0] == 31
        assert again.search("面霜").total >= 1


def test_verify_names_a_damaged_note(engine: Engine) -> None:
    put(engine, Note("a", "面霜"), Note("b", "防晒"))
    with engine.store.writing():
        engine.store._db.execute("UPDATE notes SET crc = 1 WHERE note_id = 'b'")
    with pytest.raises(Damaged, match=r"note b in notes\.db"):
        engine.verify()
    engine.delete("b")  # the cure that the refusal names
    put(engine, Note("b", "防晒"))
    assert engine.verify()[0] == 2


# --- several at once -----------------------------------------------------------------------------


def _import_elsewhere(folder: str, path: str) -> None:
    with Engine.open(Path(folder)) as engine:
        engine.import_file(Path(path), ReadOptions(), NOW)


def test_an_open_reader_sees_an_import_of_another_process(engine: Engine, tmp_path: Path) -> None:
    put(engine, Note("a", "面霜", counts=Counts(likes=Count(1))))
    assert found(engine, "凤梨酥") == []
    rows = [{"note_id": "x", "title": "凤梨酥"}, {"note_id": "a", "title": "面霜二"}]
    path = write(tmp_path / "other.jsonl", rows)
    context = multiprocessing.get_context("fork")
    other = context.Process(target=_import_elsewhere, args=(str(engine.library.folder), str(path)))
    other.start()
    other.join(60)
    assert other.exitcode == 0
    assert found(engine, "凤梨酥") == ["x"]
    assert engine.note("a").title == "面霜二"
    assert engine.stats().notes == 2


def test_searches_during_imports_and_merges_see_whole_states(
    engine: Engine, tmp_path: Path
) -> None:
    """Every note says 面霜; a page must hold all notes of a whole number of imports."""
    wrong: list[object] = []
    done = threading.Event()
    asked = 0

    def ask() -> None:
        nonlocal asked
        with Engine.open(engine.library.folder) as reader:
            last = 0
            while not done.is_set():
                try:
                    total = reader.search("面霜", SearchRequest(limit=5)).total
                except Exception as error:
                    wrong.append(error)
                    return
                if total % 10 or total < last:
                    wrong.append(total)
                last, asked = total, asked + 1

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for first in range(0, 240, 10):
        put(engine, *(Note(f"n{n:04d}", f"面霜 {n}") for n in range(first, first + 10)))
    engine.rebuild()
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert asked > 10


def test_a_writer_that_waits_in_vain_is_told_who_writes(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspect.unwrap(Library.writing), "__defaults__", (0.05,))
    with Engine.open(engine.library.folder) as other, other.library.writing("noterank import"):
        with pytest.raises(LibraryBusy, match="noterank import"):
            put(engine, Note("a", "面霜"))
        assert engine.search("面霜").total == 0  # reading goes on
    put(engine, Note("a", "面霜"))
    assert found(engine, "面霜") == ["a"]


def test_a_dry_run_leaves_no_trace_in_the_index(engine: Engine, tmp_path: Path) -> None:
    fill(engine, tmp_path, 50)
    before = pages(engine), engine.snapshot().index.version, engine.store.seq
    path = write(tmp_path / "new.jsonl", (row(n) for n in range(30, 90)))
    report = engine.dry_run(path, ReadOptions(), NOW)
    assert (report.added, report.unchanged) == (40, 20)
    assert (pages(engine), engine.snapshot().index.version, engine.store.seq) == before


def test_opening_what_is_no_library_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="noterank import"):
        Engine.open(tmp_path / "none")
    assert not (tmp_path / "none").exists()
