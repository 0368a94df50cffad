"""extract, keywords, opportunity, visibility, expand and proposals as a user types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import sample
from engine.rows.column import columns
from engine.rows.keyword_rows import KeywordRow
from engine.rows.visibility_rows import VisibilityRow
from tests.cli.running import ROOT, noterank

PORTRAIT = str(sample.PORTRAIT)
LIST = str(sample.CORPUS / "keywords" / "skincare.csv")
NAME = "敏感肌通勤白领"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keywords") / "library"
    done = noterank("import", str(sample.NOTES), str(sample.DEMAND), library=folder)
    assert done.returncode == 0, done.stderr
    return folder


def data(*words: str, library: Path) -> list[dict[str, Any]]:
    done = noterank(*words, "--json", library=library)
    assert done.returncode == 0, done.stderr
    envelope = json.loads(done.stdout)
    assert envelope["meta"]["total"] == len(envelope["data"])
    rows: list[dict[str, Any]] = envelope["data"]
    return rows


def test_lines_in_give_lines_out_without_a_library(tmp_path: Path) -> None:
    rows = [
        {"id": 7, "title": "敏感肌面霜怎么选", "text": "敏感肌面霜看屏障修护"},
        {"id": "b", "title": None, "text": "#露营咖啡[话题]# 周末去露营"},
        {"id": "c", "title": "", "text": ""},
    ]
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    done = noterank("extract", "--jsonl", str(path), "--top", "3", library=tmp_path / "none")
    assert done.returncode == 0, done.stderr
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["id"] for row in out] == [7, "b", "c"]
    assert [tuple(row) for row in out] == [("id", "keywords")] * 3
    assert "敏感肌面霜" in out[0]["keywords"]
    assert "露营咖啡" in out[1]["keywords"]
    assert out[2]["keywords"] == []
    assert all(len(row["keywords"]) <= 3 for row in out)


def test_a_bad_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"id": 1, "text": "面霜"}\n[2]\n', "utf-8")
    done = noterank("extract", "--jsonl", str(path), library=tmp_path / "none")
    assert done.returncode == 1
    assert "in.jsonl, line 2" in done.stderr


def test_a_draft_is_read_from_standard_input(library: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "engine", "extract", "-", "--explain", "--library", str(library)],
        input="# 敏感肌面霜怎么选\n\n换季泛红，屏障修护最要紧",
        capture_output=True, text=True, encoding="utf-8", cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "敏感肌面霜" in done.stdout
    assert "logit" in done.stdout


def test_a_set_is_derived_kept_explained_and_changed(library: Path, tmp_path: Path) -> None:
    rows = data("keywords", PORTRAIT, "--top", "12", library=library)
    assert [tuple(row) for row in rows] == [columns(KeywordRow)] * 12
    assert sum(row["weight"] for row in rows) == pytest.approx(1, abs=1e-4)
    why = data("keywords", PORTRAIT, "--top", "12", "--explain", "面霜", library=library)
    assert {"notes", "z", "product", "weight", "difficulty"} <= {row["part"] for row in why}
    dropped = rows[0]["keyword"]
    changed = data(
        "keywords", PORTRAIT, "--top", "12", "--drop", dropped, "--lock", rows[1]["keyword"],
        "--weigh", f"{rows[2]['keyword']}=0.25", "--diff", library=library,
    )  # fmt: skip
    assert {"keyword": dropped, "change": "removed"}.items() <= {
        k: v for row in changed if row["keyword"] == dropped for k, v in row.items()
    }.items()
    again = data("keywords", PORTRAIT, "--top", "12", library=library)
    assert dropped not in [row["keyword"] for row in again], "decisions hold for the next time"
    versions = data("keywords", PORTRAIT, "--history", library=library)
    assert [row["version"] for row in versions] == [1, 2]
    out = tmp_path / "set.csv"
    done = noterank("keywords", PORTRAIT, "--top", "12", "--out", str(out), library=library)
    assert "12 rows" in done.stdout
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    freed = data(
        "keywords", PORTRAIT, "--top", "12", "--free", dropped, "--free", rows[2]["keyword"],
        "--free", rows[1]["keyword"], library=library,
    )  # fmt: skip
    assert freed == rows


def test_presets_and_what_was_left_out(library: Path) -> None:
    done = noterank("keywords", "preset:咖啡日常", "--top", "8", library=library)
    assert done.returncode == 0, done.stderr
    assert "咖啡" in done.stdout
    left = data("keywords", PORTRAIT, "--left-out", library=library)
    assert set(left[0]) == {"keyword", "reason"}


def test_opportunity_of_files_and_kept_sets(library: Path) -> None:
    rows = data("opportunity", LIST, library=library)
    assert [tuple(row) for row in rows] == [columns(KeywordRow)] * 12
    detail = data("opportunity", LIST, "--detail", library=library)
    assert tuple(detail[0]) == columns(KeywordRow, optional=True)
    assert data("opportunity", NAME, library=library)
    why = data("opportunity", LIST, "--explain", "敏感肌面霜", library=library)
    parts = {row["part"]: row["value"] for row in why}
    whole = sum(v for k, v in parts.items() if k.startswith("difficulty."))
    assert parts["difficulty"] == pytest.approx(whole)
    for option, names in (
        ("--clusters", {"parent", "keyword", "shared_places"}),
        ("--kinds", {"kind", "demand", "able_authors"}),
    ):
        assert set(data("opportunity", LIST, option, library=library)[0]) == names
    own = data("opportunity", LIST, "--cannibals", "--own", "沐禾集", library=library)
    assert {row["keyword"] for row in own} & {"沐禾集面霜"}
    cells = data("opportunity", NAME, "--map", library=library)
    assert {"keyword", "angle", "circle", "notes", "unclaimed", "examples"} == set(cells[0])


def test_visibility_by_page_by_group_and_over_time(library: Path) -> None:
    asked = ("visibility", LIST, "--own", "沐禾集", "--rivals", "初棠，克蕾缇")
    rows = data(*asked, "--save", "十月", library=library)
    assert [tuple(row) for row in rows] == [columns(VisibilityRow)] * 36
    totals = data(*asked, "--by", "total", library=library)
    assert [row["brand"] for row in totals] == ["沐禾集", "初棠", "克蕾缇"]
    assert data(*asked, "--against", "十月", library=library) == []
    done = noterank(*asked, library=library)
    assert "all keywords, by weight" in done.stdout


def test_words_near_a_word_and_new_words(library: Path) -> None:
    rows = data("expand", "咖啡", library=library)
    assert {"longtail", "related"} <= {row["relation"] for row in rows}
    new = data("lexicon", "propose", "--top", "5", library=library)
    assert set(new[0]) == {"word", "notes", "tagged", "npmi", "entropy", "cut", "example"}
    assert noterank("lexicon", "refuse", new[0]["word"], library=library).returncode == 0
    after = data("lexicon", "propose", "--top", "5", library=library)
    assert new[0]["word"] not in [row["word"] for row in after]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keywords", "no.toml"), "no.toml"),
        (("keywords", "preset:没有"), "Z世代"),
        (("keywords", PORTRAIT, "--top", "0"), "1 to 1000"),
        (("keywords", PORTRAIT, "--weigh", "面霜"), "write 面霜=0.1"),
        (("keywords", PORTRAIT, "--explain", "不在里面"), "not in the set"),
        (("opportunity", "没有这个集"), "no kept set"),
        (("opportunity", LIST, "--explain", "不在里面"), "not in the list"),
        (("visibility", LIST, "--own", "，"), "no brand to look at"),
        (("visibility", LIST, "--own", "沐禾集", "--by", "颜色"), "use keyword, total"),
        (("visibility", LIST, "--own", "沐禾集", "--against", "没有"), "--save"),
        (("opportunity", LIST, "--out", "x.doc"), "xlsx"),
        (("extract",), "give FILE"),
        (("extract", "no.md"), "no.md"),
    ],
)
def test_a_refusal_names_the_cure(library: Path, words: tuple[str, ...], said: str) -> None:
    done = noterank(*words, library=library)
    assert done.returncode == 1, done.stdout
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
