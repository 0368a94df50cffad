"""python -m tests.benchmarks [TABLE …]: analysis, segment, search, suggest, core, memory, import,
extract, portraits, voice, drafts, fidelity, http, pages, startup.

Ratios come from one process, engines in turn; times are medians of the runs, with their spread.
Never part of a test: machines are noisy, ratios hold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.benchmarks import (
    analysis,
    core,
    drafts,
    extract,
    fidelity,
    imports,
    memory,
    pages,
    portraits,
    search,
    segment,
    serving,
    startup,
    suggest,
    voice,
)

TABLES: dict[str, Callable[[], None]] = {
    "analysis": analysis.table,
    "segment": segment.table,
    "search": search.table,
    "suggest": suggest.table,
    "core": core.table,
    "memory": memory.table,
    "import": imports.table,
    "extract": extract.table,
    "portraits": portraits.table,
    "voice": voice.table,
    "drafts": drafts.table,
    "fidelity": fidelity.table,
    "http": serving.table,
    "pages": pages.table,
    "startup": startup.table,
}


def main() -> None:
    """Print the tables asked for, all by default."""
    names = [arg for arg in sys.argv[1:] if not arg.endswith(".jsonl")] or list(TABLES)
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        sys.exit(f"no table {', '.join(unknown)}; use {', '.join(TABLES)}")
    for name in names:
        TABLES[name]()


main()
