"""MediaCrawler: notes with the author's id (until mid 2026) or with a hash of it (since)."""

from __future__ import annotations

from engine.formats.headers import Columns
from engine.formats.readers.reader import Keys, notes_reader

COLUMNS: Columns = {
    "note_id": ("note_id",),
    "url": ("note_url",),
    "title": ("title",),
    "body": ("desc",),
    "tags": ("tag_list",),
    "kind": ("type",),
    "author": ("creator_hash",),
    "author_id": ("user_id",),
    "author_name": ("nickname",),
    "published_at": ("time",),
    "likes": ("liked_count",),
    "collects": ("collected_count",),
    "comments": ("comment_count",),
    "shares": ("share_count",),
    "captured_at": ("last_modify_ts",),
    "keyword": ("source_keyword",),
}


def knows(keys: Keys) -> bool:
    """Notes of this crawler carry the keyword and the moment of the crawl."""
    return keys >= {"note_id", "desc", "liked_count", "last_modify_ts"}


READER = notes_reader("mediacrawler-{}", knows, COLUMNS, ordered=True)
