"""What every backend promises, as one test class; a backend's tests subclass it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

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
from engine.index.hits import MISSING
from engine.index.protocol import BIGRAM, Index, IndexView, Scoring, passes
from engine.model import FIELDS, Clause, Document, Filter, Query, Signals
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


def _told(index: IndexView, query: Query) -> object:
    """All that an index says of a query, rows and numbers of the roster by their meaning."""
    hits = index.search(query, FLAT, 9)
    roster = index.roster()
    ((rows, scores),) = index.best_of_many([query], FLAT, 9)
    ids = [roster.note_ids[row] for row in rows]
    authors = {i: a for a, i in roster.author_numbers.items()}
    return (
        [index.lengths(field) for field in FIELDS],
        (hits.note_ids, hits.bm25.tolist(), hits.authors, hits.likes.tolist(), hits.total),
        [index.explain(query, FLAT, note_id) for note_id in hits.note_ids],
        (ids, scores.tolist(), [authors.get(n, "") for n in roster.authors[rows].tolist()]),
        [[roster.clusters[one] == roster.clusters[two] for two in rows] for one in rows],
        [sorted(roster.brands_of(row)) for row in rows.tolist()],
        [(roster.counts["likes"][row], roster.kinds[row]) for row in rows.tolist()],
        np.argsort(roster.order[rows]).tolist() == np.argsort(np.array(ids)).tolist(),
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

    def test_an_empty_index_answers_with_nothing(self, index: Index) -> None:
        hits = index.search(ask("面霜"), FLAT, 10)
        assert (len(hits), hits.total, len(index)) == (0, 0, 0)
        assert list(index.vocabulary()) == []

    def test_a_hit_shares_a_term_and_scores_above_zero(self, index: Index) -> None:
        index.update([note("a", "面霜 推荐"), note("b", "防晒")], [], 1)
        hits = index.search(ask("面霜"), FLAT, 10)
        assert hits.note_ids == ["a"]
        assert hits.bm25[0] > 0

    def test_a_term_in_half_of_the_notes_or_all_of_them_still_scores(self, index: Index) -> None:
        index.update([note(f"n{i}", "面霜 推荐" if i < 2 else "推荐") for i in range(4)], [], 1)
        assert (index.search(ask("面霜"), FLAT, 10).bm25 > 0).all()
        assert len(index.search(ask("推荐"), FLAT, 10)) == 4

    def test_one_note_alone_can_be_found(self, index: Index) -> None:
        index.update([note("only", "面霜")], [], 1)
        assert index.search(ask("面霜"), FLAT, 10).note_ids == ["only"]

    def test_ties_are_broken_by_note_id_whatever_the_order_of_additions(self, index: Index) -> None:
        names = [f"n{i:02d}" for i in range(30)]
        shuffled = random.Random(1).sample(names, len(names))
        for version, name in enumerate(shuffled, 1):
            index.update([note(name, "面霜")], [], version)
        assert index.search(ask("面霜"), FLAT, 30).note_ids == names
        assert index.search(ask("面霜"), FLAT, 7).note_ids == names[:7]

    def test_the_last_of_two_documents_with_one_id_counts(self, index: Index) -> None:
        index.update([note("a", "面霜"), note("a", "防晒")], [], 1)
        index.update([note("a", "油皮")], [], 2)
        assert len(index) == 1
        assert len(index.search(ask("面霜", "防晒"), FLAT, 10)) == 0
        assert index.search(ask("油皮"), FLAT, 10).note_ids == ["a"]

    def test_a_deleted_note_is_gone_from_pages_and_from_statistics(self, index: Index) -> None:
        index.update([note("a", "面霜"), note("b", "面霜 面霜 防晒")], [], 1)
        index.update([], ["b", "never-there"], 2)
        alone = exhaustive([note("a", "面霜")], ask("面霜"), FLAT)
        hits = index.search(ask("面霜"), FLAT, 10)
        assert hits.note_ids == ["a"]
        assert self.same(float(hits.bm25[0]), alone["a"])
        assert dict(index.vocabulary()) == {"面霜": 1}
        assert index.version == 2

    def test_field_boosts_order_title_before_tags_before_body(self, index: Index) -> None:
        index.update(
            [note("b", body="面霜"), note("c", tags="面霜"), note("t", title="面霜")], [], 1
        )
        assert index.search(ask("面霜"), FLAT, 10).note_ids == ["t", "c", "b"]

    def test_a_field_with_boost_zero_neither_scores_nor_matches(self, index: Index) -> None:
        index.update([note("b", body="面霜"), note("t", title="面霜")], [], 1)
        assert index.search(ask("面霜"), Scoring(title=0), 10).note_ids == ["b"]

    def test_filters_mean_what_passes_says(self, index: Index) -> None:
        known = [
            note("a", "面霜", kind="image", published=10, tags="护肤"),
            note("b", "面霜", kind="video", published=20),
            note("c", "面霜"),
        ]
        index.update(known, [], 1)
        assert index.search(ask("面霜", filter=Filter(kinds=("video",))), FLAT, 9).note_ids == ["b"]
        since = ask("面霜", filter=Filter(since=10, until=20))
        assert index.search(since, FLAT, 9).note_ids == ["a"]

    def test_a_query_without_clauses_is_its_filter_and_scores_zero(self, index: Index) -> None:
        index.update([note("b", "面霜", kind="video"), note("a", "油皮", kind="video")], [], 1)
        hits = index.search(ask(filter=Filter(kinds=("video",))), FLAT, 9)
        assert hits.note_ids == ["a", "b"]
        assert hits.bm25.tolist() == [0.0, 0.0]

    def test_required_and_excluded_terms_must_stand_in_one_field(self, index: Index) -> None:
        both = note("both", "敏感肌 面霜 推荐")
        apart = note("apart", "面霜 推荐", title="敏感肌")
        index.update([both, apart], [], 1)
        group = (("敏感肌", "面霜"),)
        assert index.search(ask("推荐", required=group), FLAT, 9).note_ids == ["both"]
        assert index.search(ask("推荐", excluded=group), FLAT, 9).note_ids == ["apart"]

    def test_unknown_numbers_come_back_as_missing(self, index: Index) -> None:
        index.update([note("a", "面霜", likes=0), note("b", "面霜", published=7)], [], 1)
        hits = index.search(ask("面霜"), FLAT, 9)
        assert hits.likes.tolist() == [0, MISSING]
        assert hits.published.tolist() == [MISSING, 7]

    def test_labels_and_signals_count_live_notes_only(self, index: Index) -> None:
        tagged = Signals(tags=("护肤", "平价"), cluster="a")
        index.update([Document("a", body=("面霜",), signals=tagged), note("b", "面霜")], [], 1)
        assert index.labels("tags") == {"护肤": 1, "平价": 1}
        assert index.signals(["b", "a", "x"])["a"].tags == ("护肤", "平价")
        index.update([], ["a"], 2)
        assert index.labels("tags") == {}

    def test_labels_are_counted_among_some_notes(self, index: Index) -> None:
        for version, tags in enumerate([("护肤", "平价"), ("护肤",), (), ("平价",)], 1):
            row = Document(
                f"n{version}", body=("面霜",), signals=Signals(tags=tags, brands=("甲",))
            )
            index.update([row], [], version)
        assert index.labels("tags", ["n1", "n2", "n3", "nobody"]) == {"护肤": 2, "平价": 1}
        assert index.labels("brands", ["n4"]) == {"甲": 1}
        assert index.labels("tags", []) == {}

    def test_signals_come_for_many_notes_in_the_order_asked_for(self, index: Index) -> None:
        for version in range(1, 8):  # over several segments
            own = Signals(author=f"author{version}", likes=version or None, cluster=f"n{version}")
            index.update([Document(f"n{version}", body=("面霜",), signals=own)], [], version)
        index.update([], ["n3"], 8)
        found = index.signals(["n5", "n", "n3", "n1", "n10", "n7"])
        assert list(found) == ["n5", "n1", "n7"]
        assert [row.likes for row in found.values()] == [5, 1, 7]
        assert [row.author for row in found.values()] == ["author5", "author1", "author7"]

    def test_holding_counts_live_notes_with_all_terms_in_one_field(self, index: Index) -> None:
        documents = [
            note("a", body="油皮 面霜", tags="面霜"),
            note("b", body="油皮", title="面霜"),
            note("c", tags="油皮 面霜 推荐"),
            note("d", body="油皮 面霜"),
        ]
        index.update(documents, [], 1)
        index.update([], ["d"], 2)
        groups = [("油皮", "面霜"), ("面霜",), ("没有", "面霜"), ()]
        assert index.holding(groups) == [2, 3, 0, 0]
        assert index.holding(groups, ("title", "tags")) == [1, 3, 0, 0]

    def test_many_searches_at_once_find_the_rows_that_each_finds(self, index: Index) -> None:
        documents = [
            note("b", body="油皮 面霜", likes=5, author="x", brands=("甲",)),
            note("a", body="面霜", published=7, author="y", kind="video", channel="declared"),
            note("c", body="油皮", brands=("甲", "乙")),
        ]
        documents[0] = replace(documents[0], signals=replace(documents[0].signals, cluster="a"))
        index.update(documents, [], 1)
        index.update([note("d", body="面霜 面霜")], ["c"], 2)
        queries = [ask("面霜"), ask("油皮", "面霜"), ask("没有")]
        roster = index.roster()
        for query, (rows, scores) in zip(
            queries, index.best_of_many(queries, FLAT, 10), strict=True
        ):
            hits = index.search(query, FLAT, 10)
            assert [roster.note_ids[row] for row in rows] == hits.note_ids
            assert scores.tolist() == hits.bm25.tolist()
            for name in ("published", "likes", "collects", "comments", "shares"):
                assert roster.counts[name][rows].tolist() == getattr(hits, name).tolist()
            assert roster.kinds[rows].tolist() == hits.kinds
            assert roster.channels[rows].tolist() == hits.channels
        place = {note_id: row for row, note_id in enumerate(roster.note_ids)}
        assert roster.clusters[place["a"]] == roster.clusters[place["b"]]
        assert roster.clusters[place["a"]] != roster.clusters[place["d"]]
        assert roster.authors[place["d"]] == 0 < roster.authors[place["a"]]
        assert roster.brands_of(place["b"]) == ["甲"]
        assert roster.order[place["a"]] < roster.order[place["b"]] < roster.order[place["d"]]

    @pytest.mark.parametrize("seed", range(8))
    def test_with_notes_it_answers_as_if_they_were_added(self, index: Index, seed: int) -> None:
        random_ = random.Random(seed)

        def some(note_id: str) -> Document:
            texts = [" ".join(random_.choices(WORDS, k=random_.randint(0, 6))) for _ in range(3)]
            known = note(
                note_id, *texts, author=random_.choice(["", "anna", "bo"]),
                brands=tuple(random_.sample(["甲", "乙"], random_.randint(0, 2))),
                likes=random_.randint(0, 99),
            )  # fmt: skip
            cluster = random_.choice([note_id, note_id, "n1", "n3", "gone"])
            return replace(known, signals=replace(known.signals, cluster=cluster))

        index.update([some(f"n{number}") for number in range(6)], [], 1)
        index.update([some("n2"), some("n7")], ["n5"], 2)
        queries = [ask(*random_.sample(WORDS, 2)) for _ in range(6)]
        before = [index.search(query, FLAT, 9).note_ids for query in queries]
        added = [some("n10"), some("n4" if seed % 2 else "m"), some("z")]
        trial = index.with_notes(added)
        told = [_told(trial, query) for query in queries]
        assert [index.search(query, FLAT, 9).note_ids for query in queries] == before
        assert (len(trial), index.version) == (len(index) + 3 - seed % 2, 2)
        index.update(added, [], 3)
        for query, one in zip(queries, told, strict=True):
            assert one == _told(index, query)
        assert dict(trial.vocabulary()) == dict(index.vocabulary())

    def test_coverage_is_the_share_of_the_words_by_rarity(self, index: Index) -> None:
        index.update([note("a", "面霜 敏感肌"), note("b", "面霜"), note("c", title="sk2")], [], 1)
        clauses = (
            Clause("面霜", "面霜"),
            Clause("敏感肌", "敏感肌"),
            Clause("感肌", "感肌", 0.5, BIGRAM),
        )
        shares = index.coverage(Query("", clauses), ["b", "a", "c"]).tolist()
        rare, common = float(idf(3, 1)), float(idf(3, 2))
        assert shares == pytest.approx([common / (rare + common), 1.0, 0.0])
        alias = (Clause("sk-ii", "sk-ii"), Clause("sk2", "sk-ii", 0.8, "SK-II = SK2"))
        assert index.coverage(Query("", alias), ["c"]).tolist() == [1.0]
        assert index.coverage(Query(""), ["a"]).tolist() == [1.0]

    def test_golden_scores_of_lucene_are_met(self, index: Index) -> None:
        index.update(load_fixture(), [], 1)
        checked = 0
        for golden in load_golden():
            if golden.mode != "sum":
                continue
            boosts = dict(golden.fields)
            scoring = Scoring(golden.k1, golden.b, *(boosts.get(name, 0.0) for name in FIELDS))
            clauses = tuple(Clause(term, term, weight) for term, weight in golden.clauses)
            hits = index.search(Query("", clauses), scoring, 1000)
            assert set(hits.note_ids) == set(golden.expected)
            for note_id, value in zip(hits.note_ids, hits.bm25.tolist(), strict=True):
                assert self.same(value, float(golden.expected[note_id]))
                checked += 1
            if self.exact:
                assert hits.note_ids == list(golden.expected)
        assert checked > 3000

    def test_explanations_sum_to_the_score(self, index: Index) -> None:
        index.update(load_fixture(), [], 1)
        golden = next(g for g in load_golden() if g.mode == "sum" and len(g.clauses) > 2)
        query = Query("", tuple(Clause(term, term, weight) for term, weight in golden.clauses))
        hits = index.search(query, FLAT, 20)
        for note_id, value in zip(hits.note_ids, hits.bm25.tolist(), strict=True):
            parts = index.explain(query, FLAT, note_id)
            assert self.same(float(np.float32(sum(part.value for part in parts))), value)
            assert all(part.tf > 0 and 0 < part.df <= part.notes for part in parts)
        assert index.explain(query, FLAT, "not there") == []

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
        index.update([], [f"n{number}" for number in range(8)], 0)
        live: dict[str, Document] = {}
        for version, (documents, deleted) in enumerate(history, 1):
            index.update(documents, deleted, version)
            for note_id in deleted:
                live.pop(note_id, None)
            live.update({document.note_id: document for document in documents})
        expected = self._expected(list(live.values()), query)
        hits = index.search(query, FLAT, limit)
        assert len(index) == len(live)
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
