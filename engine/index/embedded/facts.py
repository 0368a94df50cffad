"""What a segment knows of its documents besides their terms: columns for filters, sorts, rules."""

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
class Facts:
    """Columns by name, a row a document; the two of LABELS are (offsets, numbers of labels).

    `note_ids`, and `clusters` with "" for a note that stands for itself, have a row a document;
    `authors` and `labels` are sorted tables that numbers point into.
    """

    note_ids: list[str]
    clusters: list[str]
    authors: list[str]
    labels: list[str]
    columns: dict[str, npt.NDArray[Any]]
    ragged: dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]]


def of(note_ids: Sequence[str], signals: Sequence[Signals]) -> Facts:
    """The facts of a batch."""
    authors = sorted({row.author for row in signals})
    author = {name: number for number, name in enumerate(authors)}
    labels = sorted({label for row in signals for label in (*row.tags, *row.brands)})
    label = {name: number for number, name in enumerate(labels)}
    columns: dict[str, npt.NDArray[Any]] = {
        "kind": np.array([KINDS.index(row.kind) for row in signals], np.uint8),
        "channel": np.array([CHANNELS.index(row.channel) for row in signals], np.uint8),
        "author": np.array([author[row.author] for row in signals], np.int32),
    }
    for name, read in NUMBERS:
        values = [read(row) for row in signals]
        known = [MISSING if value is None else value for value in values]
        columns[name] = np.array(known, np.int64)
    ragged = {
        "tags_of": _ragged([[label[tag] for tag in row.tags] for row in signals]),
        "brands_of": _ragged([[label[brand] for brand in row.brands] for row in signals]),
    }
    clusters = [
        "" if row.cluster == note_id else row.cluster
        for note_id, row in zip(note_ids, signals, strict=True)
    ]
    return Facts(list(note_ids), clusters, authors, labels, columns, ragged)


def _ragged(rows: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return offsets, np.array(list(chain.from_iterable(rows)), np.int32)


def joined(parts: Sequence[Facts]) -> Facts:
    """The facts of several segments in a row."""
    authors = sorted({name for part in parts for name in part.authors})
    labels = sorted({name for part in parts for name in part.labels})
    author = {name: number for number, name in enumerate(authors)}
    label = {name: number for number, name in enumerate(labels)}
    columns = {}
    for name in parts[0].columns:
        pieces = [part.columns[name] for part in parts]
        if name == "author":
            pieces = [
                np.array([author[a] for a in part.authors], np.int32)[part.columns[name]]
                for part in parts
            ]
        columns[name] = np.concatenate(pieces)
    ragged = {}
    for name in LABELS:
        sizes = np.concatenate([np.diff(part.ragged[name][0]) for part in parts])
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        numbers = [
            np.array([label[text] for text in part.labels], np.int32)[part.ragged[name][1]]
            for part in parts
        ]
        ragged[name] = offsets, np.concatenate(numbers)
    note_ids = list(chain.from_iterable(part.note_ids for part in parts))
    clusters = list(chain.from_iterable(part.clusters for part in parts))
    return Facts(note_ids, clusters, authors, labels, columns, ragged)


def taken(facts: Facts, rows: npt.NDArray[np.int64]) -> Facts:
    """Some documents, in the order given."""
    ragged = {}
    for name, (offsets, numbers) in facts.ragged.items():
        sizes = np.diff(offsets)[rows]
        bounds = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        places = np.arange(bounds[-1]) + np.repeat(offsets[rows] - bounds[:-1], sizes)
        ragged[name] = bounds, numbers[places]
    order = rows.tolist()
    return Facts(
        [facts.note_ids[row] for row in order],
        [facts.clusters[row] for row in order],
        facts.authors,
        facts.labels,
        {name: column[rows] for name, column in facts.columns.items()},
        ragged,
    )
