"""StoreReader: what a library's notes.db answers, over a connection that somebody else keeps."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import apsw
import orjson

from engine.errors import Damaged
from engine.model import CHINA, Counts, Demand, Note, Outcome, Sighting
from engine.store.facts import KINDS, Fact, fact_of
from engine.store.opening import COPY, refusal, unpack_keys
from engine.store.rows import (
    Imported,
    ImportProgress,
    Ranked,
    Saved,
    Stored,
    counted,
    engaged,
    imported,
    moment_of,
    progress_of,
    ranked,
    row_of,
    saved,
    seen,
    stored,
)

_T = TypeVar("_T")
_RANKED = "SELECT note_id, seq, cluster, content, crc, rank, sketch FROM notes"
_NEWEST = (  # of the rows that several imports have of one thing
    "NOT EXISTS (SELECT 1 FROM {0} AS later WHERE later.{1} = {0}.{1} AND later.{2} = {0}.{2}"
    " AND later.import > {0}.import)"
)
_KEYS = {  # what makes rows of several imports one
    "observations": "run, keyword, note_id",
    "demand": "keyword, bag",
    "related": "keyword, word",
}
_MINUTE = 60  # seconds: as exact as lists without ids are


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

    def ranked(self, note_ids: Sequence[str]) -> dict[str, Ranked]:
        """Notes by id with their rank and sketch; unknown ids are left out."""
        query = f"{_RANKED} WHERE note_id IN (SELECT value FROM json_each(?))"
        wanted = orjson.dumps(list(note_ids)).decode()
        return {row.stored.note.note_id: row for row in self._read(ranked, query, (wanted,))}

    def placed(self, note_id: str) -> Ranked | None:
        """A note's rank and sketch, its text left unread: what is damaged can be deleted."""
        query = "SELECT rank, sketch FROM notes WHERE note_id = ?"
        bare = Stored(Note(note_id), 0, "")
        rows = self._read(row_of, query, (note_id,))
        return next((Ranked(bare, rank, unpack_keys(packed)) for rank, packed in rows), None)

    def at_ranks(self, ranks: Sequence[int]) -> dict[int, Ranked]:
        """Notes by rank; ranks of no note are left out."""
        query = f"{_RANKED} WHERE rank IN (SELECT value FROM json_each(?))"
        wanted = orjson.dumps(list(ranks)).decode()
        return {row.rank: row for row in self._read(ranked, query, (wanted,))}

    def alike(self, keys: Sequence[int], limit: int) -> dict[int, list[int]]:
        """For each sketch key that notes have, the ranks of the first `limit` of them."""
        query = (
            "SELECT value, (SELECT json_group_array(rank) FROM"
            " (SELECT rank FROM sketches WHERE key = value ORDER BY rank LIMIT ?))"
            " FROM json_each(?) WHERE EXISTS (SELECT 1 FROM sketches WHERE key = value)"
        )
        wanted = orjson.dumps(list(keys)).decode()
        return {
            key: orjson.loads(ranks) for key, ranks in self._read(row_of, query, (limit, wanted))
        }

    def alike_above(self, key: int, rank: int) -> list[int]:
        """Ranks above a rank of the notes that have a sketch key."""
        query = "SELECT rank FROM sketches WHERE key = ? AND rank > ? ORDER BY rank"
        return list(self._read(int, query, (key, rank)))

    def last_rank(self, below: int = 1 << 62) -> int:
        """The rank of the note that the library met last, of those below a rank; 0 for none."""
        query = "SELECT coalesce(MAX(rank), 0) FROM notes WHERE rank < ?"
        return next(self._read(int, query, (below,)))

    def captures(self, note_ids: Sequence[str]) -> dict[str, list[tuple[int, int, bytes | None]]]:
        """(import, rank, content) of the captures of notes, oldest import first."""
        query = (
            "SELECT note_id, import, rank, content FROM captures"
            " WHERE note_id IN (SELECT value FROM json_each(?)) ORDER BY note_id, import"
        )
        of_notes: dict[str, list[tuple[int, int, bytes | None]]] = {}
        wanted = orjson.dumps(list(note_ids)).decode()
        for note_id, *row in self._read(row_of, query, (wanted,)):
            of_notes.setdefault(note_id, []).append((row[0], row[1], row[2]))
        return of_notes

    def captured_by(self, number: int) -> list[str]:
        """Ids of the notes that an import captured."""
        query = "SELECT note_id FROM captures WHERE import = ? ORDER BY note_id"
        return list(self._read(str, query, (number,)))

    def captured_until(self, number: int) -> list[str]:
        """Ids of the notes that an import up to this one captured."""
        query = "SELECT DISTINCT note_id FROM captures WHERE import <= ? ORDER BY note_id"
        return list(self._read(str, query, (number,)))

    def counted_before(self, day: str) -> list[str]:
        """Ids of the notes with counts of several days before a day."""
        query = (
            "SELECT note_id FROM counts WHERE day <> '' AND day < ?"
            " GROUP BY note_id HAVING COUNT(*) > 1 ORDER BY note_id"
        )
        return list(self._read(str, query, (day,)))

    def copies_in(self, number: int) -> int:
        """How many notes of an import are near-copies of another note."""
        query = (
            "SELECT COUNT(*) FROM captures JOIN notes USING (note_id)"
            " WHERE import = ? AND cluster <> note_id"
        )
        return next(self._read(int, query, (number,)))

    def sightings_of(self, number: int) -> Iterator[tuple[str, Sighting]]:
        """(note id, sighting) of an import, by keyword, run and position."""
        query = (
            "SELECT note_id, keyword, run, position, sort, filters, captured_at FROM observations"
            " WHERE import = ? ORDER BY keyword, run, position, note_id"
        )
        return self._read(seen, query, (number,))

    def observations(self) -> Iterator[tuple[str, Sighting]]:
        """(note id, sighting), by keyword, run and position; of several imports the first one's,
        and the first sort that one of them knew."""
        query = (
            "SELECT note_id, keyword, run, position, coalesce(nullif(sort, ''), (SELECT sort FROM"
            " observations AS o WHERE (o.run, o.keyword, o.note_id) = (observations.run,"
            " observations.keyword, observations.note_id) AND o.sort <> '' ORDER BY import LIMIT 1"
            "), ''), filters, captured_at FROM observations WHERE NOT EXISTS (SELECT 1 FROM"
            " observations AS o WHERE (o.run, o.keyword, o.note_id) = (observations.run,"
            " observations.keyword, observations.note_id) AND o.import < observations.import)"
            " ORDER BY keyword, run, position, note_id"
        )
        return self._read(seen, query)

    def facts(self, kind: str, note_id: str | None = None, author: str = "") -> Iterator[Fact]:
        """Comments, creators or outcomes ("comment", …): all, a note's, or an author's.

        Of one that several imports brought it is the newest. An outcome without an id has that of
        the only note with its title published in its minute.
        """
        query = f"SELECT kind, key, content, crc FROM facts WHERE kind = ? AND {_NEWEST}".format(
            "facts", "kind", "key"
        )
        values: tuple[Any, ...] = (kind,)
        if note_id is not None:
            query, values = f"{query} AND note_id IN (?, '')", (kind, note_id)
        if author:
            query, values = f"{query} AND author = ?", (*values, author)
        for fact in self._read(fact_of, f"{query} ORDER BY key", values):
            joined = self.joined(fact)
            if note_id is None or getattr(joined, "note_id", "") == note_id:
                yield joined

    def unjoined_in(self, number: int) -> int:
        """Outcomes of an import that name a note by its title and are joined to none."""
        query = (
            "SELECT kind, key, content, crc FROM facts"
            " WHERE import = ? AND kind = 'outcome' AND note_id = ''"
        )
        rows = (self.joined(fact) for fact in list(self._read(fact_of, query, (number,))))
        outcomes = (row for row in rows if isinstance(row, Outcome))
        return sum(bool(row.title) and not row.note_id for row in outcomes)

    def joined(self, fact: Fact) -> Fact:
        """An outcome without an id with that of the one note it can mean, if there is one."""
        if not isinstance(fact, Outcome) or fact.note_id or not fact.title or not fact.published_at:
            return fact
        begin = fact.published_at.astimezone(CHINA).replace(second=0, microsecond=0)
        query = (
            "SELECT note_id, seq, cluster, content, crc FROM notes"
            " WHERE published_at >= ? AND published_at < ?"
        )
        times = begin.isoformat(), (begin + timedelta(seconds=_MINUTE)).isoformat()
        title = "".join(fact.title.split())
        same = [
            row.note.note_id
            for row in self._read(stored, query, times)
            if "".join(row.note.title.split()) == title
        ]
        return replace(fact, note_id=same[0]) if len(same) == 1 else fact

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
            f" WHERE {_NEWEST} ORDER BY keyword, bag"
        ).format("demand", "keyword", "bag")
        return self._read(partial(Demand, 0), query)

    def related(self, keyword: str) -> list[str]:
        """Related searches that pages proposed for a keyword."""
        query = "SELECT DISTINCT word FROM related WHERE keyword = ? ORDER BY word"
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
        """How far the newest import of a file (by the hash of its bytes) came."""
        query = (
            "SELECT import, rows, finished, report, change FROM imports WHERE digest = ?"
            " ORDER BY import DESC LIMIT 1"
        )
        return next(self._read(progress_of, query, (digest,)), None)

    def imports(self) -> list[Imported]:
        """Every import that was not taken back, the oldest first."""
        query = (
            "SELECT import, digest, path, format, started_at, rows, finished, journal, report"
            " FROM imports ORDER BY import"
        )
        return list(self._read(imported, query))

    def rejected(self, number: int) -> Iterator[tuple[int, str, str]]:
        """(line, reason, raw) of the rejected rows of an import."""
        query = "SELECT line, reason, raw FROM rejected WHERE import = ? ORDER BY line"
        return self._read(row_of, query, (number,))

    @property
    def change(self) -> int:
        """Counts what imports, deletions and undone imports did to the captures."""
        query = "SELECT coalesce((SELECT value FROM meta WHERE name = 'change'), 0)"
        return self._single(int, query)

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
        query = (
            "SELECT MAX(moment) FROM (SELECT value AS moment FROM meta WHERE name = 'as_of'"
            " UNION ALL SELECT as_of FROM imports)"
        )
        return next(self._read(moment_of, query), None)

    def totals(self) -> dict[str, int]:
        """Rows of each kind, and how many authors are known."""
        counts = {
            name: self._single(int, f"SELECT COUNT(*) FROM {name}") for name in ("notes", "counts")
        }
        for name, key in _KEYS.items():
            query = f"SELECT COUNT(*) FROM (SELECT DISTINCT {key} FROM {name})"
            counts[name] = self._single(int, query)
        kinds = "SELECT kind, COUNT(*) FROM (SELECT DISTINCT kind, key FROM facts) GROUP BY kind"
        facts = dict(self._read(row_of, kinds))
        counts |= {f"{kind}s": int(facts.get(kind, 0)) for kind in KINDS.values()}
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
        facts = self._read(fact_of, "SELECT kind, key, content, crc FROM facts")
        for rows in (self.observations(), self.demand(), counts, kept, facts):
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
