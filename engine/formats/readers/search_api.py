"""The platform's own search answer: note cards, related searches, and slots that are no notes."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import BadRow
from engine.formats.notes import Capture, captured
from engine.formats.readers.note_card import fields_of, part, snaked
from engine.formats.readers.reader import Keys, Reader
from engine.formats.record import Record
from engine.formats.values import plain, text
from engine.model import Related, Row, Skipped

_SLOTS = {"hot_query": "hot searches", "live_v2": "a live room", "ads": "an advertisement"}


def knows(keys: Keys) -> bool:
    """An item says what it is, or wraps a note card."""
    return bool(keys & {"note_card", "noteCard", "model_type", "modelType", "rec_query"})


def read(record: Record, capture: Capture) -> Row:
    """A note, related searches, or a slot to pass over. Raises BadRow."""
    item = snaked(record.values)
    model = plain(item.get("model_type")) or ("note" if "note_card" in item else "rec_query")
    if model == "rec_query":
        return _related(record.line, item)
    if model != "note" or "#" in plain(item.get("id")):
        return Skipped(record.line, _SLOTS.get(model, "an advertisement or another slot"))
    return captured(record.line, fields_of(record.values), capture, ordered=True)


def _related(line: int, item: Mapping[str, object]) -> Related:
    queries = part(item, "rec_query").get("queries")
    if not isinstance(queries, list):
        raise BadRow("rec_query without queries")
    found = [_word(query) for query in queries]
    words = tuple(dict.fromkeys(word for word in found if word))
    return Related(line, text(item.get("source_keyword") or item.get("keyword")).strip(), words)


def _word(query: object) -> str:
    if not isinstance(query, dict):
        return text(query).strip()
    return text(query.get("search_word") or query.get("searchWord") or query.get("name")).strip()


READER = Reader("search-api", knows, read, ordered=True)
