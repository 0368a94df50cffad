"""What one door refuses, every door refuses: the same code, the same words, the same cure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.three_doors.doors import Doors, Refusal, Request

LONG = "长" * 101
DRAFT = {"title": "换季好物", "body": "面霜"}
TYPED = {"keywords": "面霜"}
OWN = {"keywords": ["面霜"], "own": ["沐禾集"]}


def brands(count: int) -> str:
    return "、".join(f"牌子{number}" for number in range(count))


# code, detail, command, endpoint, page; None where a door has no such question
Case = tuple[str, str, tuple[str, ...] | None, Request | None, tuple[str, Mapping[str, Any]] | None]
CASES: list[Case] = [
    (
        "bad_option", "no sort 'popular'",
        ("search", "面霜", "--sort", "popular"),
        Request("search?q=面霜&sort=popular"),
        ("/", {"q": "面霜", "sort": "popular"}),
    ),
    (
        "bad_option", "no type 'audio'",
        ("search", "面霜", "--type", "audio"),
        Request("search?q=面霜&type=audio"),
        ("/", {"q": "面霜", "type": "audio"}),
    ),
    (
        "bad_option", "no period 'year'",
        ("search", "面霜", "--within", "year"),
        Request("search?q=面霜&within=year"),
        ("/", {"q": "面霜", "within": "year"}),
    ),
    (
        "bad_query", "the query has 201 characters",
        ("search", "长" * 201),
        Request("search?q=" + "长" * 201),
        ("/", {"q": "长" * 201}),
    ),
    (
        "bad_option", "offset is 10001",
        ("search", "面霜", "--offset", "10001"),
        Request("search?q=面霜&offset=10001"),
        ("/", {"q": "面霜", "offset": "10001"}),
    ),
    (
        "bad_option", "21 brands",
        ("search", "面霜", "--brand", brands(21)),
        Request(f"search?q=面霜&brand={brands(21)}"),
        ("/", {"q": "面霜", "brand": brands(21)}),
    ),
    (
        "bad_option", "tags: one of 101 characters",
        ("search", "面霜", "--tag", LONG),
        Request(f"search?q=面霜&tag={LONG}"),
        ("/", {"q": "面霜", "tag": LONG}),
    ),
    (
        "bad_option", "limit is 0",
        ("search", "面霜", "--limit", "0"), Request("search?q=面霜&limit=0"), None,
    ),
    (
        "bad_option", "limit is 1001",
        ("search", "面霜", "--limit", "1001"), Request("search?q=面霜&limit=1001"), None,
    ),
    (
        "bad_option", "1800-01-01T00:00:00 is in the year 1800",
        ("search", "面霜", "--now", "1800-01-01"),
        Request("search?q=面霜&now=1800-01-01T00:00:00"), None,
    ),
    (
        "not_found", "no note n99 in this library",
        ("explain", "n99", "面霜"),
        Request("explain?note_id=n99&q=面霜"),
        ("/why", {"note_id": "n99", "q": "面霜"}),
    ),
    (
        "bad_option", "limit is 101",
        ("suggest", "面", "--limit", "101"), Request("suggest?q=面&limit=101"), None,
    ),
    (
        "bad_option", "top is 101",
        ("extract", "{draft}", "--top", "101"), Request("extract?top=101", {"title": "面霜"}), None,
    ),
    (
        "bad_option", "a text of 100,001 characters",
        ("extract", "{long}"), Request("extract", {"text": "长" * 100_001}), None,
    ),
    (
        "bad_option", "top is 1001",
        ("keywords", "{portrait}", "--top", "1001"),
        Request("portraits:keywords?top=1001", {"name": "a", "who": {"traits": ["敏感肌"]}}), None,
    ),
    (
        "bad_option", "nothing to sum by 'colour'",
        ("visibility", "{list}", "--own", "沐禾集", "--by", "colour"),
        Request("visibility?by=colour", OWN), None,
    ),
    (
        "bad_option", "no brand to look at",
        ("visibility", "{list}", "--own", "，、"),
        Request("visibility", {**OWN, "own": [" ，"]}),
        ("/voice", {**TYPED, "own": "；"}),
    ),
    (
        "bad_option", "no brand to look at",
        ("visibility", "{list}", "--own", ""),
        Request("visibility", {**OWN, "own": []}),
        ("/voice", {**TYPED, "own": ""}),
    ),
    (
        "bad_option", "21 own brands",
        ("visibility", "{list}", "--own", brands(21)),
        Request("visibility", {**OWN, "own": [brands(21)]}),
        ("/voice", {**TYPED, "own": brands(21)}),
    ),
    (
        "bad_option", "51 rivals",
        ("visibility", "{list}", "--own", "沐禾集", "--rivals", brands(51)),
        Request("visibility", {**OWN, "rivals": brands(51).split("、")}),
        ("/voice", {**TYPED, "own": "沐禾集", "rivals": brands(51)}),
    ),
    (
        "bad_option", "own brands: one of 101 characters",
        ("visibility", "{list}", "--own", LONG),
        Request("visibility", {**OWN, "own": [LONG]}),
        ("/voice", {**TYPED, "own": LONG}),
    ),
    (
        "bad_option", "10,001 keywords",
        ("opportunity", "{10001}"),
        Request("opportunity", {"keywords": [f"{n:x}" for n in range(10_001)]}),
        ("/fights", {"keywords": ",".join(f"{n:x}" for n in range(10_001))}),
    ),
    (
        "bad_option", "501 keywords",
        ("draft", "{draft}", "--keywords", "{501}", "--advise", "1"),
        Request("drafts:advise", {"draft": DRAFT, "keywords": [f"k{n}" for n in range(501)]}),
        ("/draft", {**DRAFT, "keywords": "\n".join(f"k{n}" for n in range(501)), "advise": "1"}),
    ),
    (
        "bad_option", "edits is 21",
        ("draft", "{draft}", "--keywords", "{list}", "--advise", "21"),
        Request("drafts:advise?most=21", {"draft": DRAFT, "keywords": ["面霜"]}), None,
    ),
    (
        "bad_option", "21 own brands",
        ("draft", "{draft}", "--keywords", "{list}", "--own", brands(21)),
        Request("drafts:rank", {"draft": DRAFT, "keywords": ["面霜"], "own": [brands(21)]}),
        ("/draft", {**DRAFT, **TYPED, "own": brands(21)}),
    ),
    (
        "not_found", "no kept set 'nothing'",
        ("opportunity", "nothing"), None, ("/fights", {"set": "nothing"}),
    ),
    (
        "bad_option", "no keyword is given",
        None, Request("opportunity", {"keywords": ["，", ""]}), ("/fights", {"keywords": "，\n"}),
    ),
    (
        "bad_option", "no keyword is given",
        None, Request("visibility", {**OWN, "keywords": []}), ("/voice", {"own": "沐禾集"}),
    ),
    (
        "bad_option", "keywords: one of 101 characters",
        None, Request("opportunity", {"keywords": [LONG]}), ("/fights", {"keywords": LONG}),
    ),
    (
        "bad_file", "draft has no text",
        None, Request("drafts:rank", {"draft": {}, "keywords": ["面霜"]}), ("/draft", TYPED),
    ),
    (
        "bad_input", "the library has observed no general page (no import had places)",
        ("fidelity",), Request("fidelity", {"pages": []}), None,
    ),
    (
        "bad_input", "the library has observed no general page (no import had places)",
        ("calibrate",), Request("calibrate", {"pages": []}), None,
    ),
]  # fmt: skip


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """What commands read, by the names that cases give them."""
    lists = {"list": ["面霜"], "501": [f"k{n}" for n in range(501)],
             "10001": [f"{n:x}" for n in range(10_001)]}  # fmt: skip
    texts = {f"{name}.csv": "keyword\n" + "\n".join(words) for name, words in lists.items()}
    texts |= {
        "draft.md": "# 换季好物\n面霜",
        "long.md": "长" * 100_001,
        "portrait.toml": 'name = "a"\n[who]\ntraits = ["敏感肌"]',
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return {f"{{{Path(name).stem}}}": str(tmp_path / name) for name in texts}


@pytest.mark.parametrize(("code", "detail", "command", "endpoint", "page"), CASES)
def test_every_door_refuses_in_the_same_words(
    doors: Doors,
    files: dict[str, str],
    code: str,
    detail: str,
    command: tuple[str, ...] | None,
    endpoint: Request | None,
    page: tuple[str, Mapping[str, Any]] | None,
) -> None:
    refusals: list[object] = []
    if command:
        refusals.append(doors.command(*(files.get(word, word) for word in command)))
    if endpoint:
        refusals.append(doors.endpoint(endpoint))
    if page:
        refusals.append(doors.page(*page).refusal)
    first = refusals[0]
    assert isinstance(first, Refusal), first
    assert (first.code, first.detail) == (code, detail)
    assert first.cure
    assert refusals == [first] * len(refusals)
    assert len(refusals) > 1


def test_a_crawl_of_no_known_sort_is_refused(doors: Doors, tmp_path: Path) -> None:
    path = tmp_path / "more.jsonl"
    path.write_text('{"note_id": "a1", "title": "面霜"}\n', "utf-8")
    command = doors.command("import", str(path), "--sort", "best")
    kind = {"Content-Type": "application/x-ndjson"}
    for content in (b"{}", path.read_bytes()):
        answer = doors.client.post("/api/v1/notes:import?sort=best", content=content, headers=kind)
        assert command == Refusal.of(answer.json())
    upload = {"file": ("more.jsonl", path.read_bytes())}
    page = doors.client.post("/data/upload", files=upload, data={"sort": "best"})
    assert command.detail in page.text.replace("&#39;", "'")  # type: ignore[union-attr]


def test_a_look_is_kept_under_a_short_name_at_every_door(
    doors: Doors, files: dict[str, str]
) -> None:
    command = doors.command("visibility", files["{list}"], "--own", "沐禾集", "--save", "很" * 61)
    form = {"keywords": "面霜", "own": "沐禾集", "over": "很" * 61}
    page = doors.client.post("/voice/keep", data=form)
    assert page.status_code == 422
    assert isinstance(command, Refusal)
    assert command.detail in page.text


def test_a_file_says_its_row_besides(doors: Doors, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"keyword\n{LONG}\n", "utf-8")
    command = doors.command("opportunity", str(path))
    typed = doors.endpoint(Request("opportunity", {"keywords": [LONG]}))
    assert isinstance(command, Refusal)
    assert isinstance(typed, Refusal)
    assert command.cure == typed.cure
    assert command.detail.startswith("list.csv, row ")
