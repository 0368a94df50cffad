"""imports, undo, tidy and what a file of which nothing was kept ends with."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.cli.running import Done, noterank
from tests.exports import NOW, row, write


def run(*words: str | Path, library: Path) -> Done:
    return noterank(*map(str, words), library=library)


def said(*words: str, library: Path) -> str:
    """What a command printed, without the line breaks of the terminal's width."""
    return " ".join(run(*words, library=library).stdout.split())


def data(*words: str, library: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run(*words, "--json", library=library).stdout)["data"]
    return rows


def test_imports_are_listed_and_one_is_taken_back(tmp_path: Path) -> None:
    library = tmp_path / "library"
    first = write(tmp_path / "first.jsonl", [row(1), row(2), "{broken"])
    second = write(tmp_path / "second.jsonl", [row(2, likes=900), row(3)])
    for path in (first, second):
        assert run("import", path, library=library).returncode == 0
    rows = data("imports", library=library)
    assert [(r["import_id"], r["path"], r["rows"]) for r in rows] == [
        (1, "first.jsonl", 3),
        (2, "second.jsonl", 2),
    ]
    effects = [(r["added"], r["updated"], r["rejected"], r["can_undo"]) for r in rows]
    assert effects == [(2, 0, 1, True), (1, 1, 0, True)]
    assert "second.jsonl" in run("imports", library=library).stdout
    (undone,) = data("undo", "1", library=library)
    assert (undone["removed"], undone["restored"]) == (1, 1)
    assert [r["import_id"] for r in data("imports", library=library)] == [2]
    assert data("stats", library=library)[0]["notes"] == 2
    assert not list((library / "rejected").iterdir())
    refused = run("undo", "1", library=library)
    assert refused.returncode == 1
    assert "no import 1; see `noterank imports`" in refused.stderr


def test_a_file_of_which_no_row_was_kept_ends_with_exit_1(tmp_path: Path) -> None:
    bad = write(tmp_path / "bad.jsonl", [{"note_id": "x1"}, row(1, note_id="")])
    answer = run("import", bad, library=tmp_path / "library")
    assert answer.returncode == 1
    assert "bad.jsonl: none of its 2 rows was kept" in answer.stderr
    good = write(tmp_path / "good.jsonl", [row(1)])
    assert run("import", good, library=tmp_path / "library").returncode == 0
    assert run("import", good, library=tmp_path / "library").returncode == 0  # unchanged: kept


def test_tidy_says_what_goes_and_a_dry_run_drops_nothing(tmp_path: Path) -> None:
    library = tmp_path / "library"
    run("import", write(tmp_path / "a.jsonl", [row(1), "{broken"]), library=library)
    (rejected,) = (library / "rejected").iterdir()
    jobs = library / "jobs"
    jobs.mkdir()
    for name, state in (("a", "done"), ("b", "queued")):
        (jobs / f"{name}.json").write_text(json.dumps({"state": state}))
    old = (NOW - timedelta(days=100)).timestamp()
    for path in (rejected, jobs / "a.json", jobs / "b.json"):
        os.utime(path, (old, old))
    now = ("--now", NOW.isoformat())
    (row_,) = data("tidy", "--dry-run", *now, library=library)
    assert (row_["rejected_files"], row_["jobs"], row_["journals"]) == (1, 1, 0)
    assert rejected.exists()
    assert (jobs / "a.json").exists()
    assert "went: 1 files of rejected rows · 1 ended jobs" in said("tidy", *now, library=library)
    assert [path.name for path in jobs.iterdir()] == ["b.json"]
    assert not rejected.exists()
    assert "went: nothing" in said("tidy", *now, library=library)
