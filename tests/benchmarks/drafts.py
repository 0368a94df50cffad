"""A draft ranked for many keywords, and edits of it, against plain searches.

    uv run --group bench python -m tests.benchmarks drafts

NOTERANK_NOTES (100,000) notes of real text repeated; keywords are words of their vocabulary. One
rank is: analyse the draft, join it to the index, place it on 1,000 pages by the product's rules,
with nine scenarios. Edits: 20 drafts in turn, each placed on 200 pages. A plain search is the
batch of `voice`: the same pages without a draft.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from engine.index.embedded import EmbeddedIndex
from engine.index.overlay import Overlay
from engine.model import CHINA, Note
from engine.ranking import ruleset
from engine.ranking.ranker import Ranker
from engine.text import lexicon
from engine.text.document import batch
from engine.text.segment import Segmenter
from tests.benchmarks.voice import batches, vocabulary

NOTES = int(os.environ.get("NOTERANK_NOTES", "100000"))
NOW = datetime(2026, 11, 1, tzinfo=CHINA)
RUNS, RANKED, EDITS, OF_AN_EDIT = 5, 1_000, 20, 200
DRAFT = Note(
    "draft-0",
    title="敏感肌换季面霜怎么选",
    body="最近换季，脸颊又红又痒，晚上只留一层面霜。早上赶地铁，精华和防晒十分钟搞定。" * 4,
    tags=("敏感肌", "面霜", "换季", "打工人", "早八"),
)


def table() -> None:
    """Print seconds of a rank and of twenty edits, and their ratios to plain searches."""
    segmenter, rules = Segmenter(lexicon.load()), ruleset.load(ruleset.DEFAULT)
    with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
        index = EmbeddedIndex(Path(folder), segmenter.fingerprint)
        index.rebuild(batches(segmenter), 1)
        words = vocabulary(index)[:RANKED]
        ranker = Ranker(index.snapshot(), segmenter, rules, NOW)
        scenarios = [[1.0 + 0.03 * level, 1.1] for level in range(9)]

        def rank(draft: Note, asked: list[str], more: list[list[float]]) -> None:
            overlay = Overlay(ranker.index, batch([draft], [draft.note_id], segmenter))
            ranker.over(overlay).draft_places(asked, draft.note_id, more)

        def ranked(drafts: list[Note], asked: list[str]) -> None:
            for draft in drafts:
                rank(draft, asked, [])

        edits = [replace(DRAFT, title=f"{word}{DRAFT.title}"[:20]) for word in words[:EDITS]]
        some = words[:OF_AN_EDIT]
        rank(DRAFT, some, scenarios)
        print(f"drafts: {NOTES:,} notes, rules {rules.label}, two threads")
        _row("as stated", lambda: rank(DRAFT, words, []), ranker, words, 1)
        _row("nine scenarios", lambda: rank(DRAFT, words, scenarios), ranker, words, 1)
        _row("edits", lambda: ranked(edits, some), ranker, some, EDITS)


def _row(
    name: str, call: Callable[[], object], ranker: Ranker, words: list[str], count: int
) -> None:
    taken, plain = _median(call), count * _median(lambda: ranker.pages(words, 50))
    print(
        f"  {count:3} × {len(words):5,} keywords, {name:15} {taken:6.2f} s,"
        f" {taken / plain:5.2f} × the same pages searched"
    )


def _median(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)
