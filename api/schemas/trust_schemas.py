"""Answers about trust as the API declares them."""

from __future__ import annotations

from pydantic import Field, RootModel

from api.schemas.answers import Exact, Meta


class FidelityRow(Exact):
    keyword: str
    observed: int = Field(description="Observed notes that the library has.")
    kendall_tau: float | None = Field(description="tau-b, -1 to 1; null below 5 notes.")
    rbo: float | None
    ndcg: float | None
    trust: str = Field(description="high, medium, low or unknown, by the lower end of tau.")


class OrderRow(Exact):
    order: str
    tau: float
    tau_low: float
    tau_high: float
    rbo: float
    rbo_low: float
    rbo_high: float
    ndcg: float
    ndcg_low: float
    ndcg_high: float


class FidelityMeta(Meta):
    orders: list[OrderRow] = Field(description="Ours and baselines, means with 95 % intervals.")
    missing: int = Field(description="Observed notes that the library lacks.")


class ChangeRow(Exact):
    parameter: str
    before: float
    after: float
    meaning: str


class CalibrateMeta(Meta):
    pages: int
    better: bool = Field(description="Beyond the interval, on pages held out.")
    fitted: str
    kept: bool
    tau_old: float
    tau_old_low: float
    tau_old_high: float
    tau_new: float
    tau_new_low: float
    tau_new_high: float
    tau_difference: float
    tau_difference_low: float
    tau_difference_high: float


class FidelityEnvelope(Exact):
    data: list[FidelityRow]
    meta: FidelityMeta


class CalibrateEnvelope(Exact):
    data: list[ChangeRow]
    meta: CalibrateMeta


class FidelityAnswer(RootModel[FidelityEnvelope | list[FidelityRow]]):
    """The envelope, or with `shape=rows` the bare array."""


class CalibrateAnswer(RootModel[CalibrateEnvelope | list[ChangeRow]]):
    """The envelope, or with `shape=rows` the bare array."""
