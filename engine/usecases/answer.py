"""What every use case answers: a table, what is said of the whole, and the value behind both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from engine.engine import Engine
from engine.rows.table import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The rows that every door gives, the `meta` of their envelope, and the analysis itself."""

    table: Table
    meta: Mapping[str, Any]
    value: T


def state(engine: Engine) -> dict[str, Any]:
    """What `meta` says of the library; read in the call that makes the answer."""
    return {"index_version": engine.index.version, "rule_set": engine.rule_set.label}
