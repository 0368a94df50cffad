"""SIGKILL at random moments: nothing acknowledged is lost, nothing half-done is served."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.engine import Engine
from engine.formats import ReadOptions
from engine.ingest import importer
from engine.text.cut import dictionary
from tests.crash.faults import NOW, WORDS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need fork and SIGKILL"),
    pytest.mark.timeout(1200),
]
ROWS = 1_200
KILLS = 200
UNDONE = 40  # kills of an undo, each followed by a look at the whole library


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Notes in noterank's own jsonl; one row in fifty is broken."""
    chance = random.Random(1)
    path = tmp_path_factory.mktemp("export") / "notes.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(ROWS):
            body = "，".join(chance.choices(WORDS, k=30)) + f"，第{number}篇"
            row = {"title": chance.choice(WORDS), "body": body, "likes": number}
            if number % 50 != 49:  # what names no note is rejected
                row["note_id"] = f"n{number:05d}"
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def in_child(work: Callable[[int], None]) -> tuple[int, int]:
    """Run `work` in a forked process that tells its progress to a pipe: (pid, pipe to read)."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    code = 1
    try:
        os.close(reading)
        work(writing)
        code = 0
    finally:
        os._exit(code)


def end(child: int, pipe: int, after: float) -> tuple[bool, list[str]]:
    """Kill the child after some seconds: (whether it had ended by itself, what it had told)."""
    deadline = time.monotonic() + after
    done = 0
    while time.monotonic() < deadline and not done:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.002)
    if not done:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    with os.fdopen(pipe) as told:
        lines = told.read().split()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return bool(done), lines


def importing(library: Path, export: Path) -> Callable[[int], None]:
    """Import, and tell after each transaction how many notes are stored."""

    def work(pipe: int) -> None:
        with Engine.open(library, create=True) as engine:

            def tick(_: float) -> None:
                os.write(pipe, f"{engine.store.totals()['notes']} ".encode())

            engine.import_file(export, ReadOptions(), NOW, tick)

    return work


def state(library: Path) -> dict[str, object]:
    """Everything that two libraries must agree on."""
    with Engine.open(library) as engine:
        notes = list(engine.notes())
        pages = {
            words: [(r.note.note_id, r.score) for r in engine.search(words).results]
            for words in ("敏感肌面霜", "神仙水平替", "通勤")
        }
        rejected = [path.read_bytes() for path in sorted(engine.library.rejected.glob("*.jsonl"))]
        return {
            "notes": notes,
            "pages": pages,
            "rejected": rejected,
            "size": len(engine.snapshot()),
        }


@pytest.fixture(scope="module")
def whole(
    export: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, object], float]:
    """The library of an undisturbed import, and how many seconds it takes."""
    dictionary.load()  # once here, inherited by every fork
    library = tmp_path_factory.mktemp("whole")
    start = time.monotonic()
    with Engine.open(library, create=True) as engine:
        report = engine.import_file(export, ReadOptions(), NOW)
    assert (report.added, report.rejected) == (ROWS - ROWS // 50, ROWS // 50)
    return state(library), time.monotonic() - start


def test_no_kill_of_an_import_loses_an_acknowledged_row(
    export: Path,
    whole: tuple[dict[str, object], float],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected, seconds = whole
    monkeypatch.setattr(importer, "_BATCH", 100)  # steps that a kill can stand between
    ids = [note.note_id for note in expected["notes"]]  # type: ignore[attr-defined]
    chance = random.Random(2026)
    kills = finished = 0
    library = tmp_path / "0"
    while kills < KILLS:
        child, pipe = in_child(importing(library, export))
        done, told = end(child, pipe, chance.uniform(0, seconds * 0.6))
        kills += not done
        acknowledged = max((int(number) for number in told), default=0)
        if not (library / "notes.db").exists():
            assert acknowledged == 0
            continue
        with Engine.open(library) as engine:
            stored = [note.note_id for note in engine.notes()]
            assert len(stored) >= acknowledged
            assert stored == ids[: len(stored)]
            assert len(engine.snapshot()) == len(stored)
            engine.verify()
        if done:
            assert state(library) == expected
            finished += 1
            library = tmp_path / str(finished)
    assert finished > 3


def test_a_killed_rebuild_leaves_the_old_index_or_the_new(
    export: Path, whole: tuple[dict[str, object], float], tmp_path: Path
) -> None:
    expected, seconds = whole
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_file(export, ReadOptions(), NOW)
    chance = random.Random(7)

    def rebuild(_: int) -> None:
        with Engine.open(tmp_path) as engine:
            engine.rebuild()

    for _ in range(25):
        end(*in_child(rebuild), chance.uniform(0, seconds))
        assert state(tmp_path)["pages"] == expected["pages"]
    with Engine.open(tmp_path) as engine:
        engine.rebuild()
        engine.verify()
        kept = {path.name for path in engine.library.index.iterdir()}
    assert len(kept) <= 4  # what killed rebuilds left behind is swept away


def test_a_killed_delete_is_done_or_not_begun(export: Path, tmp_path: Path) -> None:
    with Engine.open(tmp_path, create=True) as engine:
        engine.import_file(export, ReadOptions(), NOW)
    chance = random.Random(11)
    for number in range(25):
        note_id = f"n{number:05d}"

        def delete(_: int, note_id: str = note_id) -> None:
            with Engine.open(tmp_path) as engine:
                engine.delete(note_id)

        end(*in_child(delete), chance.uniform(0, 0.4))
        with Engine.open(tmp_path) as engine:
            stored = engine.store.get(note_id) is not None
            assert bool(len(engine.snapshot().index.columns([note_id]))) == stored
            assert len(engine.snapshot()) == engine.store.totals()["notes"]


@pytest.fixture(scope="module")
def twice(export: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(a library of two imports that share notes, the same of the second alone)."""
    folder = tmp_path_factory.mktemp("twice")
    second = folder / "second.jsonl"
    lines = export.read_text("utf-8").splitlines()[ROWS // 2 :]
    rows = [json.loads(line) for line in lines]
    later = [row | {"likes": 7, "title": f"{row['title']}，改"} for row in rows]
    rows = [row for row in rows if "note_id" in row]
    more = [row | {"note_id": f"x{row['note_id']}"} for row in rows]  # near-copies of the first
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in [*later, *more])
    second.write_text(text + "\n", "utf-8")
    both, alone = folder / "both", folder / "alone"
    for library, files in ((both, (export, second)), (alone, (second,))):
        with Engine.open(library, create=True) as engine:
            for path in files:
                engine.import_file(path, ReadOptions(), NOW)
    return both, alone


def test_a_killed_undo_is_done_or_not_begun_and_can_be_done_again(
    twice: tuple[Path, Path], tmp_path: Path
) -> None:
    both, alone = twice
    before, after = _said(both), _said(alone)
    assert before != after
    chance = random.Random(5)

    def undo(library: Path) -> Callable[[int], None]:
        def work(_: int) -> None:
            with Engine.open(library) as engine:
                engine.undo(1)

        return work

    start = time.monotonic()
    end(*in_child(undo(shutil.copytree(both, tmp_path / "timed"))), 60)
    seconds = time.monotonic() - start
    kills = outcomes = 0
    library = shutil.copytree(both, tmp_path / "0")
    for number in range(1, 12 * UNDONE):
        done, _ = end(*in_child(undo(library)), chance.uniform(0, seconds * 1.2))
        kills += not done
        with Engine.open(library) as engine:
            ended = not any(kept.number == 1 for kept in engine.imports())
            assert len(engine.snapshot()) == engine.store.totals()["notes"]
            if number % 10 == 0:
                engine.verify()
        assert _said(library) == (after if ended else before)
        outcomes += ended
        if ended:
            shutil.rmtree(library)
            library = shutil.copytree(both, tmp_path / str(number))
        if kills == UNDONE:
            break
    assert kills == UNDONE
    assert outcomes > 3


def _said(library: Path) -> list[object]:
    with Engine.open(library) as engine:
        groups = {row.note.note_id: row.cluster for row in engine.store.all()}
        history = [engine.store.count_history(note_id) for note_id in sorted(groups)]
    kept = state(library)
    return [kept["notes"], kept["pages"], kept["size"], groups, history]
