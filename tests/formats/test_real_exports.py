"""Public notes in three export formats: every row is read and none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.model import Captured
from tests.formats.samples import opened

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "notes"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the public notes are not beside the project")
@pytest.mark.parametrize(
    ("name", "format_", "rows"),
    [
        ("search_contents_2026-01-01.jsonl", "mediacrawler-jsonl", 1315),
        ("ExploreData.db", "xhs-downloader-sqlite", 661),
        ("spider_xhs_card.xlsx", "spider-xhs-xlsx", 10),
        ("spider_xhs_durian.xlsx", "spider-xhs-xlsx", 9),
    ],
)
def test_no_row_of_a_real_export_is_lost(name: str, format_: str, rows: int) -> None:
    export = opened(FOLDER / name)
    found = list(export.rows)
    assert export.format == format_
    assert len(found) == rows
    assert all(isinstance(row, Captured) for row in found)
