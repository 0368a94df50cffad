"""Raw text to a searchable index, and what searching it holds in memory, each in a fresh process.

    uv run python -m tests.benchmarks memory

A hundred thousand notes by default (NOTERANK_NOTES says otherwise): titles, tags and bodies of
about 400 characters put together from the sample notes.
"""

from __future__ import annotations

import itertools
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine.index.embedded import EmbeddedIndex
from engine.index.protocol import Scoring
from engine.model import CHINA, Note
from engine.ranking import ruleset
from engine.ranking.searcher import Searcher, SearchRequest
from engine.store.rows import Stored
from engine.text import lexicon
from engine.text.cut import Tokenizer, searching
from engine.text.cut.vocabulary import Vocabulary
from engine.text.document import batch
from engine.text.query import parse
from engine.text.segment import Segmenter
from tests.benchmarks import material

NOTES = int(os.environ.get("NOTERANK_NOTES", "100000"))
AT_ONCE = 20_000
_WORDS = [
    "敏感肌面霜",
    "油皮粉底液推荐",
    "早C晚A",
    "露营装备",
    "通勤穿搭",
    "防晒霜",
    "咖啡",
    "猫咪",
]


def notes(count: int) -> Iterator[Note]:
    """Notes of about 400 characters: two bodies of the sample under another's title and tags."""
    known = material.corpus_notes()
    bodies = [note.body for note in known if len(note.body) >= 120]
    dice = random.Random(1)
    for number in range(count):
        body = f"{dice.choice(bodies)[:200]}\n{dice.choice(bodies)[:200]}"
        yield replace(known[number % len(known)], note_id=f"n{number:07d}", body=body)


def table() -> None:
    """Each step in a process of its own, so that its peak is its own."""
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
        for step in ("build", "search"):
            command = [sys.executable, "-m", "tests.benchmarks.memory", step, folder]
            subprocess.run(command, check=True)


def _build(folder: Path) -> None:
    segmenter, plain = Segmenter(lexicon.load()), Tokenizer()
    seconds = {"text": 0.0, "bare": 0.0, "analysis": 0.0}
    characters = 0
    vocabulary = Vocabulary()
    begin = time.perf_counter()

    def batches() -> Iterator[object]:
        nonlocal characters
        made = notes(NOTES)
        while True:
            start = time.perf_counter()
            rows = list(itertools.islice(made, AT_ONCE))
            texts = [t for n in rows for t in (n.title, n.body, *n.tags)]
            seconds["text"] += time.perf_counter() - start
            if not rows:
                return
            characters += sum(map(len, texts))
            start = time.perf_counter()
            searching.numbers(plain.lexis, texts, vocabulary, grams=True)
            seconds["bare"] += time.perf_counter() - start
            start = time.perf_counter()
            columns = batch(rows, [""] * len(rows), segmenter)
            seconds["analysis"] += time.perf_counter() - start
            yield columns

    EmbeddedIndex(folder, "benchmark").rebuild(batches(), 1)  # type: ignore[arg-type]
    whole = time.perf_counter() - begin - seconds["text"] - seconds["bare"]
    bare = seconds["bare"]
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"memory: {NOTES:,} notes, {characters / NOTES:.0f} characters each, all fields")
    print(f"  bare segmenter            {bare:7.1f} s")
    print(f"  analysis                  {seconds['analysis']:7.1f} s   "
          f"{bare / seconds['analysis']:6.1%} of its speed")  # fmt: skip
    print(f"  raw text to index         {whole:7.1f} s   {bare / whole:6.1%} of its speed, "
          f"{NOTES / whole:,.0f} notes/s, peak {_peak():,.0f} MB")  # fmt: skip
    print(f"  on disk                   {size / 1e6:7.0f} MB")


def _search(folder: Path) -> None:
    segmenter = Segmenter(lexicon.load())
    view = EmbeddedIndex(folder, "benchmark").snapshot()
    before = _peak()
    segment = view.readers[0].segment
    postings = sum(len(segment.column(f"{field}.docs")) for field in ("title", "tags", "body"))
    asked = [parse(words, segmenter) for words in _WORDS]
    rules, now = ruleset.load("balanced"), datetime(2026, 11, 1, tzinfo=CHINA)
    searcher = Searcher(Notes(), view, segmenter, rules, now)  # type: ignore[arg-type]
    one = Scoring(title=0, tags=0)
    bare = _median(lambda n: view.best(asked[n], one, 10))
    steps = {
        "one field, top 10": bare,
        "three fields, top 10": _median(lambda n: view.best(asked[n], rules.scoring, 10)),
        "top 1,000 with total": _median(
            lambda n: view.search_many([asked[n]], rules.scoring, 1000, total=True)
        ),
        "page: rules, snippets": _median(
            lambda n: searcher.page(_WORDS[n], SearchRequest(limit=10))
        ),
    }
    for name, seconds in steps.items():
        print(f"  {name:<24}  {seconds * 1e6:7.0f} µs   {seconds / bare:6.1f} × one field")
    print(f"  searching                 peak {_peak():,.0f} MB, {before:,.0f} MB before the first "
          f"query; {postings:,} postings")  # fmt: skip


class Notes:
    """Stands in for the store, which the page asks for ten notes."""

    def __init__(self) -> None:
        self._known = material.corpus_notes()

    def get_many(self, note_ids: list[str]) -> dict[str, Stored]:
        known = self._known
        return {i: Stored(known[int(i[1:]) % len(known)], 0, "") for i in note_ids}


def _median(run: Callable[[int], object]) -> float:
    """Seconds of a query in the middle, each the least of five runs."""
    times = []
    for number in range(len(_WORDS)):
        runs = []
        for _ in range(5):
            start = time.perf_counter()
            run(number)
            runs.append(time.perf_counter() - start)
        times.append(min(runs))
    return statistics.median(times)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    {"build": _build, "search": _search}[sys.argv[1]](Path(sys.argv[2]))
