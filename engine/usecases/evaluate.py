"""evaluate: how well rule sets rank judged queries, on a library or on a corpus of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.engine import Engine
from engine.insight.evaluate import USUAL, Comparison, Evaluation, compare
from engine.insight.judged import Judged, evaluate_corpus, evaluate_searcher
from engine.library import Library
from engine.ranking import ruleset
from engine.rows.trust_rows import evaluation_table
from engine.text import lexicon as lexicons
from engine.text.segment import Segmenter
from engine.usecases.answer import Answer

_SEED = 20260101  # of the bootstrap: same input, same interval
Tick = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class EvaluateQuestion:
    """Judged queries, the rule sets to hold against them, and what to measure.

    `rules` None are the library's own; `corpus` None are the library's notes.
    """

    queries: Path
    qrels: Path
    corpus: Path | None = None
    measures: Sequence[str] = USUAL
    rules: str | None = None
    against: str | None = None
    per_query: bool = False


def evaluate(
    library: Path, question: EvaluateQuestion, tick: Tick = lambda done: None
) -> Answer[list[Comparison]]:
    """The measures of a rule set, and the paired comparison with a second one."""
    judged = Judged.read(question.queries, question.qrels)
    names = [question.rules, *([question.against] if question.against else [])]
    if question.corpus is None:
        evaluations = [_on_notes(library, name, judged, question.measures) for name in names]
    else:
        segmenter = Segmenter(lexicons.load(Library(library).lexicon))
        rule_sets = [ruleset.load(name or ruleset.DEFAULT) for name in names]
        evaluations = evaluate_corpus(
            judged, question.corpus, segmenter, rule_sets, question.measures, tick
        )
    random = np.random.default_rng(_SEED)
    comparison = compare(evaluations[0], evaluations[1], random) if question.against else []
    meta = {
        "rule_set": question.rules or ruleset.DEFAULT,
        "comparison": [asdict(each) for each in comparison],
    }
    return Answer(evaluation_table(evaluations[0], question.per_query), meta, comparison)


def _on_notes(
    library: Path, rules: str | None, judged: Judged, measures: Sequence[str]
) -> Evaluation:
    with Engine.open(library, rules) as engine:
        return engine.ask(lambda state: evaluate_searcher(judged, state.searcher, measures))
