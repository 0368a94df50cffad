"""draft, fidelity, calibrate, snapshot, moves and watch as a user types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from engine import sample
from engine.rows.column import columns
from engine.rows.draft_rows import AdviceRow, DraftRow
from engine.rows.trust_rows import FidelityRow
from tests.cli.running import noterank

LIST = str(sample.CORPUS / "keywords" / "skincare.csv")
DRAFT = str(sample.DRAFT)
PAGES = str(sample.OBSERVED)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drafts") / "library"
    done = noterank("import", str(sample.NOTES), PAGES, library=folder)
    assert done.returncode == 0, done.stderr
    return folder


def envelope(*words: str, library: Path) -> dict[str, Any]:
    done = noterank(*words, "--json", library=library)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_draft_lands_where_it_was_said_to(library: Path, tmp_path: Path) -> None:
    kept = tmp_path / "note.jsonl"
    told = envelope("draft", DRAFT, "--keywords", LIST, "--as-note", str(kept), library=library)
    rows = told["data"]
    assert tuple(rows[0]) == columns(DraftRow)
    best = min((row for row in rows if row["position"]), key=lambda row: row["position"])
    copy = tmp_path / "copy"
    assert noterank("import", str(sample.NOTES), PAGES, str(kept), library=copy).returncode == 0
    page = envelope("search", best["keyword"], "--limit", "200", library=copy)["data"]
    (place,) = [r["position"] for r in page if r["note_id"] == told["meta"]["note_id"]]
    assert place == best["position"]
    held = {row["note_id"] for row in envelope("search", "面霜", library=library)["data"]}
    assert told["meta"]["note_id"] not in held


def test_advice_is_printed_as_sentences_and_as_rows(library: Path) -> None:
    done = noterank("draft", DRAFT, "--keywords", LIST, "--advise", "2", library=library)
    assert done.returncode == 0, done.stderr
    assert "1. " in done.stdout
    assert "个百分点" in done.stdout
    assert "a first mention in the body has" in done.stdout
    told = envelope("draft", DRAFT, "--keywords", LIST, "--advise", "2", library=library)
    assert {tuple(row) for row in told["data"]} == {columns(AdviceRow)}
    assert all(row["gain"] > 0 for row in told["data"])


def test_a_drafts_parts_stand_beside_those_of_the_note_above(library: Path) -> None:
    words = ("draft", DRAFT, "--keywords", LIST, "--explain", "面霜")
    rows = envelope(*words, library=library)["data"]
    score = next(row for row in rows if row["part"] == "score")
    assert 0 < score["draft"] <= score["above"]
    assert any(row["part"].startswith("bm25.") for row in rows)


def test_banned_words_are_warned_of(library: Path, tmp_path: Path) -> None:
    banned = tmp_path / "banned.txt"
    banned.write_text("# ours\n评论区\n", "utf-8")
    told = envelope("draft", DRAFT, "--keywords", LIST, "--banned", str(banned), library=library)
    assert any("评论区" in line for line in told["meta"]["warnings"])


def test_fidelity_of_a_file_and_of_the_librarys_own_pages(library: Path, tmp_path: Path) -> None:
    told = envelope("fidelity", PAGES, library=library)
    assert {tuple(row) for row in told["data"]} == {columns(FidelityRow)}
    orders = {row["order"]: row["tau"] for row in told["meta"]["orders"]}
    assert orders["our rules"] > orders["BM25 alone"] > orders["by likes"]
    assert envelope("fidelity", library=library)["data"] == told["data"]
    out = tmp_path / "trust.xlsx"
    assert noterank("fidelity", PAGES, "--out", str(out), library=library).returncode == 0
    sheet = openpyxl.load_workbook(out).active
    assert [cell.value for cell in next(sheet.rows)] == list(columns(FidelityRow))
    assert isinstance(sheet["C2"].value, float)


def test_calibration_says_what_it_found_and_writes_nothing_when_dry(library: Path) -> None:
    done = noterank("calibrate", PAGES, "--dry-run", library=library)
    assert done.returncode == 0, done.stderr
    assert "held-out Kendall tau" in done.stdout
    assert "nothing was written" in done.stdout
    assert not (library / "rules.toml").exists()


def test_a_snapshot_a_move_and_a_watch(library: Path, tmp_path: Path) -> None:
    watched = ("watch", LIST, "--own", "沐禾集", "--rivals", "初棠", "--name", "w")
    assert "remembered" in noterank(*watched, library=library).stdout
    assert noterank("snapshot", "before", library=library).returncode == 0
    first = envelope("search", "面霜", library=library)["data"][0]["note_id"]
    note = {"note_id": "hot", "title": "面霜，沐禾集的", "body": "面霜", "likes": 90000,
            "published_at": "2026-10-30"}  # fmt: skip
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps(note, ensure_ascii=False) + "\n", "utf-8")
    assert noterank("import", str(more), library=library).returncode == 0
    rows = envelope("moves", first, LIST, "--since", "before", library=library)["data"]
    for row in rows:
        causes = list(row)[4:]
        assert sum(row[cause] for cause in causes) == pytest.approx(row["move"], abs=1e-3)
    events = envelope(*watched, library=library)["data"]
    assert any(row["note_id"] == "hot" for row in events)
    assert envelope(*watched, library=library)["data"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("draft", "missing.md", "--keywords", LIST), "missing.md is not there"),
        (("draft", DRAFT, "--keywords", "nothing"), "no kept set"),
        (("draft", DRAFT, "--keywords", LIST, "--advise", "99"), "use 1 to 20"),
        (("draft", DRAFT, "--keywords", LIST, "--explain", "蓝牙耳机"), "matches nothing"),
        (("moves", "x", LIST, "--since", "never"), "no library in"),
        (("watch", LIST), "no brand to watch"),
        (("fidelity", PAGES, "--sort", "best"), "no sort 'best'"),
    ],
)
def test_a_refusal_is_one_line_with_a_cure(
    library: Path, words: tuple[str, ...], said: str
) -> None:
    done = noterank(*words, library=library)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
