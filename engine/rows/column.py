"""What a row's definition says: its keys in order, their types, digits, meanings and examples.

A row is a TypedDict; an `Annotated` key carries a `Column`. Keys of a subclass with `total=False`
are optional: an answer has them when they were asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

Row = Mapping[str, Any]  # flat: text, numbers and null


@dataclass(frozen=True, slots=True)
class Column:
    """An example of a column's values, its meaning where the name does not tell it, and the digits
    that a figure is given to (None for all)."""

    example: Any = None
    meaning: str = ""
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a row: its type as declared, its column, whether every row has it."""

    name: str
    type: Any
    column: Column
    required: bool


def keys(row: type) -> Iterator[Key]:
    """The keys of a row, in order."""
    required: frozenset[str] = getattr(row, "__required_keys__")  # noqa: B009
    for name, hint in get_type_hints(row, include_extras=True).items():
        declared = get_args(hint) if get_origin(hint) is Annotated else (hint, Column())
        yield Key(name, declared[0], declared[-1], name in required)


def columns(row: type, optional: bool = False) -> tuple[str, ...]:
    """The keys that every row has; with `optional` those that it may have besides."""
    return tuple(key.name for key in keys(row) if key.required or optional)


def example(row: type) -> dict[str, Any]:
    """A row as documentation shows it."""
    return {key.name: key.column.example for key in keys(row) if key.required}


def rows_of(row: type, values: Sequence[Sequence[Any]], optional: bool = False) -> list[Row]:
    """Rows from values that stand in the order of the keys, each figure to its digits."""
    named = [(key.name, key.column.digits) for key in keys(row) if key.required or optional]
    return [
        {
            name: value if digits is None or value is None else round(value, digits)
            for (name, digits), value in zip(named, each, strict=True)
        }
        for each in values
    ]
