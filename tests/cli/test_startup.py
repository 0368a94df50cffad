"""Commands load what they use: a short one neither a compiler nor the rooms of others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from engine.cli import app
from engine.cli.commands import COMMANDS
from engine.engine import Engine
from tests.api.conftest import NOW, rows
from tests.cli.running import ROOT, apart

_HEAVY = ("numba", "llvmlite", "sklearn", "scipy", "fastapi", "pandas", "rank_bm25", "jieba")
_LOADED = """
import sys
from engine.cli import main
sys.argv = ["noterank", *sys.argv[1:]]
try:
    main()
finally:
    print("LOADED", *sorted(sys.modules), file=sys.stderr)
"""


def loaded(*words: str, cache: Path) -> set[str]:
    """The modules that a command leaves loaded."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)},
        cwd=cache, capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return set(done.stderr.rpartition("LOADED ")[2].split())


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("startup") / "library"
    with Engine.open(folder, create=True) as engine:
        engine.import_rows("test", rows(), NOW)
    return folder


def test_help_loads_no_command(tmp_path: Path) -> None:
    modules = loaded("--help", cache=tmp_path)
    assert modules.isdisjoint({*_HEAVY, "numpy", "apsw", "engine.engine"})
    assert {name for name in modules if name.startswith("engine.cli")} == {
        "engine.cli",
        "engine.cli.app",
        "engine.cli.commands",
    }


@pytest.mark.parametrize("words", [("stats",), ("search", "面霜"), ("explain", "n01", "面霜")])
def test_short_commands_need_no_compiler(
    library: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    loaded("search", "面霜", "--library", str(library), cache=tmp_path)  # makes the dictionary
    modules = loaded(*words, "--library", str(library), cache=tmp_path)
    assert "engine.engine" in modules
    assert modules.isdisjoint(_HEAVY)


def test_the_table_says_what_each_command_says() -> None:
    root = typer.main.get_command(app)
    assert list(root.commands) == list(COMMANDS)  # type: ignore[attr-defined]
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        first = (command.help or "").partition("\n\n")[0].replace("\n", " ")
        assert COMMANDS[name][1] == first


def test_no_module_of_commands_is_missing_from_the_table() -> None:
    homes = {home for home, _ in COMMANDS.values()}
    folder = ROOT / "engine" / "cli"
    registering = {
        path.stem
        for path in folder.glob("*.py")
        if "@app.command" in (text := path.read_text("utf-8")) or "add_typer" in text
    }
    assert homes == registering


def test_a_misspelt_command_is_corrected(tmp_path: Path) -> None:
    done = apart("serch", library=tmp_path / "library")
    assert done.returncode == 2
    assert "search" in done.stderr


def test_a_group_lists_its_own_commands(tmp_path: Path) -> None:
    done = apart("lexicon", "--help", library=tmp_path / "library")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("check", "add", "propose", "refuse"))


def test_the_front_door_has_every_name_and_no_other() -> None:
    import engine

    for name in engine.__all__:
        assert getattr(engine, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Searcher'"):
        engine.Searcher  # noqa: B018
