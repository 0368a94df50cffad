"""What a library lets go, and when: journals, rejected rows, count history, ended jobs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from engine.ingest.folding import fold_journals, thin_counts
from engine.library import Library
from engine.store import Store


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


def tidy_store(store: Store, policy: Policy, now: datetime) -> Tidied:
    """Apply the policy to the store, within a transaction."""
    tidied = Tidied()
    tidied.journals = fold_journals(store, policy.journals)
    tidied.counts = thin_counts(store, now - timedelta(days=policy.daily_counts))
    tidied.rejected_rows = store.drop_rejected(now - timedelta(days=policy.rejected_days))
    return tidied


def tidy_files(library: Library, policy: Policy, now: datetime, tidied: Tidied, drop: bool) -> None:
    """Apply the policy to the library's files; without `drop` only count them."""
    for path in _older(library.rejected, "*.jsonl", now - timedelta(days=policy.rejected_days)):
        tidied.rejected_files += 1
        _drop(path, tidied, drop)
    for path in _older(library.folder / "jobs", "*.json", now - timedelta(days=policy.job_days)):
        if _ended(path):
            tidied.jobs += 1
            _drop(path, tidied, drop)
            if drop:
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)


def _older(folder: Path, pattern: str, moment: datetime) -> Iterator[Path]:
    age: Callable[[Path], float] = lambda path: path.stat().st_mtime  # noqa: E731
    yield from (path for path in sorted(folder.glob(pattern)) if age(path) < moment.timestamp())


def _ended(path: Path) -> bool:
    try:
        return orjson.loads(path.read_bytes())["state"] in ("done", "failed", "cancelled")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _drop(path: Path, tidied: Tidied, drop: bool) -> None:
    tidied.bytes += path.stat().st_size
    tidied.names.append(f"{path.parent.name}/{path.name}")
    if drop:
        path.unlink(missing_ok=True)
