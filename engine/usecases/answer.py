"""What every use case answers: a table, what is said of the whole, and the value behind both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from engine.engine import Engine
from engine.rows.table import Table
from engine.snapshot import LibrarySnapshot

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The rows that every door gives, the `meta` of their envelope, and the analysis itself."""

    table: Table
    meta: Mapping[str, Any]
    value: T


def state(library: LibrarySnapshot) -> dict[str, Any]:
    """What `meta` says of the state that an answer is of."""
    return {
        "index_version": library.index.version,
        "rule_set": library.rule_set.label,
        "state_id": library.state_id,
    }


def asked(
    engine: Engine, question: Callable[[LibrarySnapshot], T], now: datetime | None = None
) -> tuple[T, dict[str, Any]]:
    """(the answer to a question about one state of the library, what `meta` says of that state)."""
    return engine.ask(lambda library: (question(library), state(library)), now)
