"""StoreSnapshot: notes.db in one read transaction, whatever is written meanwhile."""

from __future__ import annotations

import contextlib
import weakref
from collections import deque
from pathlib import Path

import apsw

from engine.store.opening import open_database, refusal
from engine.store.reading import StoreReader

_KEPT = 8  # idle connections


class StoreSnapshot(StoreReader):
    """One state of the store; not for two threads at once. Close it, or let it be collected."""

    def __init__(self, path: Path | None, db: apsw.Connection, idle: Connections | None) -> None:
        self.path = path
        self._connection = db
        self._end = weakref.finalize(self, _give_back, db, idle)
        self._end.atexit = False  # SQLite ends a read by itself
        try:
            if idle:
                db.execute("BEGIN")
            self.version, self.writes = self.revision()  # the first read fixes the state
        except apsw.Error as error:
            raise refusal(path, error) from error

    @property
    def _db(self) -> apsw.Connection:
        return self._connection

    def close(self) -> None:
        """End the read transaction; nothing can be asked any more."""
        self._end()


class Connections:
    """Connections to one file that only read, kept for the next snapshot."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._idle: deque[apsw.Connection] = deque()
        self._closed = False

    def snapshot(self) -> StoreSnapshot:
        """A snapshot of the file as it is now."""
        try:
            db = self._idle.pop()
        except IndexError:
            db = open_database(self.path, read_only=True)
        return StoreSnapshot(self.path, db, self)

    def keep(self, db: apsw.Connection) -> None:
        """Take a connection back."""
        if self._closed or len(self._idle) >= _KEPT:
            db.close()
        else:
            self._idle.append(db)

    def close(self) -> None:
        """Close what is idle, and all that comes back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()


def _give_back(db: apsw.Connection, idle: Connections | None) -> None:
    if idle is None:
        return
    with contextlib.suppress(apsw.Error):  # a connection that is closed or damaged is dropped
        if db.in_transaction:
            db.execute("ROLLBACK")
        idle.keep(db)
