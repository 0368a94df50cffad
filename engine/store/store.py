"""Store: one writer, many readers (WAL, FULL sync), a connection for each thread.

Each note carries a checksum; every change has a sequence number, so that an index knows what it
has not seen yet.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import apsw
import orjson

from engine.errors import Damaged
from engine.model import CHINA, Counts, Demand, Note, Related, Sighting
from engine.store.opening import COPY, open_database, refusal
from engine.store.rows import (
    Progress,
    Saved,
    Stored,
    counted,
    counts_out,
    crc_of,
    encode,
    engaged,
    filled,
    moment_of,
    progress_of,
    row_of,
    saved,
    seen,
    stored,
)

_T = TypeVar("_T")


class Store:
    """The notes of one library; `path` None keeps them in memory (a dry run on no library)."""

    def __init__(self, path: Path | None, read_only: bool = False) -> None:
        self.path = path
        self._read_only = read_only
        self._mine = threading.local()
        self._numbers = itertools.count()
        self._all: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()
        self._memory = open_database(None, read_only) if path is None else None
        self._db.pragma("user_version")  # what cannot be opened is refused here

    def close(self) -> None:
        for db in list(self._all):
            db.close()

    @property
    def _db(self) -> apsw.Connection:
        """This thread's connection: two threads cannot use one at the same time."""
        if self._memory:
            return self._memory
        db: apsw.Connection | None = getattr(self._mine, "db", None)
        if db is None:
            db = self._mine.db = open_database(self.path, self._read_only)
            self._mine.number = next(self._numbers)
            self._all.add(db)
        return db

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of it is stored and synced at the end, or nothing of it."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except apsw.Error as error:
            raise refusal(self.path, error) from error
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:  # a full disk ends it by itself
                self._db.execute("ROLLBACK")
            if isinstance(error, apsw.Error):
                raise refusal(self.path, error) from error
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
        found = {known.note.note_id: known for known in self._read(stored, query, (wanted,))}
        return {note_id: found[note_id] for note_id in note_ids if note_id in found}

    def all(self) -> Iterator[Stored]:
        """Every note, by id."""
        query = "SELECT note_id, seq, cluster, content, crc FROM notes ORDER BY note_id"
        return self._read(stored, query)

    def since(self, seq: int) -> Iterator[Stored]:
        """Notes added or changed after a sequence number, oldest change first."""
        query = "SELECT note_id, seq, cluster, content, crc FROM notes WHERE seq > ? ORDER BY seq"
        return self._read(stored, query, (seq,))

    def deleted_since(self, seq: int) -> list[str]:
        """Ids of notes that were deleted after a sequence number."""
        query = "SELECT note_id FROM deleted WHERE seq > ? ORDER BY note_id"
        return list(self._read(str, query, (seq,)))

    @property
    def seq(self) -> int:
        """The sequence number of the last change."""
        return self._one(int, "SELECT value FROM meta WHERE name = 'seq'")

    def state(self) -> tuple[int, str]:
        """(the last change of notes, the latest moment): equal ones, equal notes."""
        query = (
            "SELECT max(iif(name = 'seq', value, 0)), max(iif(name = 'as_of', value, '')) FROM meta"
        )
        return self._one(lambda seq, moment: (int(seq), str(moment)), query)

    def stamp(self) -> tuple[int, int, int]:
        """Another one after anything was stored, by whomever; each thread has its own."""
        seen = self._one(int, "PRAGMA data_version"), self._db.total_changes()
        return self._mine.number, *seen

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
        return self._read(seen, query)

    def remember_counts(self, note: Note) -> None:
        """Keep the counts of the day they were captured; "" is an unknown day.

        Of two captures of a day the one that is imported last counts; unknown replaces nothing.
        """
        day = note.captured_at.astimezone(CHINA).date().isoformat() if note.captured_at else ""
        known = dict(self.count_history(note.note_id)).get(day, Counts())
        counts = filled(note.counts, known)
        self._db.execute(
            "INSERT OR REPLACE INTO counts VALUES (?, ?, ?)",
            (note.note_id, day, orjson.dumps(counts_out(counts))),
        )

    def count_history(self, note_id: str) -> list[tuple[str, Counts]]:
        """(day, counts), oldest first; the day is "" where no export told it."""
        query = "SELECT day, content FROM counts WHERE note_id = ? ORDER BY day"
        return list(self._read(counted, query, (note_id,)))

    def engagement(self) -> Iterator[tuple[datetime, datetime, int | None, Counts]]:
        """(published, noon of the day of capture, fans, counts then) of all dated captures."""
        query = (
            "SELECT published_at, day, json_extract(CAST(notes.content AS TEXT), '$.fans[0]'),"
            " counts.content FROM counts JOIN notes USING (note_id)"
            " WHERE day <> '' AND published_at IS NOT NULL ORDER BY note_id, day"
        )
        return self._read(engaged, query)

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
        known = next(self._read(row_of, query, (row.keyword, row.bag)), None)
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

    # --- portraits, keyword sets, snapshots, decisions -----------------------------------------

    def save(self, kind: str, name: str, content: Any, now: datetime) -> int:
        """Keep a new version; what equals the newest one is not kept again. The version."""
        known = self.saved(kind, name)
        packed = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        if known and orjson.dumps(known[-1].content, option=orjson.OPT_SORT_KEYS) == packed:
            return known[-1].version
        version = known[-1].version + 1 if known else 1
        row = (kind, name, version, now.astimezone(CHINA).isoformat(), packed)
        self._db.execute(
            "INSERT INTO saved VALUES (?, ?, ?, ?, ?, ?)", (*row, crc_of(kind, name, packed))
        )
        return version

    def saved(self, kind: str, name: str | None = None) -> list[Saved]:
        """Versions of a name, oldest first; without a name the newest version of each."""
        columns = "SELECT kind, name, version, created_at, content, crc FROM saved WHERE kind = ?"
        if name is not None:
            query = f"{columns} AND name = ? ORDER BY version"
            return list(self._read(saved, query, (kind, name)))
        every = self._read(saved, f"{columns} ORDER BY name, version", (kind,))
        return list({row.name: row for row in every}.values())

    # --- imports -------------------------------------------------------------------------------

    def progress(self, digest: str) -> Progress | None:
        """How far the import of a file (by the hash of its bytes) came."""
        query = "SELECT rows, finished, report FROM imports WHERE digest = ?"
        return next(self._read(progress_of, query, (digest,)), None)

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
        return self._read(row_of, query, (digest,))

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
        return self._one(lambda first, last: (moment_of(first), moment_of(last)), query)

    def check(self) -> int:
        """Read every stored byte; the number of notes. Damaged names what is wrong."""
        problem = self._one(str, "PRAGMA integrity_check")
        if problem != "ok":
            raise Damaged(f"{self.path}: {problem}", COPY)
        self.published()
        counts = self._read(counted, "SELECT day, content FROM counts")
        columns = "SELECT kind, name, version, created_at, content, crc FROM saved"
        kept = self._read(saved, columns)
        for rows in (self.observations(), self.demand(), counts, kept):
            deque(rows, maxlen=0)
        return sum(1 for _ in self.all())

    def copy_to(self, path: Path) -> None:
        """The whole store as it is now, in one new file; other writers go on meanwhile."""
        try:
            self._db.execute("VACUUM INTO ?", (str(path),))
        except apsw.Error as error:
            raise refusal(path, error) from error

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
            raise refusal(self.path, error) from error
        except (ValueError, TypeError, IndexError) as error:
            raise Damaged(f"{self.path} cannot be read ({error})", COPY) from error

    def _one(self, make: Callable[..., _T], query: str) -> _T:
        """The one row of a query; Damaged without it."""
        for known in self._read(make, query):
            return known
        raise Damaged(f"{self.path} lacks what every library has", COPY)
