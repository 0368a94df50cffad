"""Phrases, keyword sets and opportunities as flat rows; the keys of the short rows are promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypedDict

from engine.insight.discover import NewWord
from engine.insight.expand import Near
from engine.insight.extract import Phrase
from engine.insight.insights import Battle, Fight
from engine.insight.keyword_set import KeywordSet
from engine.insight.opportunity import Cell
from engine.rows.column import Column, rounded
from engine.rows.search_rows import NOTE_ID, Text, Whole
from engine.rows.table import Table

Figure = float | None
Word = Annotated[str, Column("敏感肌面霜")]
KeywordKind = Annotated[str, Column("longtail")]
Examples = Annotated[str, Column(NOTE_ID, "Note ids, joined by commas.")]
NoteCount = Annotated[int, Column(3)]


class ExtractRow(TypedDict):
    """A keyword phrase of a note."""

    keyword: Annotated[str, Column("敏感肌")]
    score: Annotated[float, Column(0.71, "The chance that the author would tag it, 0 to 1.")]
    kind: Annotated[str, Column("crowd")]


class _Keyword(TypedDict):
    keyword: Word
    kind: KeywordKind
    intent: Annotated[str, Column("consider")]
    weight: Annotated[float, Column(0.08, "Of all, they sum to 1.")]
    demand: Annotated[Whole, Column(48_210, "Searches a month; null is unknown, never 0.")]
    demand_source: Annotated[Text, Column("聚光 护肤核心词")]
    supply: Annotated[int, Column(3, "Notes of this library: a lower bound.")]
    difficulty: Annotated[Figure, Column(51.2, "0 to 100, of the first ten places.")]
    opportunity: Annotated[Figure, Column(62.4, "0 to 100; null without demand.")]
    provenance: Annotated[
        str,
        Column(
            "来自 敏感肌 2 篇、面霜 2 篇 · 相关笔记 2/107，全库 2，z 1.5 · 话题 面霜、干皮",
        ),
    ]
    examples: Examples


class KeywordRow(_Keyword, total=False):
    """A keyword with what stands against it; the optional keys are what its figures are made of."""

    supply_titled: Annotated[int, Column(2, "With `detail=true`, as what follows.")]
    velocity: Annotated[Figure, Column(12.5, "Interactions a day: a proxy for demand.")]
    places: Annotated[int, Column(10)]
    age_days: Annotated[Figure, Column(120.0)]
    video_share: Annotated[Figure, Column(0.3)]
    heat: Annotated[Figure, Column(0.78)]
    room: Annotated[Figure, Column(0.488)]
    scarcity: Annotated[float, Column(0.62)]
    difficulty_engagement: Annotated[Figure, Column(0.6)]
    difficulty_authors: Annotated[Figure, Column(None)]
    difficulty_young: Annotated[Figure, Column(0.2)]
    difficulty_exact: Annotated[Figure, Column(0.5)]
    difficulty_distinct: Annotated[Figure, Column(1.0)]


class NearRow(TypedDict):
    """A word near a keyword."""

    keyword: Word
    relation: Annotated[str, Column("longtail")]
    notes: NoteCount
    z: Annotated[Figure, Column(2.4)]
    evidence: Annotated[str, Column("共现")]
    examples: Examples


class CellRow(TypedDict):
    """A cell of the map: keyword × angle × circle of tags."""

    keyword: Word
    angle: Annotated[str, Column("平价")]
    circle: Annotated[str, Column("护肤、面霜")]
    notes: NoteCount
    unclaimed: Annotated[bool, Column(False)]
    examples: Examples


class NewWordRow(TypedDict):
    """A proposal for the lexicon."""

    word: Annotated[str, Column("青苔拿铁")]
    notes: NoteCount
    tagged: Annotated[int, Column(1)]
    npmi: Annotated[float, Column(0.81)]
    entropy: Annotated[float, Column(1.2)]
    cut: Annotated[str, Column("青苔|拿铁")]
    example: Annotated[str, Column("周末一杯青苔拿铁")]


class ClusterRow(TypedDict):
    """A keyword of a cluster: keywords that share places of their pages."""

    parent: Word
    keyword: Word
    shared_places: Annotated[int, Column(10)]


class CannibalRow(TypedDict):
    """An own note that competes with another on a keyword's page."""

    keyword: Word
    note_id: Annotated[str, Column(NOTE_ID)]
    position: Annotated[int, Column(2)]


class KindRow(TypedDict):
    """A kind of keywords: demand against the authors who stand on its pages."""

    kind: KeywordKind
    demand: Annotated[Whole, Column(48_210)]
    able_authors: Annotated[int, Column(12)]


class LeftOutRow(TypedDict):
    """A word that is not in the set, and why."""

    keyword: Word
    reason: Annotated[str, Column("用户删除")]


class VersionRow(TypedDict):
    """A kept version of a set."""

    version: Annotated[int, Column(1)]
    created_at: Annotated[str, Column("2026-11-01T09:00:00+08:00")]
    keywords: Annotated[int, Column(50)]


class WeightChangeRow(TypedDict):
    """What became of a keyword since the set kept before."""

    keyword: Word
    change: Annotated[str, Column("heavier")]
    before: Annotated[Figure, Column(0.05)]
    after: Annotated[Figure, Column(0.08)]


@dataclass(frozen=True)
class KeywordAnswer:
    """A keyword set with its opportunities: what `Engine.keywords` gives a notebook."""

    set: KeywordSet
    battle: Battle

    def table(self, detail: bool = False) -> Table:
        """Rows of the set, heaviest first."""
        return opportunity_table(self.battle, detail)

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def extract_table(phrases: Sequence[Phrase]) -> Table:
    """A row a phrase, best first."""
    rows: list[ExtractRow] = [
        {"keyword": phrase.keyword, "score": round(phrase.score, 4), "kind": phrase.kind}
        for phrase in phrases
    ]
    return Table.of(ExtractRow, rows)


def opportunity_table(battle: Battle, detail: bool = False) -> Table:
    """Keyword rows; with `detail` the parts that each figure is made of."""
    return Table.of(KeywordRow, [keyword_row(each, detail) for each in battle.fights], detail)


def keyword_row(opportunity: Fight, detail: bool = False) -> KeywordRow:
    """A keyword row: unknown is None."""
    figures = opportunity.fight
    row: KeywordRow = {
        "keyword": opportunity.keyword,
        "kind": opportunity.kind,
        "intent": opportunity.intent,
        "weight": round(opportunity.weight, 6),
        "demand": figures.demand,
        "demand_source": figures.demand_source or None,
        "supply": figures.supply,
        "difficulty": rounded(figures.incumbents.difficulty, 1),
        "opportunity": rounded(figures.score, 1),
        "provenance": opportunity.provenance,
        "examples": ",".join(opportunity.examples),
    }
    if detail:
        _add_detail(row, opportunity)
    return row


def _add_detail(row: KeywordRow, opportunity: Fight) -> None:
    figures, incumbents = opportunity.fight, opportunity.fight.incumbents
    difficulty, parts = incumbents.difficulty, incumbents.parts
    row["supply_titled"] = figures.titled
    row["velocity"] = rounded(incumbents.velocity, 1)
    row["places"] = incumbents.places
    row["age_days"] = rounded(incumbents.age, 1)
    row["video_share"] = rounded(incumbents.video)
    row["heat"] = rounded(figures.heat)
    row["room"] = None if difficulty is None else round(1 - difficulty / 100, 4)
    row["scarcity"] = round(figures.scarcity, 4)
    row["difficulty_engagement"] = rounded(parts["engagement"])
    row["difficulty_authors"] = rounded(parts["authors"])
    row["difficulty_young"] = rounded(parts["young"])
    row["difficulty_exact"] = rounded(parts["exact"])
    row["difficulty_distinct"] = rounded(parts["distinct"])


def cluster_table(battle: Battle) -> Table:
    """A row a keyword of a cluster, its parent first."""
    rows: list[ClusterRow] = [
        {"parent": cluster.parent, "keyword": word, "shared_places": shared}
        for cluster in battle.clusters
        for word, shared in (
            (cluster.parent, 10),
            *zip(cluster.members, cluster.shared, strict=True),
        )
    ]
    return Table.of(ClusterRow, rows)


def cannibal_table(battle: Battle) -> Table:
    """A row an own note on a page where another stands."""
    rows: list[CannibalRow] = [
        {"keyword": keyword, "note_id": note_id, "position": position}
        for keyword, note_id, position in battle.cannibals
    ]
    return Table.of(CannibalRow, rows)


def kind_table(battle: Battle) -> Table:
    """A row a kind of keywords."""
    rows: list[KindRow] = [
        {"kind": kind, "demand": demand or None, "able_authors": authors}
        for kind, (demand, authors) in battle.able.items()
    ]
    return Table.of(KindRow, rows)


def near_table(near: Sequence[Near]) -> Table:
    """A row a word near a keyword."""
    rows: list[NearRow] = [
        {
            "keyword": word.keyword,
            "relation": word.relation,
            "notes": word.notes,
            "z": rounded(word.z, 2),
            "evidence": word.evidence,
            "examples": ",".join(word.examples),
        }
        for word in near
    ]
    return Table.of(NearRow, rows)


def map_table(cells: Sequence[Cell]) -> Table:
    """A row a cell of the map."""
    rows: list[CellRow] = [
        {
            "keyword": cell.keyword,
            "angle": cell.angle,
            "circle": cell.circle,
            "notes": cell.notes,
            "unclaimed": cell.unclaimed,
            "examples": ",".join(cell.examples),
        }
        for cell in cells
    ]
    return Table.of(CellRow, rows)


def new_word_table(words: Sequence[NewWord]) -> Table:
    """A row a proposal for the lexicon."""
    rows: list[NewWordRow] = [
        {
            "word": word.phrase,
            "notes": word.notes,
            "tagged": word.tagged,
            "npmi": round(word.npmi, 3),
            "entropy": round(word.entropy, 3),
            "cut": "|".join(word.cut),
            "example": word.example,
        }
        for word in words
    ]
    return Table.of(NewWordRow, rows)


def left_out_table(keyword_set: KeywordSet) -> Table:
    """A row a word that is not in the set."""
    return Table.of_values(LeftOutRow, keyword_set.left_out)
