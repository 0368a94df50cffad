"""Fidelity and calibration as flat rows; the keys of a fidelity row are promises."""

from __future__ import annotations

from typing import Any

from engine.insight.agreement import Mean
from engine.insight.calibration import Calibration
from engine.insight.evaluate import Evaluation
from engine.insight.fidelity import MEASURES, Fidelity
from engine.rows.table import Table

Row = dict[str, Any]
FIDELITY = ("keyword", "observed", "kendall_tau", "rbo", "ndcg", "trust")
ORDER = ("order", "tau", "tau_low", "tau_high", "rbo", "rbo_low", "rbo_high",
         "ndcg", "ndcg_low", "ndcg_high")  # fmt: skip
CHANGE = ("parameter", "before", "after", "meaning")


def fidelity_table(found: Fidelity) -> Table:
    """A row a keyword; null where the page tells nothing."""
    rows = []
    for page, own in zip(found.pages, found.ours, strict=True):
        values = (own.observed, _rounded(own.tau), _rounded(own.rbo), _rounded(own.ndcg), own.trust)
        rows.append(dict(zip(FIDELITY, (page.keyword, *values), strict=True)))
    return Table(rows, FIDELITY)


def orders_table(found: Fidelity) -> Table:
    """Our order and the baselines: means over keywords with 95 % intervals."""
    rows = []
    for name, means in found.means().items():
        row: Row = {"order": name}
        for measure in MEASURES:
            one = means[measure]
            row |= {measure: _rounded(one.value), f"{measure}_low": _rounded(one.low),
                    f"{measure}_high": _rounded(one.high)}  # fmt: skip
        rows.append(row)
    return Table(rows, ORDER)


def change_table(found: Calibration) -> Table:
    """A row a weight."""
    rows = [
        {"parameter": c.parameter, "before": round(c.before, 4), "after": round(c.after, 4),
         "meaning": c.meaning}
        for c in found.changes
    ]  # fmt: skip
    return Table(rows, CHANGE)


def calibrated(found: Calibration) -> Row:
    """The held-out figures, for an envelope's meta."""
    row: Row = {"pages": found.pages, "better": found.better, "fitted": found.rules.label}
    for name in ("old", "new", "difference"):
        one: Mean = getattr(found, name)
        row |= {f"tau_{name}": _rounded(one.value), f"tau_{name}_low": _rounded(one.low),
                f"tau_{name}_high": _rounded(one.high)}  # fmt: skip
    return row


def verdict(found: Calibration) -> str:
    """The held-out figures in a sentence."""
    old, new, gap = found.old, found.new, found.difference
    said = "better beyond the interval" if found.better else "no better beyond the interval"
    return (
        f"held-out Kendall tau {old.value:.3f} [{old.low:.3f}, {old.high:.3f}] → {new.value:.3f}"
        f" [{new.low:.3f}, {new.high:.3f}], difference {gap.value:+.3f} [{gap.low:+.3f},"
        f" {gap.high:+.3f}] over {found.pages} keywords: {said}"
    )


def evaluation_rows(evaluation: Evaluation) -> list[Row]:
    """The rows of `evaluate`: one a measure, the mean over the judged queries."""
    queries = len(evaluation.query_ids)
    return [
        {"metric": name, "value": value, "queries": queries}
        for name, value in evaluation.means.items()
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
