"""python -m tests.benchmarks [TABLE …]: analysis, segment, search, suggest, core, memory.

Ratios come from one process, engines in turn; times are medians of the runs, with their spread.
Never part of a test: machines are noisy, ratios hold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.benchmarks import analysis, core, memory, search, segment, suggest

TABLES: dict[str, Callable[[], None]] = {
    "analysis": analysis.table,
    "segment": segment.table,
    "search": search.table,
    "suggest": suggest.table,
    "core": core.table,
    "memory": memory.table,
}


def main() -> None:
    """Print the tables asked for, all by default."""
    names = sys.argv[1:] or list(TABLES)
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        sys.exit(f"no table {', '.join(unknown)}; use {', '.join(TABLES)}")
    for name in names:
        TABLES[name]()


main()
