"""Store: one writer, many readers (WAL, FULL sync), a connection for each thread.

Each note carries a checksum; every change has a sequence number, so that an index knows what it
has not seen yet.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import apsw
import orjson

from engine.model import CHINA, Counts, Demand, Note, Related, Sighting
from engine.store.facts import Fact, fact_row
from engine.store.opening import open_database, pack_keys, refusal
from engine.store.reading import StoreReader
from engine.store.rows import (
    ImportProgress,
    Ranked,
    Stored,
    counts_out,
    crc_of,
    encode,
    row_of,
)
from engine.store.snapshot import Connections, StoreSnapshot

_T = TypeVar("_T")
_FOLDED = {  # table -> what makes its rows one, and whether the first of them counts
    "observations": (("run", "keyword", "note_id"), True),
    "demand": (("keyword", "bag"), False),
    "related": (("keyword", "word"), True),
    "facts": (("kind", "key"), False),
}


@dataclass(slots=True)
class _Fresh:
    """What a transaction wrote after a sequence number, to be indexed without reading it again."""

    seq: int
    notes: dict[str, Stored] = field(default_factory=dict)


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
        self._mine.fresh = _Fresh(self.seq)
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
        finally:
            self._mine.fresh = None

    def commit(self) -> None:
        """End the transaction: what it changed is stored and synced."""
        if self._db.total_changes() != self._changes:
            self._db.execute(
                "INSERT INTO meta VALUES ('writes', 1)"
                " ON CONFLICT (name) DO UPDATE SET value = value + 1"
            )
        self._db.execute("COMMIT")

    def since(self, seq: int) -> Iterator[Stored]:
        """See StoreReader; what this thread's transaction wrote is not read again."""
        fresh: _Fresh | None = getattr(self._mine, "fresh", None)
        if fresh and fresh.seq == seq and self._db.in_transaction:
            return iter(sorted(fresh.notes.values(), key=lambda stored: stored.seq))
        return super().since(seq)

    def put(self, note: Note, cluster: str, sketch: Sequence[int], rank: int | None = None) -> None:
        """Add or replace a note; `cluster` names its group of near-duplicates. Without a rank it
        stands behind the notes that no import can take back."""
        old = self.ranked([note.note_id])
        place = rank or (old[note.note_id].rank if old else self.last_rank(1 << 32) + 1)
        self.put_many([Ranked(Stored(note, 0, cluster), place, tuple(sketch))], old)

    def put_many(self, rows: Sequence[Ranked], old: Mapping[str, Ranked]) -> None:
        """Add or replace notes, each once; `old` are those that stand there. Their sequence numbers
        are the next ones."""
        self._drop_keys([old[i] for row in rows if (i := row.stored.note.note_id) in old])
        first = self._next_seqs(len(rows))
        values, keys = [], []
        for seq, row in enumerate(rows, first):
            note, cluster = row.stored.note, row.stored.cluster
            content = encode(note)
            self._wrote(Stored(note, seq, cluster))
            moment = note.published_at and note.published_at.astimezone(CHINA).isoformat()
            crc = crc_of(note.note_id, cluster, content)
            values.append((note.note_id, seq, cluster, note.author, moment, content, crc, row.rank,
                           pack_keys(row.keys)))  # fmt: skip
            keys += [(key, row.rank) for key in row.keys]
        self._db.executemany(
            "INSERT OR REPLACE INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values
        )
        keys.sort()
        self._db.executemany("INSERT OR IGNORE INTO sketches VALUES (?, ?)", keys)
        ids = [(row.stored.note.note_id,) for row in rows]
        self._db.executemany("DELETE FROM deleted WHERE note_id = ?", ids)

    def regroup(self, rows: Iterable[Ranked]) -> None:
        """Put notes into other groups of near-duplicates."""
        for row in rows:
            note, cluster = row.stored.note, row.stored.cluster
            crc, seq = crc_of(note.note_id, cluster, encode(note)), self._next_seqs(1)
            self._wrote(Stored(note, seq, cluster))
            self._db.execute(
                "UPDATE notes SET cluster = ?, crc = ?, seq = ? WHERE note_id = ?",
                (cluster, crc, seq, note.note_id),
            )

    def recapture(self, rows: Iterable[Stored]) -> None:
        """Keep later captures of notes that say the same: nothing new for an index."""
        values = []
        for row in rows:
            note_id, content = row.note.note_id, encode(row.note)
            values.append((content, crc_of(note_id, row.cluster, content), note_id))
        self._db.executemany("UPDATE notes SET content = ?, crc = ? WHERE note_id = ?", values)

    def remove(self, rows: Sequence[Ranked]) -> None:
        """Drop notes with what imports said of them; observations and count history stay."""
        self._drop_keys(rows)
        ids = [(row.stored.note.note_id,) for row in rows]
        first = self._next_seqs(len(rows))
        self._db.executemany("DELETE FROM notes WHERE note_id = ?", ids)
        self._db.executemany("DELETE FROM captures WHERE note_id = ?", ids)
        gone = [(note_id, seq) for seq, (note_id,) in enumerate(ids, first)]
        self._db.executemany("INSERT OR REPLACE INTO deleted VALUES (?, ?)", gone)
        fresh: _Fresh | None = getattr(self._mine, "fresh", None)
        if fresh:
            for (note_id,) in ids:
                fresh.notes.pop(note_id, None)
        self._count_change()

    def delete(self, note_id: str) -> bool:
        """Drop a note; its observations and count history stay. False when it is not there."""
        row = self.placed(note_id)
        if row:
            self.remove([row])
        return row is not None

    def seen_until(self, moment: datetime) -> None:
        """Note that the library knows the world up to `moment`."""
        latest = self.as_of()
        if latest is None or moment > latest:
            text = moment.astimezone(CHINA).isoformat()
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('as_of', ?)", (text,))

    # --- what was seen of them -----------------------------------------------------------------

    def put_captures(self, rows: Sequence[tuple[str, int, int, bytes | None]]) -> None:
        """Keep (note id, import, rank, content): what an import said of a note."""
        self._db.executemany("INSERT OR REPLACE INTO captures VALUES (?, ?, ?, ?)", rows)

    def put_counts(self, rows: Iterable[tuple[str, str, Counts]]) -> None:
        """Keep (note id, day, counts); "" is an unknown day."""
        values = [(note_id, day, orjson.dumps(counts_out(counts))) for note_id, day, counts in rows]
        self._db.executemany("INSERT OR REPLACE INTO counts VALUES (?, ?, ?)", values)

    def drop_counts(self, note_ids: Iterable[str]) -> None:
        """Drop the count history of notes."""
        ids = [(note_id,) for note_id in note_ids]
        self._db.executemany("DELETE FROM counts WHERE note_id = ?", ids)

    def observe(self, note_id: str, sighting: Sighting, number: int = 0) -> bool:
        """Keep a sighting of an import; False when all of it is known already."""
        captured = sighting.captured_at and sighting.captured_at.isoformat()
        place = (sighting.run, sighting.keyword, note_id)
        query = "SELECT MAX(sort) FROM observations WHERE (run, keyword, note_id) = (?, ?, ?)"
        sort = self._db.execute(query, place).get
        self._db.execute(
            "INSERT INTO observations VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET sort = excluded.sort"
            " WHERE observations.sort = '' AND excluded.sort <> ''",
            (*place, number, sighting.position, sighting.sort, sighting.filters, captured),
        )
        return sort is None or (sort == "" and sighting.sort != "")

    def put_demand(self, row: Demand, number: int = 0) -> bool:
        """Keep a keyword's demand, the newest import wins; False when nothing changed."""
        values = (row.searches, row.competition, row.level, row.bid, row.reason)
        query = (
            "SELECT searches, competition, level, bid, reason FROM demand"
            " WHERE keyword = ? AND bag = ? ORDER BY import DESC LIMIT 1"
        )
        present = next(self._read(row_of, query, (row.keyword, row.bag)), None)
        self._db.execute(
            "INSERT OR REPLACE INTO demand VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (row.keyword, row.bag, number, *values),
        )
        return present != values

    def put_related(self, row: Related, number: int = 0) -> None:
        """Keep related searches of a keyword."""
        rows = [(row.keyword, word, number) for word in row.words]
        self._db.executemany("INSERT OR IGNORE INTO related VALUES (?, ?, ?)", rows)

    def put_fact(self, fact: Fact, number: int = 0) -> None:
        """Keep a comment, a creator or an outcome with every column that it has."""
        row = fact_row(fact, number)
        self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    # --- imports -------------------------------------------------------------------------------

    def begin_import(self, digest: str, path: str, format_name: str, now: datetime) -> int:
        """Take up an import: its number."""
        self._db.execute(
            "INSERT INTO imports (digest, path, format, started_at, rows, finished, report,"
            " journal) VALUES (?, ?, ?, ?, 0, 0, x'7b7d', 1)",
            (digest, path, format_name, now.astimezone(CHINA).isoformat(timespec="seconds")),
        )
        return int(self._db.last_insert_rowid())

    def save_progress(self, progress: ImportProgress, as_of: datetime | None = None) -> None:
        """Keep how far an import came, in the transaction of its rows; `as_of` is the latest
        moment that they know."""
        change = self._count_change()
        moment = as_of and as_of.astimezone(CHINA).isoformat()
        self._db.execute(
            "UPDATE imports SET rows = ?, finished = ?, report = ?, change = ?,"
            " as_of = max(coalesce(as_of, ?), coalesce(?, as_of)) WHERE import = ?",
            (progress.rows, progress.finished, progress.report, change, moment, moment,
             progress.number),
        )  # fmt: skip

    def reject(self, number: int, line: int, reason: str, raw: str) -> None:
        """Keep a row that could not be used."""
        self._db.execute(
            "INSERT OR REPLACE INTO rejected VALUES (?, ?, ?, ?)", (number, line, reason, raw)
        )

    def drop_import(self, number: int) -> None:
        """Forget an import and its rows; notes are put, or removed, by who takes it back."""
        for table in (
            "captures",
            "observations",
            "demand",
            "related",
            "facts",
            "rejected",
            "imports",
        ):
            self._db.execute(f"DELETE FROM {table} WHERE import = ?", (number,))
        self._count_change()

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

    # --- what is let go ------------------------------------------------------------------------

    def replace_captures(
        self, number: int, rows: Sequence[tuple[str, int, int, bytes | None]]
    ) -> None:
        """Put captures in the place of all that imports up to `number` said of these notes."""
        places = [(note_id, number) for note_id, *_ in rows]
        self._db.executemany("DELETE FROM captures WHERE note_id = ? AND import <= ?", places)
        self.put_captures(rows)

    def fold_rows(self, number: int) -> None:
        """Make what imports up to `number` brought the library's own, for good."""
        self._db.execute(
            "INSERT OR REPLACE INTO meta SELECT 'as_of', MAX(moment) FROM (SELECT value AS moment"
            " FROM meta WHERE name = 'as_of' UNION ALL SELECT as_of FROM imports WHERE import <= ?)"
            " HAVING MAX(moment) IS NOT NULL",
            (number,),
        )
        self._db.execute(
            "UPDATE observations SET sort = coalesce((SELECT sort FROM observations AS o WHERE"
            " (o.run, o.keyword, o.note_id) = (observations.run, observations.keyword,"
            " observations.note_id) AND o.import <= ?1 AND o.sort <> '' ORDER BY o.import LIMIT 1),"
            " '') WHERE sort = '' AND import <= ?1",
            (number,),
        )
        for table, (key, first) in _FOLDED.items():
            same = " AND ".join(f"o.{name} = {table}.{name}" for name in key)
            other = "<" if first else ">"
            self._db.execute(
                f"DELETE FROM {table} WHERE import <= ?1 AND EXISTS (SELECT 1 FROM {table} AS o"
                f" WHERE {same} AND o.import <= ?1 AND o.import {other} {table}.import)",
                (number,),
            )
            self._db.execute(f"UPDATE {table} SET import = 0 WHERE import <= ?", (number,))
        self._db.execute("UPDATE imports SET journal = 0 WHERE import <= ?", (number,))

    def drop_days(self, note_id: str, days: Iterable[str]) -> None:
        """Drop counts of days."""
        places = [(note_id, day) for day in days]
        self._db.executemany("DELETE FROM counts WHERE note_id = ? AND day = ?", places)

    def drop_rejected(self, before: datetime) -> int:
        """Drop rejected rows of imports that began before a moment; how many."""
        self._db.execute(
            "DELETE FROM rejected WHERE import IN (SELECT import FROM imports"
            " WHERE started_at < ?)",
            (before.astimezone(CHINA).isoformat(timespec="seconds"),),
        )
        return self._db.changes()

    # --- inside --------------------------------------------------------------------------------

    def _drop_keys(self, rows: Sequence[Ranked]) -> None:
        keys = sorted((key, row.rank) for row in rows for key in row.keys)
        self._db.executemany("DELETE FROM sketches WHERE key = ? AND rank = ?", keys)

    def _wrote(self, stored: Stored) -> None:
        fresh: _Fresh | None = getattr(self._mine, "fresh", None)
        if fresh:
            fresh.notes[stored.note.note_id] = stored

    def _count_change(self) -> int:
        query = (
            "INSERT INTO meta VALUES ('change', 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
        )
        return int(self._db.execute(query).get)

    def _next_seqs(self, count: int) -> int:
        """The first of `count` new sequence numbers."""
        query = "UPDATE meta SET value = value + ? WHERE name = 'seq' RETURNING value"
        return int(self._db.execute(query, (count,)).get) - count + 1
