"""Fits weights to observed pages: pairwise logistic ranking on the engine's own score.

For two notes of a page, the upper one first: P = 1 / (1 + e^(-κ (f_upper - f_lower))), where f is
the log of the score that the rules give (RankNet's loss, Burges et al., ICML 2005, on a model of
ten named weights). L-BFGS minimises the mean of -ln P over pairs at distances 1, 2, 3, 5, 8, …
places. Each weight is a logarithm (b a logit) and is drawn to its value in the current rule set, so
that a weight about which the pages say nothing stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
FOLDS = 5
_SEED = 1
_PULL = 1e-3  # weight of the squared distance from the current weights in the loss
_STEEPEST = 7.0  # log of the largest κ
_FAR = 3.0  # largest change of a weight's logarithm
_DISTANCES = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144)


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted weights.

    `counts` are those of likes, collects, comments, shares. The body's boost is fixed at 1.
    """

    title: float
    tags: float
    k1: float
    b: float
    engagement: float
    freshness: float
    half_life: float
    counts: tuple[float, float, float, float]

    def vector(self) -> Floats:
        """The weights as float64 [10]: logarithms, b as a logit, counts relative to likes."""
        likes, *others = np.maximum(self.counts, 1e-3)
        b = min(max(self.b, 0.02), 0.98)
        positive = (self.title, self.tags, self.k1, self.engagement, self.freshness, self.half_life)
        logs = np.log(np.maximum(positive, 1e-3))
        return np.array(
            [*logs[:3], np.log(b / (1 - b)), *logs[3:], *np.log(np.array(others) / likes)]
        )

    @classmethod
    def of(cls, vector: Floats, likes: float) -> Weights:
        """Builds the weights from a `vector` and the weight of likes."""
        title, tags, k1 = np.exp(vector[:3]).tolist()
        engagement, freshness, half_life = np.exp(vector[4:7]).tolist()
        others = (likes * np.exp(vector[7:])).tolist()
        b = float(1 / (1 + np.exp(-vector[3])))
        collects, comments, shares = others
        return cls(title, tags, k1, b, engagement, freshness, half_life,
                   (likes, collects, comments, shares))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """The notes of one page, best first, as the score reads them.

    One row per term: `note` (its row), `field` (0 title, 1 tags, 2 body), `weight` (clause weight ×
    idf), `tf`, `length` (relative to the field's mean). One row per note: `counts` (float64 [notes,
    4], 0 for unknown), `counted` (whether any count is known), `age` in days, `dated` (whether the
    date is known), `fixed` (log of all other factors).
    """

    note: Integers
    field: Integers
    weight: Floats
    tf: Floats
    length: Floats
    counts: Floats
    counted: npt.NDArray[np.bool_]
    age: Floats
    dated: npt.NDArray[np.bool_]
    fixed: Floats


@dataclass(frozen=True, slots=True)
class UnfittedSignals:
    """Constants that are not fitted.

    `full` is the number of weighted interactions with signal 1; `uncounted` and `undated` are the
    signals of notes with unknown counts and unknown date.
    """

    full: float
    uncounted: float
    undated: float


def folds(pages: int) -> list[tuple[list[int], list[int]]]:
    """Splits pages (one per keyword) five times into (page numbers to learn from, page numbers held
    out)."""
    from sklearn.model_selection import KFold  # takes a second to load: only a fit waits for it

    split = KFold(FOLDS, shuffle=True, random_state=_SEED).split(np.arange(pages))
    return [(learnt.tolist(), held_out.tolist()) for learnt, held_out in split]


def fit(pages: Sequence[Features], current: Weights, signals: UnfittedSignals) -> Weights:
    """Finds the weights that order the pages best, drawn to the current weights."""
    from scipy.optimize import minimize  # takes a second to load

    start = current.vector()
    pairs = [_pairs(page) for page in pages]
    total = sum(len(upper) for upper, _ in pairs)

    def loss(vector: Floats) -> tuple[float, Floats]:
        kappa, weights = float(np.exp(vector[0])), vector[1:]
        distance = weights - start
        value = _PULL * float(distance @ distance)
        slope = np.concatenate([[0.0], 2 * _PULL * distance])
        for page, (upper, lower) in zip(pages, pairs, strict=True):
            scores, slopes = _scores(page, weights, current.counts[0], signals)
            margins = kappa * (scores[upper] - scores[lower])
            value += float(np.logaddexp(0, -margins).sum()) / total
            residual = -1 / (1 + np.exp(np.minimum(margins, 500))) / total
            slope[0] += float(residual @ margins)
            slope[1:] += kappa * (residual @ (slopes[upper] - slopes[lower]))
        return value, slope

    begin = np.concatenate([[1.0], start])
    bounds = [(-2.0, _STEEPEST), *((x - _FAR, x + _FAR) for x in start)]
    result = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 300})  # fmt: skip
    return Weights.of(np.asarray(result.x[1:]), current.counts[0])


def _pairs(page: Features) -> tuple[Integers, Integers]:
    """Pairs each note that has a score with those at _DISTANCES places below it."""
    rows = np.unique(page.note)
    uppers, lowers = [], []
    for distance in _DISTANCES:
        uppers.append(rows[:-distance] if distance < len(rows) else rows[:0])
        lowers.append(rows[distance:])
    return np.concatenate(uppers), np.concatenate(lowers)


def _scores(
    page: Features, vector: Floats, likes: float, signals: UnfittedSignals
) -> tuple[Floats, Floats]:
    """Returns (log score, float64 [notes]; its slope by each weight, float64 [notes, weights]).

    A note without terms counts with a sum of 1 (log 0).
    """
    w = Weights.of(vector, likes)
    count = len(page.age)
    slopes = np.zeros((count, len(vector)))
    boost = np.array([w.title, w.tags, 1.0])[page.field]
    stretch = 1 - w.b + w.b * page.length
    norm = w.k1 * stretch
    part = boost * page.weight * page.tf / (page.tf + norm)
    bent = -boost * page.weight * page.tf / (page.tf + norm) ** 2

    def summed(values: Floats) -> Floats:
        return np.asarray(np.bincount(page.note, values, count), np.float64)

    bm25 = summed(part)
    safe_sum = np.where(bm25 > 0, bm25, 1.0)
    slopes[:, 0] = summed(part * (page.field == 0)) / safe_sum
    slopes[:, 1] = summed(part * (page.field == 1)) / safe_sum
    slopes[:, 2] = summed(bent * stretch) / safe_sum * w.k1
    slopes[:, 3] = summed(bent * w.k1 * (page.length - 1)) / safe_sum * w.b * (1 - w.b)
    heat, heats = _heat(page, w, signals)
    fresh = np.where(page.dated, np.exp2(-page.age / w.half_life), signals.undated)
    slopes[:, 4] = w.engagement * heat / (1 + w.engagement * heat)
    slopes[:, 5] = w.freshness * fresh / (1 + w.freshness * fresh)
    younger = np.where(page.dated, fresh * np.log(2) * page.age / w.half_life, 0.0)
    slopes[:, 6] = w.freshness * younger / (1 + w.freshness * fresh)
    slopes[:, 7:] = (w.engagement / (1 + w.engagement * heat))[:, None] * heats
    scores = np.log(safe_sum) + np.log1p(w.engagement * heat) + np.log1p(w.freshness * fresh)
    return scores + page.fixed, slopes


def _heat(page: Features, w: Weights, signals: UnfittedSignals) -> tuple[Floats, Floats]:
    """Returns (engagement signal, its slope by the logs of collects, comments, shares)."""
    total = page.counts @ np.array(w.counts)
    scale = np.log1p(signals.full)
    signal = np.log1p(total) / scale
    rising = (page.counted & (signal < 1)) / (1 + total) / scale
    heat = np.where(page.counted, np.minimum(signal, 1.0), signals.uncounted)
    return heat, rising[:, None] * page.counts[:, 1:] * np.array(w.counts[1:])
