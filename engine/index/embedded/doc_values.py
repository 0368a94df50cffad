"""Doc values: a segment's columns for filters, sorts and rules, one row per document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.index.hits import CHANNELS, KINDS, MISSING
from engine.model import Signals

NUMBERS: tuple[tuple[str, Callable[[Signals], int | None]], ...] = (
    ("published", lambda s: s.published),
    ("likes", lambda s: s.likes),
    ("collects", lambda s: s.collects),
    ("comments", lambda s: s.comments),
    ("shares", lambda s: s.shares),
)
LABELS = ("tags_of", "brands_of")


@dataclass(frozen=True)
class DocValues:
    """The doc values of a set of documents.

    `note_ids` and `clusters` ("" for a note that represents itself) have one entry per document.
    `columns` are arrays by name, one row per document; `author` holds numbers into the sorted table
    `authors`. `ragged` has (offsets int64 [documents + 1], numbers int32 into the sorted table
    `labels`) for each name in LABELS.
    """

    note_ids: list[str]
    clusters: list[str]
    authors: list[str]
    labels: list[str]
    columns: dict[str, npt.NDArray[Any]]
    ragged: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]]


def of(note_ids: Sequence[str], signals: Sequence[Signals]) -> DocValues:
    """Builds the doc values of a batch."""
    authors = sorted({row.author for row in signals})
    author_number = {name: number for number, name in enumerate(authors)}
    labels = sorted({label for row in signals for label in (*row.tags, *row.brands)})
    label_number = {name: number for number, name in enumerate(labels)}
    columns: dict[str, npt.NDArray[Any]] = {
        "kind": np.array([KINDS.index(row.kind) for row in signals], np.uint8),
        "channel": np.array([CHANNELS.index(row.channel) for row in signals], np.uint8),
        "author": np.array([author_number[row.author] for row in signals], np.int32),
    }
    for name, read in NUMBERS:
        values = [read(row) for row in signals]
        filled = [MISSING if value is None else value for value in values]
        columns[name] = np.array(filled, np.int64)
    ragged = {
        "tags_of": _ragged([[label_number[tag] for tag in row.tags] for row in signals]),
        "brands_of": _ragged([[label_number[brand] for brand in row.brands] for row in signals]),
    }
    clusters = [
        "" if row.cluster == note_id else row.cluster
        for note_id, row in zip(note_ids, signals, strict=True)
    ]
    return DocValues(list(note_ids), clusters, authors, labels, columns, ragged)


def _ragged(rows: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return offsets, np.array(list(chain.from_iterable(rows)), np.int32)


def joined(segments: Sequence[DocValues]) -> DocValues:
    """Concatenates the doc values of several segments."""
    authors = sorted({name for segment in segments for name in segment.authors})
    labels = sorted({name for segment in segments for name in segment.labels})
    author_number = {name: number for number, name in enumerate(authors)}
    label_number = {name: number for number, name in enumerate(labels)}
    columns = {}
    for name in segments[0].columns:
        by_segment = [segment.columns[name] for segment in segments]
        if name == "author":
            by_segment = [
                np.array([author_number[a] for a in segment.authors], np.int32)[
                    segment.columns[name]
                ]
                for segment in segments
            ]
        columns[name] = np.concatenate(by_segment)
    ragged = {}
    for name in LABELS:
        sizes = np.concatenate([np.diff(segment.ragged[name][0]) for segment in segments])
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        numbers = [
            np.array([label_number[text] for text in segment.labels], np.int32)[
                segment.ragged[name][1]
            ]
            for segment in segments
        ]
        ragged[name] = offsets, np.concatenate(numbers)
    note_ids = list(chain.from_iterable(segment.note_ids for segment in segments))
    clusters = list(chain.from_iterable(segment.clusters for segment in segments))
    return DocValues(note_ids, clusters, authors, labels, columns, ragged)


def selected(values: DocValues, rows: npt.NDArray[np.int64]) -> DocValues:
    """Selects documents, in the order of `rows`."""
    ragged = {}
    for name, (offsets, numbers) in values.ragged.items():
        sizes = np.diff(offsets)[rows]
        bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        positions = np.arange(bounds[-1]) + np.repeat(offsets[rows] - bounds[:-1], sizes)
        ragged[name] = bounds, numbers[positions]
    order = rows.tolist()
    return DocValues(
        [values.note_ids[row] for row in order],
        [values.clusters[row] for row in order],
        values.authors,
        values.labels,
        {name: column[rows] for name, column in values.columns.items()},
        ragged,
    )
