"""The project keeps its own promises: a documented surface, locked versions, clean files."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import typer
from packaging.requirements import Requirement

from engine.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def commands() -> list[str]:
    """Every command as one types it, groups opened."""
    root = typer.main.get_command(app)
    found = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in inner] if inner else [name]
    return sorted(found)


def tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.mark.parametrize("command", commands())
def test_readme_names_every_command(command: str) -> None:
    assert f"`{command}" in README or f"noterank {command}" in README


def test_readme_names_every_endpoint(tmp_path: Path) -> None:
    from api.app import create_app
    from engine import Engine

    with Engine.open(tmp_path, create=True) as engine:
        paths = create_app(engine).openapi()["paths"]
    missing = [
        f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method in methods
        if f"{method.upper()} {path}" not in README
    ]
    assert missing == []


def test_every_command_shows_an_example() -> None:
    root = typer.main.get_command(app)
    groups = [root, *(c for c in root.commands.values() if hasattr(c, "commands"))]  # type: ignore[attr-defined]
    for group in groups:
        for name, command in group.commands.items():
            if not hasattr(command, "commands"):
                assert "Example" in (command.help or ""), name


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def versions(lines: Iterable[str]) -> dict[str, set[str]]:
    """Name -> exact versions: two where they differ by Python or system."""
    found: dict[str, set[str]] = {}
    for line in lines:
        name, _, version = line.partition(";")[0].strip().partition("==")
        found.setdefault(name, set()).add(version)
    return found


LOCKED = versions(re.findall(r"^([\w.-]+==[\w.+-]+)", LOCK, re.MULTILINE))


@pytest.mark.parametrize("line", PROJECT["project"]["dependencies"])
def test_what_the_product_needs_is_a_range_that_holds_the_locked_version(line: str) -> None:
    wanted = Requirement(line)
    bounds = {bound.operator for bound in wanted.specifier}
    assert bounds & {">=", "=="}, "say the oldest version that was tested"
    assert wanted.name == "jieba" or "==" not in bounds, "a notebook has its own versions"
    assert LOCKED[wanted.name]
    assert all(wanted.specifier.contains(version) for version in LOCKED[wanted.name])


def test_tools_are_pinned_and_the_lock_agrees() -> None:
    for group in PROJECT["dependency-groups"].values():
        for line in group:
            if isinstance(line, str):
                ((name, found),) = versions([line]).items()
                assert found == LOCKED.get(name), f"{line}: run .ci/lock"
    assert versions(PROJECT["tool"]["uv"]["constraint-dependencies"]) == LOCKED, "run .ci/lock"


def test_uv_run_fetches_no_more_than_the_product_and_the_fast_tests() -> None:
    assert PROJECT["tool"]["uv"]["default-groups"] == ["test"]
    fetched = {Requirement(line).name for line in PROJECT["dependency-groups"]["test"]}
    assert fetched == {
        "httpx2", "hypothesis", "openpyxl", "pytest", "pytest-timeout", "pytest-xdist",
    }  # fmt: skip
    assert {"include-group": "test"} in PROJECT["dependency-groups"]["dev"]


@pytest.mark.parametrize("module", ["tests/web/test_browser.py", "tests/api/test_fuzzing.py"])
def test_suites_that_need_more_are_slow_and_say_what_to_type(module: str) -> None:
    text = (ROOT / module).read_text("utf-8")
    assert "pytestmark = pytest.mark.slow" in text
    assert "uv run --group dev pytest -n 0 -m slow" in text


def test_types_and_licence_go_with_the_package() -> None:
    assert (ROOT / "engine" / "py.typed").is_file()
    assert (ROOT / "api" / "py.typed").is_file()
    assert PROJECT["project"]["license"] == "Apache-2.0"
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text


@pytest.mark.slow
def test_the_wheel_has_types_data_and_licence(tmp_path: Path) -> None:
    """Built as `pip install .` builds it: it asks the registry for the build tool."""
    subprocess.run(["uv", "build", "--wheel", "-q", "-o", tmp_path, ROOT], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    data = {"engine/py.typed", "api/py.typed", "engine/text/lexicon/aliases.txt"}
    data |= {"engine/ranking/presets/balanced.toml", "engine/insight/presets.toml"}
    data |= {"engine/insight/cues.toml", "corpus/queries.jsonl"}
    assert data <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_changelog_has_what_is_not_released_and_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    heads = re.findall(r"^## \[(.+?)\]", text, re.MULTILINE)
    assert heads[0] == "Unreleased"
    assert PROJECT["project"]["version"] in heads


def test_the_workflow_calls_what_everyone_calls() -> None:
    text = (ROOT / ".github" / "workflows" / "check.yml").read_text("utf-8")
    assert ".ci/run" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    for name in ("CONTRIBUTING.md", "SECURITY.md"):
        assert (ROOT / ".github" / name).is_file()


def test_every_locked_file_has_a_hash_and_no_host() -> None:
    assert "://" not in LOCK
    names = re.findall(r"^[\w.-]+==", LOCK, re.MULTILINE)
    assert len(names) > 40
    assert LOCK.count("--hash=sha256:") >= len(names)


def test_the_top_level_is_the_fixed_one() -> None:
    allowed = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "requirements.lock"}
    allowed |= {"engine", "api", "tests", "corpus"}
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert {top for top in tops if not top.startswith(".")} <= allowed


def test_no_tracked_file_names_this_machine_or_unpickles() -> None:
    secrets = re.compile(r"/(?:work|home|root)/[a-z]|\bpickle\.load|joblib\.load|allow_pickle=True")
    hits = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path != Path(__file__) and path.suffix in {".py", ".md", ".toml", ".txt", ".java", ""}
        for match in secrets.finditer(path.read_text("utf-8", errors="replace"))
    ]
    assert hits == []
