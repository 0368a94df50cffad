"""Turns notes into a Batch: terms of each field, and signals that rules and filters read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.index.hits import Batch
from engine.model import Document, Note, Signals
from engine.text.normalise import bare_letters, blank_stickers, fold_key, unmarked
from engine.text.segment import Segmenter

_TITLE_LIMIT = (
    20  # characters; the platform's limit: a longer title is a crawler's copy of the body
)
_STICKER = 16  # most characters of a cut-off sticker


def documents(
    notes: Sequence[Note], clusters: Sequence[str], segmenter: Segmenter
) -> list[Document]:
    """Turns notes into Documents for an index, in one batch; `clusters` has one entry per note."""
    return list(batch(notes, clusters, segmenter))


def batch(notes: Sequence[Note], clusters: Sequence[str], segmenter: Segmenter) -> Batch:
    """Turns notes into columns of terms and signals. Each note id must occur once."""
    titles: list[str] = []
    bodies: list[str] = []
    tags: list[tuple[str, ...]] = []
    for note in notes:
        title, body = scored_title(note)
        bare_title, title_topics = unmarked(title)
        bare_body, body_topics = unmarked(body)
        titles.append(bare_title)
        bodies.append(bare_body)
        is_untrimmed = title is note.title and body is note.body
        tags.append(_tags(note, title_topics, body_topics) if is_untrimmed else all_tags(note))
    flat = [tag for note_tags in tags for tag in note_tags]
    terms = segmenter.batch([*titles, *flat, *bodies])
    edges = np.zeros(len(notes) + 1, np.int64)
    np.cumsum([len(note_tags) for note_tags in tags], out=edges[1:])
    first, second = len(titles), len(titles) + len(flat)
    fields = {
        "title": _field(terms.ids, terms.offsets[: first + 1]),
        "tags": _field(terms.ids, terms.offsets[first : second + 1][edges]),
        "body": _field(terms.ids, terms.offsets[second:]),
    }
    brands = _brands(fields, len(notes), segmenter)
    signals = [
        _signals(note, cluster or note.note_id, note_tags, brand_names)
        for note, cluster, note_tags, brand_names in zip(notes, clusters, tags, brands, strict=True)
    ]
    return Batch([note.note_id for note in notes], fields, segmenter.vocabulary, signals)


def all_tags(note: Note) -> tuple[str, ...]:
    """Collects a note's tags: its tag field, then topics written in title and body, each once."""
    return _tags(note, _topics(note), ())


def scored_title(note: Note) -> tuple[str, str]:
    """Returns (title, body) as they are scored: a title that repeats the body's beginning counts
    once.

    A title of up to 20 characters (the platform's limit) stays, and the body continues behind it. A
    longer one is the crawler's copy of the body: the note then has no title.
    """
    title = bare_letters(note.title)
    if not title or not _begins(note.body, title):
        return note.title, note.body
    if len(note.title) > _TITLE_LIMIT:
        return "", note.body
    return note.title, _after(note.body, len(title))


def _begins(body: str, letters: str) -> bool:
    """Whether a text begins with these letters; a part of the text mostly decides."""
    head = bare_letters(body[:_STICKER].partition("[")[0])
    if head[: len(letters)] != letters[: len(head)]:
        return False
    part = body[: 3 * len(letters) + 3 * _STICKER]
    part_letters = bare_letters(part)
    if len(part) < len(body) and len(part_letters) < len(letters) + _STICKER:
        part_letters = bare_letters(body)
    return part_letters.startswith(letters)


def _after(body: str, letters: int) -> str:
    """Cuts off the body's first `letters` letters and digits."""
    for position, char in enumerate(blank_stickers(body)):
        if letters <= 0:
            return body[position:]
        letters -= len(bare_letters(char))
    return ""


def _topics(note: Note) -> tuple[str, ...]:
    return unmarked(note.title)[1] + unmarked(note.body)[1]


def _tags(note: Note, *topics: tuple[str, ...]) -> tuple[str, ...]:
    tag_by_key: dict[str, str] = {}
    for tags in (note.tags, *topics):
        for tag in tags:
            if key := fold_key(tag):
                tag_by_key.setdefault(key, tag)
    return tuple(tag_by_key.values())


def _field(
    ids: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    return ids[offsets[0] : offsets[-1]], offsets - offsets[0]


def _brands(
    fields: dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]],
    notes: int,
    segmenter: Segmenter,
) -> list[set[str]]:
    """Collects for each note the brands that its terms name."""
    brands_of_note: list[set[str]] = [set() for _ in range(notes)]
    brands = segmenter.brands()
    for ids, offsets in fields.values():
        numbers = brands.numbers[ids]
        positions = np.flatnonzero(numbers)
        owners = np.searchsorted(offsets, positions, side="right") - 1
        for owner, number in zip(owners.tolist(), numbers[positions].tolist(), strict=True):
            brands_of_note[owner].add(brands.names[number])
    return brands_of_note


def _signals(note: Note, cluster: str, tags: Sequence[str], brands: set[str]) -> Signals:
    likes, collects, comments, shares = note.counts.values()
    return Signals(
        kind=note.kind,
        author=note.author,
        channel=note.channel,
        published=None if note.published_at is None else int(note.published_at.timestamp()),
        likes=likes,
        collects=collects,
        comments=comments,
        shares=shares,
        tags=tuple(dict.fromkeys(fold_key(tag) for tag in tags)),
        brands=tuple(sorted(brands | _declared(note))),
        cluster=cluster,
    )


def _declared(note: Note) -> set[str]:
    """The brand that a cooperation was declared for is a brand of the note."""
    brand = fold_key(note.declared_brand)
    return {brand} if brand else set()
