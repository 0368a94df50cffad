"""The embedded backend against rank_bm25 on the same tokens, and the whole page against both."""

from __future__ import annotations

import itertools
import random
import tempfile
from datetime import datetime
from pathlib import Path

import numpy as np
from rank_bm25 import BM25Okapi

from engine.index.embedded import EmbeddedIndex
from engine.index.protocol import Scoring
from engine.model import CHINA, Clause, Document, Query
from engine.ranking import ruleset
from engine.ranking.searcher import Searcher, SearchRequest
from engine.store import Store
from engine.text import lexicon
from engine.text.document import documents
from engine.text.segment import Segmenter
from tests.benchmarks import material
from tests.benchmarks.timing import in_turn

_SIZE = 10_000
_QUERIES = 40


def table() -> None:
    """Top 10 of 40 queries of two or three words from the notes, at 10,000 notes, one field."""
    segmenter = Segmenter(lexicon.load())
    notes = material.corpus_notes()
    once = documents(notes, [note.note_id for note in notes], segmenter)
    bodies = [document.body for document in once if document.body]
    chance = random.Random(1)
    repeated = [
        Document(f"n{number:06d}", body=tuple(chance.sample(body, len(body))))
        for number, body in enumerate(itertools.islice(itertools.cycle(bodies), _SIZE))
    ]
    asked = [chance.sample(chance.choice(bodies), 1) + chance.sample(chance.choice(bodies), 1)
             for _ in range(_QUERIES)]  # fmt: skip
    okapi = BM25Okapi([document.body for document in repeated], k1=1.5, b=0.75)
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedIndex(Path(folder), "benchmark")
        index.rebuild([repeated], 1)
        store, snapshot = Store(None), index.snapshot()
        now = datetime(2026, 11, 1, tzinfo=CHINA)
        searcher = Searcher(store, index.snapshot(), segmenter, ruleset.load("balanced"), now)
        scoring = Scoring()

        def ours() -> None:
            for words in asked:
                clauses = tuple(Clause(word, word) for word in words)
                snapshot.search_many([Query("", clauses)], scoring, 10)

        def theirs() -> None:
            for words in asked:
                scores = okapi.get_scores(words)
                best = np.flatnonzero(scores)
                best[np.argsort(-scores[best], kind="stable")[:10]]

        def page() -> None:
            for words in asked:
                searcher.page(" ".join(words), SearchRequest(limit=10))

        times = in_turn({"rank_bm25": theirs, "embedded": ours, "whole page, rules": page})
    print(f"search: {_QUERIES} queries, {_SIZE:,} notes, top 10")
    for name, timing in times.items():
        ratio = times["rank_bm25"].median / timing.median
        print(f"  {name:<18} {timing}   {ratio:6.1f} × rank_bm25")
