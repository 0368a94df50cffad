"""Batches and segments -> segment files, a part of the lists at a time."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.embedded import facts as known
from engine.index.embedded import lists
from engine.index.embedded.facts import LABELS, Facts
from engine.index.embedded.lists import Bitmaps, Pairs, Postings, Windows
from engine.index.embedded.writer import Writer
from engine.index.hits import MISSING, Batch
from engine.model import FIELDS

Part = tuple[int, Postings]  # the number of its first list, and the lists


def write_batch(batch: Batch, path: Path) -> None:
    """A segment of a batch. ValueError when it must be split: see `lists.postings`."""
    terms, numbers = _vocabulary(batch)
    order = _order(batch)
    made = {}
    for field in FIELDS:
        ids, bounds = batch.fields[field]
        made[field] = lists.postings(ids, bounds, order, numbers, len(terms))
    facts = known.taken(known.of(batch.note_ids, batch.signals), order)
    totals = {
        field: [int(np.count_nonzero(lengths)), int(lengths.sum(dtype=np.int64))]
        for field, (_, _, lengths) in made.items()
    }
    with Writer(path, len(batch), totals) as writer:
        writer.strings("vocabulary", terms)
        write_facts(writer, facts)
        for field, (postings, pairs, lengths) in made.items():
            write_lists(writer, field, postings.offsets, [(0, postings)], pairs, lengths)


def _vocabulary(batch: Batch) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The terms that the batch uses, sorted, and for each number of the batch its place."""
    used = np.zeros(len(batch.vocabulary), np.bool_)
    for ids, _ in batch.fields.values():
        used[ids] = True
    mine = np.flatnonzero(used).tolist()
    mine.sort(key=batch.vocabulary.__getitem__)
    numbers = np.zeros(len(batch.vocabulary), np.int32)
    numbers[mine] = np.arange(len(mine))
    return [batch.vocabulary[number] for number in mine], numbers


def _order(batch: Batch) -> npt.NDArray[np.int64]:
    """The notes of a batch by the length of their body, then by id."""
    by_id = np.array(sorted(range(len(batch)), key=batch.note_ids.__getitem__), np.int64)
    lengths = np.diff(batch.fields["body"][1])[by_id]
    order: npt.NDArray[np.int64] = by_id[np.argsort(lengths, kind="stable")]
    return order


def write_facts(writer: Writer, facts: Facts) -> None:
    """Everything but the lists; `facts` are in the order of the documents."""
    by_id = sorted(range(len(facts.note_ids)), key=facts.note_ids.__getitem__)
    rank_of = np.empty(len(by_id), np.int32)
    rank_of[by_id] = np.arange(len(by_id))
    writer.strings("note_ids", [facts.note_ids[doc] for doc in by_id])
    writer.put("doc_of", np.array(by_id, np.int32))
    writer.put("rank_of", rank_of)
    grouped = [doc for doc, group in enumerate(facts.clusters) if group]
    writer.put("cluster_docs", np.array(grouped, np.int32))
    writer.strings("clusters", [facts.clusters[doc] for doc in grouped])
    writer.strings("authors", facts.authors)
    writer.strings("labels", facts.labels)
    for name, column in facts.columns.items():
        writer.put(name, _narrow(column))
    for name in LABELS:
        offsets, numbers = facts.ragged[name]
        writer.put(f"{name}.offsets", offsets)
        writer.put(f"{name}.labels", numbers)


def _narrow(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A column of 64 bits in 32 where nothing is lost; MISSING is the least number of either."""
    if column.dtype != np.int64:
        return column
    limits, missing = np.iinfo(np.int32), column == MISSING
    known = column[~missing]
    if len(known) and (known.min() <= limits.min or known.max() > limits.max):
        return column
    return np.where(missing, limits.min, column).astype(np.int32)


def write_lists(
    writer: Writer,
    field: str,
    offsets: npt.NDArray[np.int64],
    parts: Iterable[Part],
    pairs: Pairs,
    lengths: npt.NDArray[np.int32],
) -> None:
    """The lists of a field and all that lets a search skip; `parts` come in order."""
    factors = lists.reference(lengths)
    strength = lists.strengths(pairs, factors)
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
    for first, part in parts:
        writer.append(f"{field}.docs", part.docs)
        writer.append(f"{field}.codes", part.codes)
        writer.append(f"{field}.peaks", lists.peaks(part, strength))
        windows.append(lists.windows(part, first, strength, len(lengths)))
        bitmaps.append(lists.bitmaps(part, first, len(lengths)))
    for place, name in enumerate(Windows._fields):
        writer.put(f"{field}.window_{name}", _rows([part[place] for part in windows]))
    for place, name in enumerate(Bitmaps._fields):
        writer.put(f"{field}.bitmap_{name}", _rows([part[place] for part in bitmaps]))


def _rows(columns: list[npt.NDArray[np.generic]]) -> npt.NDArray[np.generic]:
    return np.concatenate(columns) if len(columns) > 1 else columns[0]
