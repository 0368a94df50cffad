"""The index at 10,000, 100,000 and a million notes against its peers, on the same tokens.

    uv run --group bench python -m tests.benchmarks core [NOTES …]

One field, one thread, top 10 and top 100, plain and stop-word-heavy queries. Peers and ours take
turns in one process (Lucene runs in its own and times itself); a query's time is the least of
five rounds, so that neighbours on the machine count little; p50, p99 and queries a second are over
the queries. Then what only ours has to show: many queries at once, filters, updates, opening.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.index.embedded import EmbeddedIndex
from engine.index.embedded.snapshot import EmbeddedSnapshot
from engine.index.hits import Batch
from engine.index.overlay import Overlay
from engine.index.protocol import Scoring
from engine.model import Clause, Document, Filter, Query, Signals
from tests.benchmarks.corpora import Corpus, corpus, queries
from tests.benchmarks.lucene_peer import LucenePeer
from tests.benchmarks.peers import peers

ONE_FIELD = Scoring(title=0, tags=0)
_ROUNDS, _PLAIN, _HEAVY = 5, 2000, 400
_WARM = 5.0  # seconds that Lucene's own compiler gets
Times = npt.NDArray[np.float64]


def table(sizes: Sequence[int] = (10_000, 100_000, 1_000_000)) -> None:
    """One block a size."""
    medians: dict[int, float] = {}
    for notes in sizes:
        with tempfile.TemporaryDirectory(prefix="noterank-bench-") as folder:
            medians[notes] = _size(notes, Path(folder))
    for small, large in pairwise(sizes):
        growth = medians[large] / medians[small]
        print(f"growth of the median from {small:,} to {large:,} notes: {growth:.2f} ×")


def columns(material: Corpus) -> Batch:
    """A corpus as one field of notes; one in a hundred, ten, two are marked for filters."""
    count = len(material)
    marks = [Signals(), Signals(kind="video"), Signals(channel="organic"), Signals(author="a" * 16)]
    kinds = [
        marks[1 if n % 100 == 0 else 2 if n % 10 == 1 else 3 if n % 2 == 0 else 0]
        for n in range(count)
    ]
    none = np.empty(0, np.int32), np.zeros(count + 1, np.int64)
    fields = {"title": none, "tags": none, "body": (material.tokens, material.offsets)}
    return Batch([f"n{n:07d}" for n in range(count)], fields, material.words, kinds)


def asked(material: Corpus, kind: str, count: int, wanted: Filter | None = None) -> list[Query]:
    """Queries of words from the corpus."""
    found = []
    for terms in queries(kind, count):  # type: ignore[arg-type]
        clauses = tuple(Clause(material.words[t], material.words[t]) for t in terms)
        found.append(Query("", clauses, filter=wanted or Query("").filter))
    return found


def least(run: Callable[[int], object], count: int, known: Times | None = None) -> Times:
    """Seconds of each query, the least of this round and those before."""
    times = np.empty(count)
    for number in range(count):
        start = time.perf_counter()
        run(number)
        times[number] = time.perf_counter() - start
    return times if known is None else np.minimum(times, known)


def _size(notes: int, folder: Path) -> float:
    material = corpus(notes)
    start = time.perf_counter()
    index = EmbeddedIndex(folder, "benchmark")
    index.rebuild([columns(material)], 1)
    built = time.perf_counter() - start
    view = index.snapshot()
    postings = len(view.readers[0].segment.column("body.docs"))
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(f"\n{notes:,} notes, {postings:,} postings: {size / postings:.2f} bytes a posting, "
          f"built in {built:.1f} s")  # fmt: skip
    chosen, missing = peers(notes)
    runners: dict[str, Callable[[list[int], int], object]] = {}
    ours = {tuple(t): q for kind, count in (("plain", _PLAIN), ("heavy", _HEAVY))
            for t, q in zip(queries(kind, count),  # type: ignore[arg-type]
                            asked(material, kind, count),
                            strict=True)}  # fmt: skip
    runners["noterank"] = lambda terms, k: view.best(ours[tuple(terms)], ONE_FIELD, k)
    lucene = None
    for peer in chosen:
        peer.build(material)
        if isinstance(peer, LucenePeer):
            lucene = peer
        else:
            runners[peer.name] = peer.top
    median = _compare(runners, lucene)
    for peer in chosen:
        peer.close()
    for name, reason in missing.items():
        print(f"  without {name}: {reason}")
    _alone(material, index, folder)
    return median


def _compare(
    runners: dict[str, Callable[[list[int], int], object]], lucene: LucenePeer | None
) -> float:
    """Rows of one table a kind of query; the median of ours at the first."""
    median = 0.0
    for kind, count, k in (("plain", _PLAIN, 10), ("plain", _PLAIN, 100), ("heavy", _HEAVY, 10)):
        chosen = queries(kind, count)  # type: ignore[arg-type]
        slow = {name: chosen[:40] for name in runners if name in ("rank_bm25", "SQLite FTS5")}
        times: dict[str, Times] = {}
        for _ in range(_ROUNDS):
            for name, run in runners.items():
                own = slow.get(name, chosen)
                once = partial(_ask, run, own, k)
                times[name] = least(once, len(own), times.get(name))
        if lucene is not None:
            times[lucene.name] = (
                np.array(lucene.search(chosen, k, _ROUNDS, _WARM).microseconds) / 1e6
            )
        print(f"  {kind} queries, top {k}:")
        mine = times["noterank"]
        for name, values in times.items():
            print(f"    {name:<26}{_row(values)}   {values.mean() / mine.mean():8.1f} ×")
        median = median or float(np.median(mine))
    return median


def _ask(run: Callable[[list[int], int], object], asked: list[list[int]], k: int, n: int) -> None:
    run(asked[n], k)


def _row(times: Times) -> str:
    p50, p99 = np.percentile(times, [50, 99]) * 1e6
    return f"{1 / times.mean():10,.0f} /s   p50 {p50:9.1f} µs   p99 {p99:9.1f} µs"


def _alone(material: Corpus, index: EmbeddedIndex, folder: Path) -> None:
    view = index.snapshot()
    scorer = view.scorer(ONE_FIELD)
    plain = asked(material, "plain", _PLAIN)
    for workers in (1, 2):
        together = partial(view.best_of_many, plain, scorer, 10, workers)
        seconds = [_timed(together) for _ in range(8)]
        print(
            f"  {_PLAIN:,} queries at once, {workers} threads: "
            f"{_PLAIN / float(np.median(seconds)):,.0f} /s"
        )
    words = [material.words[t] for t in material.note(1).tolist()]
    drafted = _of_draft(plain, words)
    overlay = Overlay(view, [Document("draft", body=tuple(words))])
    seconds = [_timed(partial(overlay.search_many, drafted, ONE_FIELD, 1000)) for _ in range(5)]
    print(f"  a draft among the first 1,000 of 1,000 keywords: {np.median(seconds) * 1e3:.0f} ms")
    _filters(material, index)
    _changes(material, index, folder)
    print(f"  peak memory of this process: {_peak():,.0f} MB")


def _of_draft(plain: Sequence[Query], words: Sequence[str]) -> list[Query]:
    """A thousand keywords, each with a word of the draft among its own."""
    rare = sorted(set(words))
    found = []
    for number, query in enumerate(plain[:1000]):
        own = Clause(rare[number % len(rare)], rare[number % len(rare)])
        others = [clause for clause in query.clauses if clause.term != own.term]
        found.append(Query("", (own, *others[:3])))
    return found


def _filters(material: Corpus, index: EmbeddedIndex) -> None:
    view = index.snapshot()
    wanted = {
        "no filter": Filter(),
        "1 % of the notes": Filter(kinds=("video",)),
        "10 %": Filter(channels=("organic",)),
        "40 %": Filter(authors=("a" * 16,)),
    }
    times: dict[str, Times] = {}
    for _ in range(_ROUNDS):
        for name, own in wanted.items():
            chosen = asked(material, "plain", 400, own)
            once = partial(_best, view, chosen)
            times[name] = least(once, len(chosen), times.get(name))
    for name, values in times.items():
        share = values.mean() / times["no filter"].mean()
        print(f"  {name:<18}{_row(values)}   {share:5.2f} × unfiltered")


def _best(view: EmbeddedSnapshot, chosen: Sequence[Query], number: int) -> None:
    view.best(chosen[number], ONE_FIELD, 10)


def _changes(material: Corpus, index: EmbeddedIndex, folder: Path) -> None:
    query = asked(material, "plain", 5)[0]
    opened = _timed(lambda: len(EmbeddedIndex(folder, "benchmark").snapshot()))
    fresh = EmbeddedIndex(folder, "benchmark")
    first = _timed(lambda: fresh.snapshot().search_many([query], ONE_FIELD, 10))
    print(f"  opening {opened * 1e3:.1f} ms, first query {first * 1e3:.1f} ms")
    new = columns(_head(material, 1000))
    batch = Batch([f"x{n:07d}" for n in range(1000)], new.fields, new.vocabulary, new.signals)
    seconds = [_timed(partial(_add, index, batch, query, version)) for version in range(2, 5)]
    print(f"  1,000 notes added and searchable: {np.median(seconds) * 1e3:.0f} ms")


def _add(index: EmbeddedIndex, batch: Batch, query: Query, version: int) -> None:
    index.apply(batch, [], version)
    index.snapshot().search_many([query], ONE_FIELD, 10)


def _head(material: Corpus, notes: int) -> Corpus:
    end = int(material.offsets[notes])
    return Corpus(material.offsets[: notes + 1], material.tokens[:end], material.words)


def _timed(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
