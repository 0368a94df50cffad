"""Fitting weights to pages: the slopes are right, and what made a page is found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.insight import calibrate
from engine.insight.calibrate import Features, UnfittedSignals, Weights, fit, folds

KNOWN = UnfittedSignals(full=10_000, uncounted=0.35, undated=0.35)
CURRENT = Weights(3.0, 2.0, 1.5, 0.75, 0.3, 0.2, 90.0, (1.0, 1.0, 1.0, 1.0))
HIDDEN = Weights(1.5, 3.0, 1.1, 0.4, 1.2, 0.6, 40.0, (1.0, 2.0, 4.0, 1.0))


NOTES = ("counts", "counted", "age", "dated", "fixed")


def page(seed: int, notes: int = 40) -> Features:
    dice = np.random.default_rng(seed)
    terms = notes * 6
    return Features(
        note=np.sort(dice.integers(0, notes, terms)),
        field=dice.integers(0, 3, terms),
        weight=dice.uniform(0.5, 6, terms),
        tf=dice.integers(1, 5, terms).astype(float),
        length=dice.uniform(0.2, 3, terms),
        counts=dice.lognormal(4, 2, (notes, 4)),
        counted=dice.random(notes) > 0.1,
        age=dice.uniform(0, 300, notes),
        dated=dice.random(notes) > 0.1,
        fixed=np.zeros(notes),
    )


def ordered(known: Features, by: Weights) -> Features:
    """The page with its notes in the order of some weights."""
    scores, _ = calibrate._scores(known, by.vector(), by.counts[0], KNOWN)
    order = np.argsort(-scores)
    place = np.argsort(order)
    return replace(
        known,
        note=place[known.note],
        **{
            name: getattr(known, name)[order]
            for name in ("counts", "counted", "age", "dated", "fixed")
        },
    )


def agreeing(pages: list[Features], by: Weights) -> float:
    """The share of neighbours that some weights order as the pages do."""
    rows = [calibrate._scores(known, by.vector(), by.counts[0], KNOWN)[0] for known in pages]
    return float(np.mean([np.mean(scores[:-1] > scores[1:]) for scores in rows]))


def test_slopes_are_those_of_small_steps() -> None:
    known, vector = page(1), HIDDEN.vector()
    _, slopes = calibrate._scores(known, vector, 1.0, KNOWN)
    for at in range(len(vector)):
        step = np.zeros(len(vector))
        step[at] = 1e-6
        up, _ = calibrate._scores(known, vector + step, 1.0, KNOWN)
        down, _ = calibrate._scores(known, vector - step, 1.0, KNOWN)
        assert slopes[:, at] == pytest.approx((up - down) / 2e-6, abs=1e-5)


def test_weights_go_to_a_vector_and_back() -> None:
    back = Weights.of(HIDDEN.vector(), 1.0)
    assert back.vector() == pytest.approx(HIDDEN.vector())
    assert (back.title, back.b, back.half_life) == pytest.approx((1.5, 0.4, 40.0))


def test_hidden_weights_order_pages_that_were_not_learnt_from() -> None:
    pages = [ordered(page(seed), HIDDEN) for seed in range(30)]
    fitted = fit(pages[:20], CURRENT, KNOWN)
    assert agreeing(pages[20:], CURRENT) < 0.8
    assert agreeing(pages[20:], fitted) > 0.95
    assert fitted.title == pytest.approx(HIDDEN.title, rel=0.2)
    assert fitted.half_life == pytest.approx(HIDDEN.half_life, rel=0.3)


def test_pages_that_the_current_weights_made_change_nothing_much() -> None:
    fitted = fit([ordered(page(seed), CURRENT) for seed in range(10)], CURRENT, KNOWN)
    assert fitted.vector() == pytest.approx(CURRENT.vector(), abs=0.25)


def test_each_page_is_held_out_once() -> None:
    parts = folds(23)
    assert sorted(at for _, held in parts for at in held) == list(range(23))
    assert all(not set(learnt) & set(held) for learnt, held in parts)
    assert parts == folds(23)
