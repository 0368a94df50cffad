"""Groups phrases into topics; the only file that knows scikit-learn's matrix factorisation."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

_SEED = 7
_STEPS = 400


@dataclass(frozen=True, slots=True)
class Topics:
    """`of` maps each phrase to its topic; `labels` name a topic by its three heaviest phrases."""

    of: Mapping[str, int]
    labels: Sequence[tuple[str, ...]]


def topics(notes: Sequence[Mapping[str, float]], count: int) -> Topics:
    """Groups phrases by the notes they share: NMF of the TF-IDF matrix, seeded.

    `notes` map each phrase to a weight (its extraction score). TF-IDF has smoothed idf and unit
    rows; NMF (Lee and Seung 1999) uses Frobenius loss and starts from NNDSVD-A.
    """
    phrases = sorted({phrase for note in notes for phrase in note})
    count = min(count, len(phrases), len(notes))
    if count < 2:
        return Topics(dict.fromkeys(phrases, 0), [tuple(phrases[:3])] if phrases else [])
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer

    columns = {phrase: number for number, phrase in enumerate(phrases)}
    counts = np.zeros((len(notes), len(phrases)))
    for row, note in enumerate(notes):
        for phrase, weight in note.items():
            counts[row, columns[phrase]] = weight
    weights = TfidfTransformer().fit_transform(counts)
    model = NMF(count, init="nndsvda", random_state=_SEED, max_iter=_STEPS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(weights)
    parts = np.asarray(model.components_)
    shares = parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-12)
    topic_of_column = shares.argmax(axis=0)
    labels = []
    for topic in range(count):
        best = sorted(
            range(len(phrases)), key=lambda column: (-parts[topic, column], phrases[column])
        )
        labels.append(tuple(phrases[column] for column in best[:3]))
    return Topics(
        {phrase: int(topic_of_column[column]) for phrase, column in columns.items()}, labels
    )
