"""Comments, creators and results -> rows of the table `facts`, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import orjson

from engine.errors import Damaged
from engine.model import CHINA, Cell, Comment, Count, Counts, Creator, Outcome
from engine.store.opening import COPY
from engine.store.rows import crc_of, moment_of

Fact = Comment | Creator | Outcome
KINDS: Mapping[type[Fact], str] = {Comment: "comment", Creator: "creator", Outcome: "outcome"}
_LEFT_OUT = ("line", "unreadable")  # of the file, not of what it says


def fact_row(fact: Fact, number: int) -> tuple[Any, ...]:
    """The columns of a fact that import `number` brought."""
    kind, content = KINDS[type(fact)], _encoded(fact)
    key = _key(fact)
    note_id = "" if isinstance(fact, Creator) else fact.note_id
    author = "" if isinstance(fact, Outcome) else fact.author
    captured = fact.captured_at and fact.captured_at.astimezone(CHINA).isoformat()
    return kind, key, number, note_id, author, captured, content, crc_of(kind, key, content)


def fact_of(kind: str, key: str, content: bytes, crc: int) -> Fact:
    """A fact from its row; Damaged when its bytes are not what was written."""
    if crc_of(kind, key, content) != crc:
        raise Damaged(f"{kind} {key} in notes.db is not what was written", COPY)
    row = orjson.loads(content)
    values = {name: _READ.get(name, _as_it_is)(value) for name, value in row.items()}
    return _TYPES[kind](line=0, **values)


def _encoded(fact: Fact) -> bytes:
    row = {
        entry.name: getattr(fact, entry.name)
        for entry in fields(fact)
        if entry.name not in _LEFT_OUT
    }
    return orjson.dumps(row)


def _key(fact: Fact) -> str:
    """What makes a fact the same in two files: a later one replaces it."""
    if isinstance(fact, Comment) and fact.comment_id:
        return fact.comment_id
    if isinstance(fact, Creator):
        day = fact.captured_at.astimezone(CHINA).date().isoformat() if fact.captured_at else ""
        return f"{fact.author} {day}"
    said = _encoded(replace(fact, captured_at=None))
    return hashlib.sha256(said).hexdigest()[:24]


def _as_it_is(value: Any) -> Any:
    return value


def _count(value: dict[str, Any] | None) -> Count | None:
    return None if value is None else Count(**value)


def _counts(value: dict[str, Any]) -> Counts:
    return Counts(**{name: _count(count) for name, count in value.items()})


def _cells(value: list[list[str]]) -> tuple[Cell, ...]:
    return tuple((column, cell) for column, cell in value)


_READ: Mapping[str, Callable[[Any], Any]] = {
    "published_at": moment_of,
    "captured_at": moment_of,
    "likes": _count,
    "fans": _count,
    "follows": _count,
    "counts": _counts,
    "columns": _cells,
}
_TYPES: Mapping[str, Callable[..., Fact]] = {kind: made for made, kind in KINDS.items()}
