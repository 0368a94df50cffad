"""The formulas of README on the twelve notes, written out: nothing here asks the engine.

`TERMS` is how each field is cut: words, and pairs of characters that are no word (weight 0.6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log, log2

from tests.twelve.notes import NOTES, NOW

LONG = ["面霜", "防晒", "口红", "眼影", "面膜", "卸妆", "香水", "洗发", "洗发水", "发水", "粉底",
        "粉底液", "底液", "散粉", "腮红", "眉笔"]  # fmt: skip
HARVEST = ["沐禾", "沐禾集", "禾集"]
SENSITIVE = ["敏感", "敏感肌", "感肌"]
Fields = Mapping[str, Sequence[str]]
TERMS: dict[str, Fields] = {
    "n01": {"title": [*SENSITIVE, "肌面", "面霜"], "tags": ["面霜"], "body": [*HARVEST, "修护"]},
    "n02": {"title": ["面霜"], "body": [*HARVEST, "初棠"]},
    "n03": {"title": ["空瓶"], "body": LONG},
    "n04": {"title": ["空瓶"], "body": [*LONG, "唇釉"]},
    "n05": {"title": ["面霜"], "body": ["初棠"]},
    "n06": {"title": ["通勤"], "tags": ["早八"], "body": ["面霜", "精华"]},
    "n07": {"title": ["精华"], "tags": HARVEST, "body": ["面霜", "面霜"]},
    "n08": {"title": ["早八", "八精", "精华"], "tags": ["通勤"], "body": ["初棠"]},
    "n09": {"title": ["精华"], "tags": ["早八"], "body": ["克蕾", "克蕾缇", "蕾缇"]},
    "n10": {"title": ["防晒"], "body": ["精华", *SENSITIVE]},
    "n11": {"title": SENSITIVE, "tags": ["早八", "通勤"], "body": ["防晒", "精华"]},
    "n12": {"title": ["猫"]},  # the body says no more than the title
}
BOOSTS = {"title": 3.0, "tags": 2.0, "body": 1.0}
K1, B = 1.5, 0.75
PAIR, ONWARD = 0.6, 0.5
CLAUSES = {  # what a search of a keyword looks for, and how much each counts
    "面霜": {"面霜": 1.0},
    "精华": {"精华": 1.0},
    "早八": {"早八": 1.0},
    "早八精华": {"早八": 1.0, "八精": PAIR, "精华": 1.0},
    "敏感肌": {"敏感": PAIR, "敏感肌": 1.0, "感肌": PAIR, "修护": ONWARD},
    "敏感肌面霜": {"敏感": PAIR, "敏感肌": 1.0, "感肌": PAIR, "肌面": PAIR, "面霜": 1.0,
              "修护": ONWARD},
    "沐禾集": {"沐禾": PAIR, "沐禾集": 1.0, "禾集": PAIR},
    "帐篷": {"帐篷": 1.0},
}  # fmt: skip


def part(term: str, weight: float, field: str, note_id: str, terms: Mapping[str, Fields]) -> float:
    """One summand of BM25: weight × boost × idf × tf / (tf + k1 (1 - b + b length / mean))."""
    lengths = [len(fields[field]) for fields in terms.values() if fields.get(field)]
    having = sum(term in fields.get(field, ()) for fields in terms.values())
    idf = log(1 + (len(lengths) - having + 0.5) / (having + 0.5))
    own = terms[note_id].get(field, ())
    stretch = 1 - B + B * len(own) / (sum(lengths) / len(lengths))
    tf = list(own).count(term)
    return weight * BOOSTS[field] * idf * tf / (tf + K1 * stretch)


def bm25(keyword: str, note_id: str, terms: Mapping[str, Fields] = TERMS) -> float:
    """The sum over terms and fields."""
    return sum(
        part(term, weight, field, note_id, terms)
        for term, weight in CLAUSES[keyword].items()
        for field in BOOSTS
        if term in terms[note_id].get(field, ())
    )


def heat(total: int | None) -> float:
    """Interactions against 10,000 on a logarithm; 0.35 for a note without any count."""
    return 0.35 if total is None else min(1.0, log(1 + total) / log(10_001))


def fresh(days: float | None) -> float:
    """Halves each 90 days; 0.35 for a note without a date."""
    return 0.35 if days is None else 2 ** (-days / 90)


def score(keyword: str, note_id: str, terms: Mapping[str, Fields] = TERMS) -> float:
    """BM25 × (1 + 0.3 heat) × (1 + 0.2 freshness); a thirteenth note is new, with counts of 0."""
    total, days = SIGNALS.get(note_id, (0, 0.0))
    return bm25(keyword, note_id, terms) * (1 + 0.3 * heat(total)) * (1 + 0.2 * fresh(days))


def by_score(keyword: str, terms: Mapping[str, Fields] = TERMS) -> list[str]:
    """Notes by their scores, the best first; fails on scores too close for a hand."""
    scores = {note_id: score(keyword, note_id, terms) for note_id in terms}
    order = sorted((i for i in scores if scores[i]), key=lambda note_id: -scores[note_id])
    for one, two in pairwise(order):
        assert scores[one] > scores[two] * 1.0001
    return order


def attention(place: int) -> float:
    """1, 0.63, 0.5, 0.43, …"""
    return 1 / log2(place + 1)


def _total(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _counts(note_id: str) -> list[int | None]:
    (counts,) = (row.note.counts for row in NOTES if row.note.note_id == note_id)
    four = (counts.likes, counts.collects, counts.comments, counts.shares)
    return [None if count is None else count.value for count in four]


def _days(note_id: str) -> float | None:
    (moment,) = (row.note.published_at for row in NOTES if row.note.note_id == note_id)
    return None if moment is None else (NOW - moment).total_seconds() / 86_400


SIGNALS = {note_id: (_total(_counts(note_id)), _days(note_id)) for note_id in TERMS}
