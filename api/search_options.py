"""Query parameters -> search options."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from api.schemas.limits import letters, listed, of
from engine.model import SORTS
from engine.ranking.searcher import WITHIN
from engine.text.query import MAX_CHARACTERS
from engine.usecases.limits import LABELS, moment
from engine.usecases.search import SearchOptions

Words = Annotated[
    str,
    Query(
        description='Words, "phrases", -not, tag: brand: type: author: since: until:',
        json_schema_extra=letters(MAX_CHARACTERS),
        openapi_examples={
            "中文": {"summary": "three words", "value": "敏感肌面霜"},
            "English": {"summary": "a brand by its Latin name", "value": "SK-II brand:SK-II"},
        },
    ),
]
Prefix = Annotated[
    str,
    Query(
        description="Characters, pinyin or initials.",
        min_length=1,
        max_length=MAX_CHARACTERS,
        openapi_examples={
            "中文": {"summary": "characters", "value": "敏感"},
            "English": {"summary": "pinyin", "value": "mingan"},
        },
    ),
]
Labels = Annotated[list[str], Query(description=listed(LABELS))]


async def narrowed(
    sort: Annotated[
        str, Query(description="The app's orders.", json_schema_extra=of(SORTS))
    ] = "general",
    type: Annotated[
        str | None, Query(description="Only this kind.", json_schema_extra=of(("image", "video")))
    ] = None,
    within: Annotated[
        str | None,
        Query(description="Published before `now`.", json_schema_extra=of(tuple(WITHIN))),
    ] = None,
    tag: Labels = [],  # noqa: B006  (FastAPI copies it)
    brand: Labels = [],  # noqa: B006
    now: Annotated[
        datetime | None,
        Query(description="Count ages from here, else from the library's latest moment."),
    ] = None,
) -> SearchOptions:
    """A dependency: order and filters that search and explain share."""
    options = SearchOptions(sort, type, within, tuple(tag), tuple(brand))
    return replace(options, now=moment(now))


Narrowing = Annotated[SearchOptions, Depends(narrowed)]
