"""Query parameters -> what the engine is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Depends, Query

from engine.engine import Engine
from engine.errors import BadOption
from engine.model import CHINA, Sort
from engine.ranking.searcher import Asked, app_filter
from engine.text.query import MAX_CHARACTERS

Kind = Literal["image", "video"]
Within = Literal["day", "week", "halfyear"]
Labels = Annotated[list[Annotated[str, Query(max_length=100)]], Query(max_length=20)]
Words = Annotated[
    str,
    Query(
        description='Words, "phrases", -not, tag: brand: type: author: since: until:',
        max_length=MAX_CHARACTERS,
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


@dataclass(frozen=True)
class Narrowed:
    """Order and filters of a page, as the caller named them."""

    sort: Sort
    kind: Kind | None
    within: Within | None
    tags: tuple[str, ...]
    brands: tuple[str, ...]
    now: datetime | None

    def asked(
        self,
        engine: Engine,
        limit: int = 20,
        offset: int = 0,
        explain: bool = False,
        facets: bool = False,
    ) -> tuple[Asked, datetime]:
        """What the engine takes, and the moment from which ages are counted; reads the library."""
        at = engine.as_of(self.now)
        chosen = app_filter(engine.segmenter, self.kind, self.within, self.tags, self.brands, at)
        return Asked(self.sort, chosen, limit, offset, explain, facets), at


async def narrowed(
    sort: Annotated[Sort, Query(description="The app's orders.")] = "general",
    type: Annotated[Kind | None, Query(description="Only this kind.")] = None,
    within: Annotated[Within | None, Query(description="Published before `now`.")] = None,
    tag: Labels = [],  # noqa: B006  (FastAPI copies it)
    brand: Labels = [],  # noqa: B006
    now: Annotated[
        datetime | None,
        Query(description="Count ages from here, else from the library's latest moment."),
    ] = None,
) -> Narrowed:
    """A dependency: the filters that search and explain share."""
    return Narrowed(sort, type, within, tuple(tag), tuple(brand), _aware(now))


Narrowing = Annotated[Narrowed, Depends(narrowed)]


def _aware(moment: datetime | None) -> datetime | None:
    """A moment with an offset; +08:00 where none was given. Years that no note has are refused."""
    if moment is None:
        return None
    if not 1990 <= moment.year <= 2100:
        raise BadOption(f"now is in the year {moment.year}", "give a moment from 1990 to 2100")
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
