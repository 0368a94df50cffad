"""What a library lets go, and when: journals, rejected rows, count history, ended jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from engine.ingest.folding import fold_journals, thin_counts
from engine.ingest.keeping import Policy, Tidied
from engine.library import Library
from engine.store import Store


class _Rehearsed(Exception):
    """Ends a tidying that is only tried."""


def tidy(library: Library, store: Store, policy: Policy, now: datetime, drop: bool) -> Tidied:
    """Let go what the policy no longer keeps; without `drop` only say what that would be."""
    tidied = Tidied()
    try:
        with store.writing():
            tidied = tidy_store(store, policy, now)
            if not drop:
                raise _Rehearsed
    except _Rehearsed:
        pass
    tidy_files(library, policy, now, tidied, drop)
    return tidied


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
    for path in sorted(folder.glob(pattern)):
        if path.stat().st_mtime < moment.timestamp():
            yield path


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
