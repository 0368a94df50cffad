"""What a JSON value wraps: the rows inside an answer, an export of a database, a map of lists."""

from __future__ import annotations

import json
from collections.abc import Iterable

from engine.formats.headers import KNOWN, fold

_LISTS = {"data", "result", "items", "notes", "feeds", "records", "list", "rows", "contents"}
_DEEPEST = 5
_KEYWORDS = ("keyword", "source_keyword", "search_keyword", "query", "word")
_CARD = {"note_card", "noteCard", "model_type", "modelType", "rec_query", "recQuery"}
_IDS = {"note_id", "noteId", "id", "作品ID", "笔记ID", "comment_id"}
_WRAPPERS = {"data", "result", "items", "feeds", "records", "notes"}
_TEXTS = {"title", "desc", "content", "display_title", "displayTitle", "作品标题", "笔记标题"}


def unwrapped(value: object) -> list[object]:
    """The rows of a list or of an answer (`data.items[]`); any other value is its own row."""
    if isinstance(value, list):
        return [row for item in value for row in (_wrapped(item, 1) if _opens(item) else [item])]
    if not isinstance(value, dict):
        return [value]
    return _wrapped(value, 0)


def _opens(item: object) -> bool:
    return isinstance(item, dict) and ("fields" in item or "note" in item)


def _wrapped(value: dict[str, object], depth: int) -> list[object]:
    first = next(iter(value.values()), None)
    turned = _columns(value) if isinstance(first, dict | list) else None
    if turned is not None:
        return turned
    if _is_row(value) and _of_record(value) is None:
        return [value]
    rows = _inside(value, depth)
    return [value] if rows is None else [_asked(row, value) for row in rows]


def _is_row(value: dict[str, object]) -> bool:
    """A note, a comment or a card by itself, whatever lists it holds."""
    if _CARD & value.keys():
        return True
    scalars = {key for key, cell in value.items() if not isinstance(cell, dict | list)}
    if not _IDS & scalars:
        return False
    return bool(_TEXTS & scalars) or (len(scalars) > 3 and not _WRAPPERS & value.keys())


def _inside(answer: dict[str, object], depth: int) -> list[object] | None:
    """The rows of an answer; None when it wraps nothing."""
    for look in (_of_record, _of_detail, _of_content, _of_lists, _of_maps):
        rows = look(answer)
        if rows is not None:
            return [inner for row in rows for inner in _opened(row, depth)]
    for key in ("data", "result", "response", "body", "payload"):
        inner = answer.get(key)
        if isinstance(inner, dict) and depth < _DEEPEST:
            turned = _columns(inner)
            deeper = turned if turned is not None else _inside_or_self(inner, depth + 1)
            return [_asked(row, inner) for row in deeper]
        if isinstance(inner, str) and inner.lstrip().startswith(("{", "[")):
            return _parsed(inner)
    return _of_parts(answer, depth) if depth < _DEEPEST else None


def _of_parts(answer: dict[str, object], depth: int) -> list[object] | None:
    """The rows of all parts that are answers themselves: `{"面霜": {"notes": […]}, …}`."""
    rows: list[object] = []
    for key, part in answer.items():
        if isinstance(part, dict) and not _is_row(part):
            inner = _inside(part, depth + 1) or []
            rows += [_of_keyword(row, key) if isinstance(row, dict) else row for row in inner]
    return rows or None


def _inside_or_self(inner: dict[str, object], depth: int) -> list[object]:
    rows = None if _is_row(inner) else _inside(inner, depth)
    return [inner] if rows is None else rows


def _opened(row: object, depth: int) -> list[object]:
    """A row of a list may be an envelope itself: a Bitable record, a note with its comments."""
    if not isinstance(row, dict) or depth >= _DEEPEST:
        return [row]
    rows = _of_record(row)
    if rows is None and not _is_row(row):
        rows = _of_detail(row)
    return [row] if rows is None else rows


def _of_record(answer: dict[str, object]) -> list[object] | None:
    """A record of Bitable or Airtable: what is in its fields."""
    fields = answer.get("fields")
    is_record = isinstance(fields, dict) and bool(answer.keys() & {"record_id", "recordId", "id"})
    return [fields] if is_record else None


def _of_detail(answer: dict[str, object]) -> list[object] | None:
    """A note's detail: the note, then its comments."""
    note = answer.get("note")
    if not isinstance(note, dict) or not isinstance(note.get("title", note.get("desc")), str):
        return None
    comments = answer.get("comments")
    if isinstance(comments, dict):
        comments = comments.get("list", comments.get("comments"))
    outer = {key: answer[key] for key in ("id", "note_id", "noteId", "feed_id") if key in answer}
    return [{**outer, **note}, *(comments if isinstance(comments, list) else [])]


def _of_content(answer: dict[str, object]) -> list[object] | None:
    """What a tool server answers: `content: [{type: "text", text: "{…}"}]`."""
    content = answer.get("content")
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        return None
    texts = [part.get("text") for part in content if part.get("type") == "text"]
    parsed = [_parsed(text) for text in texts if isinstance(text, str) and text[:1] in "{["]
    return [row for rows in parsed for row in rows] or None


def _parsed(text: str) -> list[object]:
    try:
        return unwrapped(json.loads(text, strict=False))
    except (ValueError, RecursionError) as error:
        return [ValueError(str(error))]


def _of_lists(answer: dict[str, object]) -> list[object] | None:
    """Lists of objects under any key; a key in Chinese is the keyword of its rows."""
    lists = {
        key: rows
        for key, rows in answer.items()
        if isinstance(rows, list) and rows and all(isinstance(row, dict) for row in rows)
    }
    named = {key: rows for key, rows in lists.items() if key.lower() in _LISTS}
    chosen = named or lists
    if not chosen:
        empty = any(rows == [] and key.lower() in _LISTS for key, rows in answer.items())
        return [] if empty else None
    return [
        _of_keyword(row, key) if key.lower() not in _LISTS else row
        for key, rows in chosen.items()
        for row in rows
    ]


def _of_maps(answer: dict[str, object]) -> list[object] | None:
    """Rows by id or by number: `{"0": {…}, "1": {…}}`."""
    rows = list(answer.values())
    if not rows or not all(isinstance(row, dict) and row for row in rows):
        return None
    if not all(_is_row(row) or "note" in row for row in rows if isinstance(row, dict)):
        return None
    return rows


def _of_keyword(row: dict[str, object], key: str) -> dict[str, object]:
    from engine.formats.names import is_keyword  # a name says so by its characters

    if not is_keyword(key) or any(name in row for name in _KEYWORDS):
        return row
    return {"source_keyword": key, **row}


def _asked(item: object, answer: dict[str, object]) -> object:
    """An item with the keyword that the answer says it was asked for."""
    if not isinstance(item, dict):
        return item
    places: Iterable[object] = (answer, answer.get("params"), answer.get("request"))
    for place in places:
        for key in _KEYWORDS:
            word = place.get(key) if isinstance(place, dict) else None
            if isinstance(word, str) and word:
                return (
                    item
                    if any(key in item for key in _KEYWORDS)
                    else {"source_keyword": word, **item}
                )
    return item


# --- columns -----------------------------------------------------------------------------------


def _columns(value: dict[str, object]) -> list[object] | None:
    """Tables that are written by column, or with their header apart; None for anything else."""
    header, rows = value.get("columns"), value.get("data")
    if _strings(header) and isinstance(rows, list) and all(isinstance(r, list) for r in rows):
        return [dict(zip(map(str, header), row, strict=False)) for row in rows]  # type: ignore[call-overload]
    if len(value) < 2 or sum(fold(key) in KNOWN for key in value) < 2:
        return None
    columns = list(value.values())
    if all(isinstance(column, dict) and column for column in columns):
        return _by_index(value)
    if all(isinstance(column, list) for column in columns) and len(set(map(len, columns))) == 1:  # type: ignore[arg-type]
        scalar = not any(isinstance(c, dict) for column in columns for c in column)  # type: ignore[attr-defined]
        rows_of = zip(*columns, strict=True)
        return [dict(zip(value, row, strict=True)) for row in rows_of] if scalar else None
    return None


def _strings(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _by_index(value: dict[str, object]) -> list[object] | None:
    """`{"title": {"0": "a", "1": "b"}}` -> rows, when the columns share their index."""
    columns = {key: column for key, column in value.items() if isinstance(column, dict)}
    first = next(iter(columns.values()))
    if not all(column.keys() == first.keys() for column in columns.values()):
        return None
    if any(fold(key) in KNOWN for key in first):
        return None
    return [{key: column[index] for key, column in columns.items()} for index in first]
