"""What changed on the pages of a list since a snapshot or since the last look, and why."""

from __future__ import annotations

from collections.abc import Sequence

from engine.engine import Engine
from engine.errors import BadOption
from engine.formats.keywords import KeywordLine
from engine.insight.events import watch_pages
from engine.model import Progress, quiet
from engine.rows.rank_change_rows import event_table, rank_change_table
from engine.rows.table import Table
from engine.usecases.answer import Answer, asked
from engine.usecases.lists import brands, keyword_lines
from engine.usecases.share_of_voice import Brands

Lines = Sequence[str | KeywordLine]


def rank_changes(
    engine: Engine, note_id: str, lines: Lines, since: str, progress: Progress = quiet
) -> Table:
    """Why a note moved since a snapshot, in parts that sum to the move (minus is up)."""
    words = [line.keyword for line in keyword_lines(lines)]
    return rank_change_table(engine.moves(note_id, words, since, progress))


def watch(engine: Engine, name: str, lines: Lines, of: Brands) -> Answer[bool]:
    """What happened on the pages since the last look under this name; True for the first one."""
    own, rivals = brands(of.own, of.rivals)
    if not own and not rivals:
        raise BadOption("no brand to watch", "give own brands, rivals, or both")
    words = [line.keyword for line in keyword_lines(lines)]
    remembered = engine.saved.watched(name)
    (looked, events), meta = asked(
        engine, lambda library: watch_pages(library, words, own, rivals, remembered)
    )
    engine.saved.keep_watched(name, looked)
    return Answer(event_table(events), meta, not remembered)
