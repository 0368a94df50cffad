"""Scores of the real Lucene, and the generated notes and queries they belong to."""
