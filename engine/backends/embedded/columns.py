"""Documents -> the columns of one segment; several segments -> the columns of their merge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from engine.index import MISSING
from engine.model import FIELDS, Document, Signals

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Postings:
    """One field: for each (term, doc) pair its frequency, sorted by term then doc.

    `lengths` has a row a document: terms of the field, 0 where it has none.
    """

    terms: Ints
    docs: Ints
    tfs: Ints
    lengths: Ints


@dataclass(frozen=True, slots=True)
class Columns:
    """A segment before it is written: documents sorted by note id, vocabulary sorted."""

    note_ids: list[str]
    vocabulary: list[str]
    fields: dict[str, Postings]
    signals: list[Signals]


def from_documents(documents: Sequence[Document]) -> Columns:
    """Columns of a batch; of two documents with one id the last one counts."""
    latest = {document.note_id: document for document in documents}
    ordered = [latest[note_id] for note_id in sorted(latest)]
    vocabulary = sorted({term for d in ordered for f in FIELDS for term in getattr(d, f)})
    numbers = {term: number for number, term in enumerate(vocabulary)}
    return Columns(
        note_ids=[document.note_id for document in ordered],
        vocabulary=vocabulary,
        fields={f: _count([getattr(d, f) for d in ordered], numbers) for f in FIELDS},
        signals=[document.signals for document in ordered],
    )


def _count(texts: Sequence[tuple[str, ...]], numbers: dict[str, int]) -> Postings:
    lengths = np.array([len(terms) for terms in texts], np.int32)
    flat = np.array([numbers[term] for terms in texts for term in terms], np.int64)
    docs = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    keys, tfs = np.unique(flat << 32 | docs, return_counts=True)
    return Postings(
        (keys >> 32).astype(np.int32),
        (keys & 0xFFFFFFFF).astype(np.int32),
        tfs.astype(np.int32),
        lengths,
    )


def merge(parts: Sequence[tuple[Columns, npt.NDArray[np.bool_]]]) -> Columns:
    """One segment's columns from several with their live documents; the dead are left out."""
    kept = [_only(columns, live) for columns, live in parts]
    note_ids = [note_id for columns in kept for note_id in columns.note_ids]
    signals = [row for columns in kept for row in columns.signals]
    order = sorted(range(len(note_ids)), key=note_ids.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    vocabulary = sorted({term for columns in kept for term in columns.vocabulary})
    numbers = {term: number for number, term in enumerate(vocabulary)}
    starts = np.cumsum([0, *(len(columns.note_ids) for columns in kept)])
    fields = {}
    for name in FIELDS:
        moved = [
            _renumber(
                columns.fields[name],
                np.array([numbers[t] for t in columns.vocabulary], np.int64),
                place[start : start + len(columns.note_ids)],
            )
            for columns, start in zip(kept, starts, strict=False)
        ]
        fields[name] = _join(moved, np.array(order, np.int64))
    return Columns([note_ids[i] for i in order], vocabulary, fields, [signals[i] for i in order])


def _only(columns: Columns, live: npt.NDArray[np.bool_]) -> Columns:
    """The columns without dead documents and without terms that only they had."""
    if live.all():
        return columns
    place = np.cumsum(live) - 1
    fields = {}
    for name, field in columns.fields.items():
        keep = live[field.docs]
        fields[name] = Postings(
            field.terms[keep],
            place[field.docs[keep]].astype(np.int32),
            field.tfs[keep],
            field.lengths[live],
        )
    used = np.unique(np.concatenate([field.terms for field in fields.values()]))
    number = np.zeros(len(columns.vocabulary), np.int32)
    number[used] = np.arange(len(used), dtype=np.int32)
    alive = np.flatnonzero(live).tolist()
    return Columns(
        [columns.note_ids[i] for i in alive],
        [columns.vocabulary[i] for i in used.tolist()],
        {name: replace(field, terms=number[field.terms]) for name, field in fields.items()},
        [columns.signals[i] for i in alive],
    )


def _renumber(
    field: Postings, terms: npt.NDArray[np.int64], docs: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], Ints, Ints]:
    """(term << 32 | doc keys, tfs, lengths) in the numbers of the merged segment."""
    if not len(field.terms):
        return np.empty(0, np.int64), field.tfs, field.lengths
    return terms[field.terms] << 32 | docs[field.docs], field.tfs, field.lengths


def _join(
    moved: Sequence[tuple[npt.NDArray[np.int64], Ints, Ints]], order: npt.NDArray[np.int64]
) -> Postings:
    keys = np.concatenate([part[0] for part in moved])
    tfs = np.concatenate([part[1] for part in moved])
    lengths = np.concatenate([part[2] for part in moved])
    by_key = np.argsort(keys, kind="stable")
    keys = keys[by_key]
    return Postings(
        (keys >> 32).astype(np.int32),
        (keys & 0xFFFFFFFF).astype(np.int32),
        tfs[by_key],
        lengths[order],
    )


def number_column(
    signals: Sequence[Signals], read: Callable[[Signals], int | None]
) -> npt.NDArray[np.int64]:
    """One number a document, MISSING where it is unknown."""
    values = [read(row) for row in signals]
    return np.array([MISSING if value is None else value for value in values], np.int64)
