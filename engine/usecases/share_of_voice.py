"""Share of voice: what part of the attention on the pages of a set each brand holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.engine import Engine
from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.insight.share_of_voice import ShareOfVoice
from engine.insight.share_of_voice import share_of_voice as shares_of
from engine.model import Progress, quiet
from engine.rows.column import Row, columns
from engine.rows.table import Table
from engine.rows.visibility_rows import LookRow, change_table, total_table, visibility_table
from engine.usecases.answer import Answer, asked
from engine.usecases.lists import brands, keyword_lines

BY = ("keyword", "total", "kind", "intent", "portrait")
_NAME = 60  # characters of a kept look


@dataclass(frozen=True, slots=True)
class Brands:
    """Own brands and rivals, by any of their spellings, in a list of the usual grammar."""

    own: str | Sequence[str] = ()
    rivals: str | Sequence[str] = ()

    def listed(self) -> list[str]:
        """All of them, own brands first; BadOption without an own brand or past a limit."""
        own, rivals = brands(self.own, self.rivals)
        if not own:
            raise BadOption("no brand to look at", "give own brands: 沐禾集")
        return [*own, *rivals]


def share_of_voice(
    engine: Engine,
    lines: Iterable[str | KeywordLine],
    of: Brands,
    by: str = "keyword",
    portrait: str = "",
    now: datetime | None = None,
    progress: Progress = quiet,
) -> Answer[ShareOfVoice]:
    """Shares of brands on every page (`keyword`), or sums over groups of keywords."""
    if by not in BY:
        raise BadOption(f"nothing to sum by '{by}'", f"use {', '.join(BY)}")
    checked = keyword_lines(list(lines))
    brands_of = of.listed()
    shares, meta = asked(
        engine, lambda library: shares_of(library, checked, brands_of, portrait, progress), now
    )
    table = visibility_table(shares) if by == "keyword" else total_table(shares.totals(by))
    return Answer(table, meta, shares)


def keep_look(engine: Engine, name: str, look: ShareOfVoice, now: datetime | None = None) -> int:
    """Keep a share of voice under a name, to compare with later; its version."""
    name = name.strip()
    if not 1 <= len(name) <= _NAME:
        raise BadOption("a look is kept under a name", f"give 1 to {_NAME} characters")
    return engine.saved.snapshot(name, look, engine.as_of(now))


def changes_since(before: Sequence[Row], now: ShareOfVoice) -> Table:
    """Who gained and who lost since the rows of a kept look."""
    return change_table(before, visibility_table(now).rows)


def looks(engine: Engine, name: str) -> Table:
    """The sums of a kept share of voice at each moment for which it was kept, oldest first."""
    names = columns(LookRow)
    rows = [{key: row[key] for key in names} for row in engine.saved.looks(name)]
    return Table(rows, names)
