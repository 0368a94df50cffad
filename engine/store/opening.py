"""A library's notes.db, opened: its tables, its safety, and what SQLite refuses in our words."""

from __future__ import annotations

import contextlib
from pathlib import Path

import apsw

from engine.errors import Damaged, LibraryBusy, NoterankError

COPY = "restore notes.db from a copy"
_SAFE = (3, 51, 3)  # below it a write racing a WAL checkpoint can corrupt the file
_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE notes (
  note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, cluster TEXT NOT NULL,
  author TEXT NOT NULL, published_at TEXT, content BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE UNIQUE INDEX notes_seq ON notes (seq);
CREATE TABLE deleted (note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE sketches (key INTEGER, note_id TEXT, PRIMARY KEY (key, note_id)) WITHOUT ROWID;
CREATE INDEX sketches_note ON sketches (note_id);
CREATE TABLE counts (
  note_id TEXT, day TEXT, content BLOB NOT NULL, PRIMARY KEY (note_id, day)) WITHOUT ROWID;
CREATE TABLE observations (
  run TEXT, keyword TEXT, note_id TEXT, position INTEGER, sort TEXT NOT NULL,
  filters TEXT NOT NULL, captured_at TEXT, PRIMARY KEY (run, keyword, note_id)) WITHOUT ROWID;
CREATE INDEX observations_keyword ON observations (keyword, captured_at, position);
CREATE TABLE demand (
  keyword TEXT, bag TEXT, searches INTEGER, competition INTEGER, level TEXT, bid REAL,
  reason TEXT, PRIMARY KEY (keyword, bag)) WITHOUT ROWID;
CREATE TABLE related (keyword TEXT, word TEXT, PRIMARY KEY (keyword, word)) WITHOUT ROWID;
CREATE TABLE imports (
  digest TEXT PRIMARY KEY, path TEXT NOT NULL, rows INTEGER NOT NULL,
  finished INTEGER NOT NULL, report BLOB NOT NULL);
CREATE TABLE importing (
  digest TEXT, note_id TEXT, PRIMARY KEY (digest, note_id)) WITHOUT ROWID;
CREATE TABLE rejected (
  digest TEXT, line INTEGER, reason TEXT NOT NULL, raw TEXT NOT NULL,
  PRIMARY KEY (digest, line)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 0);
"""
_SINCE_1 = """
CREATE TABLE saved (
  kind TEXT, name TEXT, version INTEGER, created_at TEXT NOT NULL, content BLOB NOT NULL,
  crc INTEGER NOT NULL, PRIMARY KEY (kind, name, version)) WITHOUT ROWID;
"""


def open_database(path: Path | None, read_only: bool) -> apsw.Connection:
    mode = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    if read_only:
        mode = apsw.SQLITE_OPEN_READONLY
    try:
        db = apsw.Connection(":memory:" if path is None else str(path), flags=mode)
        db.set_busy_timeout(5000)
        if db.pragma("user_version") > _SCHEMA_VERSION:
            raise Damaged(f"{path} was written by a newer noterank", "update noterank")
        if not read_only:
            safe = tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= _SAFE
            with contextlib.suppress(apsw.BusyError):  # another process makes this very switch
                db.pragma("journal_mode", "wal" if safe else "delete")
            db.pragma("synchronous", "full")
            _create(db)
    except apsw.BusyError as error:
        raise refusal(path, error) from error
    except apsw.Error as error:
        raise Damaged(
            f"{path} cannot be opened ({error})", "check its rights, or restore it from a copy"
        ) from error
    return db


def _create(db: apsw.Connection) -> None:
    """Make the tables of a new file, or those that an older one lacks; one process does it."""
    if db.pragma("user_version") == _SCHEMA_VERSION:
        return
    db.execute("BEGIN IMMEDIATE")
    version = db.pragma("user_version")
    if version < _SCHEMA_VERSION:
        db.execute(_SINCE_1 if version else _SCHEMA + _SINCE_1)
        db.pragma("user_version", _SCHEMA_VERSION)
    db.execute("COMMIT")


def refusal(path: Path | None, error: apsw.Error) -> NoterankError:
    """SQLite's complaint as ours: busy, no room, or damaged."""
    if isinstance(error, apsw.BusyError):
        return LibraryBusy(
            f"{path} is being written by another process", "try again when it is done"
        )
    if isinstance(error, apsw.FullError | apsw.IOError | apsw.ReadOnlyError | apsw.CantOpenError):
        return NoterankError(
            f"{path} cannot be written ({error})", "make room on the disk and try again"
        )
    return Damaged(f"{path} cannot be used ({error})", COPY)
