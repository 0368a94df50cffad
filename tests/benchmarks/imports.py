"""A crawl imported: notes a second, growth with the file, near-copies, the second time, memory.

    uv run --group bench python -m tests.benchmarks import

A hundred thousand notes by default (NOTERANK_NOTES says otherwise) and a tenth of that; generated
MediaCrawler lines of 383 characters a body (tests.benchmarks.crawls). Each step runs in a process
of its own, so that its peak is its own. Seconds of the processor (user and system) stand beside
those of the clock: on a machine that does other work as well, they are what counts.

Beside it storage alone, the same rows put in SQLite as they are (`sqlite-utils insert` where it is
installed, else executemany), and jieba alone on a part of the texts.
"""

from __future__ import annotations

import importlib.util
import json
import math
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from engine.engine import Engine
from engine.formats import ReadOptions
from engine.model import CHINA
from tests.benchmarks import crawls

NOTES = int(os.environ.get("NOTERANK_NOTES", "100000"))
NOW = datetime(2026, 11, 1, tzinfo=CHINA)
COPIES = 0.9
_CUT = 2_000  # texts that jieba cuts
Spent = tuple[float, float, float]  # seconds of the processor, of the clock, peak in MB


def table() -> None:
    """Print every step with its ratio to the target."""
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as name:
        folder = Path(name)
        small, whole, copies = (folder / f"{step}.jsonl" for step in ("small", "whole", "copies"))
        crawls.write(small, NOTES // 10)
        crawls.write(whole, NOTES)
        crawls.write(copies, NOTES, COPIES)
        _alone("import", small)  # compiles
        tenth = _alone("import", small)
        first = _alone("import", whole)
        again = _alone("import", whole, whole)
        renamed = folder / "renamed.jsonl"
        renamed.hardlink_to(whole)
        other = _alone("import", whole, renamed)
        near = _alone("import", copies)
        print(f"import: {NOTES:,} notes of {whole.stat().st_size / NOTES:,.0f} bytes a line")
        _line("a tenth of them", tenth)
        _line("all", first, f"{first[0] / tenth[0]:.1f} × a tenth, at most 11")
        _line("the same file again", again, f"{again[0] / first[0]:.1%} of the first, at most 15 %")
        _line("under another name", other, f"{other[0] / first[0]:.1%} of the first")
        _line(f"{COPIES:.0%} near-copies", near, f"{near[0] / first[0]:.2f} ×, at most 1.50")
        for step in ("storage", "jieba"):
            spent = _alone(step, whole)
            _line(_NAMES[step](), spent, f"{spent[0] / first[0]:.1%} of the import")
        _slope(tenth[0], first[0])


def _slope(tenth: float, whole: float) -> None:
    """What a million would take if each ten times cost what the last ten times did."""
    million = whole * (whole / tenth) ** math.log10(1_000_000 / NOTES)
    print(f"  a million by this slope {million / 60:9.1f} min of the processor")


def _line(name: str, spent: Spent, said: str = "") -> None:
    seconds, clock, peak = spent
    print(f"  {name:<24}{seconds:9.1f} s{clock:9.1f} s by the clock{peak:8,.0f} MB  {said}")


def _alone(step: str, *paths: Path) -> Spent:
    """What a step spends on the last path in a process of its own, the others done before."""
    command = [sys.executable, "-m", "tests.benchmarks.imports", step, *map(str, paths)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, clock, peak = map(float, output.split())
    return seconds, clock, peak


def _import(paths: list[Path]) -> Spent:
    with (
        tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder,
        Engine.open(Path(folder), create=True) as engine,
    ):
        for path in paths[:-1]:
            engine.import_file(path, ReadOptions(), NOW)
        return _spent(lambda: engine.import_file(paths[-1], ReadOptions(), NOW))


def _storage(paths: list[Path]) -> Spent:
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
        place = Path(folder) / "rows.db"
        if importlib.util.find_spec("sqlite_utils"):
            words = ["insert", str(place), "notes", str(paths[0]), "--nl", "--pk", "note_id"]
            return _spent(lambda: subprocess.run([sys.executable, "-m", "sqlite_utils", *words]))
        return _spent(lambda: _inserted(place, paths[0]))


def _inserted(place: Path, path: Path) -> None:
    with path.open(encoding="utf-8") as file, sqlite3.connect(place) as db:
        first = json.loads(file.readline())
        file.seek(0)
        columns = ", ".join(f"{name} TEXT" for name in first)
        db.execute(f"CREATE TABLE notes ({columns}, PRIMARY KEY (note_id))")
        rows: Iterator[tuple[str, ...]] = (tuple(json.loads(line).values()) for line in file)
        db.executemany(f"INSERT INTO notes VALUES ({', '.join('?' * len(first))})", rows)


def _jieba(paths: list[Path]) -> Spent:
    """jieba's cut_for_search on a part of the texts, in proportion to all."""
    import jieba

    jieba.setLogLevel(60)
    list(jieba.cut_for_search("预热"))
    with paths[0].open(encoding="utf-8") as file:
        texts = [json.loads(line)["desc"] for line, _ in zip(file, range(_CUT), strict=False)]
    seconds, clock, peak = _spent(lambda: [list(jieba.cut_for_search(text)) for text in texts])
    share = NOTES / len(texts)
    return seconds * share, clock * share, peak


def _spent(run: Callable[[], object]) -> Spent:
    before, start = _processor(), time.perf_counter()
    run()
    clock = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return _processor() - before, clock, peak


def _processor() -> float:
    """Seconds of user and system, those of children that ended included."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(who)[:2]) for who in whose)


_STEPS = {"import": _import, "storage": _storage, "jieba": _jieba}
_NAMES: dict[str, Callable[[], str]] = {
    "storage": lambda: (
        "sqlite-utils insert" if importlib.util.find_spec("sqlite_utils") else "sqlite3 executemany"
    ),
    "jieba": lambda: f"jieba alone ({_CUT:,} cut)",
}

if __name__ == "__main__":
    print(*_STEPS[sys.argv[1]]([Path(name) for name in sys.argv[2:]]))
