"""Functions in turn -> median and spread of each."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds of several runs."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    def __str__(self) -> str:
        low, high = min(self.seconds), max(self.seconds)
        return f"{self.median * 1e3:10.2f} ms  ({low * 1e3:.2f} to {high * 1e3:.2f})"


def in_turn(
    functions: Mapping[str, Callable[[], object]], runs: int = 5, warm: int = 1
) -> dict[str, Timing]:
    """Run A B C A B C …, so that a machine that drifts drifts for all."""
    found: dict[str, list[float]] = {name: [] for name in functions}
    for run in range(warm + runs):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            if run >= warm:
                found[name].append(time.perf_counter() - start)
    return {name: Timing(tuple(seconds)) for name, seconds in found.items()}
