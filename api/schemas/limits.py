"""Limits of the use cases as OpenAPI declares them; the use cases refuse, so that every door says
the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from engine.usecases.limits import LETTERS

Schema = dict[str, Any]


def span(least: int, most: int) -> Schema:
    """A number from `least` to `most`."""
    return {"minimum": least, "maximum": most}


def letters(most: int, least: int = 0) -> Schema:
    """A text of so many characters."""
    return {"minLength": least, "maxLength": most}


def items(most: int, least: int = 0) -> Schema:
    """A list of so many entries."""
    return {"minItems": least, "maxItems": most}


def listed(most: int) -> str:
    """What is said of a list whose entries may hold several, between commas or on lines."""
    return f"At most {most:,}, of {LETTERS} characters each; `,` `、` `;` begin another."


def of(names: Sequence[str]) -> Schema:
    """One of these words."""
    return {"enum": list(names)}


Short = Annotated[str, Field(json_schema_extra=letters(LETTERS))]
Word = Annotated[str, Field(json_schema_extra=letters(LETTERS, 1))]
