"""tidy: what the keeping policy lets go."""

from __future__ import annotations

from datetime import datetime

from engine.engine import Engine
from engine.ingest.keeping import Tidied
from engine.rows.import_rows import tidied_table
from engine.usecases.answer import Answer, state


def tidy(engine: Engine, now: datetime, drop: bool = True) -> Answer[Tidied]:
    """Let go what is no longer kept; without `drop` only say what that would be."""
    tidied = engine.tidy(now, drop)
    meta = {**engine.ask(state), "dry_run": not drop}
    return Answer(tidied_table(tidied), meta, tidied)
