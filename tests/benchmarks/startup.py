"""What a command costs from its start to its end: processor seconds and peak memory.

    uv run python -m tests.benchmarks startup

Each command runs in a fresh process; caches (compiled kernels, dictionary, Python's bytecode) lie
in a folder of their own that is empty before the first demo. Later commands find what it left.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_RUNS = 3
_TARGETS = {  # processor seconds
    "demo, the first": 25.0,
    "demo, again": None,
    "--help": 0.4,
    "stats": 1.0,
    "search 敏感肌面霜": 1.0,
    "explain, 敏感肌面霜": None,
    "draft, 5 keywords": None,
}


class Cost(NamedTuple):
    """Of one process: processor seconds (user and system), wall seconds, peak memory in MB."""

    processor: float
    wall: float
    memory: float


def table() -> None:
    """Print what each command costs, beside its target."""
    with tempfile.TemporaryDirectory() as folder:
        costs = _measured(Path(folder))
    print("\nstart to end of a command, fresh processes, caches of their own (demo: all empty)")
    print(f"{'command':24}{'processor':>10}{'target':>8}{'wall':>8}{'peak MB':>9}")
    for name, cost in costs.items():
        target = _TARGETS[name]
        shown = "" if target is None else f"{target:.1f}"
        print(f"{name:24}{cost.processor:10.2f}{shown:>8}{cost.wall:8.2f}{cost.memory:9.0f}")


def _measured(folder: Path) -> dict[str, Cost]:
    library = ("--library", str(folder / "demo-library"))
    note = "6d466d44f04aa9ff061f7de8"
    keywords = folder / "keywords.csv"
    keywords.write_text("keyword\n面霜\n敏感肌面霜\n打工人\n通勤妆\n换季\n", "utf-8")
    draft = str(ROOT / "corpus" / "drafts" / "commuter.md")
    later = {
        "--help": ("--help",),
        "stats": ("stats", *library),
        "search 敏感肌面霜": ("search", "敏感肌面霜", *library),
        "explain, 敏感肌面霜": ("explain", note, "敏感肌面霜", *library),
        "draft, 5 keywords": ("draft", draft, "--keywords", str(keywords), *library),
        "demo, again": ("demo", *library),
    }
    costs = {"demo, the first": run(folder, "demo", *library)}
    for name, words in later.items():
        runs = [run(folder, *words) for _ in range(_RUNS + 1)][1:]  # the first writes bytecode
        costs[name] = Cost(*(statistics.median(column) for column in zip(*runs, strict=True)))
    return costs


def run(folder: Path, *words: str) -> Cost:
    """What one command costs; its caches lie in the folder. RuntimeError when it is refused."""
    environment = {key: value for key, value in os.environ.items() if key not in _OTHERS}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "NUMBA_CACHE_DIR": str(folder / "kernels"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    done = subprocess.run(
        [sys.executable, "-S", "-c", _WATCH, sys.executable, "-m", "engine", *words],
        capture_output=True, text=True, encoding="utf-8", env=environment, cwd=folder, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"exit {done.returncode}: {done.stdout[-500:]} {done.stderr}")
    return Cost(*map(float, done.stderr.splitlines()[-1].split()))


# a small parent: a child's peak begins with what its parent holds
_WATCH = """
import os, sys, time
started = time.perf_counter()
process = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
wall = time.perf_counter() - started
print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""
_OTHERS = {"PYTHONDONTWRITEBYTECODE", "NOTERANK_LIBRARY"}  # would change what is measured
