"""Words -> page, note and words -> explanation: match, rescore, arrange, show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from engine.bm25 import idf
from engine.errors import BadOption, NotFound
from engine.index.hits import CHANNELS, KINDS, MISSING, Codes, Hits
from engine.index.protocol import BIGRAM, IndexSnapshot, TermScore, words_of
from engine.model import SORTS, Filter, Note, Query, Sort
from engine.ranking import order as pages
from engine.ranking import rules
from engine.ranking.explain import Ranked, parts
from engine.ranking.page import Explanation, Page, Result
from engine.ranking.rules import Floats
from engine.ranking.ruleset import RuleSet
from engine.ranking.sentence import PagePosition, sentence
from engine.ranking.snippet import Snippet, snippet
from engine.store import StoreReader
from engine.text.normalise import fold_key
from engine.text.query import KIND_WORDS, parse, plain
from engine.text.segment import Segmenter
from engine.text.spans import spans

MAX_LIMIT = 1000
_LEFT_OUT = "与更靠前的笔记几乎相同，已合并，不单独占位。"
_CHINA_SECONDS = 8 * 3600  # ahead of UTC, all the year
WITHIN = {"day": 1, "week": 7, "halfyear": 183}  # days of the app's periods


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Everything about a search besides its words."""

    sort: Sort = "general"
    filter: Filter = field(default=Filter())
    limit: int = 20
    offset: int = 0
    explain: bool = False
    facets: bool = False

    def __post_init__(self) -> None:
        if self.sort not in SORTS:
            raise BadOption(f"no sort '{self.sort}'", f"use one of {', '.join(SORTS)}")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise BadOption(f"limit is {self.limit}", f"use 1 to {MAX_LIMIT}")
        if self.offset < 0:
            raise BadOption(f"offset is {self.offset}", "use 0 or more")


class Searcher:
    """Search over one state of a library, by one rule set, as of one moment."""

    def __init__(
        self,
        store: StoreReader,
        index: IndexSnapshot,
        segmenter: Segmenter,
        rule_set: RuleSet,
        now: datetime,
    ) -> None:
        self._store = store
        self._index = index
        self._segmenter = segmenter
        self._rules = rule_set
        self._now = now

    def page(self, words: str, asked: SearchRequest) -> Page:
        """The page of a query."""
        ranked = self._rank(words, asked)
        shown = ranked.order.rows[asked.offset : asked.offset + asked.limit]
        results = self._results(ranked, shown, asked)
        return Page(
            words=words,
            results=tuple(results),
            total=ranked.total,
            placed=len(ranked.order.rows),
            offset=asked.offset,
            as_of=self._now,
            rule_set=self._rules.label,
            index_version=self._index.version,
            notes=ranked.query.notes,
            facets=self._facets(ranked.hits) if asked.facets else None,
        )

    def ids(self, words: str, limit: int) -> list[str]:
        """Ids of the first `limit` places of the general page for words without operators."""
        query = plain(words, self._segmenter, self._rules.query)
        ranked = self._arranged(query, "general")
        return ranked.hits.columns.take(ranked.order.rows[:limit]).note_ids

    def explain(self, note_id: str, words: str, asked: SearchRequest) -> Explanation:
        """Why a note has its place, in parts that reproduce its score exactly."""
        if self._store.get(note_id) is None:
            raise NotFound(f"no note {note_id} in this library", "take an id from `search --json`")
        ranked = self._rank(words, asked)
        try:
            row = ranked.hits.note_ids.index(note_id)
        except ValueError:
            return self._absent(note_id, words, ranked)
        terms = self._terms(ranked.query, [note_id])[note_id]
        places = {placed: place for place, placed in enumerate(ranked.order.rows, 1)}
        sentence = self._sentence(ranked, row, terms, ranked.order.rows[:20])
        return Explanation(
            note_id=note_id,
            words=words,
            position=places.get(row),
            total=ranked.total,
            score=float(ranked.scores[row]),
            parts=tuple(parts(terms, ranked, row)),
            sentence=sentence if row in places else sentence + _LEFT_OUT,
        )

    def _absent(self, note_id: str, words: str, ranked: Ranked) -> Explanation:
        reason = "没有命中查询中的任何词，或被筛选条件排除。"
        if self._terms(ranked.query, [note_id])[note_id]:
            reason = f"命中了查询，但相关度不在前 {self._rules.page.window} 名的窗口内。"
        return Explanation(note_id, words, None, ranked.total, 0.0, (), reason)

    def _rank(self, words: str, asked: SearchRequest) -> Ranked:
        query = parse(words, self._segmenter, self._rules.query)
        wanted = both(query.filter, asked.filter)
        return self._arranged(replace(query, filter=wanted), asked.sort)

    def _arranged(self, query: Query, sort: Sort) -> Ranked:
        window = self._rules.page.window if query.clauses else len(self._index)
        if not query.clauses and query.filter == Filter():
            window = 0  # nothing was asked
        (hits,) = self._index.search_many([query], self._rules.scoring, window, total=True)
        if query.phrases:
            hits = self._with_phrases(hits, query.phrases)
        scores, applied = rules.apply(self._rules, hits, self._now)
        covered = np.ones(len(hits))
        if sort != "general":
            covered = self._coverage(query, hits.note_ids)
        order = pages.arrange(hits, scores, covered, sort, self._rules.page)
        return Ranked(query, hits, scores, applied, order)

    def _with_phrases(self, hits: Hits, phrases: Sequence[str]) -> Hits:
        """The hits whose text holds every phrase as it was typed, folded."""
        ids = hits.note_ids
        stored = self._store.get_many(ids)
        rows = [
            row
            for row, note_id in enumerate(ids)
            if note_id in stored and _holds(stored[note_id].note, phrases)
        ]
        lost = len(hits) - len(rows)
        return replace(hits.take(rows), total=(hits.total or 0) - lost)

    def _coverage(self, query: Query, note_ids: Sequence[str]) -> Floats:
        """For each note the share of the query's words it holds in any field, by idf, 0 to 1.

        A word is held by any of its clauses but bigrams; a query without words is held by all.
        """
        groups = list(words_of(query).values())
        if not groups:
            return np.ones(len(note_ids))
        counts = self._index.count_any(groups)
        rarities = np.array([float(idf(len(self._index), df)) for df in counts])
        held = self._index.hold_any(note_ids, groups)
        share = np.zeros(len(note_ids))
        for column, rarity in zip(held.T, rarities.tolist(), strict=True):
            share += rarity * column
        return share / float(sum(rarities.tolist()))

    def _terms(self, query: Query, note_ids: Sequence[str]) -> dict[str, list[TermScore]]:
        """The summands of each note's BM25, by id."""
        summands = self._index.explain_many(query, self._rules.scoring, note_ids)
        return dict(zip(note_ids, summands, strict=True))

    def _results(self, ranked: Ranked, shown: Sequence[int], asked: SearchRequest) -> list[Result]:
        columns = ranked.hits.columns
        ids = columns.take(shown).note_ids
        stored = self._store.get_many(ids)
        marks = _marked(ranked.query)
        summands = self._terms(ranked.query, ids) if asked.explain else {}
        results = []
        for place, (row, note_id) in enumerate(zip(shown, ids, strict=True), asked.offset + 1):
            note = stored[note_id].note
            results.append(
                Result(
                    position=place,
                    note=note,
                    score=float(ranked.scores[row]),
                    bm25=float(ranked.hits.bm25[row]),
                    snippet=snippet(note.body, spans(note.body, marks)),
                    title=Snippet(note.title, tuple(spans(note.title, marks))),
                    brands=tuple(map(self._segmenter.lexicon.brand_named, columns.brands(row))),
                    copies=ranked.order.copies.get(row, 0),
                    sentence=self._sentence(ranked, row, summands[note_id], shown)
                    if asked.explain
                    else "",
                )
            )
        return results

    def _sentence(
        self, ranked: Ranked, row: int, terms: Sequence[TermScore], page: Sequence[int]
    ) -> str:
        lexicon = self._segmenter.lexicon
        words = [c for c in ranked.query.clauses if c.route != BIGRAM and _worth_saying(c.term)]
        same = [clause for clause in words if lexicon.same(clause.word, clause.term)]
        matched = {term.term for term in terms}
        named = same if matched & {clause.term for clause in same} else words
        spellings = {clause.term: lexicon.spelling(clause.term) for clause in named}
        return sentence(terms, spellings, PagePosition(ranked.hits.columns, row, page), self._now)

    def _facets(self, hits: Hits) -> dict[str, list[tuple[str, int]]]:
        """Values of the window's notes, most notes first; `month` newest first."""
        brands: Counter[str] = Counter()
        ids, columns = hits.note_ids, hits.columns
        for brand, count in self._index.facets("brands", ids).items():
            brands[self._segmenter.lexicon.brand_named(brand)] += count
        counts: dict[str, Mapping[str, int]] = {
            "kind": _named(columns.kinds, KINDS),
            "channel": _named(columns.channels, CHANNELS),
            "tag": self._index.facets("tags", ids),
            "brand": brands,
        }
        facets = {
            name: sorted(values.items(), key=lambda item: (-item[1], item[0]))[:20]
            for name, values in counts.items()
        }
        return {**facets, "month": _months(hits)[:24]}


def app_filter(
    segmenter: Segmenter,
    kind: str | None,
    within: str | None,
    tags: Sequence[str],
    brands: Sequence[str],
    now: datetime,
) -> Filter:
    """The app's filters by their words: type, period before `now`, tags, brands by any spelling."""
    if kind is not None and kind not in KIND_WORDS:
        raise BadOption(f"no type '{kind}'", "use image or video")
    if within is not None and within not in WITHIN:
        raise BadOption(f"no period '{within}'", f"use {', '.join(WITHIN)}")
    since = None if within is None else int((now - timedelta(days=WITHIN[within])).timestamp())
    return Filter(
        kinds=() if kind is None else (KIND_WORDS[kind],),
        tags=tuple(fold_key(tag) for tag in tags),
        brands=tuple(fold_key(segmenter.lexicon.brand_named(brand)) for brand in brands),
        since=since,
        until=None if within is None else int(now.timestamp()) + 1,
    )


def both(first: Filter, second: Filter) -> Filter:
    """A filter that lets pass what both do (lists join: any of either, as the app's do)."""
    since = [value for value in (first.since, second.since) if value is not None]
    until = [value for value in (first.until, second.until) if value is not None]
    return Filter(
        kinds=first.kinds + second.kinds,
        tags=first.tags + second.tags,
        brands=first.brands + second.brands,
        authors=first.authors + second.authors,
        channels=first.channels + second.channels,
        since=max(since, default=None),
        until=min(until, default=None),
    )


def _worth_saying(term: str) -> bool:
    """A lone letter or character says nothing; a lone emoji does."""
    return len(term) > 1 or not term.isalnum()


def _marked(query: Query) -> list[str]:
    """Terms worth highlighting: words and aliases, lone characters only when there is no other."""
    words = [c.term for c in query.clauses if c.route != BIGRAM]
    long = [word for word in words if _worth_saying(word)]
    return long or words


def _holds(note: Note, phrases: Sequence[str]) -> bool:
    texts = [fold_key(text) for text in (note.title, note.body, *note.tags)]
    return all(any(phrase in text for text in texts) for phrase in phrases)


def _named(codes: Codes, names: Sequence[str]) -> dict[str, int]:
    """Notes by the name of a code."""
    counts = np.bincount(codes, minlength=len(names)).tolist()
    return {name or "unknown": count for name, count in zip(names, counts, strict=True) if count}


def _months(hits: Hits) -> list[tuple[str, int]]:
    """(month in China's time, notes), what has no time first, then newest first."""
    published = hits.columns.published
    unknown = published == MISSING
    there = (published[~unknown] + _CHINA_SECONDS).astype("datetime64[s]")
    months, counts = np.unique(there.astype("datetime64[M]"), return_counts=True)
    dated = list(zip(months.astype(str).tolist(), counts.tolist(), strict=True))[::-1]
    return [("unknown", int(unknown.sum()))] * bool(unknown.any()) + dated
