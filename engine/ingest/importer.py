"""Export file -> store: upserts in small transactions, each of which can be the last one."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from engine.formats import Export, ReadOptions, open_export
from engine.ingest.captures import Captures
from engine.ingest.page_order import suspect_pages
from engine.ingest.report import ImportReport
from engine.model import (
    Captured,
    Comment,
    Creator,
    Demand,
    Outcome,
    Progress,
    Rejected,
    Related,
    Row,
    Skipped,
)
from engine.store import ImportProgress, Store

_BATCH = 10_000  # rows a step: what a killed import does again at the most
Step = Callable[[], AbstractContextManager[None]]  # one transaction, seen whole or not at all


def import_file(
    store: Store,
    path: Path,
    options: ReadOptions,
    now: datetime,
    tick: Progress,
    rejected: Path,
    step: Step | None = None,
) -> ImportReport:
    """Import one export; an earlier, interrupted import of the same file goes on where it was.

    Rows are stored 10,000 a `step` (a transaction of the store, unless somebody indexes in it);
    `tick` gets the share of the file after each, when its rows are safe. The file that was imported
    last, unchanged, is not read again.
    """
    export = open_export(path, options)
    digest = _digest(path, options)
    job = _Import(store, path.name, digest, export.format, now, step or store.writing)
    return job.run(export, tick, rejected)


def rehearse(
    store: Store, path: Path, options: ReadOptions, now: datetime, tick: Progress
) -> ImportReport:
    """The report of an import; everything it would store is undone at the end."""
    export = open_export(path, options)
    job = _Import(store, path.name, "rehearsal", export.format, now, contextlib.nullcontext)
    try:
        with store.writing():
            for batch in _batches(export.rows):
                job.take(batch)
                tick(export.progress())
            job.close(export)
            raise _Undo
    except _Undo:
        return job.report


class _Undo(Exception):
    """Ends a rehearsal."""


def import_rows(
    store: Store,
    name: str,
    rows: Iterable[Row],
    now: datetime,
    rejected: Path,
    step: Step | None = None,
) -> ImportReport:
    """Import a stream of rows (a request's body), 10,000 a step."""
    digest = f"stream-{hashlib.sha256(f'{name} {now.isoformat()}'.encode()).hexdigest()[:16]}"
    job = _Import(store, name, digest, "stream", now, step or store.writing)
    try:
        for batch in _batches(rows):
            job.take(batch)
        job.finish()
    finally:
        job.report.rejected_file = job.write_rejected(rejected)
    return job.report


class _Import:
    """One running import: the store, and the report that grows with it."""

    def __init__(
        self,
        store: Store,
        name: str,
        digest: str,
        format_name: str,
        now: datetime,
        step: Step,
    ) -> None:
        self._step = step
        self._store = store
        self._name = name
        self._digest = digest
        self._now = now
        self._number = 0
        self._captures = Captures(store)
        self.report = ImportReport(name, format_name)

    def run(self, export: Export, tick: Progress, rejected: Path) -> ImportReport:
        rows = iter(export.rows)
        earlier = self._store.progress(self._digest)
        if earlier and earlier.finished and earlier.change == self._store.change:
            tick(1.0)
            return ImportReport.load(earlier.report).again()
        if earlier and not earlier.finished:
            self._number = earlier.number
            self.report = ImportReport.load(earlier.report)
            self.report.resumed_at = earlier.rows
            rows = itertools.islice(rows, earlier.rows, None)
        try:
            for batch in _batches(rows):
                self.take(batch)
                tick(export.progress())
            self.write_rejected(rejected)  # before the import is done: a kill leaves nothing out
            self.finish(export)
        finally:
            self.report.rejected_file = self.write_rejected(rejected)
        return self.report

    def take(self, batch: list[Row]) -> None:
        """Store one batch and how far the import is, together or not at all."""
        before, number = self.report.dump(), self._number
        try:
            with self._step():
                self._begin()
                self._rows(batch)
                self._save(finished=False, moment=self._moment(batch))
        except BaseException:
            self.report, self._number = ImportReport.load(before), number
            self._captures = Captures(self._store)
            raise

    def finish(self, export: Export | None = None) -> None:
        """Mark the import as done."""
        with self._store.writing():
            self._begin()
            self.close(export)
            self._save(finished=True)

    def close(self, export: Export | None = None) -> None:
        """What only the whole import tells."""
        if export:
            self.report.about(export)
        self.report.unjoined = self._store.unjoined_in(self._number)
        self.report.near_duplicates = self._store.copies_in(self._number)
        self.report.suspect = suspect_pages(self._store, self._store.sightings_of(self._number))

    def _begin(self) -> None:
        if not self._number:
            format_name = self.report.format
            self._number = self._store.begin_import(
                self._digest, self._name, format_name, self._now
            )

    def _save(self, finished: bool, moment: datetime | None = None) -> None:
        progress = ImportProgress(self._number, self.report.rows, finished, self.report.dump())
        self._store.save_progress(progress, moment)

    def _moment(self, batch: list[Row]) -> datetime | None:
        """The latest moment that rows know, but no future."""
        notes = (row.note for row in batch if isinstance(row, Captured))
        moments = (note.captured_at or note.published_at for note in notes)
        horizon = self._now + timedelta(days=1)
        return max((m for m in moments if m is not None and m <= horizon), default=None)

    def _rows(self, batch: list[Row]) -> None:
        first = self.report.rows
        self.report.rows += len(batch)
        captured: list[tuple[Captured, int]] = []
        for number, row in enumerate(batch, first + 1):
            if isinstance(row, Captured):
                captured.append((row, self._number << 32 | number))
            elif isinstance(row, Comment | Creator | Outcome):
                self._fact(row)
            elif isinstance(row, Demand):
                self.report.demand += 1
                self._store.put_demand(row, self._number)
            elif isinstance(row, Related):
                self.report.related += 1
                self._store.put_related(row, self._number)
            elif isinstance(row, Skipped):
                self.report.skip(row.reason)
            else:
                self._rejected(row)
            if not isinstance(row, Related | Skipped | Rejected) and row.unreadable:
                self.report.cells(row.unreadable)
        self._captures.take(captured, self._number, self.report)

    def _fact(self, row: Comment | Creator | Outcome) -> None:
        self.report.fact(row)
        self._store.put_fact(row, self._number)

    def _rejected(self, row: Rejected) -> None:
        self.report.reject(row.line, row.reason)
        self._store.reject(self._number, row.line, row.reason, row.raw)

    def write_rejected(self, folder: Path) -> str:
        """The rejected rows of this file as JSON lines; "" when there are none."""
        if not self.report.rejected:
            return ""
        path = folder / rejected_name(self._name, self._digest)
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            for line, reason, raw in self._store.rejected(self._number):
                row = {"line": line, "reason": reason, "raw": raw}
                file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        os.replace(temporary, path)
        return f"{folder.name}/{path.name}"


def rejected_name(name: str, digest: str) -> str:
    """The file that the rejected rows of an import go to."""
    return f"{Path(name).stem}-{digest[-8:]}.jsonl"


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, _BATCH)):
        yield batch


def _digest(path: Path, options: ReadOptions) -> str:
    """Names the import: the file's bytes, and all that changes what its rows mean.

    A date in the name is the day of capture.
    """
    digest = hashlib.sha256(repr([path.name, *sorted(options.columns.items())]).encode())
    digest.update(f"{options.sort} {options.captured_at} {options.keep_authors}".encode())
    if options.id_namespace or options.strict:
        digest.update(f" {options.id_namespace} {options.strict}".encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
