"""What each step of the analysis does to nDCG@10 on a judged set."""

from __future__ import annotations

from collections.abc import Callable

from engine.index.embedded import EmbeddedIndex
from engine.index.embedded.snapshot import EmbeddedSnapshot
from engine.index.protocol import Scoring
from engine.insight.evaluate import evaluate
from engine.insight.judgments import read_qrels, read_queries
from engine.model import Clause, Document, Query
from engine.text import lexicon
from engine.text.normalise import blank_markup, fold
from engine.text.segment import Piece, Segmenter
from tests.benchmarks import material

Cut = Callable[[str], dict[str, float]]


def table() -> None:
    """One row a step: jieba alone, folding and hygiene, phrases and bigrams, bigrams at half."""
    import tempfile
    from pathlib import Path

    import jieba

    jieba.setLogLevel(60)
    name, corpus, query_file, qrel_file = material.judged_set()
    texts, queries, qrels = material.texts(corpus), read_queries(query_file), read_qrels(qrel_file)
    whole = Segmenter(lexicon.load())
    bare = Segmenter(lexicon.Lexicon({}, {}, {}, {}, {}, ""))
    pieces: dict[tuple[int, str], list[Piece]] = {}

    def cut(segmenter: Segmenter, text: str) -> list[Piece]:
        key = (id(segmenter), text)
        if key not in pieces:
            pieces[key] = segmenter.pieces(fold(blank_markup(text)).text)
        return pieces[key]

    steps: dict[str, tuple[Callable[[str], list[str]], Callable[[str], dict[str, float]]]] = {
        "jieba cut_for_search, as it comes": (
            lambda text: list(jieba.cut_for_search(text)),
            lambda text: dict.fromkeys(jieba.cut_for_search(text), 1.0),
        ),
        "+ folding, no punctuation": (
            lambda text: [p.term for p in cut(bare, text) if not p.bigram],
            lambda text: {p.term: 1.0 for p in cut(bare, text) if not p.bigram},
        ),
        "+ phrases of the lexicon": (
            lambda text: [p.term for p in cut(whole, text) if not p.bigram],
            lambda text: {p.term: 1.0 for p in cut(whole, text) if not p.bigram},
        ),
        "+ bigrams, pooled": (
            lambda text: [p.term for p in cut(whole, text)],
            lambda text: {p.term: 1.0 for p in cut(whole, text)},
        ),
        "+ bigrams at weight 0.6 (default)": (
            lambda text: [p.term for p in cut(whole, text)],
            lambda text: {p.term: 0.6 if p.bigram else 1.0 for p in cut(whole, text)},
        ),
    }
    print(f"analysis: nDCG@10 on {name}, {len(queries):,} queries, {len(texts):,} texts, one field")
    for step, (of_text, of_query) in steps.items():
        with tempfile.TemporaryDirectory() as folder:
            index = EmbeddedIndex(Path(folder), step)
            rows = [Document(i, body=tuple(of_text(text))) for i, text in texts.items()]
            index.rebuild([rows], 1)
            snapshot = index.snapshot()

            def rank(asked: list[str], index: EmbeddedSnapshot = snapshot, of_query=of_query):  # type: ignore[no-untyped-def]
                found = []
                for text in asked:
                    weights = of_query(text)
                    clauses = tuple(Clause(term, term, weight) for term, weight in weights.items())
                    (hits,) = index.search_many([Query(text, clauses)], Scoring(), 10)
                    found.append(hits.note_ids)
                return found

            mean = evaluate(rank, queries, qrels, ("ndcg@10",)).means["ndcg@10"]  # type: ignore[arg-type]
            print(f"  {step:<36} {mean:.4f}")
