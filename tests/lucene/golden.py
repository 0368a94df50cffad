"""The committed notes, queries and Lucene's scores as values, for every backend to be held to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from engine.model import Document

HERE = Path(__file__).parent
TIE = 0.3  # of the queries by dis_max: what the lesser fields add


@dataclass(frozen=True, slots=True)
class GoldenQuery:
    """A query and the float32 score Lucene gives each hit; all hits are there, best first.

    `fields` and `clauses` are (name, boost) and (term, weight). Mode `sum` adds all fields and
    terms flat; `dis_max` adds the terms of each field, then takes the best field + TIE * the rest.
    """

    mode: Literal["sum", "dis_max"]
    fields: tuple[tuple[str, float], ...]
    k1: float
    b: float
    clauses: tuple[tuple[str, float], ...]
    expected: dict[str, np.float32]

    def __str__(self) -> str:
        fields = " ".join(f"{name}^{boost:g}" for name, boost in self.fields)
        clauses = " ".join(f"{term}^{weight:g}" for term, weight in self.clauses)
        return f"{self.mode} k1={self.k1:g} b={self.b:g} {fields}: {clauses}"


def load_fixture() -> list[Document]:
    """200 invented notes, cut into terms, in the order of their ids."""
    return [
        Document(
            row["note_id"],
            title=tuple(row.get("title", "").split()),
            tags=tuple(row.get("tags", "").split()),
            body=tuple(row.get("body", "").split()),
        )
        for row in _rows("fixture.jsonl")
    ]


def load_golden() -> list[GoldenQuery]:
    """All queries with Lucene's scores."""
    return [
        GoldenQuery(
            mode="dis_max" if row["mode"] == "dis_max" else "sum",
            fields=_boosted(row["fields"]),
            k1=float(row["k1"]),
            b=float(row["b"]),
            clauses=_boosted(row["clauses"]),
            expected=_scores(row["scores"]),
        )
        for row in _rows("golden.jsonl")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    """The objects of a file after its first line, which says where it is from."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]


def _boosted(text: str) -> tuple[tuple[str, float], ...]:
    pairs = (part.rsplit("^", 1) for part in text.split())
    return tuple((name, float(boost)) for name, boost in pairs)


def _scores(text: str) -> dict[str, np.float32]:
    pairs = (part.split(":") for part in text.split())
    return {note_id: np.float32(float.fromhex(score)) for note_id, score in pairs}
