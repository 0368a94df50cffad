"""The keys of rows are promises: they stay, in this order."""

from __future__ import annotations

from typing import Annotated, TypedDict

import pytest

from engine.rows.column import Column, columns, example
from engine.rows.draft_rows import AdviceRow, DraftRow
from engine.rows.import_rows import ImportedRow, TidiedRow, UndoneRow
from engine.rows.keyword_rows import ExtractRow, KeywordRow
from engine.rows.note_rows import ImportRow
from engine.rows.rank_change_rows import RankChangeRow
from engine.rows.search_rows import ExplainRow, SearchRow, StatsRow
from engine.rows.table import Table
from engine.rows.trust_rows import EvaluateRow, FidelityRow
from engine.rows.visibility_rows import VisibilityRow, VisibilityTotalRow

PROMISED = {
    SearchRow: "position note_id title snippet score bm25 kind author published_at likes collects"
    " comments shares tags brands channel url",
    ExplainRow: "part value factor note",
    ExtractRow: "keyword score kind",
    KeywordRow: "keyword kind intent weight demand demand_source supply difficulty opportunity"
    " provenance examples",
    VisibilityRow: "keyword weight brand best_position top3 top10 top20 top50 share share_organic"
    " share_declared",
    VisibilityTotalRow: "group brand keywords pages share share_organic share_declared"
    " share_boosted share_unknown share_image share_video share_form_unknown authors top3 top10",
    DraftRow: "keyword weight position_low position position_high of matched displaces",
    AdviceRow: "edit field before after keyword_moves gain",
    FidelityRow: "keyword observed kendall_tau rbo ndcg trust",
    EvaluateRow: "metric value queries",
    StatsRow: "notes authors observations tags terms first_published last_published index_version"
    " lexicon rule_set comments creators outcomes",
    ImportedRow: "import_id path format hash imported_at rows added updated unchanged rejected"
    " skipped observations demand related comments creators outcomes finished can_undo",
    UndoneRow: "import_id path removed restored",
    TidiedRow: "journals rejected_files rejected_rows counts jobs bytes names",
    ImportRow: "path format rows added updated unchanged rejected warnings",
    RankChangeRow: "keyword before after move own_edit own_engagement ageing rivals"
    " rival_engagement dictionary rules",
}


class Sample(TypedDict):
    name: str
    figure: Annotated[float | None, Column(0.5, "A figure.", 2)]


class Detailed(Sample, total=False):
    more: Annotated[int, Column(3)]


@pytest.mark.parametrize("row", PROMISED, ids=lambda row: row.__name__)
def test_no_promised_key_goes_or_moves(row: type) -> None:
    promised = tuple(PROMISED[row].split())
    assert columns(row)[: len(promised)] == promised


def test_optional_keys_come_when_they_are_asked_for() -> None:
    assert columns(Detailed) == ("name", "figure")
    assert columns(Detailed, optional=True) == ("name", "figure", "more")
    assert example(Detailed) == {"name": None, "figure": 0.5}


def test_figures_have_their_digits_and_unknown_stays_unknown() -> None:
    table = Table.of(Sample, [("a", 0.12345), ("b", None)])
    assert table.rows == [{"name": "a", "figure": 0.12}, {"name": "b", "figure": None}]
    assert table.cells(("figure",)) == [[0.12], [None]]


def test_a_value_too_many_or_too_few_is_a_fault() -> None:
    for values in (("a",), ("a", 0.1, 2)):
        with pytest.raises(ValueError, match="zip"):
            Table.of(Sample, [values])
