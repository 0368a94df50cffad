"""Judged queries -> how well a rule set ranks them, on a corpus of their own or on a library."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.index.opening import open_index
from engine.insight.evaluate import Evaluation, depth, evaluate
from engine.insight.judgments import read_corpus, read_qrels, read_queries
from engine.model import CHINA, Document
from engine.ranking.ruleset import RuleSet
from engine.ranking.searcher import Searcher
from engine.store import Store
from engine.text.document import documents
from engine.text.segment import Segmenter

_BATCH = 1000
_NOW = datetime(2000, 1, 1, tzinfo=CHINA)  # judged texts have no dates


@dataclass(frozen=True, slots=True)
class Judged:
    """Queries with judgments, as read from files."""

    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]

    @classmethod
    def read(cls, queries: Path, qrels: Path) -> Judged:
        return cls(read_queries(queries), read_qrels(qrels))


def evaluate_corpus(
    judged: Judged,
    corpus: Path,
    segmenter: Segmenter,
    rule_sets: Sequence[RuleSet],
    measures: Sequence[str],
    tick: Callable[[int], None] = lambda done: None,
) -> list[Evaluation]:
    """Evaluate each rule set on an index that is made of the corpus for this once.

    `tick` gets the number of analysed texts.
    """
    with tempfile.TemporaryDirectory(prefix="noterank-") as folder:
        index = open_index(Path(folder), segmenter.fingerprint)
        index.rebuild(_analysed(corpus, segmenter, tick), 1)
        state, store = index.snapshot(), Store(None)
        return [
            evaluate_searcher(judged, Searcher(store, state, segmenter, rules, _NOW), measures)
            for rules in rule_sets
        ]


def _analysed(
    corpus: Path, segmenter: Segmenter, tick: Callable[[int], None]
) -> Iterator[list[Document]]:
    notes = read_corpus(corpus)
    done = 0
    for batch in iter(lambda: list(itertools.islice(notes, _BATCH)), []):
        yield documents(batch, [note.note_id for note in batch], segmenter)
        done += len(batch)
        tick(done)


def evaluate_searcher(judged: Judged, searcher: Searcher, measures: Sequence[str]) -> Evaluation:
    """Evaluate the general page of one searcher; query texts are words, not operators."""
    deep = depth(measures)

    def rank(texts: Sequence[str]) -> list[list[str]]:
        return [searcher.ids(text, deep) for text in texts]

    return evaluate(rank, judged.queries, judged.qrels, measures)
