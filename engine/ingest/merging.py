"""Captures of a note -> the note: what replaces what, and what stands against a file.

- The later capture wins; a row without a time of capture is never later than one that has one, and
  of two without, the one that is imported last wins. Unknown replaces nothing.
- A text never gives way to a part of it, nor to what is left of it without stop words.
- A count falls to a tenth or less only with a later capture.
- A row without body, tags and counts (a place on a page) changes neither author nor date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

from engine.model import COUNTS, Count, Counts, Note
from engine.store import Capture, filled
from engine.text.normalise import bare_letters

_FIELDS = tuple(entry.name for entry in fields(Note) if entry.name not in ("note_id", "counts"))
_STOP = frozenset(
    "的了是在和也就都而及与着或吗呢吧啊呀哦嘛么这那哪个些我你您他她它们没不很太更最又再还只才把被给对"
    "从到得地之其此每各等"
)
_LEAST = 4  # letters that must be left before two texts without stop words are compared
_FALL = 10  # times
_SMALL = 100  # counts below may fall as they like

UNDATED = "captures without a time: the dated one stays"
PART = "texts that are part of the stored one"
FALLEN = "counts that fall tenfold without a later capture"
NO_NOTE = "authors or dates from rows without a text"


def merged(stored: Note, captured: Note) -> Note:
    """A note with a new capture of it."""
    return _merge(stored, captured)[0]


def withheld(stored: Note, captured: Note) -> list[str]:
    """Which rules keep something of a note against a capture of it."""
    note, rules = _merge(stored, captured)
    undated = stored.captured_at is not None and captured.captured_at is None
    kept = any(
        getattr(captured, name) and getattr(note, name) != getattr(captured, name)
        for name in (*_FIELDS, "counts")
    )
    return [UNDATED, *rules] if undated and kept else rules


def note_of(captures: Sequence[Capture]) -> Note:
    """The note that captures make, in the order of their imports."""
    note = captures[0].note
    for capture in captures[1:]:
        note = merged(note, capture.note)
    return note


def days_in(captures: Sequence[Capture]) -> Mapping[str, Counts]:
    """Counts by day of capture: of a day the import that came last, unknown replaces nothing."""
    if len(captures) == 1:
        return captures[0].days
    days: dict[str, Counts] = {}
    for capture in captures:
        for day, counts in capture.days.items():
            days[day] = filled(counts, days[day]) if day in days else counts
    return days


def _merge(stored: Note, captured: Note) -> tuple[Note, list[str]]:
    older, newer = stored, captured
    if stored.captured_at and (
        not captured.captured_at or captured.captured_at < stored.captured_at
    ):
        older, newer = captured, stored
    values = {name: getattr(newer, name) or getattr(older, name) for name in _FIELDS}
    rules: list[str] = []
    for name in ("title", "body"):
        text, other = getattr(newer, name), getattr(older, name)
        if text and other and text != other and _is_part(text, other):
            values[name] = other
            rules += [PART] if newer is captured else []
    if not (newer.body or newer.tags or newer.counts != Counts()):
        for name in ("author", "published_at"):
            if getattr(older, name) and values[name] != getattr(older, name):
                values[name] = getattr(older, name)
                rules += [NO_NOTE] if newer is captured else []
    later = bool(older.captured_at and newer.captured_at and older.captured_at < newer.captured_at)
    counts = filled(newer.counts, older.counts)
    if not later and counts != older.counts:
        counts, fallen = _unfallen(counts, older.counts)
        rules += [FALLEN] if fallen and newer is captured else []
    return replace(newer, counts=counts, **values), list(dict.fromkeys(rules))


def _is_part(text: str, other: str) -> bool:
    """Whether a text is part of another one, or the same with less in it."""
    if text in other:
        return True
    letters, others = bare_letters(text), bare_letters(other)
    if letters == others:
        return len(text) <= len(other)
    if letters in others:
        return True
    rest = _without_stop_words(letters)
    return (
        len(rest) >= _LEAST and len(letters) < len(others) and rest in _without_stop_words(others)
    )


def _without_stop_words(letters: str) -> str:
    return "".join(letter for letter in letters if letter not in _STOP)


def _unfallen(counts: Counts, older: Counts) -> tuple[Counts, bool]:
    """(the counts without falls of a size that nobody sees, whether there was one)."""
    kept = {
        name: getattr(older, name)
        for name in COUNTS
        if _fell(getattr(older, name), getattr(counts, name))
    }
    return replace(counts, **kept), bool(kept)


def _fell(before: Count | None, after: Count | None) -> bool:
    if before is None or after is None or before.value < _SMALL:
        return False
    return after.value * _FALL <= before.value
