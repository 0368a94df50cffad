"""A library's notes.db, opened: its tables, its safety, and what SQLite refuses in our words."""

from __future__ import annotations

import contextlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path

import apsw

from engine.errors import Damaged, LibraryBusy, NoterankError

COPY = "restore notes.db from a copy"
_SAFE = (3, 51, 3)  # below it a write racing a WAL checkpoint can corrupt the file
_SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE notes (
  note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, cluster TEXT NOT NULL,
  author TEXT NOT NULL, published_at TEXT, content BLOB NOT NULL, crc INTEGER NOT NULL,
  rank INTEGER NOT NULL DEFAULT 0, sketch BLOB NOT NULL DEFAULT x'');
CREATE UNIQUE INDEX notes_seq ON notes (seq);
CREATE UNIQUE INDEX notes_rank ON notes (rank);
CREATE INDEX notes_published ON notes (published_at);
CREATE TABLE deleted (note_id TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE counts (
  note_id TEXT, day TEXT, content BLOB NOT NULL, PRIMARY KEY (note_id, day)) WITHOUT ROWID;
CREATE TABLE saved (
  kind TEXT, name TEXT, version INTEGER, created_at TEXT NOT NULL, content BLOB NOT NULL,
  crc INTEGER NOT NULL, PRIMARY KEY (kind, name, version)) WITHOUT ROWID;
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 0);
"""
_SINCE_1 = """
CREATE TABLE saved (
  kind TEXT, name TEXT, version INTEGER, created_at TEXT NOT NULL, content BLOB NOT NULL,
  crc INTEGER NOT NULL, PRIMARY KEY (kind, name, version)) WITHOUT ROWID;
"""
# Every row that an import brought names it; import 0 is what can no longer be taken back.
_SINCE_2 = """
CREATE TABLE sketches (key INTEGER, rank INTEGER, PRIMARY KEY (key, rank)) WITHOUT ROWID;
CREATE TABLE captures (
  note_id TEXT, import INTEGER, rank INTEGER NOT NULL, content BLOB,
  PRIMARY KEY (note_id, import)) WITHOUT ROWID;
CREATE TABLE observations (
  run TEXT, keyword TEXT, note_id TEXT, import INTEGER, position INTEGER, sort TEXT NOT NULL,
  filters TEXT NOT NULL, captured_at TEXT,
  PRIMARY KEY (run, keyword, note_id, import)) WITHOUT ROWID;
CREATE TABLE demand (
  keyword TEXT, bag TEXT, import INTEGER, searches INTEGER, competition INTEGER, level TEXT,
  bid REAL, reason TEXT, PRIMARY KEY (keyword, bag, import)) WITHOUT ROWID;
CREATE TABLE related (
  keyword TEXT, word TEXT, import INTEGER, PRIMARY KEY (keyword, word, import)) WITHOUT ROWID;
CREATE TABLE facts (
  kind TEXT, key TEXT, import INTEGER, note_id TEXT NOT NULL, author TEXT NOT NULL,
  captured_at TEXT, content BLOB NOT NULL, crc INTEGER NOT NULL,
  PRIMARY KEY (kind, key, import)) WITHOUT ROWID;
CREATE INDEX facts_note ON facts (note_id, kind);
CREATE INDEX facts_author ON facts (author, kind);
CREATE TABLE imports (
  import INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL, path TEXT NOT NULL,
  format TEXT NOT NULL, started_at TEXT NOT NULL, rows INTEGER NOT NULL,
  finished INTEGER NOT NULL, report BLOB NOT NULL, as_of TEXT, journal INTEGER NOT NULL,
  change INTEGER NOT NULL DEFAULT 0);
CREATE INDEX imports_digest ON imports (digest);
CREATE TABLE rejected (
  import INTEGER, line INTEGER, reason TEXT NOT NULL, raw TEXT NOT NULL,
  PRIMARY KEY (import, line)) WITHOUT ROWID;
"""
_FROM_2 = """
ALTER TABLE notes ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notes ADD COLUMN sketch BLOB NOT NULL DEFAULT x'';
UPDATE notes SET rank = seq;
CREATE UNIQUE INDEX notes_rank ON notes (rank);
CREATE INDEX notes_published ON notes (published_at);
DROP INDEX observations_keyword;
DROP TABLE importing;
"""
_OLD = ("sketches", "observations", "demand", "related", "imports", "rejected")
_CARRIED = """
INSERT INTO sketches SELECT key, rank FROM old_sketches JOIN notes USING (note_id);
INSERT INTO observations SELECT run, keyword, note_id, 0, position, sort, filters, captured_at
  FROM old_observations;
INSERT INTO demand SELECT keyword, bag, 0, searches, competition, level, bid, reason
  FROM old_demand;
INSERT INTO related SELECT keyword, word, 0 FROM old_related;
INSERT INTO imports (digest, path, format, started_at, rows, finished, report, journal)
  SELECT digest, path, coalesce(json_extract(CAST(report AS TEXT), '$.format'), ''), '', rows,
  finished, report, 0 FROM old_imports ORDER BY rowid;
INSERT INTO rejected SELECT import, line, reason, raw
  FROM old_rejected JOIN imports USING (digest);
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
    if version == 0:
        db.execute(_SCHEMA + _SINCE_2)
    if version == 1:
        db.execute(_SINCE_1)
    if version in (1, 2):
        _carry_over(db)
    db.pragma("user_version", _SCHEMA_VERSION)
    db.execute("COMMIT")


def _carry_over(db: apsw.Connection) -> None:
    """From version 2, which did not know what an import had brought: all of it is import 0."""
    for name in _OLD:
        db.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
    db.execute("DROP INDEX IF EXISTS sketches_note")
    db.execute(_FROM_2 + _SINCE_2 + _CARRIED)
    keys = db.execute(
        "SELECT rank, json_group_array(key ORDER BY key) FROM sketches GROUP BY rank"
    ).fetchall()
    packed = [(pack_keys(json.loads(str(of_note))), rank) for rank, of_note in keys]
    db.executemany("UPDATE notes SET sketch = ? WHERE rank = ?", packed)
    for name in _OLD:
        db.execute(f"DROP TABLE old_{name}")


def pack_keys(keys: Sequence[int]) -> bytes:
    """A sketch as a note's row keeps it."""
    return struct.pack(f"<{len(keys)}q", *keys)


def unpack_keys(packed: bytes) -> tuple[int, ...]:
    """A sketch from its row."""
    return struct.unpack(f"<{len(packed) // 8}q", packed)


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
