"""search, explain, suggest, stats: what ranks, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.engine import Engine
from engine.errors import BadOption
from engine.model import SORTS, Sort
from engine.ranking import ruleset
from engine.ranking.page import Explanation, Page, Stats
from engine.ranking.searcher import MAX_LIMIT, SearchRequest, app_filter
from engine.rows.column import columns
from engine.rows.search_rows import SearchRow, SuggestRow, explain_table, result_row, stats_table
from engine.rows.table import Table
from engine.snapshot import LibrarySnapshot
from engine.usecases.answer import Answer, asked
from engine.usecases.limits import COMPLETIONS, LABELS, OFFSET, within
from engine.usecases.lists import words as listed

PLACES, SUGGESTIONS = 20, 10  # that are shown where nobody says how many


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """Everything about a search besides its words, as a caller names it."""

    sort: str = "general"
    kind: str | None = None
    within: str | None = None
    tags: Sequence[str] = ()
    brands: Sequence[str] = ()
    limit: int = PLACES
    offset: int = 0
    explain: bool = False
    facets: bool = False
    now: datetime | None = None

    def asked(self, library: LibrarySnapshot) -> SearchRequest:
        """What a library is asked; periods end at its moment. BadOption past a limit."""
        within("limit", self.limit, 1, MAX_LIMIT)
        within("offset", self.offset, 0, OFFSET)
        tags, brands = listed(self.tags, LABELS, "tags"), listed(self.brands, LABELS, "brands")
        chosen = app_filter(library.segmenter, self.kind, self.within, tags, brands, library.now)
        sort = sort_of(self.sort)
        return SearchRequest(sort, chosen, self.limit, self.offset, self.explain, self.facets)


def sort_of(name: str) -> Sort:
    """A sort by its name; BadOption for another word."""
    if name not in SORTS:
        raise BadOption(f"no sort '{name}'", f"use one of {', '.join(SORTS)}")
    return name


def search(engine: Engine, words: str, options: SearchOptions) -> Page:
    """The page of a query."""
    return engine.ask(lambda library: library.search(words, options.asked(library)), options.now)


def search_twice(
    engine: Engine, words: str, options: SearchOptions, against: str
) -> tuple[Page, Page]:
    """The page of a query, and of the same state the one under another rule set."""
    if against not in ruleset.presets():
        raise BadOption(f"no rule set '{against}'", f"use {', '.join(ruleset.presets())}")
    other = ruleset.load(against)

    def both(library: LibrarySnapshot) -> tuple[Page, Page]:
        question = options.asked(library)
        return library.search(words, question), library.under(other).search(words, question)

    return engine.ask(both, options.now)


def page_table(page: Page, explain: bool = False, marks: bool = False) -> Table:
    """A row a place; `explain` and `marks` add their columns."""
    extra = ["why"] * explain + ["title_marks", "snippet_marks"] * marks
    rows = [result_row(result, explain, marks) for result in page.results]
    return Table(rows, [*columns(SearchRow), *extra])


def page_meta(page: Page, limit: int) -> dict[str, Any]:
    """What an envelope says of a page; `next` is the offset of the one after it."""
    after = page.offset + limit
    meta: dict[str, Any] = {
        "total": page.total,
        "limit": limit,
        "offset": page.offset,
        "next": after if after < page.placed and after <= OFFSET else None,
        "index_version": page.index_version,
        "rule_set": page.rule_set,
        "state_id": page.state_id,
        "as_of": page.as_of.isoformat(),
        "did_you_mean": list(page.did_you_mean),
        "notes": list(page.notes),
    }
    if page.facets is not None:
        meta["facets"] = {
            name: [{"value": value, "notes": count} for value, count in values]
            for name, values in page.facets.items()
        }
    return meta


def explain(
    engine: Engine, note_id: str, words: str, options: SearchOptions = SearchOptions()
) -> Answer[Explanation]:
    """Why a note stands where it stands for a query."""
    explanation, of_state = asked(
        engine, lambda library: library.explain(note_id, words, options.asked(library)), options.now
    )
    meta = {
        **of_state,
        "note_id": note_id,
        "position": explanation.position,
        "matching": explanation.total,
        "score": explanation.score,
        "sentence": explanation.sentence,
    }
    return Answer(explain_table(explanation), meta, explanation)


def suggest(engine: Engine, prefix: str, limit: int = SUGGESTIONS) -> Answer[None]:
    """Completions of what is being typed, with how many notes hold them."""
    within("limit", limit, 1, COMPLETIONS)
    completions, meta = asked(engine, lambda library: library.suggester.complete(prefix, limit))
    return Answer(Table.of(SuggestRow, completions), {"limit": limit, **meta}, None)


def stats(engine: Engine) -> Answer[Stats]:
    """What a library holds."""
    counts, meta = asked(engine, lambda library: library.stats())
    return Answer(stats_table(counts), meta, counts)
