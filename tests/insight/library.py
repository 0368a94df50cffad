"""The sample corpus as a library, made once for the tests of analyses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from engine import sample
from engine.formats import open_export
from engine.insight.candidates import Text
from engine.model import Captured, Note
from engine.text import lexicon
from engine.text.normalise import fold_key, unmarked
from engine.text.runs import Reader
from engine.text.segment import Segmenter


@cache
def reader() -> Reader:
    """A reader with the built-in lexicon."""
    return Reader(Segmenter(lexicon.load()))


@cache
def notes() -> tuple[Note, ...]:
    """The notes of the sample corpus."""
    return tuple(r.note for r in open_export(sample.NOTES).rows if isinstance(r, Captured))


@cache
def gold() -> tuple[tuple[Text, frozenset[str]], ...]:
    """(text without its tags, the tags that occur in it) of each note that has such tags."""
    found = []
    for note in notes():
        text = Text.of(note)
        whole = fold_key(f"{text.title}\n{text.body}")
        tags = frozenset(k for tag in text.tags if len(k := fold_key(tag)) > 1 and k in whole)
        if tags:
            found.append((Text(text.title, text.body), tags))
    return tuple(found)


def f1(wanted: Sequence[frozenset[str]], got: Sequence[Sequence[str]], most: int) -> float:
    """Mean F1 of the first `most` predictions against the wanted keys."""
    total = 0.0
    for want, own in zip(wanted, got, strict=True):
        first = list(dict.fromkeys(fold_key(word) for word in own))[:most]
        hits = len(want & set(first))
        total += 2 * hits / (most + len(want))
    return total / len(wanted)


def plain(note: Note) -> str:
    """A note's title and body without mark-up."""
    return unmarked(note.title)[0] + "\n" + unmarked(note.body)[0]
