"""The commands as a user types them: answers, exit codes, one line with a cure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import apart, noterank

SEARCH_KEYS = {
    "position",
    "note_id",
    "title",
    "snippet",
    "score",
    "bm25",
    "kind",
    "author",
    "published_at",
    "likes",
    "collects",
    "comments",
    "shares",
    "tags",
    "brands",
    "channel",
    "url",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    rows = [
        {"note_id": "a1", "title": "敏感肌面霜怎么选", "body": "换季泛红", "likes": "1.2万"},
        {"note_id": "a2", "title": "猫砂盲测", "body": "豆腐猫砂四款", "tags": ["猫砂"]},
        {"note_id": "", "title": "没有编号"},
    ]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "notes.jsonl").write_text(text, "utf-8")
    done = apart("import", "notes.jsonl", library=folder / "library")
    assert done.returncode == 0, done.stderr
    assert "2 new" in done.stdout
    assert "1 rejected" in done.stdout
    return folder / "library"


def test_a_second_import_says_that_nothing_is_new(library: Path) -> None:
    again = noterank("import", "notes.jsonl", library=library)
    assert "nothing new" in again.stdout
    assert "2 unchanged" in again.stdout


def test_a_dry_run_keeps_nothing(library: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    done = noterank("import", str(library.parent / "notes.jsonl"), "--dry-run", library=nowhere)
    assert done.returncode == 0
    assert "2 new" in done.stdout
    assert not nowhere.exists()


def test_search_prints_cards_and_json_the_envelope(library: Path) -> None:
    page = noterank("search", "敏感肌面霜", "--explain", library=library)
    assert "敏感肌面霜怎么选" in page.stdout
    assert "标题命中" in page.stdout
    answer = json.loads(noterank("search", "敏感肌面霜", "--json", library=library).stdout)
    assert set(answer["data"][0]) == SEARCH_KEYS
    assert {"total", "limit", "offset", "next", "index_version", "rule_set", "took_ms"} <= set(
        answer["meta"]
    )


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("explain", "a1", "面霜"), "part"),
        (("suggest", "猫"), "keyword"),
        (("stats",), "notes"),
        (("verify",), "sound"),
        (("rebuild",), "notes"),
        (("lexicon", "check", "猫砂盲测"), "gained"),
        (("export", "out.csv"), "notes"),
    ],
)
def test_every_answer_has_the_same_envelope(
    library: Path, words: tuple[str, ...], key: str
) -> None:
    done = noterank(*words, "--json", library=library)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert key in answer["data"][0]
    assert "took_ms" in answer["meta"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("search", "面霜", "--sort", "popular"), "no sort 'popular'"),
        (("search", "面霜", "--limit", "0"), "limit is 0"),
        (("search", "面霜", "--now", "gestern"), "no date"),
        (("search", "长" * 201), "201 characters"),
        (("search", "面霜", "--rules", "nothing"), "no rule set"),
        (("explain", "a9", "面霜"), "no note a9"),
        (("import", "missing.csv"), "missing.csv"),
        (("export", "out.doc"), "no format"),
        (("lexicon", "add", "好"), "cannot be a lexicon phrase"),
        (("serve", "--host", "0.0.0.0"), "not this machine"),
    ],
)
def test_a_refusal_is_one_line_with_a_cure(
    library: Path, words: tuple[str, ...], complaint: str
) -> None:
    done = noterank(*words, library=library)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("noterank: ")
    assert complaint in line
    assert "; " in line


def test_a_missing_library_names_how_to_make_one(tmp_path: Path) -> None:
    done = noterank("stats", library=tmp_path / "none")
    assert done.returncode == 1
    assert "noterank import" in done.stderr


def test_wrong_usage_exits_with_two(library: Path) -> None:
    assert noterank("search", library=library).returncode == 2
    assert noterank("nonsense", library=library).returncode == 2


def test_one_bad_file_does_not_stop_the_others(library: Path) -> None:
    good = library.parent / "more.jsonl"
    good.write_text('{"note_id": "a3", "title": "另一篇"}\n', "utf-8")
    bad = library.parent / "bad.xlsx"
    bad.write_bytes(b"PK\x03\x04 not a workbook")
    done = noterank("import", "bad.xlsx", "more.jsonl", library=library)
    assert done.returncode == 1
    assert "1 new" in done.stdout
    assert "bad.xlsx" in done.stderr


def test_an_added_word_is_whole_from_then_on(library: Path) -> None:
    added = noterank("lexicon", "add", "猫砂盲测", "--kind", "slang", library=library)
    assert added.returncode == 0, added.stderr
    assert "1 notes' terms changed" in added.stdout
    checked = noterank("lexicon", "check", "猫砂盲测", library=library)
    assert "is cut as 猫砂盲测 today" in checked.stdout
