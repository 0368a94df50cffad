"""The front door: what a notebook needs; nothing inside the engine imports it.

A name is loaded when it is first used, so that a short command does not load all of them.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.errors import NoterankError
    from engine.formats import ReadOptions
    from engine.formats.keywords import KeywordLine
    from engine.ingest.draft_files import draft_of, read_draft
    from engine.ingest.report import ImportReport
    from engine.insight.portrait import Portrait
    from engine.model import Count, Counts, Filter, Note, Query
    from engine.ranking.page import Explanation, Page, Result, Stats
    from engine.ranking.ruleset import RuleSet
    from engine.ranking.searcher import SearchRequest

_HOMES = {
    "Count": "model",
    "Counts": "model",
    "Engine": "engine",
    "Explanation": "ranking.page",
    "Filter": "model",
    "ImportReport": "ingest.report",
    "KeywordLine": "formats.keywords",
    "Note": "model",
    "NoterankError": "errors",
    "Page": "ranking.page",
    "Portrait": "insight.portrait",
    "Query": "model",
    "ReadOptions": "formats",
    "Result": "ranking.page",
    "RuleSet": "ranking.ruleset",
    "SearchRequest": "ranking.searcher",
    "Stats": "ranking.page",
    "draft_of": "ingest.draft_files",
    "read_draft": "ingest.draft_files",
}

__all__ = [
    "Count",
    "Counts",
    "Engine",
    "Explanation",
    "Filter",
    "ImportReport",
    "KeywordLine",
    "Note",
    "NoterankError",
    "Page",
    "Portrait",
    "Query",
    "ReadOptions",
    "Result",
    "RuleSet",
    "SearchRequest",
    "Stats",
    "draft_of",
    "read_draft",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"engine.{_HOMES[name]}"), name)
