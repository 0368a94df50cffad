"""Note -> Document: terms per field, and the signals that rules and filters read."""

from __future__ import annotations

from collections.abc import Sequence

from engine.model import Counts, Document, Note, Signals
from engine.text.normalise import bare_letters, blank_markup, blank_stickers, fold_key, topics
from engine.text.segment import Segmenter

_TITLE_LIMIT = 20  # the platform's own; a longer title is a crawler's copy of the body


def documents(
    notes: Sequence[Note], clusters: Sequence[str], segmenter: Segmenter
) -> list[Document]:
    """Notes as an index takes them, in one batch; `clusters` has one entry a note."""
    parts = [_texts(note) for note in notes]
    flat = [text for fields in parts for texts in fields for text in texts]
    terms = segmenter.batch(flat)
    vocabulary = segmenter.vocabulary
    bounds = terms.offsets.tolist()
    words = [vocabulary[i] for i in terms.ids.tolist()]
    found: list[Document] = []
    at = 0
    for note, cluster, fields in zip(notes, clusters, parts, strict=True):
        columns: list[tuple[str, ...]] = []
        for texts in fields:
            columns.append(tuple(words[bounds[at] : bounds[at + len(texts)]]))
            at += len(texts)
        title, tags, body = columns
        signals = signals_of(note, cluster or note.note_id, {*title, *tags, *body}, segmenter)
        found.append(Document(note.note_id, title, tags, body, signals))
    return found


def all_tags(note: Note) -> tuple[str, ...]:
    """The tags of a note: its tag field, then topics written in title and body, each once."""
    found: dict[str, str] = {}
    for tag in (*note.tags, *topics(note.title), *topics(note.body)):
        if key := fold_key(tag):
            found.setdefault(key, tag)
    return tuple(found.values())


def own_title(note: Note) -> tuple[str, str]:
    """(title, body) as they are scored: a title that is the body's beginning counts once.

    Within the platform's 20 characters it is the title, and the body goes on after it; a longer
    one is the crawler's copy of the body, and the note has no title.
    """
    title, body = bare_letters(note.title), bare_letters(note.body)
    if not title or not body.startswith(title):
        return note.title, note.body
    if len(note.title) > _TITLE_LIMIT:
        return "", note.body
    return note.title, _after(note.body, len(title))


def signals_of(note: Note, cluster: str, terms: set[str], segmenter: Segmenter) -> Signals:
    """What filters, sorts and rules read; brands are those that any of `terms` names."""
    brands = {segmenter.lexicon.brand(term) for term in terms & segmenter.lexicon.entries.keys()}
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
        tags=tuple(dict.fromkeys(fold_key(tag) for tag in all_tags(note))),
        brands=tuple(sorted(fold_key(brand) for brand in brands - {""})),
        cluster=cluster,
    )


def _texts(note: Note) -> tuple[list[str], list[str], list[str]]:
    title, body = own_title(note)
    return [blank_markup(title)], list(all_tags(note)), [blank_markup(body)]


def _after(body: str, letters: int) -> str:
    """The body behind its first `letters` letters and digits."""
    for position, char in enumerate(blank_stickers(body)):
        if letters <= 0:
            return body[position:]
        letters -= len(bare_letters(char))
    return ""


def _values(counts: Counts) -> tuple[int | None, int | None, int | None, int | None]:
    likes, collects, comments, shares = (
        None if count is None else count.value
        for count in (counts.likes, counts.collects, counts.comments, counts.shares)
    )
    return likes, collects, comments, shares
