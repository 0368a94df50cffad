"""Two imports at once: the second waits, or is refused and told who holds the library."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.engine import Engine
from tests.crash.faults import NOW, command, export, says

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def start(library: Path, path: Path) -> subprocess.Popen[str]:
    line = [sys.executable, "-m", "engine", "import", str(path), "--library", str(library)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_importers_together_leave_what_one_after_the_other_leaves(tmp_path: Path) -> None:
    paths = [export(tmp_path / f"{n}.jsonl", 400, first=n * 400) for n in range(2)]
    for path in paths:
        assert command(tmp_path / "alone", "import", path).returncode == 0
    wanted = says(tmp_path / "alone")
    for turn in range(5):
        library = tmp_path / f"together{turn}"
        both = [start(library, path) for path in paths]
        for importer, path in zip(both, paths, strict=True):
            _, told = importer.communicate(timeout=120)
            assert importer.returncode in (0, 1), told
            if importer.returncode:
                assert "Traceback" not in told
                assert "import" in told
                assert command(library, "import", path).returncode == 0
        assert says(library) == wanted


def test_a_reader_sees_whole_states_while_two_processes_write(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert command(library, "import", export(tmp_path / "first.jsonl", 50)).returncode == 0
    done = threading.Event()
    wrong: list[str] = []

    def read() -> None:
        with Engine.open(library) as engine:
            while not done.is_set():
                page = engine.search("面霜", now=NOW)
                ids = [result.note.note_id for result in page.results]
                if len(ids) != len(set(ids)) or page.total < len(ids):
                    wrong.append(str(ids))

    thread = threading.Thread(target=read)
    thread.start()
    paths = [export(tmp_path / f"{n}.jsonl", 300, first=1000 * n) for n in (1, 2)]
    for importer in [start(library, path) for path in paths]:
        importer.communicate(timeout=120)
    done.set()
    thread.join()
    assert wrong == []


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP")
def test_a_writer_that_hangs_is_named_to_the_next(tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert command(library, "import", export(tmp_path / "first.jsonl", 5)).returncode == 0
    holder = start(library, export(tmp_path / "long.jsonl", 30_000, first=100))
    lock = library / "writer.json"
    deadline = time.monotonic() + 60
    while not lock.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(holder.pid, signal.SIGSTOP)
    try:
        answer = command(library, "import", export(tmp_path / "next.jsonl", 5, first=90_000))
        assert answer.returncode == 1
        assert str(holder.pid) in answer.stderr
        assert command(library, "search", "面霜").returncode == 0
    finally:
        os.kill(holder.pid, signal.SIGCONT)
        holder.kill()
        holder.communicate()
    assert command(library, "verify").returncode == 0
