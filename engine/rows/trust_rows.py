"""Fidelity, calibration and evaluation as flat rows; the keys of a fidelity row are promises."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from engine.insight.agreement import Mean
from engine.insight.calibration import Calibration
from engine.insight.evaluate import Evaluation
from engine.insight.fidelity import MEASURES, Fidelity
from engine.rows.column import Column
from engine.rows.table import Table

Figure = float | None


class FidelityRow(TypedDict):
    """The agreement of the order with one observed page; null where the page tells nothing."""

    keyword: Annotated[str, Column("防晒霜")]
    observed: Annotated[int, Column(20, "Observed notes that the library has.")]
    kendall_tau: Annotated[Figure, Column(0.9263, "tau-b, -1 to 1; null below 5 notes.", 4)]
    rbo: Annotated[Figure, Column(0.9804, digits=4)]
    ndcg: Annotated[Figure, Column(0.9997, digits=4)]
    trust: Annotated[str, Column("high", "high, medium, low, unknown, by the lower end of tau.")]


class OrderRow(TypedDict):
    """An order: means over keywords with 95 % intervals."""

    order: Annotated[str, Column("our rules")]
    tau: Annotated[float, Column(0.853, digits=4)]
    tau_low: Annotated[float, Column(0.783, digits=4)]
    tau_high: Annotated[float, Column(0.92, digits=4)]
    rbo: Annotated[float, Column(0.928, digits=4)]
    rbo_low: Annotated[float, Column(0.9, digits=4)]
    rbo_high: Annotated[float, Column(0.955, digits=4)]
    ndcg: Annotated[float, Column(0.986, digits=4)]
    ndcg_low: Annotated[float, Column(0.971, digits=4)]
    ndcg_high: Annotated[float, Column(0.996, digits=4)]


class ChangeRow(TypedDict):
    """A weight that was fitted."""

    parameter: Annotated[str, Column("boosts.title")]
    before: Annotated[float, Column(3.0, digits=4)]
    after: Annotated[float, Column(2.899, digits=4)]
    meaning: Annotated[str, Column("标题里的词算正文里的 2.899 倍")]


class EvaluateRow(TypedDict):
    """A measure: the mean over the judged queries, or its value on one of them."""

    metric: str
    value: float
    queries: int


def fidelity_table(fidelity: Fidelity) -> Table:
    """A row a keyword."""
    pages = zip(fidelity.pages, fidelity.ours, strict=True)
    values = [(p.keyword, o.observed, o.tau, o.rbo, o.ndcg, o.trust) for p, o in pages]
    return Table.of(FidelityRow, values)


def orders_table(fidelity: Fidelity) -> Table:
    """Our order and the baselines."""
    values = [
        (name, *(figure for measure in MEASURES for figure in _interval(means[measure])))
        for name, means in fidelity.means().items()
    ]
    return Table.of(OrderRow, values)


def _interval(mean: Mean) -> tuple[Figure, Figure, Figure]:
    return mean.value, mean.low, mean.high


def change_table(calibration: Calibration) -> Table:
    """A row a weight."""
    values = [(c.parameter, c.before, c.after, c.meaning) for c in calibration.changes]
    return Table.of(ChangeRow, values)


def calibration_meta(calibration: Calibration) -> dict[str, Any]:
    """The held-out figures, for an envelope's meta."""
    figures = {
        f"tau_{name}{end}": round(figure, 4)
        for name in ("old", "new", "difference")
        for mean in (getattr(calibration, name),)
        for end, figure in (("", mean.value), ("_low", mean.low), ("_high", mean.high))
    }
    fitted = {"better": calibration.better, "fitted": calibration.rules.label}
    return {"pages": calibration.pages, **fitted, **figures}


def verdict(calibration: Calibration) -> str:
    """The held-out figures in a sentence."""
    old, new, gap = calibration.old, calibration.new, calibration.difference
    better = "better beyond the interval" if calibration.better else "no better beyond the interval"
    return (
        f"held-out Kendall tau {old.value:.3f} [{old.low:.3f}, {old.high:.3f}] → {new.value:.3f}"
        f" [{new.low:.3f}, {new.high:.3f}], difference {gap.value:+.3f} [{gap.low:+.3f},"
        f" {gap.high:+.3f}] over {calibration.pages} keywords: {better}"
    )


def evaluation_table(evaluation: Evaluation, per_query: bool = False) -> Table:
    """A row a measure; with `per_query` a row a measure and query besides."""
    queries = len(evaluation.query_ids)
    values = [(name, value, queries) for name, value in evaluation.means.items()]
    if per_query:
        values += [
            (f"{name}:{query_id}", value, 1)
            for name, each in evaluation.values.items()
            for query_id, value in zip(evaluation.query_ids, each, strict=True)
        ]
    return Table.of(EvaluateRow, values)
