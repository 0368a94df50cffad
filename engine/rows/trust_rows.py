"""Fidelity, calibration and evaluation as flat rows; the keys of a fidelity row are promises."""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

from engine.insight.calibration import Calibration
from engine.insight.evaluate import Evaluation
from engine.insight.fidelity import Fidelity
from engine.rows.column import Column, rounded
from engine.rows.table import Table

Figure = float | None


class FidelityRow(TypedDict):
    """The agreement of the order with one observed page; null where the page tells nothing."""

    keyword: Annotated[str, Column("防晒霜")]
    observed: Annotated[int, Column(20, "Observed notes that the library has.")]
    kendall_tau: Annotated[Figure, Column(0.9263, "tau-b, -1 to 1; null below 5 notes.")]
    rbo: Annotated[Figure, Column(0.9804)]
    ndcg: Annotated[Figure, Column(0.9997)]
    trust: Annotated[str, Column("high", "high, medium, low or unknown, by the lower end of tau.")]


class OrderRow(TypedDict):
    """An order: means over keywords with 95 % intervals."""

    order: Annotated[str, Column("our rules")]
    tau: Annotated[float, Column(0.853)]
    tau_low: Annotated[float, Column(0.783)]
    tau_high: Annotated[float, Column(0.92)]
    rbo: Annotated[float, Column(0.928)]
    rbo_low: Annotated[float, Column(0.9)]
    rbo_high: Annotated[float, Column(0.955)]
    ndcg: Annotated[float, Column(0.986)]
    ndcg_low: Annotated[float, Column(0.971)]
    ndcg_high: Annotated[float, Column(0.996)]


class ChangeRow(TypedDict):
    """A weight that was fitted."""

    parameter: Annotated[str, Column("boosts.title")]
    before: Annotated[float, Column(3.0)]
    after: Annotated[float, Column(2.899)]
    meaning: Annotated[str, Column("标题里的词算正文里的 2.899 倍")]


class EvaluateRow(TypedDict):
    """A measure: the mean over the judged queries, or its value on one of them."""

    metric: Annotated[str, Column("ndcg@10")]
    value: Annotated[float, Column(0.9132)]
    queries: Annotated[int, Column(96)]


def fidelity_table(fidelity: Fidelity) -> Table:
    """A row a keyword."""
    values = [
        (page.keyword, ours.observed, rounded(ours.tau), rounded(ours.rbo), rounded(ours.ndcg),
         ours.trust)
        for page, ours in zip(fidelity.pages, fidelity.ours, strict=True)
    ]  # fmt: skip
    return Table.of_values(FidelityRow, values)


def orders_table(fidelity: Fidelity) -> Table:
    """Our order and the baselines."""
    values = [
        (name, *(rounded(figure) for measure in ("tau", "rbo", "ndcg")
                 for mean in (means[measure],) for figure in (mean.value, mean.low, mean.high)))
        for name, means in fidelity.means().items()
    ]  # fmt: skip
    return Table.of_values(OrderRow, values)


def change_table(calibration: Calibration) -> Table:
    """A row a weight."""
    rows: list[ChangeRow] = [
        {
            "parameter": change.parameter,
            "before": round(change.before, 4),
            "after": round(change.after, 4),
            "meaning": change.meaning,
        }
        for change in calibration.changes
    ]
    return Table.of(ChangeRow, rows)


def calibration_meta(calibration: Calibration) -> dict[str, Any]:
    """The held-out figures, for an envelope's meta."""
    meta: dict[str, Any] = {
        "pages": calibration.pages,
        "better": calibration.better,
        "fitted": calibration.rules.label,
    }
    for name in ("old", "new", "difference"):
        mean = getattr(calibration, name)
        meta[f"tau_{name}"] = rounded(mean.value)
        meta[f"tau_{name}_low"] = rounded(mean.low)
        meta[f"tau_{name}_high"] = rounded(mean.high)
    return meta


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
    rows: list[EvaluateRow] = [
        {"metric": name, "value": value, "queries": queries}
        for name, value in evaluation.means.items()
    ]
    if per_query:
        rows += [
            {"metric": f"{name}:{query_id}", "value": value, "queries": 1}
            for name, values in evaluation.values.items()
            for query_id, value in zip(evaluation.query_ids, values, strict=True)
        ]
    return Table.of(EvaluateRow, rows)
