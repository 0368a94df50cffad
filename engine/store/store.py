"""Store: one writer, many readers (WAL, FULL sync), a connection for each thread.

Each note carries a checksum; every change has a sequence number, so that an index knows what it
has not seen yet.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import apsw
import orjson

from engine.model import CHINA, Counts, Demand, Note, Related, Sighting
from engine.store.opening import open_database, refusal
from engine.store.reading import StoreReader
from engine.store.rows import (
    ImportProgress,
    Stored,
    counts_out,
    crc_of,
    encode,
    filled,
    row_of,
)
from engine.store.snapshot import Connections, StoreSnapshot

_T = TypeVar("_T")


class Store(StoreReader):
    """The notes of one library; `path` None keeps them in memory (a dry run on no library)."""

    def __init__(self, path: Path | None, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        self._mine = threading.local()
        self._all: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._memory = open_database(None, read_only) if path is None else None
        self._reading = Connections(path) if path else None
        self._changes = 0  # of this connection, when the transaction began
        self._db.pragma("user_version")  # what cannot be opened is refused here

    def close(self) -> None:
        if self._reading:
            self._reading.close()
        for db in list(self._all):
            db.close()

    def snapshot(self) -> StoreSnapshot:
        """The store as it is now, for as long as it is held; one in memory is only handed out."""
        if self._reading:
            return self._reading.snapshot()
        return StoreSnapshot(None, self._db, None)

    @property
    def _db(self) -> apsw.Connection:
        """This thread's connection: two threads cannot use one at the same time."""
        if self._memory:
            return self._memory
        db: apsw.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = open_database(self.path, self._read_only)
            self._all.add(db)
        return db

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it is stored and synced at the end, or nothing of it.

        It ends at the first `commit` within, if there is one.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except apsw.Error as error:
            raise refusal(self.path, error) from error
        self._changes = self._db.total_changes()
        try:
            yield
            if self._db.in_transaction:
                self.commit()
        except BaseException as error:
            if self._db.in_transaction:  # a full disk ends it by itself
                self._db.execute("ROLLBACK")
            if isinstance(error, apsw.Error):
                raise refusal(self.path, error) from error
            raise

    def commit(self) -> None:
        """End the transaction: what it changed is stored and synced."""
        if self._db.total_changes() != self._changes:
            self._db.execute(
                "INSERT INTO meta VALUES ('writes', 1)"
                " ON CONFLICT (name) DO UPDATE SET value = value + 1"
            )
        self._db.execute("COMMIT")

    def put(self, note: Note, cluster: str, sketch: Sequence[int]) -> None:
        """Add or replace a note; `cluster` names its group of near-duplicates."""
        content = encode(note)
        seq = self._next_seq()
        self._db.execute(
            "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(note.note_id, seq, cluster, note.author),
                note.published_at and note.published_at.astimezone(CHINA).isoformat(),
                *(content, crc_of(note.note_id, cluster, content)),
            ),
        )
        self._db.execute("DELETE FROM sketches WHERE note_id = ?", (note.note_id,))
        self._db.executemany(
            "INSERT OR IGNORE INTO sketches VALUES (?, ?)", [(k, note.note_id) for k in sketch]
        )
        self._db.execute("DELETE FROM deleted WHERE note_id = ?", (note.note_id,))

    def recapture(self, stored: Stored) -> None:
        """Keep a later capture of a note that says the same: nothing new for an index."""
        note_id, content = stored.note.note_id, encode(stored.note)
        self._db.execute(
            "UPDATE notes SET content = ?, crc = ? WHERE note_id = ?",
            (content, crc_of(note_id, stored.cluster, content), note_id),
        )

    def delete(self, note_id: str) -> bool:
        """Drop a note; its observations and count history stay. False when it is not there."""
        self._db.execute("DELETE FROM notes WHERE note_id = ?", (note_id,))
        if not self._db.changes():
            return False
        self._db.execute("DELETE FROM sketches WHERE note_id = ?", (note_id,))
        self._db.execute(
            "INSERT OR REPLACE INTO deleted VALUES (?, ?)", (note_id, self._next_seq())
        )
        return True

    def seen_until(self, moment: datetime) -> None:
        """Note that the library knows the world up to `moment`."""
        latest = self.as_of()
        if latest is None or moment > latest:
            text = moment.astimezone(CHINA).isoformat()
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('as_of', ?)", (text,))

    def observe(self, note_id: str, sighting: Sighting) -> bool:
        """Keep a sighting; False when it is known already."""
        captured = sighting.captured_at and sighting.captured_at.isoformat()
        row = (sighting.run, sighting.keyword, note_id, sighting.position, sighting.sort)
        self._db.execute(
            "INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET sort = excluded.sort"
            " WHERE observations.sort = '' AND excluded.sort <> ''",
            (*row, sighting.filters, captured),
        )
        return bool(self._db.changes())

    def remember_counts(self, note: Note) -> None:
        """Keep the counts of the day they were captured; "" is an unknown day.

        Of two captures of a day the one that is imported last counts; unknown replaces nothing.
        """
        day = note.captured_at.astimezone(CHINA).date().isoformat() if note.captured_at else ""
        earlier = dict(self.count_history(note.note_id)).get(day, Counts())
        counts = filled(note.counts, earlier)
        self._db.execute(
            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?)",
            (note.note_id, day, orjson.dumps(counts_out(counts))),
        )

    def put_demand(self, row: Demand) -> bool:
        """Keep a keyword's demand, the newest import wins; False when nothing changed."""
        values = (row.searches, row.competition, row.level, row.bid, row.reason)
        query = (
            "SELECT searches, competition, level, bid, reason FROM demand"
            " WHERE keyword = ? AND bag = ?"
        )
        present = next(self._read(row_of, query, (row.keyword, row.bag)), None)
        self._db.execute(
            "INSERT OR REPLACE INTO demand VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.keyword, row.bag, *values),
        )
        return present != values

    def put_related(self, row: Related) -> None:
        """Keep related searches of a keyword."""
        pairs = [(row.keyword, word) for word in row.words]
        self._db.executemany("INSERT OR IGNORE INTO related VALUES (?, ?)", pairs)

    def save(self, kind: str, name: str, content: Any, now: datetime) -> int:
        """Keep a new version; what equals the newest one is not kept again. The version."""
        versions = self.saved(kind, name)
        packed = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        if versions and orjson.dumps(versions[-1].content, option=orjson.OPT_SORT_KEYS) == packed:
            return versions[-1].version
        version = versions[-1].version + 1 if versions else 1
        row = (kind, name, version, now.astimezone(CHINA).isoformat(), packed)
        self._db.execute(
            "INSERT INTO saved VALUES (?, ?, ?, ?, ?, ?)", (*row, crc_of(kind, name, packed))
        )
        return version

    def save_progress(self, digest: str, path: str, progress: ImportProgress) -> None:
        """Keep how far an import came, in the transaction of its rows."""
        self._db.execute(
            "INSERT OR REPLACE INTO imports VALUES (?, ?, ?, ?, ?)",
            (digest, path, progress.rows, progress.finished, progress.report),
        )

    def first_time(self, digest: str, note_id: str) -> bool:
        """Whether a running import meets this note id for the first time in its file."""
        self._db.execute("INSERT OR IGNORE INTO importing VALUES (?, ?)", (digest, note_id))
        return bool(self._db.changes())

    def forget_import(self, digest: str) -> None:
        """Drop what only a running import needs."""
        self._db.execute("DELETE FROM importing WHERE digest = ?", (digest,))

    def reject(self, digest: str, line: int, reason: str, raw: str) -> None:
        """Keep a row that could not be used."""
        self._db.execute(
            "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?, ?)", (digest, line, reason, raw)
        )

    def _next_seq(self) -> int:
        query = "UPDATE meta SET value = value + 1 WHERE name = 'seq' RETURNING value"
        return int(self._db.execute(query).get)
