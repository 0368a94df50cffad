"""Chooses the passage of a long text that shows best where the query matches."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

Span = tuple[int, int]
_WIDTH = 64  # characters: two lines on a phone
_BREAK = re.compile(r"[\n。！？!?；;…]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of the original and the characters [start, end) of it that match."""

    text: str
    marks: tuple[Span, ...] = ()


def snippet(text: str, spans: Sequence[Span], width: int = _WIDTH) -> Snippet:
    """Returns the passage of up to `width` characters with most different matches, earliest first.

    `spans` are in order and do not overlap. White space becomes single blanks; `…` stands where
    text was left out.
    """
    start = _best_start(text, spans, width)
    end = min(len(text), start + width)
    inside = [(max(s, start), min(e, end)) for s, e in spans if s < end and e > start]
    shown, marks = _squeeze(text[start:end], [(s - start, e - start) for s, e in inside])
    head, tail = "…" * (start > 0), "…" * (end < len(text))
    return Snippet(head + shown + tail, tuple((s + len(head), e + len(head)) for s, e in marks))


def _best_start(text: str, spans: Sequence[Span], width: int) -> int:
    """Finds where the passage begins: at a sentence if the matches still fit."""
    if not spans or len(text) <= width:
        return 0
    best, best_rank, last = spans[0][0], (0, 0), spans[0][0] + width
    ends = [end for _, end in spans]
    for number, (begin, _) in enumerate(spans):
        stop = bisect_right(ends, begin + width, lo=number)
        inside = [text[s:e] for s, e in spans[number:stop]]
        rank = (len(set(inside)), len(inside))
        if rank > best_rank:
            best, best_rank, last = begin, rank, ends[stop - 1]
    room = max(
        0, min(best, best + width - last)
    )  # characters by which the passage may begin earlier
    breaks = [m.end() for m in _BREAK.finditer(text, best - room, best)]
    start = breaks[-1] if breaks else best - min(room, width // 4)
    return max(0, min(start, len(text) - 1))


def _squeeze(text: str, marks: Sequence[Span]) -> tuple[str, list[Span]]:
    """Replaces runs of white space with one blank, and moves the marks accordingly."""
    squeezed = _SPACE.sub(" ", text)
    if len(squeezed) == len(text):
        return squeezed, list(marks)
    runs = [match.span() for match in _SPACE.finditer(text)]

    def moved(place: int) -> int:
        """A position minus the removed blanks before it; inside a run, its blank's position."""
        lost = (min(end - 1, place) - start for start, end in runs if start < place)
        return place - sum(lost)

    return squeezed, [(moved(start), moved(end)) for start, end in marks]
