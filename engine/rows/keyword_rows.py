"""Phrases, keyword sets and opportunities as flat rows; the keys of the short rows are promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict

from engine.insight.discover import NewWord
from engine.insight.expand import Near
from engine.insight.extract import Phrase
from engine.insight.keyword_map import Cell
from engine.insight.keyword_set import KeywordSet
from engine.insight.opportunity_of_keywords import KeywordOpportunity, OpportunityReport
from engine.rows.column import Column
from engine.rows.search_rows import NOTE_ID, Text, Whole
from engine.rows.table import Table

_FROM = "来自 敏感肌 2 篇、面霜 2 篇 · 相关笔记 2/107，全库 2，z 1.5 · 话题 面霜、干皮"
Figure = float | None
Part = Annotated[Figure, Column(0.5, digits=4)]


class ExtractRow(TypedDict):
    """A keyword phrase of a note."""

    keyword: Annotated[str, Column("敏感肌")]
    score: Annotated[float, Column(0.71, "The chance that the author would tag it, 0 to 1.", 4)]
    kind: Annotated[str, Column("crowd")]


class _Keyword(TypedDict):
    keyword: Annotated[str, Column("敏感肌面霜")]
    kind: Annotated[str, Column("longtail")]
    intent: Annotated[str, Column("consider")]
    weight: Annotated[float, Column(0.08, "Of all, they sum to 1.", 6)]
    demand: Annotated[Whole, Column(48_210, "Searches a month; null is unknown, never 0.")]
    demand_source: Annotated[Text, Column("聚光 护肤核心词")]
    supply: Annotated[int, Column(3, "Notes of this library: a lower bound.")]
    difficulty: Annotated[Figure, Column(51.2, "0 to 100, of the first ten places.", 1)]
    opportunity: Annotated[Figure, Column(62.4, "0 to 100; null without demand.", 1)]
    provenance: Annotated[str, Column(_FROM)]
    examples: Annotated[str, Column(NOTE_ID, "Note ids, joined by commas.")]


class KeywordRow(_Keyword, total=False):
    """A keyword with what stands against it; the optional keys are what its figures are made of."""

    supply_titled: Annotated[int, Column(2, "With `detail=true`, as what follows.")]
    velocity: Annotated[Figure, Column(12.5, "Interactions a day: a proxy for demand.", 1)]
    places: Annotated[int, Column(10)]
    age_days: Annotated[Figure, Column(120.0, digits=1)]
    video_share: Part
    heat: Part
    room: Part
    scarcity: Annotated[float, Column(0.62, digits=4)]
    difficulty_engagement: Part
    difficulty_authors: Part
    difficulty_young: Part
    difficulty_exact: Part
    difficulty_distinct: Part


class NearRow(TypedDict):
    """A word near a keyword."""

    keyword: str
    relation: str
    notes: int
    z: Annotated[Figure, Column(digits=2)]
    evidence: str
    examples: str


class CellRow(TypedDict):
    """A cell of the map: keyword × angle × circle of tags."""

    keyword: str
    angle: str
    circle: str
    notes: int
    unclaimed: bool
    examples: str


class NewWordRow(TypedDict):
    """A proposal for the lexicon."""

    word: str
    notes: int
    tagged: int
    npmi: Annotated[float, Column(digits=3)]
    entropy: Annotated[float, Column(digits=3)]
    cut: str
    example: str


class ClusterRow(TypedDict):
    """A keyword of a cluster: keywords that share places of their pages."""

    parent: str
    keyword: str
    shared_places: int


class CannibalRow(TypedDict):
    """An own note that competes with another on a keyword's page."""

    keyword: str
    note_id: str
    position: int


class KindRow(TypedDict):
    """A kind of keywords: demand against the authors who stand on its pages."""

    kind: str
    demand: Whole
    able_authors: int


class LeftOutRow(TypedDict):
    """A word that is not in the set, and why."""

    keyword: str
    reason: str


class VersionRow(TypedDict):
    """A kept version of a set."""

    version: int
    created_at: str
    keywords: int


class WeightChangeRow(TypedDict):
    """What became of a keyword since the set kept before."""

    keyword: str
    change: str
    before: Figure
    after: Figure


@dataclass(frozen=True)
class KeywordAnswer:
    """A keyword set with its opportunities: what `Engine.keywords` gives a notebook."""

    set: KeywordSet
    report: OpportunityReport

    def table(self, detail: bool = False) -> Table:
        """Rows of the set, heaviest first."""
        return opportunity_table(self.report, detail)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def extract_table(phrases: Sequence[Phrase]) -> Table:
    """A row a phrase, best first."""
    return Table.of(ExtractRow, [(p.keyword, p.score, p.kind) for p in phrases])


def opportunity_table(report: OpportunityReport, detail: bool = False) -> Table:
    """Keyword rows, unknown is None; with `detail` the parts that each figure is made of."""
    values = [
        (*_figures(each), *(_detail(each) if detail else ())) for each in report.opportunities
    ]
    return Table.of(KeywordRow, values, detail)


def _figures(of: KeywordOpportunity) -> tuple[object, ...]:
    figures = of.opportunity
    return (
        of.keyword, of.kind, of.intent, of.weight, figures.demand, figures.demand_source or None,
        figures.supply, figures.incumbents.difficulty, figures.score, of.provenance,
        ",".join(of.examples),
    )  # fmt: skip


def _detail(of: KeywordOpportunity) -> tuple[object, ...]:
    figures, met = of.opportunity, of.opportunity.incumbents
    room = None if met.difficulty is None else 1 - met.difficulty / 100
    parts = (met.parts[name] for name in ("engagement", "authors", "young", "exact", "distinct"))
    return (
        figures.titled, met.velocity, met.places, met.age, met.video, figures.heat, room,
        figures.scarcity, *parts,
    )  # fmt: skip


def cluster_table(report: OpportunityReport) -> Table:
    """A row a keyword of a cluster, its parent first."""
    values = [
        (cluster.parent, word, shared)
        for cluster in report.clusters
        for word, shared in (
            (cluster.parent, 10), *zip(cluster.members, cluster.shared, strict=True)
        )
    ]  # fmt: skip
    return Table.of(ClusterRow, values)


def cannibal_table(report: OpportunityReport) -> Table:
    """A row an own note on a page where another stands."""
    return Table.of(CannibalRow, report.cannibals)


def kind_table(report: OpportunityReport) -> Table:
    """A row a kind of keywords."""
    values = [(kind, demand or None, able) for kind, (demand, able) in report.able.items()]
    return Table.of(KindRow, values)


def near_table(near: Sequence[Near]) -> Table:
    """A row a word near a keyword."""
    return Table.of(
        NearRow,
        [(w.keyword, w.relation, w.notes, w.z, w.evidence, ",".join(w.examples)) for w in near],
    )


def map_table(cells: Sequence[Cell]) -> Table:
    """A row a cell of the map."""
    return Table.of(
        CellRow,
        [(c.keyword, c.angle, c.circle, c.notes, c.unclaimed, ",".join(c.examples)) for c in cells],
    )


def new_word_table(words: Sequence[NewWord]) -> Table:
    """A row a proposal for the lexicon."""
    values = [
        (w.phrase, w.notes, w.tagged, w.npmi, w.entropy, "|".join(w.cut), w.example) for w in words
    ]
    return Table.of(NewWordRow, values)


def left_out_table(keyword_set: KeywordSet) -> Table:
    """A row a word that is not in the set."""
    return Table.of(LeftOutRow, keyword_set.left_out)
