"""Notes and all that was seen of them: the record of truth, in SQLite.

One writer, many readers (WAL, FULL sync). Each note carries a checksum; every change has a
sequence number, so that an index knows what it has not seen yet.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import apsw
import orjson

from engine.errors import Damaged, LibraryBusy, NoterankError
from engine.model import CHINA, Count, Counts, Demand, Note, Related, Sighting

_SAFE = (3, 51, 3)  # below it a write racing a WAL checkpoint can corrupt the file
_SCHEMA_VERSION = 1
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


@dataclass(frozen=True, slots=True)
class Stored:
    """A note as it stands in the store."""

    note: Note
    seq: int
    cluster: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the import of one file came: rows done, whether it ended, and its report so far."""

    rows: int
    finished: bool
    report: bytes


class Store:
    """The notes of one library; `path` None keeps them in memory (a dry run on no library)."""

    def __init__(self, path: Path | None, read_only: bool = False) -> None:
        self.path = path
        self._db = _open(path, read_only)

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it is stored and synced at the end, or nothing of it."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except apsw.BusyError as error:
            raise LibraryBusy(
                f"{self.path} is being written by another process", "try again when it is done"
            ) from error
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        try:
            self._db.execute("COMMIT")
        except apsw.Error as error:
            with contextlib.suppress(apsw.Error):
                self._db.execute("ROLLBACK")
            raise NoterankError(
                f"{self.path} cannot be written ({error})", "make room on the disk and try again"
            ) from error

    # --- notes ---------------------------------------------------------------------------------

    def get(self, note_id: str) -> Stored | None:
        """A note by its id; Damaged when its bytes are not what was written."""
        return next(iter(self.get_many([note_id]).values()), None)

    def get_many(self, note_ids: Sequence[str]) -> dict[str, Stored]:
        """Notes by id, in the order asked for; unknown ids are left out."""
        rows = self._db.execute(
            "SELECT note_id, seq, cluster, content, crc FROM notes"
            " WHERE note_id IN (SELECT value FROM json_each(?))",
            (orjson.dumps(list(note_ids)).decode(),),
        )
        found = {row[0]: _stored(row) for row in rows}
        return {note_id: found[note_id] for note_id in note_ids if note_id in found}

    def all(self) -> Iterator[Stored]:
        """Every note, by id."""
        query = "SELECT note_id, seq, cluster, content, crc FROM notes ORDER BY note_id"
        return (_stored(row) for row in self._db.execute(query))

    def since(self, seq: int) -> Iterator[Stored]:
        """Notes added or changed after a sequence number, oldest change first."""
        query = "SELECT note_id, seq, cluster, content, crc FROM notes WHERE seq > ? ORDER BY seq"
        return (_stored(row) for row in self._db.execute(query, (seq,)))

    def deleted_since(self, seq: int) -> list[str]:
        """Ids of notes that were deleted after a sequence number."""
        query = "SELECT note_id FROM deleted WHERE seq > ? ORDER BY note_id"
        return [note_id for (note_id,) in self._db.execute(query, (seq,))]

    @property
    def seq(self) -> int:
        """The sequence number of the last change."""
        return int(self._value("SELECT value FROM meta WHERE name = 'seq'"))

    def put(self, note: Note, cluster: str, sketch: Sequence[int]) -> None:
        """Add or replace a note; `cluster` names its group of near-duplicates."""
        content = _encode(note)
        seq = self._next_seq()
        self._db.execute(
            "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(note.note_id, seq, cluster, note.author),
                note.published_at and note.published_at.astimezone(CHINA).isoformat(),
                *(content, _crc(note.note_id, cluster, content)),
            ),
        )
        self._db.execute("DELETE FROM sketches WHERE note_id = ?", (note.note_id,))
        self._db.executemany(
            "INSERT OR IGNORE INTO sketches VALUES (?, ?)", [(k, note.note_id) for k in sketch]
        )
        self._db.execute("DELETE FROM deleted WHERE note_id = ?", (note.note_id,))

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

    def alike(self, sketch: Sequence[int], limit: int = 20) -> list[str]:
        """Ids of at most `limit` notes that share a sketch key, by id."""
        query = (
            "SELECT DISTINCT note_id FROM sketches"
            " WHERE key IN (SELECT value FROM json_each(?)) ORDER BY note_id LIMIT ?"
        )
        keys = orjson.dumps(list(sketch)).decode()
        return [note_id for (note_id,) in self._db.execute(query, (keys, limit))]

    def as_of(self) -> datetime | None:
        """The latest moment the library knows: a capture, or a publication."""
        text = self._value("SELECT value FROM meta WHERE name = 'as_of'")
        return datetime.fromisoformat(text) if text else None

    def seen_until(self, moment: datetime) -> None:
        """Note that the library knows the world up to `moment`."""
        known = self.as_of()
        if known is None or moment > known:
            text = moment.astimezone(CHINA).isoformat()
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('as_of', ?)", (text,))

    # --- what was seen of them -----------------------------------------------------------------

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

    def observations(self) -> Iterator[tuple[str, Sighting]]:
        """(note id, sighting), by keyword, run and position."""
        query = (
            "SELECT note_id, keyword, run, position, sort, filters, captured_at FROM observations"
            " ORDER BY keyword, run, position, note_id"
        )
        for note_id, keyword, run, position, sort, filters, captured in self._db.execute(query):
            moment = datetime.fromisoformat(captured) if captured else None
            yield note_id, Sighting(keyword, run, position, sort, filters, moment)

    def remember_counts(self, note: Note) -> None:
        """Keep the counts of the day they were captured; "" is an unknown day."""
        day = note.captured_at.astimezone(CHINA).date().isoformat() if note.captured_at else ""
        self._db.execute(
            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?)",
            (note.note_id, day, orjson.dumps(_counts_out(note.counts))),
        )

    def count_history(self, note_id: str) -> list[tuple[str, Counts]]:
        """(day, counts), oldest first; the day is "" where no export told it."""
        query = "SELECT day, content FROM counts WHERE note_id = ? ORDER BY day"
        rows = self._db.execute(query, (note_id,))
        return [(day, _counts_in(orjson.loads(content))) for day, content in rows]

    def demand(self) -> Iterator[Demand]:
        """Rows of imported keyword exports, by keyword."""
        query = (
            "SELECT keyword, searches, competition, level, bid, bag, reason FROM demand"
            " ORDER BY keyword, bag"
        )
        return (Demand(0, *row) for row in self._db.execute(query))

    def put_demand(self, row: Demand) -> bool:
        """Keep a keyword's demand, the newest import wins; False when nothing changed."""
        values = (row.searches, row.competition, row.level, row.bid, row.reason)
        known = self._db.execute(
            "SELECT searches, competition, level, bid, reason FROM demand"
            " WHERE keyword = ? AND bag = ?",
            (row.keyword, row.bag),
        ).fetchone()
        self._db.execute(
            "INSERT OR REPLACE INTO demand VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.keyword, row.bag, *values),
        )
        return known != values

    def put_related(self, row: Related) -> None:
        """Keep related searches of a keyword."""
        pairs = [(row.keyword, word) for word in row.words]
        self._db.executemany("INSERT OR IGNORE INTO related VALUES (?, ?)", pairs)

    def related(self, keyword: str) -> list[str]:
        """Related searches that pages proposed for a keyword."""
        query = "SELECT word FROM related WHERE keyword = ? ORDER BY word"
        return [word for (word,) in self._db.execute(query, (keyword,))]

    # --- imports -------------------------------------------------------------------------------

    def progress(self, digest: str) -> Progress | None:
        """How far the import of a file (by the hash of its bytes) came."""
        row = self._db.execute(
            "SELECT rows, finished, report FROM imports WHERE digest = ?", (digest,)
        ).fetchone()
        return Progress(row[0], bool(row[1]), row[2]) if row else None

    def save_progress(self, digest: str, path: str, progress: Progress) -> None:
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

    def rejected(self, digest: str) -> Iterator[tuple[int, str, str]]:
        """(line, reason, raw) of one file's rejected rows."""
        query = "SELECT line, reason, raw FROM rejected WHERE digest = ? ORDER BY line"
        return iter(self._db.execute(query, (digest,)))

    # --- the whole -----------------------------------------------------------------------------

    def totals(self) -> dict[str, int]:
        """Rows of each kind, and how many authors are known."""
        names = ("notes", "observations", "demand", "related", "counts")
        found = {name: int(self._value(f"SELECT COUNT(*) FROM {name}")) for name in names}
        authors = self._value("SELECT COUNT(DISTINCT author) FROM notes WHERE author <> ''")
        return {**found, "authors": int(authors)}

    def published(self) -> tuple[datetime | None, datetime | None]:
        """When the first and the last dated note were published."""
        query = "SELECT MIN(published_at), MAX(published_at) FROM notes"
        first, last = self._db.execute(query).fetchone() or (None, None)
        return _moment(first), _moment(last)

    def check(self) -> int:
        """Read every stored byte; the number of notes. Damaged names what is wrong."""
        problem = self._value("PRAGMA integrity_check")
        if problem != "ok":
            raise Damaged(f"{self.path}: {problem}", "restore notes.db from a copy")
        return sum(1 for _ in self.all())

    def _next_seq(self) -> int:
        query = "UPDATE meta SET value = value + 1 WHERE name = 'seq' RETURNING value"
        return int(self._value(query))

    def _value(self, query: str) -> Any:
        row = self._db.execute(query).fetchone()
        return row[0] if row else None


def _open(path: Path | None, read_only: bool) -> apsw.Connection:
    mode = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    if read_only:
        mode = apsw.SQLITE_OPEN_READONLY
    try:
        db = apsw.Connection(":memory:" if path is None else str(path), flags=mode)
        db.set_busy_timeout(5000)
        version = db.pragma("user_version")
        if not read_only:
            safe = tuple(int(part) for part in apsw.sqlite_lib_version().split(".")) >= _SAFE
            db.pragma("journal_mode", "wal" if safe else "delete")
            db.pragma("synchronous", "full")
        if version == 0 and not read_only:
            with db:
                db.execute(_SCHEMA)
                db.pragma("user_version", _SCHEMA_VERSION)
    except apsw.Error as error:
        raise Damaged(
            f"{path} cannot be opened ({error})", "check its rights, or restore it from a copy"
        ) from error
    if version > _SCHEMA_VERSION:
        raise Damaged(f"{path} was written by a newer noterank", "update noterank")
    return db


def _crc(note_id: str, cluster: str, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(f"{note_id}\0{cluster}".encode()))


def _stored(row: tuple[Any, ...]) -> Stored:
    note_id, seq, cluster, content, crc = row
    if _crc(note_id, cluster, content) != crc:
        raise Damaged(
            f"note {note_id} in notes.db is not what was written",
            "restore notes.db from a copy, or delete the note and import it again",
        )
    return Stored(decode(note_id, content), seq, cluster)


def _encode(note: Note) -> bytes:
    content = {
        "title": note.title,
        "body": note.body,
        "tags": note.tags,
        "kind": note.kind,
        "author": note.author,
        "fans": _count_out(note.fans),
        "published_at": note.published_at,
        "counts": _counts_out(note.counts),
        "channel": note.channel,
        "url": note.url,
        "captured_at": note.captured_at,
    }
    return orjson.dumps({name: value for name, value in content.items() if value})


def decode(note_id: str, content: bytes) -> Note:
    """A note from its stored form."""
    row = orjson.loads(content)
    return Note(
        note_id=note_id,
        title=row.get("title", ""),
        body=row.get("body", ""),
        tags=tuple(row.get("tags", ())),
        kind=row.get("kind", ""),
        author=row.get("author", ""),
        fans=_count_in(row.get("fans")),
        published_at=_moment(row.get("published_at")),
        counts=_counts_in(row.get("counts", {})),
        channel=row.get("channel", ""),
        url=row.get("url", ""),
        captured_at=_moment(row.get("captured_at")),
    )


def same_content(one: Note, other: Note) -> bool:
    """Whether two notes say the same, whenever they were captured."""
    return replace(one, captured_at=None) == replace(other, captured_at=None)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _count_out(count: Count | None) -> list[int] | None:
    return None if count is None else [count.value, int(count.at_least), count.precision]


def _count_in(row: list[int] | None) -> Count | None:
    return None if row is None else Count(row[0], bool(row[1]), row[2])


def _counts_out(counts: Counts) -> dict[str, list[int] | None]:
    return {
        "likes": _count_out(counts.likes),
        "collects": _count_out(counts.collects),
        "comments": _count_out(counts.comments),
        "shares": _count_out(counts.shares),
    }


def _counts_in(row: dict[str, list[int] | None]) -> Counts:
    return Counts(
        likes=_count_in(row.get("likes")),
        collects=_count_in(row.get("collects")),
        comments=_count_in(row.get("comments")),
        shares=_count_in(row.get("shares")),
    )
