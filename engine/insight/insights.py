"""Insights: the keyword analyses as methods of one state of a library; one file each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.formats.keywords import KeywordLine
from engine.insight import discover, events, expand, extract, share_of_voice
from engine.insight.keyword_map import Cell, keyword_map
from engine.insight.keyword_set import Keyword, KeywordSet
from engine.insight.keywords import keyword_sets
from engine.insight.opportunity_of_keywords import (
    Battle,
    opportunity_of_keywords,
    opportunity_of_set,
)
from engine.insight.portrait import Portrait
from engine.insight.sets import Edits
from engine.model import Note, Progress, quiet
from engine.ranking.ranker import Ranker
from engine.snapshot import LibrarySnapshot


class Insights:
    """Analyses over one state of a library; each method calls the function of its name."""

    def __init__(self, library: LibrarySnapshot) -> None:
        self.library = library
        self.ranker: Ranker = library.ranker

    def extract(self, note: Note, most: int) -> list[extract.Phrase]:
        return extract.extract(self.library, note, most)

    def expand(self, keyword: str, most: int) -> list[expand.Near]:
        return expand.expand(self.library, keyword, most)

    def new_words(
        self, most: int, excluded: Sequence[str], tick: Progress = quiet
    ) -> list[discover.NewWord]:
        return discover.new_words(self.library, excluded, most, tick)

    def keywords(
        self, portrait: Portrait, edits: Edits, most: int
    ) -> tuple[KeywordSet, KeywordSet]:
        return keyword_sets(self.library, portrait, edits, most)

    def fights(self, keywords: Sequence[Keyword], tick: Progress = quiet) -> Battle:
        return opportunity_of_set(self.library, keywords, tick)

    def opportunities(
        self,
        lines: Sequence[KeywordLine],
        own_brands: Sequence[str] = (),
        portrait: Portrait | None = None,
        tick: Progress = quiet,
    ) -> Battle:
        return opportunity_of_keywords(self.library, lines, own_brands, portrait, tick)

    def map(self, lines: Sequence[KeywordLine]) -> list[Cell]:
        return keyword_map(self.library, lines)

    def voice(
        self,
        lines: Sequence[KeywordLine],
        brands: Sequence[str],
        portrait: str = "",
        tick: Progress = quiet,
    ) -> share_of_voice.Voice:
        return share_of_voice.share_of_voice(self.library, lines, brands, portrait, tick)

    def watch(
        self,
        keywords: Sequence[str],
        own_brands: Sequence[str],
        rivals: Sequence[str],
        previous: Mapping[str, events.Watched],
    ) -> tuple[dict[str, events.Watched], list[events.Event]]:
        return events.watch_pages(self.library, keywords, own_brands, rivals, previous)
