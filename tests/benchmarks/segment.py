"""jieba, its compiled twin and the whole analysis of notes on the same texts, and indexing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from engine.index.embedded import EmbeddedIndex
from engine.text import lexicon
from engine.text.cut import Tokenizer, searching
from engine.text.cut.vocabulary import Vocabulary
from engine.text.document import batch
from engine.text.segment import Segmenter
from tests.benchmarks import material
from tests.benchmarks.timing import in_turn


def table() -> None:
    """Ratios to jieba's cut_for_search; the twin as numbers is the limit of the analysis."""
    import jieba

    jieba.setLogLevel(60)
    notes = material.corpus_notes() * 3
    segmenter, twin, vocabulary = Segmenter(lexicon.load()), Tokenizer(), Vocabulary()
    ids = [f"n{number}" for number in range(len(notes))]
    texts = [text for note in notes for text in (note.title, note.body, *note.tags)]
    list(jieba.cut_for_search("预热"))

    def bare() -> None:
        for text in texts:
            list(jieba.cut_for_search(text))

    def index() -> None:
        with tempfile.TemporaryDirectory() as folder:
            EmbeddedIndex(Path(folder), "benchmark").apply(batch(notes, ids, segmenter), [], 1)

    times = in_turn(
        {
            "jieba": bare,
            "twin, lists of strings": lambda: twin.cut_all_for_search(texts),
            "twin, numbers": lambda: searching.numbers(twin.lexis, texts, vocabulary, grams=True),
            "analysis": lambda: batch(notes, ids, segmenter),
            "analysis + index": index,
        }
    )
    print(f"segment: {len(notes)} notes, {sum(map(len, texts)):,} characters, all fields")
    limit = times["twin, numbers"].median
    for name, timing in times.items():
        ratio = times["jieba"].median / timing.median
        print(f"  {name:<24} {timing}   {ratio:6.1f} × jieba   {limit / timing.median:6.1%}")
