"""The front door: what a notebook needs; nothing inside the engine imports it."""

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
