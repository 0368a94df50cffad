"""For the same question the command, the endpoint and the page give the same rows."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from engine.rows.column import columns
from engine.rows.search_rows import StatsRow
from tests.three_doors.doors import Doors, Refusal, Request, Row, as_file, as_shown

WORDS = [
    {"keyword": "面霜", "weight": 3, "demand": 5000},
    {"keyword": "早C晚A", "weight": 1, "demand": None},
    {"keyword": "空瓶", "weight": 1, "demand": 800},
]
TYPED = ["面霜", "早C晚A", "空瓶"]
PORTRAIT = {
    "name": "通勤",
    "who": {"traits": ["敏感肌"]},
    "what": {"interests": ["面霜", "早C晚A"]},
    "brands": {"own": ["沐禾集"]},
}
PORTRAIT_FORM = {"name": "通勤", "traits": "敏感肌", "interests": "面霜、早C晚A", "own": "沐禾集"}
TITLE, BODY, TAGS = "换季护肤好物分享", "晚上只留一层面霜。", ["换季", "日常"]
DRAFT = {"title": TITLE, "body": BODY, "tags": TAGS}
DRAFT_FORM = {"title": TITLE, "body": BODY, "tags": "换季；日常", "keywords": "面霜\n早C晚A\n空瓶"}


@pytest.fixture
def keyword_file(tmp_path: Path) -> str:
    """The typed keywords as a file."""
    path = tmp_path / "typed.csv"
    path.write_text("keyword\n" + "".join(f"{word}\n" for word in TYPED), "utf-8")
    return str(path)


@pytest.fixture
def draft_file(tmp_path: Path) -> str:
    path = tmp_path / "draft.md"
    path.write_text(f"# {TITLE}\n{BODY}\n" + " ".join(f"#{tag}" for tag in TAGS), "utf-8")
    return str(path)


def same(first: object, second: object) -> list[Row]:
    """The rows of two doors: equal with their keys in order, and at least one."""
    assert isinstance(first, list), first
    assert isinstance(second, list), second
    assert first == second
    assert [list(row) for row in first] == [list(row) for row in second]
    assert first
    return first


def on_page(
    doors: Doors, path: str, fields: dict[str, str], rows: Sequence[Row], digits: int = 3
) -> None:
    """The page's file and the table that it shows have these rows, in the columns they have."""
    file = doors.file(path, fields)
    assert file == [as_file(row, list(file[0])) for row in rows]
    page = doors.page(path, {**fields, "lang": "zh"})
    names = [name for name in page.columns if name in rows[0]]
    assert names[0] in ("keyword", "part")
    shown = [{name: row[name].strip() for name in names} for row in page.table()]
    assert shown == [as_shown(row, names, digits) for row in rows]


def test_a_search(doors: Doors) -> None:
    command = doors.command("search", "面霜", "--sort", "likes", "--type", "video", "--explain")
    asked = Request("search?q=面霜&sort=likes&type=video&explain=true")
    rows = same(command, doors.endpoint(asked))
    page = doors.page("/", {"q": "面霜", "sort": "likes", "type": "video"})
    links = [parse_qs(urlsplit(link).query) for link in page.links if link.startswith("/why")]
    assert [link["note_id"][0] for link in links] == [row["note_id"] for row in rows]
    assert all(row["why"] in page.texts for row in rows)


def test_why_a_note_stands_there(doors: Doors) -> None:
    command = doors.command("explain", "n01", "敏感肌面霜")
    rows = same(command, doors.endpoint(Request("explain?note_id=n01&q=敏感肌面霜")))
    on_page(doors, "/why", {"note_id": "n01", "q": "敏感肌面霜"}, rows, 6)


def test_completions(doors: Doors) -> None:
    same(doors.command("suggest", "mingan"), doors.endpoint(Request("suggest?q=mingan")))


def test_what_a_library_holds(doors: Doors) -> None:
    (row,) = same(doors.command("stats"), doors.endpoint(Request("stats")))
    assert list(row) == list(columns(StatsRow))
    page = doors.page("/data", {})
    assert {str(row["notes"]), str(row["terms"]), row["rule_set"]} <= set(page.texts)


def test_phrases_of_a_draft(doors: Doors, draft_file: str) -> None:
    body = {"title": TITLE, "text": BODY, "tags": TAGS}
    same(doors.command("extract", draft_file), doors.endpoint(Request("extract", body)))


def test_a_keyword_set(doors: Doors, tmp_path: Path) -> None:
    path = tmp_path / "portrait.json"
    path.write_text(json.dumps(PORTRAIT), "utf-8")
    request = Request("portraits:keywords", PORTRAIT)
    rows = same(doors.command("keywords", str(path)), doors.endpoint(request))
    on_page(doors, "/keywords", PORTRAIT_FORM, rows)
    dropped = rows[1]["keyword"]
    assert isinstance(doors.command("keywords", str(path), "--drop", dropped), list)
    rows = same(doors.command("keywords", str(path)), doors.endpoint(request))
    assert dropped not in [row["keyword"] for row in rows], "what is kept holds at every door"
    on_page(doors, "/keywords", PORTRAIT_FORM, rows)


def test_opportunity(doors: Doors, keyword_file: str) -> None:
    words = ("opportunity", keyword_file, "--detail")
    request = Request("opportunity?detail=true", {"keywords": TYPED})
    rows = same(doors.command(*words), doors.endpoint(request))
    on_page(doors, "/fights", {"keywords": "面霜，早C晚A;空瓶"}, rows)


def test_opportunity_of_weighed_keywords_with_demand(doors: Doors, tmp_path: Path) -> None:
    path = tmp_path / "weighed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(WORDS[0]))
        writer.writeheader()
        writer.writerows(WORDS)
    weighed = [{**word, "demand": word["demand"]} for word in WORDS]
    command = doors.command("opportunity", str(path))
    endpoint = doors.endpoint(Request("opportunity", {"keywords": weighed}))
    rows = same(command, endpoint)
    assert [row["demand"] for row in rows] == [5000, None, 800]


@pytest.mark.parametrize("between", [",", "，", "、", ";", "；", "\n"])
def test_share_of_voice_whatever_stands_between_brands(
    doors: Doors, keyword_file: str, between: str
) -> None:
    brands = between.join(("沐禾集", " SK2", "初棠", "SK2"))
    words = ("visibility", keyword_file, "--own", brands, "--rivals", f"理肤泉{between}")
    body = {"keywords": TYPED, "own": [brands], "rivals": ["理肤泉"]}
    rows = same(doors.command(*words), doors.endpoint(Request("visibility", body)))
    assert [row["brand"] for row in rows[:4]] == ["沐禾集", "SK2", "初棠", "理肤泉"]
    assert sum(row["share"] for row in rows if row["brand"] == "沐禾集") > 0
    form = {"keywords": between.join(TYPED), "own": brands, "rivals": "理肤泉"}
    on_page(doors, "/voice", form, rows)


@pytest.mark.parametrize("by", ["total", "kind", "intent"])
def test_sums_of_share_of_voice(doors: Doors, keyword_file: str, by: str) -> None:
    command = doors.command("visibility", keyword_file, "--own", "沐禾集", "--by", by)
    body = {"keywords": TYPED, "own": ["沐禾集"]}
    same(command, doors.endpoint(Request(f"visibility?by={by}", body)))


def test_a_draft_and_the_edits_that_move_it(
    doors: Doors, keyword_file: str, draft_file: str
) -> None:
    body = {"draft": DRAFT, "keywords": TYPED, "own": ["沐禾集"]}
    words = ("draft", draft_file, "--keywords", keyword_file, "--own", "沐禾集")
    rows = same(doors.command(*words), doors.endpoint(Request("drafts:rank", body)))
    form = {**DRAFT_FORM, "own": "沐禾集"}
    on_page(doors, "/draft", form, rows)
    advised = doors.command(*words, "--advise", "3")
    edits = same(advised, doors.endpoint(Request("drafts:advise?most=3", body)))
    page = doors.page("/draft", {**form, "advise": "1"})
    shown = [text for text in page.texts if "个百分点" in text]
    assert len(shown) == len(edits)
    assert all(text.startswith(edit["edit"]) for text, edit in zip(shown, edits, strict=True))


def test_agreement_with_observed_pages(doors: Doors, tmp_path: Path) -> None:
    pages = {"面霜": ["n01", "n05", "n08", "n04", "n02"], "空瓶": ["n08", "n03"]}
    path = tmp_path / "observed.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["keyword", "captured_at", "sort", "filters", "position", "note"])
        for word, notes in pages.items():
            for place, note in enumerate(notes, 1):
                writer.writerow([word, "2026-10-31", "general", "", place, note])
    body = {
        "pages": [
            {"keyword": word, "notes": notes, "captured_at": "2026-10-31"}
            for word, notes in sorted(pages.items())
        ]
    }
    same(doors.command("fidelity", str(path)), doors.endpoint(Request("fidelity", body)))


def test_an_import(doors: Doors, tmp_path: Path) -> None:
    notes = [
        {"note_id": "a1", "title": "面霜"},
        {"title": "没有编号"},
        {"note_id": "n01", "title": "敏感肌面霜怎么选"},
    ]
    lines = "".join(json.dumps(note) + "\n" for note in notes)
    (tmp_path / "more.jsonl").write_text(lines, "utf-8")
    copy = Doors(doors.client, tmp_path / "copy")
    shutil.copytree(doors.library, copy.library)
    (first,) = copy.command("import", str(tmp_path / "more.jsonl"))  # type: ignore[misc]
    kind = {"Content-Type": "application/x-ndjson"}
    answer = doors.client.post("/api/v1/notes:import", content=lines.encode(), headers=kind)
    (second,) = answer.json()["data"]
    assert list(first) == list(second)
    counts = ("rows", "added", "updated", "unchanged", "rejected")
    assert [first[name] for name in counts] == [second[name] for name in counts] == [3, 1, 0, 1, 1]


def test_imports_and_one_taken_back(doors: Doors) -> None:
    same(doors.command("imports"), doors.endpoint(Request("imports")))
    asked = shutil.copytree(doors.library, doors.library.with_name("copy"))
    answer = doors.client.delete("/api/v1/imports/1")
    assert answer.status_code == 200, answer.text
    (row,) = same(Doors(doors.client, asked).command("undo", "1"), answer.json()["data"])
    assert row["removed"]
    assert doors.command("imports") == doors.endpoint(Request("imports")) == []


def test_an_import_that_is_not_there(doors: Doors) -> None:
    answer = doors.client.delete("/api/v1/imports/9")
    assert doors.command("undo", "9") == Refusal.of(answer.json())
