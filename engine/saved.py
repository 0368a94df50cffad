"""What a user keeps in a library besides notes: portraits, sets, decisions, snapshots, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.errors import NotFound
from engine.insight.events import Watched
from engine.insight.portrait import Portrait, from_table
from engine.insight.sets import Edits
from engine.insight.share_of_voice import ShareOfVoice
from engine.library import Library, this_task
from engine.model import CHINA
from engine.rows.column import Row
from engine.rows.keyword_rows import KeywordAnswer
from engine.rows.visibility_rows import total_table, visibility_table
from engine.store import Saved, Store


class SavedItems:
    """Kept things by name, each with its versions; what did not change is not kept twice."""

    def __init__(self, library: Library, store: Store) -> None:
        self._library = library
        self._store = store

    def keep(self, answer: KeywordAnswer, edits: Edits | None = None) -> int:
        """Store a portrait and its set, with the user's decisions; the version of the set."""
        portrait = answer.set.portrait
        things: dict[str, Any] = {"portrait": portrait.table()}
        if edits is not None:
            things["edits"] = edits.table()
        return self._save(portrait.name, things | {"keywords": answer.table().rows})

    def portrait(self, name: str) -> Portrait:
        """A kept portrait; NotFound when none has the name."""
        known = self._store.saved("portrait", name)
        if not known:
            raise NotFound(f"no portrait '{name}'", "derive its set with `noterank keywords FILE`")
        return from_table(known[-1].content)

    def edits(self, name: str) -> Edits:
        """What the user decided about the set of a portrait."""
        known = self._store.saved("edits", name)
        return Edits.of(known[-1].content) if known else Edits()

    def sets(self, name: str | None = None) -> list[Saved]:
        """Keyword sets: the versions of one, oldest first, or the newest of each."""
        return self._store.saved("keywords", name)

    def names(self, kind: str = "keywords") -> list[str]:
        """Names under which keyword sets are kept, or looks at shares of voice (`share`)."""
        return [kept.name for kept in self._store.saved(kind)]

    def snapshot(self, name: str, voice: ShareOfVoice, as_of: datetime) -> int:
        """Keep a share of voice and its sums, true as of a moment, to compare with later; its
        version."""
        sums = list(total_table(voice.totals()).rows)
        share = {"as_of": as_of.astimezone(CHINA).isoformat(), "sums": sums}
        return self._save(name, {"share": share, "visibility": list(visibility_table(voice).rows)})

    def snapshots(self, name: str) -> list[Saved]:
        """Versions of a kept share of voice, oldest first; NotFound when there is none."""
        known = self._store.saved("visibility", name)
        if not known:
            raise NotFound(f"no snapshot {name}", f"keep one with `visibility … --save {name}`")
        return known

    def looks(self, name: str) -> list[Row]:
        """The sums of a share of voice at each moment for which it was kept, oldest first, with
        `as_of`; of two for one moment the last one counts."""
        found = {kept.content["as_of"]: kept.content for kept in self._store.saved("share", name)}
        return [{"as_of": at, **row} for at in sorted(found) for row in found[at]["sums"]]

    def watched(self, name: str) -> dict[str, Watched]:
        """What is remembered of each page of a watch, by keyword; empty before the first look."""
        known = self._store.saved("watch", name)
        pages = known[-1].content if known else {}
        return {word: Watched.of(table) for word, table in pages.items()}

    def keep_watched(self, name: str, pages: Mapping[str, Watched]) -> int:
        """Remember a look at the pages of a watch; its version."""
        return self._save(name, {"watch": {word: page.table() for word, page in pages.items()}})

    def refuse(self, word: str) -> None:
        """Never propose a word again."""
        self._save(word, {"refused": True})

    def refused(self) -> list[str]:
        """Words that are not to be proposed."""
        return [kept.name for kept in self._store.saved("refused")]

    def _save(self, name: str, things: Mapping[str, Any]) -> int:
        now = datetime.now(CHINA)
        with self._library.writing(this_task()), self._store.writing():
            return [self._store.save(kind, name, content, now) for kind, content in things.items()][
                -1
            ]
