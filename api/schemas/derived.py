"""Row definitions -> pydantic models: a key is written once, with the row that has it.

Answers are not passed through these models (that costs a multiple of the search on wide answers);
a test holds real answers against them.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Any, Union, get_args, get_origin, is_typeddict

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model

from engine.rows.column import Key, keys

_EXACT = ConfigDict(extra="forbid")  # no key beside those that are named: keys are promises


@cache
def model_of(row: type) -> type[BaseModel]:
    """The model of a row or of a `meta`, by its definition's name and words."""
    fields: dict[str, Any] = {key.name: _field(key) for key in keys(row)}
    return create_model(row.__name__, __config__=_EXACT, __doc__=row.__doc__, **fields)


def answer_of(name: str, meta: type, *rows: type) -> type[BaseModel]:
    """The envelope of rows of one of these kinds, or with `shape=rows` the bare array."""
    data: Any = Union[tuple(list[model_of(row)] for row in rows)]  # type: ignore[misc]  # noqa: UP007
    envelope = create_model(
        f"{name}Envelope", __config__=_EXACT, data=(data, ...), meta=(model_of(meta), ...)
    )
    words = "The envelope, or with `shape=rows` the bare array."
    whole: Any = Union[envelope, data]  # noqa: UP007
    return create_model(
        f"{name}Answer", __base__=RootModel[whole], __doc__=words, root=(whole, ...)
    )


def _field(key: Key) -> Any:
    words = key.column.meaning or None
    declared = _modelled(key.type)
    if key.required:
        return declared, Field(description=words)
    return declared | None, Field(None, description=words)


def _modelled(declared: Any) -> Any:
    """A type in which each row stands for its model."""
    if is_typeddict(declared):
        return model_of(declared)
    origin, inner = get_origin(declared), tuple(map(_modelled, get_args(declared)))
    if origin is None:
        return declared
    return Union[inner] if origin in (types.UnionType, Union) else origin[inner]  # noqa: UP007
