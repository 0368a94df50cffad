"""Request bodies about keywords, with examples in both languages; the use cases hold the limits."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.limits import Short, Word, items, letters, listed, span
from engine.formats.keywords import KeywordLine
from engine.ingest.draft_files import draft_from
from engine.insight.observed import Observed, ObservedPage
from engine.model import Note
from engine.usecases import limits
from engine.usecases.drafts import DraftQuestion
from engine.usecases.limits import moment
from engine.usecases.share_of_voice import Brands
from engine.usecases.trust import TrustQuestion


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftBody(_Strict):
    """A note or draft."""

    title: str = Field("", json_schema_extra=letters(limits.TITLE))
    text: str = Field("", json_schema_extra=letters(limits.BODY))
    tags: list[Short] = Field([], json_schema_extra=items(limits.TAGS))

    def note(self) -> Note:
        """The draft as the engine takes it."""
        return Note("draft", title=self.title, body=self.text, tags=tuple(self.tags))


class WeighedKeyword(_Strict):
    """A keyword of a list; unknown stays null."""

    keyword: Word
    weight: float | None = Field(None, json_schema_extra={"minimum": 0, "exclusiveMaximum": 1e9})
    kind: str = Field("", max_length=20)
    intent: str = Field("", max_length=20)
    demand: int | None = Field(
        None, description="Searches a month.", json_schema_extra=span(0, 10**12)
    )

    def line(self) -> KeywordLine:
        """The keyword as the engine takes it."""
        return KeywordLine(self.keyword, self.weight, self.kind, self.intent, self.demand)


class ListBody(_Strict):
    """Keywords, plain or weighed."""

    keywords: list[str | WeighedKeyword] = Field(
        description=listed(limits.KEYWORDS), json_schema_extra={"minItems": 1}
    )

    def lines(self) -> list[str | KeywordLine]:
        """The list as the engine takes it."""
        return [each if isinstance(each, str) else each.line() for each in self.keywords]


class VoiceBody(ListBody):
    """Keywords and the brands to look for, by any of their spellings."""

    own: list[str] = Field(description=listed(limits.OWN), json_schema_extra={"minItems": 1})
    rivals: list[str] = Field([], description=listed(limits.RIVALS))

    def brands(self) -> Brands:
        """The brands as the engine takes them."""
        return Brands(self.own, self.rivals)


class DraftListBody(ListBody):
    """A draft and the keywords it is for; counts, fans and time may be stated in the draft."""

    draft: dict[str, Any] = Field(description="title, body, tags, likes, published_at, …")
    own: list[str] = Field([], description=listed(limits.OWN))
    banned: list[str] = Field([], description=listed(limits.BANNED))

    def question(self) -> DraftQuestion:
        """What the engine is asked."""
        return DraftQuestion(draft_from(self.draft), self.lines(), self.own, self.banned)


class PageBody(_Strict):
    """One general result page as it was seen."""

    keyword: Annotated[str, Field(min_length=1, max_length=limits.LETTERS)]
    notes: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        min_length=1, max_length=limits.PLACES, description="Note ids, first place first."
    )
    captured_at: datetime | None = None

    def page(self) -> ObservedPage:
        """The page as the engine takes it; each note once."""
        notes = tuple(dict.fromkeys(self.notes))
        return ObservedPage(self.keyword, moment(self.captured_at), notes)


class PagesBody(_Strict):
    """Observed pages; none means those that the library's imports have observed."""

    pages: list[PageBody] = Field([], json_schema_extra={"maxItems": limits.PAGES})

    def question(self) -> TrustQuestion:
        """What the engine is asked."""
        return TrustQuestion(Observed(tuple(page.page() for page in self.pages), ()))


Examples = dict[str, dict[str, Any]]
DRAFTS: Examples = {
    "中文": {
        "value": {
            "title": "敏感肌面霜怎么选",
            "text": "换季泛红，屏障修护最要紧。",
            "tags": ["敏感肌"],
        }
    },
    "English": {"value": {"title": "SK-II", "text": "神仙水空瓶，两年四瓶。"}},
}
PORTRAITS: Examples = {
    "中文": {
        "value": {
            "name": "敏感肌通勤白领",
            "who": {"age": [25, 32], "traits": ["敏感肌"]},
            "what": {"interests": ["面霜", "精华"]},
        }
    },
    "English": {"summary": "a preset", "value": {"name": "gen z", "preset": "Z世代"}},
}
LISTS: Examples = {
    "中文": {"value": {"keywords": ["敏感肌面霜", "屏障修护"]}},
    "English": {
        "summary": "with a weight and known demand",
        "value": {"keywords": [{"keyword": "SK-II", "weight": 2, "demand": 12000}]},
    },
}
VOICES: Examples = {
    "中文": {"value": {"keywords": ["敏感肌面霜"], "own": ["沐禾集"], "rivals": ["初棠"]}},
    "English": {"value": {"keywords": ["面霜"], "own": ["SK2"]}},
}
DRAFT_LISTS: Examples = {
    "中文": {
        "value": {
            "draft": {"title": "换季护肤好物分享", "body": "晚上只留一层面霜。", "tags": ["换季"]},
            "keywords": ["敏感肌面霜", "屏障修护"],
            "own": ["沐禾集"],
        }
    },
    "English": {
        "summary": "with known counts",
        "value": {
            "draft": {"title": "SK-II", "body": "神仙水空瓶", "likes": 120},
            "keywords": [{"keyword": "SK2", "weight": 2}],
        },
    },
}
OBSERVED: Examples = {
    "中文": {
        "value": {
            "pages": [
                {
                    "keyword": "面霜",
                    "notes": ["6d466d44f04aa9ff061f7de8"],
                    "captured_at": "2026-10-31",
                }
            ]
        }
    },
    "English": {"summary": "the library's own observations", "value": {"pages": []}},
}
