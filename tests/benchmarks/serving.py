"""Requests a second over HTTP: search, suggest and a page, against an empty endpoint.

    uv run --group bench python -m tests.benchmarks http

NOTERANK_NOTES (20,000) notes of real text repeated, or those of the library NOTERANK_LIBRARY,
behind one server process; one connection, one request after the other, the endpoints in turn.
Queries are words of the notes, each new but where it says otherwise. Printed: requests a second
(median of the rounds) and the share of the empty endpoint's.
"""

from __future__ import annotations

import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import cycle
from pathlib import Path
from urllib.parse import quote

from engine.engine import Engine
from engine.model import CHINA, Captured
from tests.benchmarks.memory import notes

NOTES = int(os.environ.get("NOTERANK_NOTES", "20000"))
ROUNDS, SECONDS, PORT = 5, 2.0, 18477
HOME = f"http://127.0.0.1:{PORT}"
NOW = datetime(2026, 11, 1, tzinfo=CHINA)


def table() -> None:
    """Print requests a second of each endpoint, and its share of the empty one's."""
    with running() as (count, words):
        print(f"http: {count:,} notes, one connection")
        _measure(words)


@contextmanager
def running() -> Iterator[tuple[int, list[str]]]:
    """A server on HOME: (its notes, words of them in no order)."""
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
        library = Path(os.environ.get("NOTERANK_LIBRARY", Path(folder) / "library"))
        with Engine.open(library, create=True) as engine:
            if not len(engine.snapshot()):
                rows = (Captured(n, note) for n, note in enumerate(notes(NOTES), 1))
                engine.import_rows("bench", rows, NOW)
            count = len(engine.snapshot())
            words = [w for w, df in engine.snapshot().index.vocabulary() if df > 20 and len(w) > 1]
        random.Random(5).shuffle(words)
        log = Path(folder) / "log"
        with log.open("w") as stream:
            command = [sys.executable, "-m", "engine", "serve", "--library", str(library)]
            server = subprocess.Popen([*command, "--port", str(PORT)], stderr=stream)
        try:
            while "Ctrl-C" not in log.read_text("utf-8"):
                assert server.poll() is None, log.read_text("utf-8")
                time.sleep(0.1)
            yield count, words
        finally:
            server.terminate()
            server.wait()


def _measure(words: list[str]) -> None:
    def search(word: str) -> str:
        return f"/api/v1/search?q={quote(word)}&limit=10"

    asked = {
        "empty endpoint": cycle(["/healthz"]),
        "search, 10 hits, asked before": cycle([search(word) for word in words[:200]]),
        "search, 10 hits, new": map(search, cycle(words[200:])),
        "suggest": (f"/api/v1/suggest?q={quote(w[:2])}" for w in cycle(words)),
        "search page": (f"/?q={quote(w)}" for w in cycle(words)),
    }
    rates: dict[str, list[float]] = {name: [] for name in asked}
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    for paths in asked.values():
        _rate(connection, paths, 0.5)
    for _ in range(ROUNDS):
        for name, paths in asked.items():
            rates[name].append(_rate(connection, paths, SECONDS))
    empty = statistics.median(rates["empty endpoint"])
    for name, found in rates.items():
        middle = statistics.median(found)
        print(f"  {name:29} {middle:8.0f} /s   {middle / empty:5.1%} of the empty endpoint")


def _rate(connection: http.client.HTTPConnection, paths: Iterator[str], seconds: float) -> float:
    """Requests a second over so many seconds; every answer is read and must be 200."""
    done, start = 0, time.perf_counter()
    while (taken := time.perf_counter() - start) < seconds:
        connection.request("GET", next(paths))
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        done += 1
    return done / taken
