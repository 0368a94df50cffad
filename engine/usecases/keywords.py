"""Keyword set, opportunity, words near a word, new words: which words to fight for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.engine import Engine, keyword_answer
from engine.errors import BadOption, NotFound
from engine.formats.keywords import KeywordLine
from engine.insight.discover import NewWord, new_words
from engine.insight.expand import Near
from engine.insight.expand import expand as near_words
from engine.insight.keyword_map import keyword_map
from engine.insight.opportunity_of_keywords import OpportunityReport, opportunity_of_keywords
from engine.insight.portrait import Portrait
from engine.insight.sets import Edits, decided, differences
from engine.model import Progress, quiet
from engine.rows.column import Row
from engine.rows.keyword_rows import (
    KeywordAnswer,
    VersionRow,
    WeightChangeRow,
    map_table,
    near_table,
    new_word_table,
    opportunity_table,
)
from engine.rows.table import Table
from engine.rows.why_rows import WhyRow, why_keyword, why_opportunity, why_table
from engine.text.lexicon import KINDS
from engine.text.normalise import fold_key
from engine.usecases.answer import Answer, asked
from engine.usecases.limits import NEAR, OWN, TOP, within
from engine.usecases.lists import keyword_lines, weights, words

KEYWORDS, NEAREST, PROPOSALS = 50, 40, 30  # where nobody says how many
Lines = Sequence[str | KeywordLine]


def keyword_set(
    engine: Engine, portrait: Portrait, top: int = KEYWORDS, edits: Edits | None = None
) -> Answer[KeywordAnswer]:
    """A portrait's keywords, each with where it is from; without `edits` those that are kept."""
    within("top", top, 1, TOP)
    kept = edits or engine.saved.edits(portrait.name)
    answer, of_state = asked(engine, lambda library: keyword_answer(library, portrait, top, kept))
    meta = {
        **of_state,
        "portrait": answer.set.portrait.name,
        "notes_read": answer.set.affine,
        "left_out": len(answer.set.left_out),
    }
    return Answer(answer.table(), meta, answer)


def decisions(
    engine: Engine,
    answer: KeywordAnswer,
    lock: Iterable[str] = (),
    drop: Iterable[str] = (),
    weigh: Iterable[str] = (),
    free: Iterable[str] = (),
) -> Edits | None:
    """What the user decided about a set, on top of what is kept; None when nothing is decided."""
    locked, dropped, freed = (tuple(words(each, TOP, "keywords")) for each in (lock, drop, free))
    weighed = weights(weigh)
    if not (locked or dropped or freed or weighed):
        return None
    kept = engine.saved.edits(answer.set.portrait.name)
    return decided(answer.set, kept, locked, dropped, weighed, freed)


def why_of_set(answer: KeywordAnswer, word: str) -> Table:
    """Where the figures of a keyword of a set are from; NotFound when it is not in the set."""
    key = fold_key(word)
    keyword = next((k for k in answer.set.keywords if fold_key(k.keyword) == key), None)
    if keyword is None:
        reason = dict(answer.set.left_out).get(key)
        raise NotFound(
            f"'{word}' is not in the set" + (f" ({reason})" if reason else ""),
            "take one that the set shows, or ask for more with a higher top",
        )
    return why_table([*why_keyword(keyword), *why_opportunity_rows(answer.report, word)])


def set_changes(before: Sequence[Row], answer: KeywordAnswer) -> Table:
    """What changed since a set that was kept before."""
    old, new = _weights_of(before), _weights_of(answer.table().rows)
    return Table.of(WeightChangeRow, differences(old, new))


def set_history(engine: Engine, name: str) -> Table:
    """The kept versions of a set, oldest first."""
    versions = engine.saved.sets(name)
    return Table.of(VersionRow, [(v.version, v.created_at, len(v.content)) for v in versions])


def opportunity(
    engine: Engine,
    lines: Lines,
    own: str | Iterable[str] = (),
    now: datetime | None = None,
    progress: Progress = quiet,
) -> Answer[OpportunityReport]:
    """Demand, supply, difficulty and room of each keyword of a list."""
    checked, brands = keyword_lines(lines), words(own, OWN, "own brands")
    opportunities, meta = asked(
        engine,
        lambda library: opportunity_of_keywords(library, checked, brands, None, progress),
        now,
    )
    return Answer(opportunity_table(opportunities), meta, opportunities)


def why_opportunity_of(answer: Answer[OpportunityReport], word: str) -> Table:
    """Where the figures of a keyword of a list are from; NotFound when it is not in the list."""
    return why_table(why_opportunity_rows(answer.value, word))


def why_opportunity_rows(report: OpportunityReport, word: str) -> list[WhyRow]:
    """The parts of the figures of one keyword."""
    for each in report.opportunities:
        if fold_key(each.keyword) == fold_key(word):
            return why_opportunity(each)
    raise NotFound(f"'{word}' is not in the list", "take a keyword of the list")


def opportunity_map(engine: Engine, lines: Lines, now: datetime | None = None) -> Table:
    """Keyword × angle × circle of tags, with the cells that nobody claims."""
    checked = keyword_lines(lines)
    return map_table(engine.ask(lambda library: keyword_map(library, checked), now))


def expand(
    engine: Engine, word: str, top: int = NEAREST, now: datetime | None = None
) -> Answer[list[Near]]:
    """Words near a keyword."""
    within("top", top, 3, NEAR)
    near, meta = asked(engine, lambda library: near_words(library, word, top), now)
    return Answer(near_table(near), meta, near)


def propose(
    engine: Engine, top: int = PROPOSALS, progress: Progress = quiet
) -> Answer[list[NewWord]]:
    """New words of the notes that the lexicon lacks, strongest first."""
    within("top", top, 1, TOP)
    refused = engine.saved.refused()
    proposals, meta = asked(engine, lambda library: new_words(library, refused, top, progress))
    return Answer(new_word_table(proposals), meta, proposals)


def kind_of_word(kind: str) -> str:
    """A kind of the lexicon; BadOption for another word."""
    if kind not in KINDS:
        raise BadOption(f"no kind '{kind}'", f"use {', '.join(KINDS)}")
    return kind


def _weights_of(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {row["keyword"]: row["weight"] for row in rows}
