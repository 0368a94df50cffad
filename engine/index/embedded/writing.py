"""Writes batches and merged lists as segment files, a chunk of the lists at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.embedded import doc_values, postings
from engine.index.embedded.doc_values import LABELS, DocValues
from engine.index.embedded.postings import Bitmaps, Pairs, Postings, Windows
from engine.index.embedded.writer import Writer
from engine.index.hits import MISSING, Batch
from engine.model import FIELDS

PostingsChunk = tuple[int, Postings]  # the number of its first list, and the lists


def write_batch(batch: Batch, path: Path) -> None:
    """Writes a batch as one segment.

    Raises TooManyPairs when the batch must be split.
    """
    terms, numbers = _vocabulary(batch)
    order = _order(batch)
    built = {}
    for field in FIELDS:
        ids, bounds = batch.fields[field]
        built[field] = postings.build_postings(ids, bounds, order, numbers, len(terms))
    values = doc_values.selected(doc_values.of(batch.note_ids, batch.signals), order)
    totals = {
        field: [int(np.count_nonzero(lengths)), int(lengths.sum(dtype=np.int64))]
        for field, (_, _, lengths) in built.items()
    }
    with Writer(path, len(batch), totals) as writer:
        writer.strings("vocabulary", terms)
        write_doc_values(writer, values)
        for field, (field_postings, pairs, lengths) in built.items():
            write_postings(
                writer, field, field_postings.offsets, [(0, field_postings)], pairs, lengths
            )


def _vocabulary(batch: Batch) -> tuple[list[str], npt.NDArray[np.int32]]:
    """Returns the terms that the batch uses, sorted, and the place of each of the batch's term
    numbers."""
    used = np.zeros(len(batch.vocabulary), np.bool_)
    for ids, _ in batch.fields.values():
        used[ids] = True
    used_numbers = np.flatnonzero(used).tolist()
    used_numbers.sort(key=batch.vocabulary.__getitem__)
    numbers = np.zeros(len(batch.vocabulary), np.int32)
    numbers[used_numbers] = np.arange(len(used_numbers))
    return [batch.vocabulary[number] for number in used_numbers], numbers


def _order(batch: Batch) -> npt.NDArray[np.int64]:
    """Sorts the notes of a batch by the length of their body, then by id."""
    by_id = np.array(sorted(range(len(batch)), key=batch.note_ids.__getitem__), np.int64)
    lengths = np.diff(batch.fields["body"][1])[by_id]
    order: npt.NDArray[np.int64] = by_id[np.argsort(lengths, kind="stable")]
    return order


def write_doc_values(writer: Writer, values: DocValues) -> None:
    """Writes everything but the postings; `values` are in the order of the documents."""
    by_id = sorted(range(len(values.note_ids)), key=values.note_ids.__getitem__)
    rank_of = np.empty(len(by_id), np.int32)
    rank_of[by_id] = np.arange(len(by_id))
    writer.strings("note_ids", [values.note_ids[doc] for doc in by_id])
    writer.put("doc_of", np.array(by_id, np.int32))
    writer.put("rank_of", rank_of)
    grouped = [doc for doc, group in enumerate(values.clusters) if group]
    writer.put("cluster_docs", np.array(grouped, np.int32))
    writer.strings("clusters", [values.clusters[doc] for doc in grouped])
    writer.strings("authors", values.authors)
    writer.strings("labels", values.labels)
    for name, column in values.columns.items():
        writer.put(name, _narrow(column))
    for name in LABELS:
        offsets, numbers = values.ragged[name]
        writer.put(f"{name}.offsets", offsets)
        writer.put(f"{name}.labels", numbers)


def _narrow(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Narrows an int64 column to int32 where no value is lost; MISSING becomes int32's least
    number."""
    if column.dtype != np.int64:
        return column
    limits, missing = np.iinfo(np.int32), column == MISSING
    present = column[~missing]
    if len(present) and (present.min() <= limits.min or present.max() > limits.max):
        return column
    return np.where(missing, limits.min, column).astype(np.int32)


def write_postings(
    writer: Writer,
    field: str,
    offsets: npt.NDArray[np.int64],
    chunks: Iterable[PostingsChunk],
    pairs: Pairs,
    lengths: npt.NDArray[np.int32],
) -> None:
    """Writes the postings of a field and the tables that let a search skip; `chunks` come in
    order."""
    factors = postings.reference(lengths)
    strength = postings.strengths(pairs, factors)
    writer.put(f"{field}.offsets", offsets)
    writer.put(f"{field}.tfs", pairs.tfs)
    writer.put(f"{field}.norms", pairs.norms)
    writer.put(f"{field}.lengths", lengths)
    writer.put(f"{field}.reference", factors)
    writer.reserve(f"{field}.docs", np.uint32, int(offsets[-1]))
    writer.reserve(f"{field}.codes", np.uint16, int(offsets[-1]))
    writer.reserve(f"{field}.peaks", np.float32, len(offsets) - 1)
    windows: list[Windows] = []
    bitmaps: list[Bitmaps] = []
    for first, chunk in chunks:
        writer.append(f"{field}.docs", chunk.docs)
        writer.append(f"{field}.codes", chunk.codes)
        writer.append(f"{field}.peaks", postings.peaks(chunk, strength))
        windows.append(postings.windows(chunk, first, strength, len(lengths)))
        bitmaps.append(postings.bitmaps(chunk, first, len(lengths)))
    for place, name in enumerate(Windows._fields):
        writer.put(f"{field}.window_{name}", _rows([chunk[place] for chunk in windows]))
    for place, name in enumerate(Bitmaps._fields):
        writer.put(f"{field}.bitmap_{name}", _rows([chunk[place] for chunk in bitmaps]))


def _rows(columns: list[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
    return np.concatenate(columns) if len(columns) > 1 else columns[0]
