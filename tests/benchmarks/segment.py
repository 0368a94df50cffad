"""The whole analysis of notes against the bare tokenizer, and indexing against both."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.backends.embedded import EmbeddedIndex
from engine.text import lexicon
from engine.text.document import documents
from engine.text.segment import Segmenter
from tests.benchmarks import material
from tests.benchmarks.timing import in_turn


def table() -> None:
    """jieba's cut_for_search is the limit; analysis and indexing are ratios to it."""
    import jieba

    jieba.setLogLevel(60)
    notes = material.corpus_notes()
    segmenter = Segmenter(lexicon.load())
    ids = [note.note_id for note in notes]
    list(jieba.cut_for_search("预热"))
    size = sum(len(note.title) + len(note.body) for note in notes)

    def bare() -> None:
        for note in notes:
            for text in (note.title, note.body, *note.tags):
                list(jieba.cut_for_search(text))

    def analyse() -> None:
        documents(notes, ids, segmenter)

    def index() -> None:
        with tempfile.TemporaryDirectory() as folder:
            rows = documents(notes, ids, segmenter)
            EmbeddedIndex(Path(folder), "benchmark").update(rows, [], 1)

    times = in_turn({"bare jieba": bare, "analysis": analyse, "analysis + index": index})
    print(f"segment: {len(notes)} notes, {size:,} characters, all fields")
    for name, timing in times.items():
        share = times["bare jieba"].median / timing.median
        print(f"  {name:<18} {timing}   {share:6.1%} of the bare tokenizer's speed")
