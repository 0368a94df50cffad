"""The engine's doors, as these tests use them: the one place that knows how they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from engine import Asked, Engine, KeywordLine, Note, Portrait
from engine.insight.observed import ObservedPage
from engine.rows import draft_rows, keyword_rows, search_rows, trust_rows
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


def search(engine: Engine, words: str, **asked: Any) -> list[Row]:
    page = engine.search(words, Asked(**{"limit": 20, **asked}))
    return [search_rows.result_row(result) for result in page.results]


def ids(engine: Engine, words: str, **asked: Any) -> list[str]:
    return [row["note_id"] for row in search(engine, words, **asked)]


def explain(engine: Engine, note_id: str, words: str) -> list[Row]:
    return [search_rows.part_row(part) for part in engine.explain(note_id, words).parts]


def stats(engine: Engine) -> Row:
    return search_rows.stats_row(engine.stats())


def extract(engine: Engine, note: Note, most: int) -> list[Row]:
    return [keyword_rows.phrase_row(phrase) for phrase in engine.extract(note, most)]


def fights(engine: Engine, lines: Sequence[KeywordLine] = LINES) -> list[Row]:
    """Opportunity rows with what they are made of."""
    return list(keyword_rows.fight_table(engine.opportunity(lines), True))


def fight_parts(engine: Engine, keyword: str) -> dict[str, Row]:
    (fight,) = [one for one in engine.opportunity(LINES).fights if one.keyword == keyword]
    return {row["part"]: row for row in keyword_rows.why_fight(fight)}


def map_cells(engine: Engine) -> list[Row]:
    return [keyword_rows.cell_row(cell) for cell in engine.insights().map(LINES)]


def shares(engine: Engine, own: Sequence[str], rivals: Sequence[str]) -> list[Row]:
    return list(keyword_rows.voice_table(engine.visibility(LINES, own, rivals)))


def totals(
    engine: Engine,
    brands: Sequence[str],
    by: str,
    lines: Sequence[KeywordLine] = LINES,
) -> list[Row]:
    voice = engine.visibility(lines, brands[:1], brands[1:])
    return list(keyword_rows.total_table(voice.totals(by)))


def keyword_set(engine: Engine, portrait: Portrait, most: int) -> list[Row]:
    return list(engine.keywords(portrait, most).table())


def weight_parts(engine: Engine, portrait: Portrait, keyword: str) -> dict[str, Row]:
    answer = engine.keywords(portrait, 50)
    (found,) = [one for one in answer.set.keywords if one.keyword == keyword]
    return {row["part"]: row for row in keyword_rows.why_keyword(found)}


def placed(engine: Engine, draft: Note, lines: Sequence[KeywordLine]) -> list[Row]:
    return list(draft_rows.draft_table(engine.drafts(NOW).rank(draft, lines)))


def said_of(engine: Engine, draft: Note, lines: Sequence[KeywordLine], **more: Any) -> Row:
    return draft_rows.told(engine.drafts(NOW).rank(draft, lines, **more))


def advice(engine: Engine, draft: Note, lines: Sequence[KeywordLine], most: int) -> list[Row]:
    return list(draft_rows.advice_table(engine.drafts(NOW).advise(draft, lines, most)))


def beside(engine: Engine, draft: Note, keyword: str) -> dict[str, Row]:
    """The parts of a draft's score and those of the note right above it."""
    table = draft_rows.beside_table(*engine.drafts(NOW).beside(draft, keyword))
    return {row["part"]: row for row in table}


def seen(keyword: str, *note_ids: str) -> ObservedPage:
    return ObservedPage(keyword, NOW, note_ids)


def agreement(engine: Engine, *pages: ObservedPage) -> tuple[list[Row], dict[str, Row], int]:
    """(fidelity rows, our order and baselines by name, observed notes that we lack)."""
    found = engine.fidelity(pages, NOW)
    orders = {row["order"]: row for row in trust_rows.orders_table(found)}
    return list(trust_rows.fidelity_table(found)), orders, found.missing


def calibration(
    engine: Engine, *pages: ObservedPage, tick: Callable[[float], None] = lambda share: None
) -> tuple[Row, list[Row]]:
    found = engine.calibrate(pages, NOW, tick)
    return trust_rows.calibrated(found), list(trust_rows.change_table(found))
