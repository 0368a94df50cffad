"""The libraries that people use for BM25 today, behind one face.

    chosen, missing = peers(10_000)
    peer.build(corpus); peer.top([17, 4], 10) -> [(note number, score), …] best first; peer.close()

Each gets words in the cheapest form it takes, so that the search is timed and not a tokenizer, runs
in one thread, and leaves out notes that share no word with the query. A library is imported in
`build`; one that is not installed is named with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from tests.benchmarks.corpora import Corpus
from tests.benchmarks.formulas import EXACT, Formula, best
from tests.benchmarks.lucene_peer import LucenePeer

Hits = list[tuple[int, float]]


class Peer(Protocol):
    """A search library, empty until `build`."""

    @property
    def name(self) -> str: ...

    formula: Formula
    largest: int  # notes; more take it too long

    def missing(self) -> str | None:
        """Why it cannot run here, else None."""

    def build(self, corpus: Corpus) -> None: ...
    def top(self, query: list[int], k: int) -> Hits: ...
    def close(self) -> None: ...


def peers(notes: int) -> tuple[list[Peer], dict[str, str]]:
    """Those that can run at this size, and for the others by name why not."""
    everyone: list[Peer] = [
        Bm25sNumba(), Bm25sNumpy(), Tantivy(), Fts5(), RankBm25(), LucenePeer()
    ]  # fmt: skip
    reasons = {
        peer.name: f"too slow beyond {peer.largest:,} notes"
        if notes > peer.largest
        else peer.missing()
        for peer in everyone
    }
    return (
        [peer for peer in everyone if reasons[peer.name] is None],
        {name: reason for name, reason in reasons.items() if reason},
    )


class _Package:
    """What the peers that are Python packages share."""

    name: str
    package: str
    formula = EXACT
    largest = 1_000_000
    _index: Any = None

    def missing(self) -> str | None:
        return None if find_spec(self.package) else f"{self.package} is not installed"

    def close(self) -> None:
        """Let the index go."""
        self._index = None


class _Bm25s(_Package):
    """bm25s scores all pairs of word and note in advance and adds them up per query."""

    package = "bm25s"
    backend: str

    def build(self, corpus: Corpus) -> None:
        import bm25s

        self._index = bm25s.BM25(k1=1.5, b=0.75, method="lucene", backend=self.backend)
        vocabulary = {word: number for number, word in enumerate(corpus.words)}
        self._index.index(
            (_lists(corpus), vocabulary), create_empty_token=False, show_progress=False
        )


class Bm25sNumba(_Bm25s):
    """The fastest way to call it, one query at a time."""

    name = "bm25s numba"
    backend = "numba"

    def top(self, query: list[int], k: int) -> Hits:
        k = min(k, self._index.scores["num_docs"])
        notes, scores = self._index.retrieve([query], k=k, show_progress=False)
        return [hit for hit in zip(notes[0].tolist(), scores[0].tolist(), strict=True) if hit[1]]


class Bm25sNumpy(_Bm25s):
    """Without its own selection, which `np.argpartition` slows down a hundred times."""

    name = "bm25s numpy, top-k repaired"
    backend = "numpy"

    def top(self, query: list[int], k: int) -> Hits:
        return best(self._index.get_scores(query), k)


class Tantivy(_Package):
    """One segment in memory; k1 and b are fixed in it."""

    name = "tantivy"
    package = "tantivy"
    formula = Formula(k1=1.2, times=2.2, one_byte=True)
    _memory = 3_000_000_000  # enough for one segment of 1,000,000 notes

    def build(self, corpus: Corpus) -> None:
        import tantivy

        self._query, self._should = tantivy.Query, tantivy.Occur.Should
        self._schema = (
            tantivy.SchemaBuilder()
            .add_text_field("body", tokenizer_name="whitespace", index_option="freq")
            .build()
        )
        self._words = corpus.words
        self._index = tantivy.Index(self._schema)
        writer = self._index.writer(self._memory, num_threads=1)
        for text in _texts(corpus):
            writer.add_document(tantivy.Document(body=text))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()
        if self._searcher.num_segments != 1:
            raise RuntimeError("tantivy needs more memory to keep one segment")

    def top(self, query: list[int], k: int) -> Hits:
        terms = [
            (self._should, self._query.term_query(self._schema, "body", self._words[word], "freq"))
            for word in query
        ]
        asked = self._query.boolean_query(terms)
        hits = self._searcher.search(asked, limit=k, count=False).hits
        return [(address.doc, score) for score, address in hits]

    def close(self) -> None:
        self._index = self._searcher = None


class Fts5(_Package):
    """SQLite in memory, without the texts; k1 and b are fixed in it."""

    name = "SQLite FTS5"
    package = "apsw"
    formula = Formula(k1=1.2, times=2.2, idf="fts5")
    largest = 100_000

    def build(self, corpus: Corpus) -> None:
        import apsw

        self._words = corpus.words
        self._index = apsw.Connection(":memory:")
        self._index.execute("create virtual table notes using fts5(body, content='')")
        with self._index:
            self._index.executemany(
                "insert into notes(rowid, body) values (?, ?)", enumerate(_texts(corpus))
            )
            self._index.execute("insert into notes(notes) values ('optimize')")

    def top(self, query: list[int], k: int) -> Hits:
        asked = " OR ".join(f'"{self._words[word]}"' for word in query)
        rows = self._index.execute(
            "select rowid, -rank from notes where notes match ? order by rank limit ?", (asked, k)
        )
        return rows.fetchall()

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
        self._index = None


class RankBm25(_Package):
    """The reference of many papers; its own selection sorts all notes."""

    name = "rank_bm25, top-k repaired"
    package = "rank_bm25"
    formula = Formula(times=2.5, idf="okapi")
    largest = 10_000

    def build(self, corpus: Corpus) -> None:
        from rank_bm25 import BM25Okapi

        self._index = BM25Okapi(_lists(corpus), k1=1.5, b=0.75)

    def top(self, query: list[int], k: int) -> Hits:
        return best(self._index.get_scores(query), k)


def _lists(corpus: Corpus) -> list[list[int]]:
    """The notes as lists of numbers; equal numbers are one object, to save memory."""
    shared = np.arange(len(corpus.words)).astype(object)
    return [shared[corpus.note(number)].tolist() for number in range(len(corpus))]


def _texts(corpus: Corpus) -> Iterator[str]:
    """The notes as words with blanks between."""
    words = np.array(corpus.words, dtype=object)
    return (" ".join(words[corpus.note(number)]) for number in range(len(corpus)))
