"""The platform's own objects: cards of a search answer, notes of a detail answer."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import BadRow
from engine.formats.aliases import Columns
from engine.formats.cells import pick
from engine.formats.kinds import Keys
from engine.formats.notes import Capture, captured
from engine.formats.readers.reader import Head, Reader, every, notes_reader, resolver, signs
from engine.formats.record import Record
from engine.formats.values import plain, text
from engine.model import Related, Row, Skipped

_CARDS = ("note_card", "note")


def _within(*names: str) -> tuple[str, ...]:
    """A field's names in a card, in its interactions, and beside it."""
    parts = [f"{card}.{name}" for card in _CARDS for name in names]
    inner = [f"{card}.interact_info.{name}" for card in _CARDS for name in names]
    return (*inner, *parts, *(f"interact_info.{name}" for name in names), *names)


def _of_user(*names: str) -> tuple[str, ...]:
    users = [f"{card}.user.{name}" for card in _CARDS for name in names]
    return (*users, *(f"user.{name}" for name in names), *names)


COLUMNS: Columns = {
    "note_id": _within("note_id", "id"),
    "url": _within("note_url"),
    "title": _within("display_title", "title"),
    "body": _within("desc"),
    "tags": _within("tag_list", "hash_tag"),
    "kind": _within("type"),
    "author_id": _of_user("user_id", "userid", "id"),
    "author_name": _of_user("nickname", "nick_name"),
    "published_at": (
        *_within("time", "publish_time", "timestamp", "create_time"),
        *_within("corner_tag_info"),
    ),
    "likes": _within("liked_count", "likes", "like_count"),
    "collects": _within("collected_count", "collects", "collect_count"),
    "comments": _within("comment_count", "comments_count"),
    "shares": _within("share_count", "shared_count"),
    "captured_at": ("last_modify_ts", "captured_at"),
    "keyword": ("source_keyword", "keyword"),
}
_SLOTS = {"hot_query": "hot searches", "live_v2": "a live room", "ads": "an advertisement"}
_resolve = resolver({**COLUMNS, "model": ("model_type",), "queries": ("rec_query.queries",)})


def knows_item(keys: Keys) -> bool:
    """An item says what it is, or wraps a note card."""
    inside = any(key.startswith(("notecard.", "recquery.")) for key in keys)
    return inside or "modeltype" in keys


def read_item(record: Record, capture: Capture) -> Row:
    """A note, related searches, or a slot to pass over. Raises BadRow."""
    columns = _resolve(tuple(record.values))
    cells = pick(_dated(record.values), columns, capture.options.strict)
    model = plain(cells["model"]) or ("rec_query" if cells["queries"] else "note")
    if model == "rec_query":
        return _related(record.line, cells["queries"], cells["keyword"])
    if model != "note" or "#" in plain(cells["note_id"]):
        return Skipped(record.line, _SLOTS.get(model, "an advertisement or another slot"))
    return captured(record.line, cells, capture, ordered=True)


def _dated(values: Mapping[str, object]) -> dict[str, object]:
    """The text of the card's corner (3小时前, 03-21, 2025-11-11) in the place of its tags."""
    return {
        key: _published(cell) if isinstance(cell, list) and "corner" in key.lower() else cell
        for key, cell in values.items()
    }


def _published(corner: list[object]) -> object:
    for tag in corner:
        if isinstance(tag, dict) and tag.get("type") == "publish_time":
            return tag.get("text")
    return None


def _related(line: int, queries: object, keyword: object) -> Related:
    if not isinstance(queries, list):
        raise BadRow("rec_query without queries")
    words = dict.fromkeys(word for query in queries if (word := _word(query)))
    return Related(line, text(keyword).strip(), tuple(words))


def _word(query: object) -> str:
    if not isinstance(query, dict):
        return text(query).strip()
    return text(query.get("search_word") or query.get("searchWord") or query.get("name")).strip()


def _uses(head: Head) -> frozenset[str]:
    return frozenset(every(_resolve(head)))


_NESTED = ("user.", "interactinfo.", "noteinfo.")


def knows_note(keys: Keys) -> bool:
    """A note with a nested user or nested interactions."""
    nested = any(key.startswith(_NESTED) for key in keys)
    titled = bool(keys & signs("desc", "title", "display_title"))
    return nested and titled and bool(keys & signs("note_id", "id"))


READERS = (
    Reader("search-api", "note", knows_item, read_item, _uses, ordered=True),
    notes_reader("xhs-{}", knows_note, COLUMNS),
)
