"""The project keeps its own promises: a documented surface, locked versions, clean files."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer

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


def test_every_direct_version_is_pinned_and_the_lock_agrees() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    direct = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for line in direct:
        name, _, version = line.partition(";")[0].strip().partition("==")
        assert version, f"{name} is not pinned"
        assert f"{name}=={version}" in lock
    locked = re.findall(r"^([\w.-]+==[\w.+-]+)", lock, re.MULTILINE)
    pinned = [
        line.partition(";")[0].strip() for line in project["tool"]["uv"]["constraint-dependencies"]
    ]
    assert sorted(locked) == sorted(pinned), "run .ci/lock"


def test_every_locked_file_has_a_hash_and_no_host() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    names = re.findall(r"^[\w.-]+==", lock, re.MULTILINE)
    assert len(names) > 40
    assert lock.count("--hash=sha256:") >= len(names)


def test_the_top_level_is_the_fixed_one() -> None:
    allowed = {"pyproject.toml", "README.md", "LICENSE", "requirements.lock"}
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
