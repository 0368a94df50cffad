"""A note as the platform's own JSON nests it -> flat cells under our field names."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.formats.headers import Columns
from engine.formats.notes import Fields, pick

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COLUMNS: Columns = {
    "note_id": ("note_id", "id"),
    "url": ("note_url",),
    "title": ("display_title", "title"),
    "body": ("desc",),
    "tags": ("tag_list",),
    "kind": ("type",),
    "author_id": ("user_id",),
    "author_name": ("nickname", "nick_name"),
    "published_at": ("time", "publish_time"),
    "likes": ("liked_count",),
    "collects": ("collected_count",),
    "comments": ("comment_count",),
    "shares": ("share_count", "shared_count"),
    "captured_at": ("last_modify_ts", "captured_at"),
    "keyword": ("source_keyword", "keyword"),
}


def fields_of(item: Mapping[str, object]) -> Fields:
    """Cells of an item, its card, the card's user and its interactions, in one level."""
    outer = snaked(item)
    card = part(outer, "note_card") or outer
    published = {"publish_time": _published(card.get("corner_tag_info"))}
    levels = (part(card, "user"), outer, card, part(card, "interact_info"), published)
    return pick({key: cell for level in levels for key, cell in level.items()}, _COLUMNS)


def part(item: Mapping[str, object], name: str) -> dict[str, object]:
    """A nested object with its keys in snake_case; empty when there is none."""
    inner = item.get(name)
    return snaked(inner) if isinstance(inner, dict) else {}


def snaked(item: Mapping[str, object]) -> dict[str, object]:
    """`likedCount` as `liked_count`: the page's state and the interface differ in this only."""
    return {_CAPITAL.sub("_", key).lower(): cell for key, cell in item.items()}


def _published(corner: object) -> object:
    """The text of the card's corner: 3小时前, 03-21, 2025-11-11."""
    for tag in corner if isinstance(corner, list) else []:
        if isinstance(tag, dict) and tag.get("type") == "publish_time":
            return tag.get("text")
    return None
