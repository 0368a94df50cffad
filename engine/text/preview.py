"""Compares two lexicons by the notes whose terms differ between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine.model import Note
from engine.text.document import documents
from engine.text.normalise import fold_key
from engine.text.segment import Segmenter

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """A note whose terms differ: the terms that it loses and gains, each sorted."""

    note_id: str
    title: str
    lost: tuple[str, ...]
    gained: tuple[str, ...]


def changes(
    notes: Iterable[Note], phrases: Iterable[str], before: Segmenter, after: Segmenter
) -> Iterator[Change]:
    """Yields notes that hold any of the phrases and whose terms differ between two segmenters."""
    keys = [fold_key(phrase) for phrase in phrases]
    for note in notes:
        text = fold_key("\n".join((note.title, note.body, *note.tags)))
        if any(phrase in text for phrase in keys):
            old, new = _terms(note, before), _terms(note, after)
            if old != new:
                yield Change(
                    note.note_id, note.title, tuple(sorted(old - new)), tuple(sorted(new - old))
                )


def _terms(note: Note, segmenter: Segmenter) -> set[str]:
    (document,) = documents([note], [""], segmenter)
    return {*document.title, *document.tags, *document.body}
