"""What every backend promises, as one test class; a backend's tests subclass it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bm25 import (
    average_length,
    clause_weight,
    encode_length,
    idf,
    length_factors,
    term_scores,
)
from engine.index.hits import MISSING, NUMBERS, Hits
from engine.index.overlay import Overlay
from engine.index.protocol import Index, IndexSnapshot, Scoring, TermScore, passes
from engine.model import COUNTS, FIELDS, Clause, Document, Filter, Query, Signals
from tests.lucene.golden import load_fixture, load_golden

WORDS = ("面霜", "敏感肌", "油皮", "防晒", "推荐", "sk-ii", "的", "早c晚a", "💄", "平替")
FLAT = Scoring()


def note(
    note_id: str, body: str = "", title: str = "", tags: str = "", **known: object
) -> Document:
    """A document of words between blanks."""
    signals = Signals(cluster=note_id, **known)  # type: ignore[arg-type]
    fields = (tuple(title.split()), tuple(tags.split()), tuple(body.split()))
    return Document(note_id, *fields, signals)


def ask(*words: str, weight: float = 1.0, **known: object) -> Query:
    clauses = tuple(Clause(word, word, weight) for word in words)
    return Query(" ".join(words), clauses, **known)  # type: ignore[arg-type]


def search(index: Index | IndexSnapshot, query: Query, scoring: Scoring, limit: int) -> Hits:
    """One search with its total, of an index as it is now or of a snapshot."""
    snapshot = index.snapshot() if hasattr(index, "snapshot") else index
    (hits,) = snapshot.search_many([query], scoring, limit, total=True)
    return hits


def answers(snapshot: IndexSnapshot, queries: Sequence[Query]) -> object:
    """All that a snapshot says of some queries, keys and codes by their meaning."""
    pages = []
    batch = snapshot.search_many(queries, FLAT, 9)
    for query, hits in zip(queries, batch, strict=True):
        ids, columns = hits.note_ids, hits.columns
        rows = range(len(hits))
        pages.append(
            (
                (ids, hits.bm25.tolist(), search(snapshot, query, FLAT, 9).total),
                [getattr(columns, name).tolist() for name in NUMBERS],
                [(columns.kind(row), columns.channel(row), columns.author(row)) for row in rows],
                [[columns.clusters[a] == columns.clusters[b] for b in rows] for a in rows],
                [[columns.authors[a] == columns.authors[b] for b in rows] for a in rows],
                [(sorted(columns.brands(row)), columns.cluster(row)) for row in rows],
                snapshot.explain_many(query, FLAT, [*ids, "nobody"]),
                snapshot.columns(["nobody", *reversed(ids)]).note_ids,
                snapshot.hold_any([*ids, "nobody"], [(c.term,) for c in query.clauses]).tolist(),
            )
        )
    terms = sorted({clause.term for query in queries for clause in query.clauses})
    statistics = snapshot.statistics(terms).items()
    known = {f: (s.notes, s.terms, {t: n for t, n in s.df.items() if n}) for f, s in statistics}
    groups = [[term] for term in terms] + [terms[:2]]
    return (
        pages,
        known,
        (len(snapshot), snapshot.version, dict(snapshot.vocabulary())),
        (snapshot.count_matching(groups), snapshot.count_any(groups)),
        (
            snapshot.facets("tags"),
            snapshot.facets("brands"),
            snapshot.facets("brands", ["n1", "z"]),
        ),
        snapshot.copies(["n1", "n3", "gone", "z", "nobody"]),
    )


def exhaustive(documents: Sequence[Document], query: Query, scoring: Scoring) -> dict[str, float]:
    """Every note's score straight from the formula, note by note."""
    scores: dict[str, float] = {}
    for field, boost in scoring.boosts():
        having = [d for d in documents if getattr(d, field)]
        if not having:
            continue
        lengths = [len(getattr(d, field)) for d in having]
        factors = length_factors(scoring.k1, scoring.b, average_length(sum(lengths), len(having)))
        for clause in query.clauses:
            df = sum(clause.term in getattr(d, field) for d in having)
            if not df:
                continue
            weight = clause_weight(clause.weight, boost, idf(len(having), df))
            for document, length in zip(having, lengths, strict=True):
                if tf := getattr(document, field).count(clause.term):
                    codes = encode_length(np.array([length]))
                    value = term_scores(weight, np.array([tf]), codes, factors)[0]
                    scores[document.note_id] = scores.get(document.note_id, 0.0) + float(value)
    return {note_id: float(np.float32(value)) for note_id, value in scores.items()}


words = st.lists(st.sampled_from(WORDS), max_size=8).map(tuple)
signals = st.builds(
    Signals,
    kind=st.sampled_from(("", "image", "video")),
    author=st.sampled_from(("", "a", "b")),
    channel=st.sampled_from(("", "organic", "declared")),
    published=st.none() | st.integers(0, 5),
    likes=st.none() | st.integers(0, 3),
    tags=st.lists(st.sampled_from(("护肤", "平价")), unique=True).map(tuple),
    brands=st.lists(st.sampled_from(("岚屿", "桃也")), unique=True).map(tuple),
)
ids = st.sampled_from([f"n{number}" for number in range(8)])
batches = st.lists(
    st.tuples(
        st.lists(st.builds(Document, ids, words, words, words, signals), max_size=5),
        st.lists(ids, max_size=3),
    ),
    min_size=1,
    max_size=6,
)
filters = st.builds(
    Filter,
    kinds=st.lists(st.sampled_from(("image", "video")), max_size=2).map(tuple),
    tags=st.lists(st.sampled_from(("护肤", "平价", "无此标签")), max_size=1).map(tuple),
    brands=st.lists(st.sampled_from(("岚屿", "桃也")), max_size=1).map(tuple),
    authors=st.lists(st.sampled_from(("a", "c")), max_size=1).map(tuple),
    since=st.none() | st.integers(0, 5),
    until=st.none() | st.integers(0, 5),
)
queries = st.builds(
    Query,
    text=st.just(""),
    clauses=st.lists(
        st.builds(Clause, st.sampled_from(WORDS), st.just(""), st.sampled_from((1.0, 0.8, 0.5))),
        unique_by=lambda clause: clause.term,
        max_size=4,
    ).map(tuple),
    required=st.lists(st.tuples(st.sampled_from(WORDS)), max_size=1).map(tuple),
    excluded=st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)), max_size=1).map(
        tuple
    ),
    filter=filters,
)


class IndexContract:
    """Subclass with `exact` (bit-equal scores) and a `fresh` fixture that makes empty indexes."""

    exact = True

    @pytest.fixture
    def index(self) -> Index:
        raise NotImplementedError

    def same(self, found: float, expected: float) -> bool:
        return found == expected if self.exact else found == pytest.approx(expected, rel=1e-6)

    def alike(self, said: object) -> object:
        """Answers as they can be compared: floats of an inexact backend to five digits."""
        if self.exact:
            return said
        if isinstance(said, float):
            return float(f"{said:.4e}")
        if isinstance(said, list | tuple):
            return [self.alike(one) for one in said]
        if isinstance(said, TermScore):
            return self.alike(astuple(said))
        return said

    def test_an_empty_index_answers_with_nothing(self, index: Index) -> None:
        hits = search(index, ask("面霜"), FLAT, 10)
        assert (len(hits), hits.total, len(index.snapshot())) == (0, 0, 0)
        assert list(index.snapshot().vocabulary()) == []

    def test_a_hit_shares_a_term_and_scores_above_zero(self, index: Index) -> None:
        index.apply([note("a", "面霜 推荐"), note("b", "防晒")], [], 1)
        hits = search(index, ask("面霜"), FLAT, 10)
        assert hits.note_ids == ["a"]
        assert hits.bm25[0] > 0

    def test_a_term_in_half_of_the_notes_or_all_of_them_still_scores(self, index: Index) -> None:
        index.apply([note(f"n{i}", "面霜 推荐" if i < 2 else "推荐") for i in range(4)], [], 1)
        assert (search(index, ask("面霜"), FLAT, 10).bm25 > 0).all()
        assert len(search(index, ask("推荐"), FLAT, 10)) == 4

    def test_one_note_alone_can_be_found(self, index: Index) -> None:
        index.apply([note("only", "面霜")], [], 1)
        assert search(index, ask("面霜"), FLAT, 10).note_ids == ["only"]

    def test_ties_are_broken_by_note_id_whatever_the_order_of_additions(self, index: Index) -> None:
        names = [f"n{i:02d}" for i in range(30)]
        shuffled = random.Random(1).sample(names, len(names))
        for version, name in enumerate(shuffled, 1):
            index.apply([note(name, "面霜")], [], version)
        assert search(index, ask("面霜"), FLAT, 30).note_ids == names
        assert search(index, ask("面霜"), FLAT, 7).note_ids == names[:7]

    def test_the_last_of_two_documents_with_one_id_counts(self, index: Index) -> None:
        index.apply([note("a", "面霜"), note("a", "防晒")], [], 1)
        index.apply([note("a", "油皮")], [], 2)
        assert len(index.snapshot()) == 1
        assert len(search(index, ask("面霜", "防晒"), FLAT, 10)) == 0
        assert search(index, ask("油皮"), FLAT, 10).note_ids == ["a"]

    def test_a_deleted_note_is_gone_from_pages_and_from_statistics(self, index: Index) -> None:
        index.apply([note("a", "面霜"), note("b", "面霜 面霜 防晒")], [], 1)
        index.apply([], ["b", "never-there"], 2)
        alone = exhaustive([note("a", "面霜")], ask("面霜"), FLAT)
        hits = search(index, ask("面霜"), FLAT, 10)
        assert hits.note_ids == ["a"]
        assert self.same(float(hits.bm25[0]), alone["a"])
        assert dict(index.snapshot().vocabulary()) == {"面霜": 1}
        assert index.snapshot().version == 2

    def test_field_boosts_order_title_before_tags_before_body(self, index: Index) -> None:
        index.apply(
            [note("b", body="面霜"), note("c", tags="面霜"), note("t", title="面霜")], [], 1
        )
        assert search(index, ask("面霜"), FLAT, 10).note_ids == ["t", "c", "b"]

    def test_a_field_with_boost_zero_neither_scores_nor_matches(self, index: Index) -> None:
        index.apply([note("b", body="面霜"), note("t", title="面霜")], [], 1)
        assert search(index, ask("面霜"), Scoring(title=0), 10).note_ids == ["b"]

    def test_filters_mean_what_passes_says(self, index: Index) -> None:
        known = [
            note("a", "面霜", kind="image", published=10, tags="护肤"),
            note("b", "面霜", kind="video", published=20),
            note("c", "面霜"),
        ]
        index.apply(known, [], 1)
        assert search(index, ask("面霜", filter=Filter(kinds=("video",))), FLAT, 9).note_ids == [
            "b"
        ]
        since = ask("面霜", filter=Filter(since=10, until=20))
        assert search(index, since, FLAT, 9).note_ids == ["a"]

    def test_a_query_without_clauses_is_its_filter_and_scores_zero(self, index: Index) -> None:
        index.apply([note("b", "面霜", kind="video"), note("a", "油皮", kind="video")], [], 1)
        hits = search(index, ask(filter=Filter(kinds=("video",))), FLAT, 9)
        assert hits.note_ids == ["a", "b"]
        assert hits.bm25.tolist() == [0.0, 0.0]

    def test_required_and_excluded_terms_must_stand_in_one_field(self, index: Index) -> None:
        both = note("both", "敏感肌 面霜 推荐")
        apart = note("apart", "面霜 推荐", title="敏感肌")
        index.apply([both, apart], [], 1)
        group = (("敏感肌", "面霜"),)
        assert search(index, ask("推荐", required=group), FLAT, 9).note_ids == ["both"]
        assert search(index, ask("推荐", excluded=group), FLAT, 9).note_ids == ["apart"]

    def test_unknown_numbers_come_back_as_missing(self, index: Index) -> None:
        index.apply([note("a", "面霜", likes=0), note("b", "面霜", published=7)], [], 1)
        hits = search(index, ask("面霜"), FLAT, 9)
        assert hits.columns.likes.tolist() == [0, MISSING]
        assert hits.columns.published.tolist() == [MISSING, 7]

    def test_facets_count_live_notes_only(self, index: Index) -> None:
        tagged = Signals(tags=("护肤", "平价"), cluster="a")
        index.apply([Document("a", body=("面霜",), signals=tagged), note("b", "面霜")], [], 1)
        assert index.snapshot().facets("tags") == {"护肤": 1, "平价": 1}
        index.apply([], ["a"], 2)
        assert index.snapshot().facets("tags") == {}

    def test_facets_are_counted_among_some_notes(self, index: Index) -> None:
        for version, tags in enumerate([("护肤", "平价"), ("护肤",), (), ("平价",)], 1):
            row = Document(
                f"n{version}", body=("面霜",), signals=Signals(tags=tags, brands=("甲",))
            )
            index.apply([row], [], version)
        assert index.snapshot().facets("tags", ["n1", "n2", "n3", "nobody"]) == {
            "护肤": 2,
            "平价": 1,
        }
        assert index.snapshot().facets("brands", ["n4"]) == {"甲": 1}
        assert index.snapshot().facets("tags", []) == {}

    def test_columns_come_for_many_notes_in_the_order_asked_for(self, index: Index) -> None:
        for version in range(1, 8):  # over several segments
            known = Signals(author=f"author{version}", likes=version or None, cluster=f"n{version}")
            index.apply([Document(f"n{version}", body=("面霜",), signals=known)], [], version)
        index.apply([], ["n3"], 8)
        columns = index.snapshot().columns(["n5", "n", "n3", "n1", "n10", "n7"])
        assert columns.note_ids == ["n5", "n1", "n7"]
        assert columns.likes.tolist() == [5, 1, 7]
        assert [columns.author(row) for row in range(3)] == ["author5", "author1", "author7"]

    def test_count_matching_counts_notes_with_all_terms_in_one_field(self, index: Index) -> None:
        documents = [
            note("a", body="油皮 面霜", tags="面霜"),
            note("b", body="油皮", title="面霜"),
            note("c", tags="油皮 面霜 推荐"),
            note("d", body="油皮 面霜"),
        ]
        index.apply(documents, [], 1)
        index.apply([], ["d"], 2)
        groups = [("油皮", "面霜"), ("面霜",), ("没有", "面霜"), ()]
        assert index.snapshot().count_matching(groups) == [2, 3, 0, 0]
        assert index.snapshot().count_matching(groups, ("title", "tags")) == [1, 3, 0, 0]

    def test_many_searches_at_once_find_what_each_finds(self, index: Index) -> None:
        documents = [
            note("b", body="油皮 面霜", likes=5, author="x", brands=("甲",)),
            note("a", body="面霜", published=7, author="y", kind="video", channel="declared"),
            note("c", body="油皮", brands=("甲", "乙")),
        ]
        documents[0] = replace(documents[0], signals=replace(documents[0].signals, cluster="a"))
        index.apply(documents, [], 1)
        index.apply([note("d", body="面霜 面霜")], ["c"], 2)
        queries = [ask("面霜"), ask("油皮", "面霜"), ask("没有"), ask("面霜", "没有")]
        for query, hits in zip(
            queries, index.snapshot().search_many(queries, FLAT, 10), strict=True
        ):
            single, columns = search(index, query, FLAT, 10), hits.columns
            assert hits.note_ids == single.note_ids
            assert hits.bm25.tolist() == single.bm25.tolist()
            for name in ("published", *COUNTS, "kinds", "channels"):
                assert getattr(columns, name).tolist() == getattr(single.columns, name).tolist()
        (hits,) = index.snapshot().search_many([ask("面霜")], FLAT, 10)
        at = {note_id: row for row, note_id in enumerate(hits.note_ids)}
        columns = hits.columns
        assert columns.clusters[at["a"]] == columns.clusters[at["b"]] != columns.clusters[at["d"]]
        assert columns.authors[at["d"]] == 0 < columns.authors[at["a"]]
        assert columns.brands(at["b"]) == ("甲",)
        assert index.snapshot().copies(["a", "b", "d", "c"]) == [2, 0, 1, 0]

    def test_a_held_snapshot_answers_the_same_whatever_is_written(self, index: Index) -> None:
        documents = [
            note(f"n{i}", body=" ".join(WORDS[: i % 5 + 1]), likes=i, author=f"a{i % 3}")
            for i in range(40)
        ]
        index.apply(documents, [], 1)
        queries = [ask("面霜"), ask("敏感肌", "油皮"), ask("防晒"), ask("推荐"), ask("sk-ii")]
        held = index.snapshot()
        before = answers(held, queries)
        states = {held.state_id}
        for version in range(2, 12):  # updates, deletions, and the merges that they bring
            index.apply([note(f"n{version}", "防晒 防晒")], [f"n{version + 20}"], version)
            states.add(index.snapshot().state_id)
            assert answers(held, queries) == before
        index.rebuild([documents[:5]], 12)
        assert answers(held, queries) == before
        assert len(index.snapshot()) == 5
        assert len(states) == 11

    def test_a_change_is_seen_only_when_it_is_committed(self, index: Index) -> None:
        index.apply([note("a", "面霜")], [], 1)

        def refused() -> None:
            assert search(index, ask("面霜"), FLAT, 9).note_ids == ["a"]
            raise OSError("no room")

        with pytest.raises(OSError, match="no room"):
            index.apply([note("b", "面霜")], ["a"], 2, refused)
        assert search(index, ask("面霜"), FLAT, 9).note_ids == ["a"]
        assert index.snapshot().version == 1
        index.apply([note("b", "面霜")], ["a"], 2)
        assert search(index, ask("面霜"), FLAT, 9).note_ids == ["b"]

    @pytest.mark.parametrize("seed", range(8))
    def test_an_overlay_answers_as_if_its_notes_were_added(self, index: Index, seed: int) -> None:
        dice = random.Random(seed)

        def some(note_id: str) -> Document:
            texts = [" ".join(dice.choices(WORDS, k=dice.randint(0, 6))) for _ in range(3)]
            known = note(
                note_id, *texts, author=dice.choice(["", "anna", "bo"]),
                brands=tuple(dice.sample(["甲", "乙"], dice.randint(0, 2))),
                likes=dice.randint(0, 99),
            )  # fmt: skip
            cluster = dice.choice([note_id, note_id, "n1", "n3", "gone"])
            return replace(known, signals=replace(known.signals, cluster=cluster))

        stored = {d.note_id: d for d in (some(f"n{number}") for number in range(6))}
        index.apply(stored.values(), [], 1)
        later = [some("n2"), some("n7")]
        index.apply(later, ["n5"], 2)
        stored |= {document.note_id: document for document in later}
        queries = [ask(*dice.sample(WORDS, 2)) for _ in range(6)]
        base = index.snapshot()
        before = answers(base, queries)
        added = [some("n10"), some("n4" if seed % 2 else "m"), some("z")]
        overlay = Overlay(base, added, [stored["n4"]] if seed % 2 else [])
        hypothetical = answers(overlay, queries)
        assert answers(index.snapshot(), queries) == before
        index.apply(added, [], 2)
        assert self.alike(hypothetical) == self.alike(answers(index.snapshot(), queries))

    def test_an_overlay_asks_for_the_documents_that_it_replaces(self, index: Index) -> None:
        index.apply([note("a", "面霜")], [], 1)
        with pytest.raises(ValueError, match="replaced"):
            Overlay(index.snapshot(), [note("a", "防晒")])
        with pytest.raises(ValueError, match="replaced"):
            Overlay(index.snapshot(), [note("b", "防晒")], [note("b", "面霜")])

    def test_any_and_all_terms_of_a_group_are_told_apart(self, index: Index) -> None:
        index.apply([note("a", "面霜 敏感肌"), note("b", "面霜"), note("c", title="sk2")], [], 1)
        groups = [("面霜",), ("敏感肌", "sk2"), ()]
        assert index.snapshot().count_any(groups) == [2, 2, 0]
        held = index.snapshot().hold_any(["b", "a", "nobody", "c"], groups).tolist()
        assert held == [
            [True, False, False],
            [True, True, False],
            [False] * 3,
            [False, True, False],
        ]

    def test_golden_scores_of_lucene_are_met(self, index: Index) -> None:
        index.apply(load_fixture(), [], 1)
        checked = 0
        for golden in load_golden():
            if golden.mode != "sum":
                continue
            boosts = dict(golden.fields)
            scoring = Scoring(golden.k1, golden.b, *(boosts.get(name, 0.0) for name in FIELDS))
            clauses = tuple(Clause(term, term, weight) for term, weight in golden.clauses)
            hits = search(index, Query("", clauses), scoring, 1000)
            assert set(hits.note_ids) == set(golden.expected)
            for note_id, value in zip(hits.note_ids, hits.bm25.tolist(), strict=True):
                assert self.same(value, float(golden.expected[note_id]))
                checked += 1
            if self.exact:
                assert hits.note_ids == list(golden.expected)
        assert checked > 3000

    def test_explanations_sum_to_the_score(self, index: Index) -> None:
        index.apply(load_fixture(), [], 1)
        golden = next(g for g in load_golden() if g.mode == "sum" and len(g.clauses) > 2)
        query = Query("", tuple(Clause(term, term, weight) for term, weight in golden.clauses))
        hits = search(index, query, FLAT, 20)
        for note_id, value in zip(hits.note_ids, hits.bm25.tolist(), strict=True):
            (parts,) = index.snapshot().explain_many(query, FLAT, [note_id])
            assert self.same(float(np.float32(sum(part.value for part in parts))), value)
            assert all(part.tf > 0 and 0 < part.df <= part.notes for part in parts)
        assert index.snapshot().explain_many(query, FLAT, ["not there"]) == [[]]

    @settings(
        max_examples=120,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.differing_executors,  # one inherited test, several backends
        ],
    )
    @given(history=batches, query=queries, limit=st.integers(1, 10))
    def test_any_history_of_changes_scores_as_a_fresh_index_would(
        self,
        index: Index,
        history: list[tuple[list[Document], list[str]]],
        query: Query,
        limit: int,
    ) -> None:
        index.apply([], [f"n{number}" for number in range(8)], 0)
        live: dict[str, Document] = {}
        for version, (documents, deleted) in enumerate(history, 1):
            index.apply(documents, deleted, version)
            for note_id in deleted:
                live.pop(note_id, None)
            live.update({document.note_id: document for document in documents})
        expected = self._expected(list(live.values()), query)
        hits = search(index, query, FLAT, limit)
        assert len(index.snapshot()) == len(live)
        assert hits.total == len(expected)
        if self.exact:
            assert list(zip(hits.note_ids, hits.bm25.tolist(), strict=True)) == expected[:limit]
        for note_id, value in zip(hits.note_ids, hits.bm25.tolist(), strict=True):
            assert self.same(value, dict(expected)[note_id])

    def _expected(self, live: list[Document], query: Query) -> list[tuple[str, float]]:
        scores = exhaustive(live, query, FLAT)
        found = []
        for document in live:
            fields = [set(getattr(document, name)) for name in FIELDS]
            held = all(any(set(g) <= field for field in fields) for g in query.required)
            barred = any(any(set(g) <= field for field in fields) for g in query.excluded)
            matched = document.note_id in scores or not query.clauses
            if held and not barred and matched and passes(document.signals, query.filter):
                found.append((document.note_id, scores.get(document.note_id, 0.0)))
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))
