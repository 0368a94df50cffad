"""Notes and all that was seen of them: the record of truth, in SQLite.

One writer, many readers (WAL, FULL sync). Each note carries a checksum; every change has a
sequence number, so that an index knows what it has not seen yet.
"""

from __future__ import annotations

import contextlib
import zlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

import apsw
import orjson

from engine.errors import Damaged, LibraryBusy, NoterankError
from engine.model import CHINA, Count, Counts, Demand, Note, Related, Sighting, Sort

_T = TypeVar("_T")
_COPY = "restore notes.db from a copy"
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
        except apsw.Error as error:
            raise _refusal(self.path, error) from error
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:  # a full disk ends it by itself
                self._db.execute("ROLLBACK")
            if isinstance(error, apsw.Error):
                raise _refusal(self.path, error) from error
            raise

    # --- notes ---------------------------------------------------------------------------------

    def get(self, note_id: str) -> Stored | None:
        """A note by its id; Damaged when its bytes are not what was written."""
        return next(iter(self.get_many([note_id]).values()), None)

    def get_many(self, note_ids: Sequence[str]) -> dict[str, Stored]:
        """Notes by id, in the order asked for; unknown ids are left out."""
        query = (
            "SELECT note_id, seq, cluster, content, crc FROM notes"
            " WHERE note_id IN (SELECT value FROM json_each(?))"
        )
        wanted = orjson.dumps(list(note_ids)).decode()
        found = {known.note.note_id: known for known in self._read(_stored, query, (wanted,))}
        return {note_id: found[note_id] for note_id in note_ids if note_id in found}

    def all(self) -> Iterator[Stored]:
        """Every note, by id."""
        query = "SELECT note_id, seq, cluster, content, crc FROM notes ORDER BY note_id"
        return self._read(_stored, query)

    def since(self, seq: int) -> Iterator[Stored]:
        """Notes added or changed after a sequence number, oldest change first."""
        query = "SELECT note_id, seq, cluster, content, crc FROM notes WHERE seq > ? ORDER BY seq"
        return self._read(_stored, query, (seq,))

    def deleted_since(self, seq: int) -> list[str]:
        """Ids of notes that were deleted after a sequence number."""
        query = "SELECT note_id FROM deleted WHERE seq > ? ORDER BY note_id"
        return list(self._read(str, query, (seq,)))

    @property
    def seq(self) -> int:
        """The sequence number of the last change."""
        return self._one(int, "SELECT value FROM meta WHERE name = 'seq'")

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

    def recapture(self, stored: Stored) -> None:
        """Keep a later capture of a note that says the same: nothing new for an index."""
        note_id, content = stored.note.note_id, _encode(stored.note)
        self._db.execute(
            "UPDATE notes SET content = ?, crc = ? WHERE note_id = ?",
            (content, _crc(note_id, stored.cluster, content), note_id),
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

    def alike(self, sketch: Sequence[int], limit: int = 20) -> list[str]:
        """Ids of at most `limit` notes that share a sketch key, by id."""
        query = (
            "SELECT DISTINCT note_id FROM sketches"
            " WHERE key IN (SELECT value FROM json_each(?)) ORDER BY note_id LIMIT ?"
        )
        keys = orjson.dumps(list(sketch)).decode()
        return list(self._read(str, query, (keys, limit)))

    def as_of(self) -> datetime | None:
        """The latest moment the library knows: a capture, or a publication."""
        query = "SELECT value FROM meta WHERE name = 'as_of'"
        return next(self._read(datetime.fromisoformat, query), None)

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
        return self._read(_seen, query)

    def remember_counts(self, note: Note) -> None:
        """Keep the counts of the day they were captured; "" is an unknown day.

        Of two captures of a day the one that is imported last counts; unknown replaces nothing.
        """
        day = note.captured_at.astimezone(CHINA).date().isoformat() if note.captured_at else ""
        known = dict(self.count_history(note.note_id)).get(day, Counts())
        counts = filled(note.counts, known)
        self._db.execute(
            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?)",
            (note.note_id, day, orjson.dumps(_counts_out(counts))),
        )

    def count_history(self, note_id: str) -> list[tuple[str, Counts]]:
        """(day, counts), oldest first; the day is "" where no export told it."""
        query = "SELECT day, content FROM counts WHERE note_id = ? ORDER BY day"
        return list(self._read(_counted, query, (note_id,)))

    def demand(self) -> Iterator[Demand]:
        """Rows of imported keyword exports, by keyword."""
        query = (
            "SELECT keyword, searches, competition, level, bid, bag, reason FROM demand"
            " ORDER BY keyword, bag"
        )
        return self._read(partial(Demand, 0), query)

    def put_demand(self, row: Demand) -> bool:
        """Keep a keyword's demand, the newest import wins; False when nothing changed."""
        values = (row.searches, row.competition, row.level, row.bid, row.reason)
        query = (
            "SELECT searches, competition, level, bid, reason FROM demand"
            " WHERE keyword = ? AND bag = ?"
        )
        known = next(self._read(_row, query, (row.keyword, row.bag)), None)
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
        return list(self._read(str, query, (keyword,)))

    # --- imports -------------------------------------------------------------------------------

    def progress(self, digest: str) -> Progress | None:
        """How far the import of a file (by the hash of its bytes) came."""
        query = "SELECT rows, finished, report FROM imports WHERE digest = ?"
        return next(self._read(_progress, query, (digest,)), None)

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
        return self._read(_row, query, (digest,))

    # --- the whole -----------------------------------------------------------------------------

    def totals(self) -> dict[str, int]:
        """Rows of each kind, and how many authors are known."""
        names = ("notes", "observations", "demand", "related", "counts")
        found = {name: self._one(int, f"SELECT COUNT(*) FROM {name}") for name in names}
        authors = "SELECT COUNT(DISTINCT author) FROM notes WHERE author <> ''"
        return {**found, "authors": self._one(int, authors)}

    def published(self) -> tuple[datetime | None, datetime | None]:
        """When the first and the last dated note were published."""
        query = "SELECT MIN(published_at), MAX(published_at) FROM notes"
        return self._one(lambda first, last: (_moment(first), _moment(last)), query)

    def check(self) -> int:
        """Read every stored byte; the number of notes. Damaged names what is wrong."""
        problem = self._one(str, "PRAGMA integrity_check")
        if problem != "ok":
            raise Damaged(f"{self.path}: {problem}", _COPY)
        self.published()
        counts = self._read(_counted, "SELECT day, content FROM counts")
        for rows in (self.observations(), self.demand(), counts):
            deque(rows, maxlen=0)
        return sum(1 for _ in self.all())

    def _next_seq(self) -> int:
        query = "UPDATE meta SET value = value + 1 WHERE name = 'seq' RETURNING value"
        return int(self._db.execute(query).get)

    def _read(
        self, make: Callable[..., _T], query: str, values: tuple[Any, ...] = ()
    ) -> Iterator[_T]:
        """What `make` makes of the columns of each row; Damaged where they make no sense."""
        try:
            for row in self._db.execute(query, values):
                yield make(*row)
        except apsw.Error as error:
            raise _refusal(self.path, error) from error
        except (ValueError, TypeError, IndexError) as error:
            raise Damaged(f"{self.path} cannot be read ({error})", _COPY) from error

    def _one(self, make: Callable[..., _T], query: str) -> _T:
        """The one row of a query; Damaged without it."""
        for known in self._read(make, query):
            return known
        raise Damaged(f"{self.path} lacks what every library has", _COPY)


def _open(path: Path | None, read_only: bool) -> apsw.Connection:
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
        raise _refusal(path, error) from error
    except apsw.Error as error:
        raise Damaged(
            f"{path} cannot be opened ({error})", "check its rights, or restore it from a copy"
        ) from error
    return db


def _create(db: apsw.Connection) -> None:
    """Make the tables of a new file; of several processes at once the first does."""
    if db.pragma("user_version"):
        return
    db.execute("BEGIN IMMEDIATE")
    if not db.pragma("user_version"):
        db.execute(_SCHEMA)
        db.pragma("user_version", _SCHEMA_VERSION)
    db.execute("COMMIT")


def _refusal(path: Path | None, error: apsw.Error) -> NoterankError:
    """SQLite's complaint as ours: busy, no room, or damaged."""
    if isinstance(error, apsw.BusyError):
        return LibraryBusy(
            f"{path} is being written by another process", "try again when it is done"
        )
    if isinstance(error, apsw.FullError | apsw.IOError | apsw.ReadOnlyError | apsw.CantOpenError):
        return NoterankError(
            f"{path} cannot be written ({error})", "make room on the disk and try again"
        )
    return Damaged(f"{path} cannot be used ({error})", _COPY)


def _crc(note_id: str, cluster: str, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(f"{note_id}\0{cluster}".encode()))


def _stored(note_id: str, seq: int, cluster: str, content: Any, crc: int) -> Stored:
    if not isinstance(content, bytes) or _crc(note_id, cluster, content) != crc:
        raise Damaged(
            f"note {note_id} in notes.db is not what was written",
            f"{_COPY}, or delete the note and import it again",
        )
    return Stored(decode(note_id, content), seq, cluster)


def _seen(
    note_id: str,
    keyword: str,
    run: str,
    position: int | None,
    sort: Sort | Literal[""],
    filters: str,
    captured: str | None,
) -> tuple[str, Sighting]:
    return note_id, Sighting(keyword, run, position, sort, filters, _moment(captured))


def _counted(day: str, content: bytes) -> tuple[str, Counts]:
    return day, _counts_in(orjson.loads(content))


def _progress(rows: int, finished: int, report: bytes) -> Progress:
    return Progress(rows, bool(finished), report)


def _row(*values: Any) -> tuple[Any, ...]:
    return values


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


def filled(newer: Counts, older: Counts) -> Counts:
    """The newer counts, and the older ones where the newer are unknown."""
    names = (entry.name for entry in fields(Counts))
    return Counts(**{name: getattr(newer, name) or getattr(older, name) for name in names})


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
