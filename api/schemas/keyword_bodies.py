"""Request bodies about keywords, with examples in both languages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from engine.formats.keywords import KeywordLine
from engine.insight.observed import ObservedPage
from engine.model import CHINA

_Word = Annotated[str, Field(min_length=1, max_length=100)]
_Brand = Annotated[str, Field(min_length=1, max_length=100)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DraftBody(_Strict):
    """A note or draft."""

    title: str = Field("", max_length=1_000)
    text: str = Field("", max_length=100_000)
    tags: list[Annotated[str, Field(max_length=100)]] = Field([], max_length=100)


class WeighedKeyword(_Strict):
    """A keyword of a list; unknown stays null."""

    keyword: _Word
    weight: float | None = Field(None, ge=0, le=1e9)
    kind: str = Field("", max_length=20)
    intent: str = Field("", max_length=20)
    demand: int | None = Field(None, ge=0, le=10**12, description="Searches a month.")


class ListBody(_Strict):
    """Keywords, plain or weighed."""

    keywords: list[_Word | WeighedKeyword] = Field(min_length=1, max_length=10_000)

    def lines(self) -> list[KeywordLine]:
        """The list as the engine takes it."""
        return [
            KeywordLine(word)
            if isinstance(word, str)
            else KeywordLine(word.keyword, word.weight, word.kind, word.intent, word.demand)
            for word in self.keywords
        ]


class VoiceBody(ListBody):
    """Keywords and the brands to look for, by any of their spellings."""

    own: list[_Brand] = Field(min_length=1, max_length=20)
    rivals: list[_Brand] = Field([], max_length=50)


class DraftListBody(ListBody):
    """A draft and the keywords it is for; counts, fans and time may be stated in the draft."""

    draft: dict[str, Any] = Field(description="title, body, tags, likes, published_at, …")
    own: list[_Brand] = Field([], max_length=20)
    banned: list[_Brand] = Field([], max_length=1_000)


class PageBody(_Strict):
    """One general result page as it was seen."""

    keyword: _Word
    notes: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        min_length=1, max_length=1_000, description="Note ids, first place first."
    )
    captured_at: datetime | None = None


class PagesBody(_Strict):
    """Observed pages; none means those that the library's imports have observed."""

    pages: list[PageBody] = Field([], max_length=2_000)

    def observed(self) -> list[ObservedPage]:
        """The pages as the engine takes them; a time without an offset means +08:00."""
        return [
            ObservedPage(page.keyword, _aware(page.captured_at), tuple(dict.fromkeys(page.notes)))
            for page in self.pages
        ]


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=CHINA) if moment and moment.tzinfo is None else moment


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
