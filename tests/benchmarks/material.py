"""Texts to measure on: the sample corpus, and where it is present the real input beside it."""

from __future__ import annotations

import json
from pathlib import Path

from engine import sample
from engine.formats import open_export
from engine.model import Captured, Note

REAL = Path(__file__).parents[3] / "shared" / "data"


def corpus_notes() -> list[Note]:
    """The notes of the sample corpus."""
    return [row.note for row in open_export(sample.NOTES).rows if isinstance(row, Captured)]


def judged_set() -> tuple[str, Path, Path, Path]:
    """(name, corpus, queries, qrels) of the judged passages that are present, else of our own."""
    folder = REAL / "retrieval" / "cmrc2018_dev"
    if folder.is_dir():
        names = ("corpus.jsonl", "queries.jsonl", "qrels.tsv")
        corpus, queries, qrels = (folder / name for name in names)
        return folder.name, corpus, queries, qrels
    return "sample corpus", sample.NOTES, sample.QUERIES, sample.QRELS


def texts(path: Path) -> dict[str, str]:
    """Ids and texts of a BEIR corpus or of our own notes."""
    found = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = row.get("text") or row.get("body") or ""
        found[row.get("_id") or row["note_id"]] = f"{row.get('title') or ''}\n{text}"
    return found
