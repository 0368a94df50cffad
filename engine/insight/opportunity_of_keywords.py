"""Analyses a keyword list: the opportunity of each keyword, and what they are together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.formats.keywords import KeywordLine
from engine.insight.keyword_set import Keyword, weights_of
from engine.insight.kinds import Kinds, intent
from engine.insight.opportunity import (
    INCUMBENTS,
    Cluster,
    Incumbents,
    Opportunity,
    cannibals,
    clusters,
    incumbents,
)
from engine.insight.portrait import Portrait
from engine.model import Note, Progress, quiet
from engine.ranking.ranker import RankedPage
from engine.snapshot import LibrarySnapshot
from engine.text.normalise import fold_key

_EXAMPLES = 3
Demand = tuple[int | None, str]  # (searches a month, where they come from)


@dataclass(frozen=True, slots=True)
class KeywordOpportunity:
    """A keyword with its weight, its provenance and its opportunity. `examples` are note ids."""

    keyword: str
    kind: str
    intent: str
    weight: float
    provenance: str
    examples: tuple[str, ...]
    opportunity: Opportunity


@dataclass(frozen=True, slots=True)
class OpportunityReport:
    """Keywords together: clusters by shared pages, own notes that compete with one another.

    `able`: kind -> (known searches in all, authors in the first ten places of its pages).
    """

    opportunities: tuple[KeywordOpportunity, ...]
    clusters: tuple[Cluster, ...]
    cannibals: tuple[tuple[str, str, int], ...]
    able: Mapping[str, tuple[int, int]]


def opportunity_of_set(
    library: LibrarySnapshot, keywords: Sequence[Keyword], tick: Progress = quiet
) -> OpportunityReport:
    """Analyses the keywords of a set; each keeps its provenance and examples."""
    lines = [KeywordLine(k.keyword, k.weight, k.kind, k.intent) for k in keywords]
    report = opportunity_of_keywords(library, lines, tick=tick)
    opportunities = [
        replace(opportunity, provenance=keyword.provenance.sentence(), examples=keyword.examples)
        for opportunity, keyword in zip(report.opportunities, keywords, strict=True)
    ]
    return replace(report, opportunities=tuple(opportunities))


def opportunity_of_keywords(
    library: LibrarySnapshot,
    lines: Sequence[KeywordLine],
    own_brands: Sequence[str] = (),
    portrait: Portrait | None = None,
    tick: Progress = quiet,
) -> OpportunityReport:
    """Analyses demand, supply and difficulty of each keyword; `own_brands` in any spelling."""
    words = [line.keyword for line in lines]
    pages = library.ranker.pages(words, INCUMBENTS * 2, tick)
    kinds = Kinds(library.segmenter, portrait.rivals if portrait else ())
    opportunities = [
        _fight(line, weight, kinds, page, opportunity)
        for line, weight, page, opportunity in zip(
            lines, weights_of(lines), pages, _opportunities(library, lines, pages), strict=True
        )
    ]
    order = sorted(range(len(lines)), key=lambda at: (-opportunities[at].weight, at))
    ids = [pages[at].note_ids for at in order]
    brands = [fold_key(library.segmenter.lexicon.brand_named(name)) for name in own_brands]
    return OpportunityReport(
        opportunities=tuple(opportunities),
        clusters=tuple(clusters([words[at] for at in order], ids)),
        cannibals=tuple(cannibals(words, [page.columns for page in pages], brands)),
        able=_able(opportunities, pages),
    )


def _fight(
    line: KeywordLine, weight: float, kinds: Kinds, page: RankedPage, opportunity: Opportunity
) -> KeywordOpportunity:
    kind = line.kind or kinds.kind(line.keyword)
    return KeywordOpportunity(
        keyword=line.keyword,
        kind=kind,
        intent=line.intent or intent(line.keyword, kind)[0],
        weight=weight,
        provenance=opportunity.demand_source,
        examples=tuple(page.note_ids[:_EXAMPLES]),
        opportunity=opportunity,
    )


def _opportunities(
    library: LibrarySnapshot, lines: Sequence[KeywordLine], pages: Sequence[RankedPage]
) -> list[Opportunity]:
    words = [line.keyword for line in lines]
    supply = library.count_all_terms(words)
    titled = library.count_all_terms(words, ("title", "tags"))
    met = _incumbents(library, words, pages)
    return [
        Opportunity(line.keyword, *_demand(library, line), supply[at], titled[at], met[at])
        for at, line in enumerate(lines)
    ]


def _demand(library: LibrarySnapshot, line: KeywordLine) -> Demand:
    """Searches of the keyword file, else of imported demand."""
    if line.searches is not None:
        return line.searches, line.source or "keyword file"
    listed = library.demand().get(fold_key(line.keyword))
    if listed and listed.searches is not None:
        return listed.searches, f"聚光 {listed.bag}".strip()
    return None, line.source


def _incumbents(
    library: LibrarySnapshot, words: Sequence[str], pages: Sequence[RankedPage]
) -> list[Incumbents]:
    notes = library.texts(sorted({note_id for page in pages for note_id in page.note_ids}))
    fans = {i: note.fans.value for i, note in notes.items() if note.fans is not None}
    copied = _copied(library, pages)
    return [
        incumbents(page.columns, fans, _exact(library, word, page, notes), copied[at], library.now)
        for at, (word, page) in enumerate(zip(words, pages, strict=True))
    ]


def _exact(
    library: LibrarySnapshot, word: str, page: RankedPage, notes: Mapping[str, Note]
) -> list[bool]:
    """For each place whether the note's title holds all words of the keyword."""
    pieces = [piece.replace("_", " ") for piece in library.segmenter.words(fold_key(word))]
    titles = [fold_key(notes[i].title) if i in notes else "" for i in page.note_ids]
    return [all(piece in title for piece in pieces) for title in titles]


def _copied(library: LibrarySnapshot, pages: Sequence[RankedPage]) -> list[list[bool]]:
    """For each place of each page whether near-copies stand behind it."""
    groups = [[page.columns.cluster(row) for row in range(len(page))] for page in pages]
    every = sorted({group for row in groups for group in row})
    sizes = dict(zip(every, library.index.copies(every), strict=True))
    return [[sizes[group] > 1 for group in row] for row in groups]


def _able(
    opportunities: Sequence[KeywordOpportunity], pages: Sequence[RankedPage]
) -> dict[str, tuple[int, int]]:
    authors: dict[str, set[int]] = defaultdict(set)
    searches: dict[str, int] = defaultdict(int)
    for opportunity, page in zip(opportunities, pages, strict=True):
        authors[opportunity.kind].update(a for a in page.columns.authors[:INCUMBENTS].tolist() if a)
        searches[opportunity.kind] += opportunity.opportunity.demand or 0
    return {kind: (searches[kind], len(authors[kind])) for kind in sorted(authors)}
