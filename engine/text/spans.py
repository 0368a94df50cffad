"""Finds where the terms of a query stand in an original text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from engine.text.cut.folding import folded


def spans(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Returns characters [start, end) of the original where terms stand, merged and in order.

    Latin terms match whole words only; `_` in a term matches white space.
    """
    pattern = _pattern(tuple(terms))
    if pattern is None or not text:
        return []
    flat = folded(text)
    merged: list[tuple[int, int]] = []
    for match in pattern.finditer(flat.text):
        start, end = flat.span(match.start(1), match.end(1))
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@lru_cache(maxsize=256)
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """A look-ahead at each place where a term begins, longest term first, so that it sees
    overlaps."""
    if not terms:
        return None
    longest = sorted(set(terms), key=lambda term: (-len(term), term))
    return re.compile(f"(?=({'|'.join(_term_pattern(term) for term in longest)}))")


def _term_pattern(term: str) -> str:
    escaped = re.escape(term).replace("_", r"(?:\s+|_)")
    before = r"(?<![0-9a-z])" if re.match(r"[0-9a-z]", term) else ""
    after = r"(?![0-9a-z])" if re.search(r"[0-9a-z]$", term) else ""
    return f"{before}{escaped}{after}"
