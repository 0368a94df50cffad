"""Taking back: one import with all that it brought, or one note."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import BadOption, NotFound
from engine.ingest.captures import Captures
from engine.store import Imported, Store

_AT_ONCE = 10_000  # notes that are made again at once


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking an import back did to the notes."""

    imported: Imported
    removed: int
    restored: int


def undo(store: Store, number: int) -> Undone:
    """Take an import back, within a transaction: the library says what it would say had it only
    seen the other imports, in their order.

    NotFound for no such import, BadOption when what it changed is no longer kept.
    """
    imported = next((kept for kept in store.imports() if kept.number == number), None)
    if imported is None:
        raise NotFound(f"no import {number}", "see `noterank imports`")
    if not imported.journal:
        raise BadOption(
            f"import {number} ({imported.path}) can no longer be taken back: what it changed was"
            " tidied away",
            "delete its notes one by one, or begin a new library without this file",
        )
    before = store.totals()["notes"]
    note_ids = store.captured_by(number)
    Captures(store).derive(note_ids, number, _AT_ONCE)
    store.drop_import(number)
    removed = before - store.totals()["notes"]
    return Undone(imported, removed, len(note_ids) - removed)


def delete(store: Store, note_id: str) -> None:
    """Drop a note, within a transaction; NotFound when it is not there."""
    row = store.placed(note_id)
    if row is None:
        raise NotFound(f"no note {note_id}", "take an id from `search --json`")
    store.remove([row])
    Captures(store).removed(row)
