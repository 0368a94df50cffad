"""How long a library keeps what it could do without, and what was let go."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Policy:
    """How much is kept: imports that can be taken back, the days that the rest stays."""

    journals: int = 50  # the newest imports
    rejected_days: int = 90
    daily_counts: int = 400  # days; of older ones the last of each month stays
    job_days: int = 30


@dataclass(slots=True)
class Tidied:
    """What was dropped (or would be)."""

    journals: int = 0
    rejected_files: int = 0
    rejected_rows: int = 0
    counts: int = 0
    jobs: int = 0
    bytes: int = 0
    names: list[str] = field(default_factory=list)
