"""Share of voice as one batch against a search a keyword.

    uv run --group bench python -m tests.benchmarks voice

NOTERANK_NOTES (100,000) notes of real text repeated, NOTERANK_KEYWORDS (10,000) keywords of their
vocabulary, top 50 by the product's rules; a search a keyword is timed on 300 of them.
"""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from engine.index.embedded import EmbeddedIndex
from engine.index.hits import Batch
from engine.insight.share_of_voice import WeightedKeyword, brand_shares, totals
from engine.model import CHINA
from engine.ranking import ruleset
from engine.ranking.ranker import Ranker
from engine.ranking.searcher import Searcher
from engine.ranking.searcher import SearchRequest as Page
from engine.text import lexicon
from engine.text.document import batch
from engine.text.segment import Segmenter
from tests.benchmarks.memory import AT_ONCE, Notes, notes

NOTES = int(os.environ.get("NOTERANK_NOTES", "100000"))
KEYWORDS = int(os.environ.get("NOTERANK_KEYWORDS", "10000"))
RUNS, SINGLE = 3, 300
NOW = datetime(2026, 11, 1, tzinfo=CHINA)
BRANDS = {"沐禾集": "沐禾集", "初棠": "初棠", "野鹿咖啡": "野鹿咖啡"}


def table() -> None:
    """Print seconds of the batch, of its parts, and the ratio to single searches."""
    segmenter, rules = Segmenter(lexicon.load()), ruleset.load(ruleset.DEFAULT)
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
        index = EmbeddedIndex(Path(folder), segmenter.fingerprint)
        index.rebuild(batches(segmenter), 1)
        words = vocabulary(index)
        print(f"voice: {NOTES:,} notes, {len(words):,} keywords, top 50, rules {rules.label}")
        start = time.perf_counter()
        ranker = Ranker(index.snapshot(), segmenter, rules, NOW)
        ranker.pages(words[:50], 50)
        print(f"  the first fifty pages    {time.perf_counter() - start:8.2f} s, columns read once")
        taken = []
        for _ in range(RUNS):
            start = time.perf_counter()
            pages = ranker.pages(words, 50)
            taken.append(time.perf_counter() - start)
        start = time.perf_counter()
        asked = [WeightedKeyword(word, 1.0, "core", "know", "p") for word in words]
        columns = [page.columns for page in pages]
        found = brand_shares(asked, columns, BRANDS)
        totals(asked, columns, found, "total")
        sharing = time.perf_counter() - start
        searcher = Searcher(Notes(), index.snapshot(), segmenter, rules, NOW)  # type: ignore[arg-type]
        alone = _each(lambda word: searcher.ids(word, 50), words)
        whole = _each(lambda word: searcher.page(word, Page(limit=50)), words)
        middle = statistics.median(taken)
        each = middle / len(words)
        print(f"  pages of all keywords    {middle:8.2f} s"
              f"  ({1e3 * each:.2f} ms each; {min(taken):.2f} to {max(taken):.2f})")  # fmt: skip
        print(f"  shares of three brands   {sharing:8.2f} s")
        for name, seconds in (("order alone", alone), ("with snippets", whole)):
            ratio = seconds / each
            print(f"  a search each, {name:13} {1e3 * seconds:6.2f} ms, {ratio:5.1f} × the batch")


def _each(call: object, words: list[str]) -> float:
    """Mean seconds of a call over the first keywords."""
    start = time.perf_counter()
    for word in words[:SINGLE]:
        call(word)  # type: ignore[operator]
    return (time.perf_counter() - start) / min(SINGLE, len(words))


def batches(segmenter: Segmenter) -> Iterator[Batch]:
    """The notes of the benchmark, block by block."""
    made = notes(NOTES)
    while rows := list(islice(made, AT_ONCE)):
        yield batch(rows, [""] * len(rows), segmenter)


def vocabulary(index: EmbeddedIndex) -> list[str]:
    """Words of the library and pairs of them, drawn by seed."""
    dice = random.Random(5)
    words = [word for word, count in index.snapshot().vocabulary() if count > 20 and len(word) > 1]
    dice.shuffle(words)
    found = dict.fromkeys(words[: KEYWORDS // 2])
    while len(found) < KEYWORDS:
        found["".join(dice.sample(words, 2))] = None
    drawn = list(found)
    dice.shuffle(drawn)
    return drawn[:KEYWORDS]
