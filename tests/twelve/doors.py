"""The engine's doors, as these tests use them: the one place that knows how they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from engine import Engine, KeywordLine, Note, Portrait, SearchRequest
from engine.insight.keyword_map import keyword_map
from engine.insight.observed import ObservedPage
from engine.rows import (
    draft_rows,
    keyword_rows,
    search_rows,
    trust_rows,
    visibility_rows,
    why_rows,
)
from engine.rows.table import Table
from tests.twelve.notes import NOW

Row = dict[str, Any]
LINES = (  # weights 3, 1, mean 2, 2, 2, 2 of 12
    KeywordLine("面霜", 3, searches=999_999),
    KeywordLine("精华", 1),
    KeywordLine("早八"),
    KeywordLine("早八精华", 2, searches=0),
    KeywordLine("帐篷", 2, searches=9, source="我的表"),
    KeywordLine("沐禾集", 2),
)


def rows(table: Table) -> list[Row]:
    return [dict(row) for row in table]


def search(engine: Engine, words: str, **asked: Any) -> list[Row]:
    page = engine.search(words, SearchRequest(**{"limit": 20, **asked}))
    return [cast(Row, search_rows.result_row(result)) for result in page.results]


def ids(engine: Engine, words: str, **asked: Any) -> list[str]:
    return [row["note_id"] for row in search(engine, words, **asked)]


def explain(engine: Engine, note_id: str, words: str) -> list[Row]:
    return rows(search_rows.explain_table(engine.explain(note_id, words)))


def stats(engine: Engine) -> Row:
    (row,) = rows(search_rows.stats_table(engine.stats()))
    return row


def extract(engine: Engine, note: Note, most: int) -> list[Row]:
    return rows(keyword_rows.extract_table(engine.extract(note, most)))


def opportunities(engine: Engine, lines: Sequence[KeywordLine] = LINES) -> list[Row]:
    """Opportunity rows with what they are made of."""
    return rows(keyword_rows.opportunity_table(engine.opportunity(lines), True))


def fight_parts(engine: Engine, keyword: str) -> dict[str, Row]:
    (opportunity,) = [
        one for one in engine.opportunity(LINES).opportunities if one.keyword == keyword
    ]
    return {row["part"]: cast(Row, row) for row in why_rows.why_opportunity(opportunity)}


def map_cells(engine: Engine) -> list[Row]:
    return rows(keyword_rows.map_table(keyword_map(engine.snapshot(), LINES)))


def shares(engine: Engine, own: Sequence[str], rivals: Sequence[str]) -> list[Row]:
    return rows(visibility_rows.visibility_table(engine.visibility(LINES, own, rivals)))


def totals(
    engine: Engine,
    brands: Sequence[str],
    by: str,
    lines: Sequence[KeywordLine] = LINES,
) -> list[Row]:
    voice = engine.visibility(lines, brands[:1], brands[1:])
    return rows(visibility_rows.total_table(voice.totals(by)))


def keyword_set(engine: Engine, portrait: Portrait, most: int) -> list[Row]:
    return rows(engine.keywords(portrait, most).table())


def weight_parts(engine: Engine, portrait: Portrait, keyword: str) -> dict[str, Row]:
    answer = engine.keywords(portrait, 50)
    (found,) = [one for one in answer.set.keywords if one.keyword == keyword]
    return {row["part"]: cast(Row, row) for row in why_rows.why_keyword(found)}


def placed(engine: Engine, draft: Note, lines: Sequence[KeywordLine]) -> list[Row]:
    return rows(draft_rows.draft_table(engine.drafts(NOW).rank(draft, lines)))


def said_of(engine: Engine, draft: Note, lines: Sequence[KeywordLine], **more: Any) -> Row:
    return draft_rows.draft_meta(engine.drafts(NOW).rank(draft, lines, **more))


def advice(engine: Engine, draft: Note, lines: Sequence[KeywordLine], most: int) -> list[Row]:
    return rows(draft_rows.advice_table(engine.drafts(NOW).advise(draft, lines, most)))


def beside(engine: Engine, draft: Note, keyword: str) -> dict[str, Row]:
    """The parts of a draft's score and those of the note right above it."""
    table = draft_rows.beside_table(*engine.drafts(NOW).beside(draft, keyword))
    return {row["part"]: row for row in rows(table)}


def seen(keyword: str, *note_ids: str) -> ObservedPage:
    return ObservedPage(keyword, NOW, note_ids)


def agreement(engine: Engine, *pages: ObservedPage) -> tuple[list[Row], dict[str, Row], int]:
    """(fidelity rows, our order and baselines by name, observed notes that we lack)."""
    found = engine.fidelity(pages, NOW)
    orders = {row["order"]: row for row in rows(trust_rows.orders_table(found))}
    return rows(trust_rows.fidelity_table(found)), orders, found.missing


def calibration(
    engine: Engine, *pages: ObservedPage, tick: Callable[[float], None] = lambda share: None
) -> tuple[Row, list[Row]]:
    found = engine.calibrate(pages, NOW, tick)
    return trust_rows.calibration_meta(found), rows(trust_rows.change_table(found))
