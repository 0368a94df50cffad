"""Judged queries on a corpus of their own: made for this once, ranked by each rule set."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

import pytest

from engine.insight.judged import Judged, evaluate_corpus
from engine.ranking import ruleset
from tests.insight.library import reader

TEXTS = {"a": "面霜", "b": "面霜，精华，防晒", "c": "精华"}


def test_each_rule_set_is_measured_on_the_corpus(tmp_path: Path) -> None:
    """面霜: a before b, whose body is longer; b is right. 精华: c before b; c is right."""
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"_id": i, "text": text}, ensure_ascii=False) for i, text in TEXTS.items()]
    corpus.write_text("\n".join(lines), "utf-8")
    (tmp_path / "queries").write_text("q1\t面霜\nq2\t精华\n", "utf-8")
    (tmp_path / "qrels").write_text("q1 0 b 1\nq2 0 c 1\n", "utf-8")
    judged = Judged.read(tmp_path / "queries", tmp_path / "qrels")
    told: list[int] = []
    sets = [ruleset.load(name) for name in ("balanced", "relevance")]
    found = evaluate_corpus(
        judged, corpus, reader().segmenter, sets, ["mrr@10", "ndcg@10", "recall@1"], told.append
    )
    assert told == [3]
    assert len(found) == 2
    for one in found:
        assert one.means == pytest.approx(
            {"mrr@10": (1 / 2 + 1) / 2, "ndcg@10": (1 / log2(3) + 1) / 2, "recall@1": 1 / 2}
        )
