"""Export file -> store: upserts in small transactions, each of which can be the last one."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from engine.formats import Export, ReadOptions, open_export
from engine.ingest.report import ImportReport
from engine.model import (
    Captured,
    Comment,
    Creator,
    Demand,
    Note,
    Outcome,
    Rejected,
    Related,
    Row,
    Skipped,
)
from engine.store import Progress, Store, StoreReader, filled, same_content
from engine.text.document import own_title
from engine.text.normalise import bare_letters, blank_markup
from engine.text.sketch import NEAR, likeness, sketch

_BATCH = 200  # rows a transaction: what a killed import does again at the most
Tick = Callable[[float], None]  # told the share of the file that is safely stored


def import_file(
    store: Store, path: Path, options: ReadOptions, now: datetime, tick: Tick, rejected: Path
) -> ImportReport:
    """Import one export; an earlier, interrupted import of the same file goes on where it was.

    Rows are stored in transactions of 200; `tick` is called after each, when its rows are safe.
    """
    export = open_export(path, options)
    digest = _digest(path, options)
    return _Import(store, path.name, digest, export.format, now).run(export, tick, rejected)


def rehearse(
    store: Store, path: Path, options: ReadOptions, now: datetime, tick: Tick
) -> ImportReport:
    """The report of an import; everything it would store is undone at the end."""
    export = open_export(path, options)
    job = _Import(store, path.name, "rehearsal", export.format, now, nested=True)
    try:
        with store.writing():
            for batch in _batches(export.rows):
                job.take(batch)
                tick(export.progress())
            job.report.about(export)
            raise _Undo
    except _Undo:
        return job.report


_NOT_YET = {
    Comment: "comments, which are not stored yet",
    Creator: "creators, which are not stored yet",
    Outcome: "results of notes or keywords, which are not stored yet",
}


class _Undo(Exception):
    """Ends a rehearsal."""


def import_rows(
    store: Store, name: str, rows: Iterable[Row], now: datetime, rejected: Path
) -> ImportReport:
    """Import a stream of rows (a request's body), in transactions of 200."""
    digest = f"stream-{hashlib.sha256(f'{name} {now.isoformat()}'.encode()).hexdigest()[:16]}"
    job = _Import(store, name, digest, "stream", now)
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
        nested: bool = False,
    ) -> None:
        self._transaction = contextlib.nullcontext if nested else store.writing
        self._store = store
        self._name = name
        self._digest = digest
        self._horizon = now + timedelta(days=1)
        self.report = ImportReport(name, format_name)

    def run(self, export: Export, tick: Tick, rejected: Path) -> ImportReport:
        rows = iter(export.rows)
        known = self._store.progress(self._digest)
        if known and not known.finished:
            self.report = ImportReport.load(known.report)
            self.report.resumed_at = known.rows
            rows = itertools.islice(rows, known.rows, None)
        try:
            for batch in _batches(rows):
                self.take(batch)
                tick(export.progress())
            self.report.about(export)
            self.finish()
        finally:
            self.report.rejected_file = self.write_rejected(rejected)
        return self.report

    def take(self, batch: list[Row]) -> None:
        """Store one batch and how far the import is, together or not at all."""
        before = self.report.dump()
        try:
            with self._transaction():
                for row in batch:
                    self._row(row)
                self._save(finished=False)
        except BaseException:
            self.report = ImportReport.load(before)
            raise

    def finish(self) -> None:
        """Mark the import as done."""
        with self._store.writing():
            self._store.forget_import(self._digest)
            self._save(finished=True)

    def _save(self, finished: bool) -> None:
        progress = Progress(self.report.rows, finished, self.report.dump())
        self._store.save_progress(self._digest, self._name, progress)

    def _row(self, row: Row) -> None:
        self.report.rows += 1
        if isinstance(row, Captured):
            self._captured(row)
        elif isinstance(row, Demand):
            self.report.demand += 1
            self._store.put_demand(row)
        elif isinstance(row, Related):
            self.report.related += 1
            self._store.put_related(row)
        elif isinstance(row, Skipped):
            self.report.skip(row.reason)
        elif isinstance(row, Rejected):
            self._rejected(row)
        else:
            self.report.skip(_NOT_YET[type(row)])
        if not isinstance(row, Related | Skipped | Rejected):
            self.report.cells(row.unreadable)

    def _rejected(self, row: Rejected) -> None:
        self.report.reject(row.line, row.reason)
        self._store.reject(self._digest, row.line, row.reason, row.raw)

    def _captured(self, row: Captured) -> None:
        note = row.note
        self.report.note(note)
        self._text_quality(note)
        if not self._store.first_time(self._digest, note.note_id):
            self.report.repeated_ids += 1
        self._upsert(note)
        self._store.remember_counts(note)
        moment = note.captured_at or note.published_at
        if moment is not None and moment <= self._horizon:
            self._store.seen_until(moment)
        if row.sighting and self._store.observe(note.note_id, row.sighting):
            self.report.sighting(row.sighting)

    def _upsert(self, note: Note) -> None:
        known = self._store.get(note.note_id)
        latest = merged(known.note, note) if known else note
        if known and same_content(latest, known.note):
            self.report.unchanged += 1
            if latest != known.note:
                self._store.recapture(replace(known, note=latest))
            return
        keys = sketch(note_text(latest))
        cluster, _, _ = cluster_of(self._store, latest, keys)
        self.report.near_duplicates += cluster != latest.note_id
        self.report.added += known is None
        self.report.updated += known is not None
        self._store.put(latest, cluster, keys)

    def _text_quality(self, note: Note) -> None:
        body = note.body.strip()
        self.report.hashtag_only += bool(body) and not bare_letters(blank_markup(body))
        self.report.title_from_body += own_title(note)[0] != note.title

    def write_rejected(self, folder: Path) -> str:
        """The rejected rows of this file as JSON lines; "" when there are none."""
        if not self.report.rejected:
            return ""
        path = folder / f"{Path(self._name).stem}-{self._digest[-8:]}.jsonl"
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        with temporary.open("wb") as file:
            for line, reason, raw in self._store.rejected(self._digest):
                row = {"line": line, "reason": reason, "raw": raw}
                file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        os.replace(temporary, path)
        return f"{folder.name}/{path.name}"


def merged(known: Note, captured: Note) -> Note:
    """A stored note with a new capture of it: the later capture wins, unknown replaces nothing."""
    older, newer = known, captured
    if known.captured_at and captured.captured_at and captured.captured_at < known.captured_at:
        older, newer = captured, known
    gaps = {
        entry.name: getattr(older, entry.name)
        for entry in fields(Note)
        if entry.name != "counts" and not getattr(newer, entry.name)
    }
    return replace(newer, counts=filled(newer.counts, older.counts), **gaps)


def cluster_of(store: Store, note: Note, keys: tuple[int, ...]) -> tuple[str, str, float]:
    """(the group of near-copies that a note joins, or its own id; the stored note that it repeats,
    "" for none; how alike they are); `keys` is the note's sketch."""
    text = note_text(note)
    others = [i for i in store.alike(keys) if i != note.note_id] if keys else []
    for note_id, other in store.get_many(others).items():
        if (alike := likeness(text, note_text(other.note))) >= NEAR:
            return other.cluster, note_id, alike
    return note.note_id, "", 0.0


def note_text(note: Note) -> str:
    """What two notes are compared by."""
    return f"{note.title}\n{note.body}"


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
