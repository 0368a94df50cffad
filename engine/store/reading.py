"""StoreReader: what a library's notes.db answers, over a connection that somebody else keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import apsw
import orjson

from engine.errors import Damaged
from engine.model import Counts, Demand, Sighting
from engine.store.opening import COPY, refusal
from engine.store.rows import (
    ImportProgress,
    Saved,
    Stored,
    counted,
    engaged,
    moment_of,
    progress_of,
    row_of,
    saved,
    seen,
    stored,
)

_T = TypeVar("_T")


class StoreReader:
    """Questions to one notes.db; `path` None is a store in memory."""

    path: Path | None

    @property
    def _db(self) -> apsw.Connection:
        """The connection that answers."""
        raise NotImplementedError

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
        rows = {row.note.note_id: row for row in self._read(stored, query, (wanted,))}
        return {note_id: rows[note_id] for note_id in note_ids if note_id in rows}

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

    def alike(self, sketch: Sequence[int], limit: int = 20) -> list[str]:
        """Ids of at most `limit` notes that share a sketch key, by id."""
        query = (
            "SELECT DISTINCT note_id FROM sketches"
            " WHERE key IN (SELECT value FROM json_each(?)) ORDER BY note_id LIMIT ?"
        )
        keys = orjson.dumps(list(sketch)).decode()
        return list(self._read(str, query, (keys, limit)))

    def observations(self) -> Iterator[tuple[str, Sighting]]:
        """(note id, sighting), by keyword, run and position."""
        query = (
            "SELECT note_id, keyword, run, position, sort, filters, captured_at FROM observations"
            " ORDER BY keyword, run, position, note_id"
        )
        return self._read(seen, query)

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

    def related(self, keyword: str) -> list[str]:
        """Related searches that pages proposed for a keyword."""
        query = "SELECT word FROM related WHERE keyword = ? ORDER BY word"
        return list(self._read(str, query, (keyword,)))

    def saved(self, kind: str, name: str | None = None) -> list[Saved]:
        """Versions of a name, oldest first; without a name the newest version of each."""
        columns = "SELECT kind, name, version, created_at, content, crc FROM saved WHERE kind = ?"
        if name is not None:
            query = f"{columns} AND name = ? ORDER BY version"
            return list(self._read(saved, query, (kind, name)))
        every = self._read(saved, f"{columns} ORDER BY name, version", (kind,))
        return list({row.name: row for row in every}.values())

    def progress(self, digest: str) -> ImportProgress | None:
        """How far the import of a file (by the hash of its bytes) came."""
        query = "SELECT rows, finished, report FROM imports WHERE digest = ?"
        return next(self._read(progress_of, query, (digest,)), None)

    def rejected(self, digest: str) -> Iterator[tuple[int, str, str]]:
        """(line, reason, raw) of one file's rejected rows."""
        query = "SELECT line, reason, raw FROM rejected WHERE digest = ? ORDER BY line"
        return self._read(row_of, query, (digest,))

    @property
    def seq(self) -> int:
        """The sequence number of the last change."""
        return self._single(int, "SELECT value FROM meta WHERE name = 'seq'")

    def revision(self) -> tuple[int, int]:
        """(sequence number of the notes, transactions that changed anything): equal ones, one
        content."""
        query = (
            "SELECT max(iif(name = 'seq', value, 0)), max(iif(name = 'writes', value, 0)) FROM meta"
        )
        return self._single(lambda seq, writes: (int(seq), int(writes)), query)

    def as_of(self) -> datetime | None:
        """The latest moment the library knows: a capture, or a publication."""
        query = "SELECT value FROM meta WHERE name = 'as_of'"
        return next(self._read(datetime.fromisoformat, query), None)

    def totals(self) -> dict[str, int]:
        """Rows of each kind, and how many authors are known."""
        names = ("notes", "observations", "demand", "related", "counts")
        counts = {name: self._single(int, f"SELECT COUNT(*) FROM {name}") for name in names}
        authors = "SELECT COUNT(DISTINCT author) FROM notes WHERE author <> ''"
        return {**counts, "authors": self._single(int, authors)}

    def published(self) -> tuple[datetime | None, datetime | None]:
        """When the first and the last dated note were published."""
        query = "SELECT MIN(published_at), MAX(published_at) FROM notes"
        return self._single(lambda first, last: (moment_of(first), moment_of(last)), query)

    def check(self) -> int:
        """Read every stored byte; the number of notes. Damaged names what is wrong."""
        problem = self._single(str, "PRAGMA integrity_check")
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

    def _single(self, make: Callable[..., _T], query: str) -> _T:
        """The one row of a query; Damaged without it."""
        for row in self._read(make, query):
            return row
        raise Damaged(f"{self.path} lacks what every library has", COPY)
