"""The sample corpus that comes with noterank: where its files are."""

from __future__ import annotations

from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus"
NOTES = CORPUS / "notes.jsonl"
DEMAND = CORPUS / "juguang_keywords.csv"
PORTRAIT = CORPUS / "portraits" / "sensitive_commuter.toml"
DRAFT = CORPUS / "drafts" / "commuter.md"
OBSERVED = CORPUS / "observed_pages.csv"
QUERIES = CORPUS / "queries.jsonl"
QRELS = CORPUS / "qrels.tsv"
