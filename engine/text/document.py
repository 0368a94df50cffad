"""Notes -> Batch: terms per field, and the signals that rules and filters read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.index.hits import Batch
from engine.model import Counts, Document, Note, Signals
from engine.text.normalise import bare_letters, blank_stickers, fold_key, unmarked
from engine.text.segment import Segmenter

_TITLE_LIMIT = 20  # the platform's own; a longer title is a crawler's copy of the body
_STICKER = 16  # characters that a sticker which was cut off can take


def documents(
    notes: Sequence[Note], clusters: Sequence[str], segmenter: Segmenter
) -> list[Document]:
    """Notes as an index takes them, in one batch; `clusters` has one entry a note."""
    return list(batch(notes, clusters, segmenter))


def batch(notes: Sequence[Note], clusters: Sequence[str], segmenter: Segmenter) -> Batch:
    """Notes as columns of terms and signals; each id must come once."""
    titles: list[str] = []
    bodies: list[str] = []
    tags: list[tuple[str, ...]] = []
    for note in notes:
        title, body = own_title(note)
        bare_title, topics = unmarked(title)
        bare_body, more = unmarked(body)
        titles.append(bare_title)
        bodies.append(bare_body)
        whole = title is note.title and body is note.body
        tags.append(_tags(note, topics, more) if whole else all_tags(note))
    flat = [tag for own in tags for tag in own]
    terms = segmenter.batch([*titles, *flat, *bodies])
    edges = np.zeros(len(notes) + 1, np.int64)
    np.cumsum([len(own) for own in tags], out=edges[1:])
    first, second = len(titles), len(titles) + len(flat)
    fields = {
        "title": _field(terms.ids, terms.offsets[: first + 1]),
        "tags": _field(terms.ids, terms.offsets[first : second + 1][edges]),
        "body": _field(terms.ids, terms.offsets[second:]),
    }
    brands = _brands(fields, len(notes), segmenter)
    signals = [
        _signals(note, cluster or note.note_id, own, named)
        for note, cluster, own, named in zip(notes, clusters, tags, brands, strict=True)
    ]
    return Batch([note.note_id for note in notes], fields, segmenter.vocabulary, signals)


def all_tags(note: Note) -> tuple[str, ...]:
    """The tags of a note: its tag field, then topics written in title and body, each once."""
    return _tags(note, _topics(note), ())


def own_title(note: Note) -> tuple[str, str]:
    """(title, body) as they are scored: a title that is the body's beginning counts once.

    Within the platform's 20 characters it is the title, and the body goes on after it; a longer
    one is the crawler's copy of the body, and the note has no title.
    """
    title = bare_letters(note.title)
    if not title or not _begins(note.body, title):
        return note.title, note.body
    if len(note.title) > _TITLE_LIMIT:
        return "", note.body
    return note.title, _after(note.body, len(title))


def _begins(body: str, letters: str) -> bool:
    """Whether these are the first letters of a text; a part of it mostly tells."""
    head = bare_letters(body[:_STICKER].partition("[")[0])
    if head[: len(letters)] != letters[: len(head)]:
        return False
    part = body[: 3 * len(letters) + 3 * _STICKER]
    found = bare_letters(part)
    if len(part) < len(body) and len(found) < len(letters) + _STICKER:
        found = bare_letters(body)
    return found.startswith(letters)


def _after(body: str, letters: int) -> str:
    """The body behind its first `letters` letters and digits."""
    for position, char in enumerate(blank_stickers(body)):
        if letters <= 0:
            return body[position:]
        letters -= len(bare_letters(char))
    return ""


def _topics(note: Note) -> tuple[str, ...]:
    return unmarked(note.title)[1] + unmarked(note.body)[1]


def _tags(note: Note, *topics: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for own in (note.tags, *topics):
        for tag in own:
            if key := fold_key(tag):
                found.setdefault(key, tag)
    return tuple(found.values())


def _field(
    ids: npt.NDArray[np.int32], offsets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    return ids[offsets[0] : offsets[-1]], offsets - offsets[0]


def _brands(
    fields: dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]],
    notes: int,
    segmenter: Segmenter,
) -> list[set[str]]:
    """The brands that the terms of each note name."""
    found: list[set[str]] = [set() for _ in range(notes)]
    brands = segmenter.brands()
    for ids, offsets in fields.values():
        numbers = brands.numbers[ids]
        named = np.flatnonzero(numbers)
        owners = np.searchsorted(offsets, named, side="right") - 1
        for owner, number in zip(owners.tolist(), numbers[named].tolist(), strict=True):
            found[owner].add(brands.names[number])
    return found


def _signals(note: Note, cluster: str, tags: Sequence[str], brands: set[str]) -> Signals:
    likes, collects, comments, shares = _values(note.counts)
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


def _values(counts: Counts) -> tuple[int | None, int | None, int | None, int | None]:
    likes, collects, comments, shares = (
        None if count is None else count.value
        for count in (counts.likes, counts.collects, counts.comments, counts.shares)
    )
    return likes, collects, comments, shares
