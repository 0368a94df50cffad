"""Shell, Python, curl and pandas blocks against the real command line and a real socket."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.formats import samples
from tests.readme.blocks import NOT_RUN, Block, blocks

ROOT = Path(__file__).parents[2]
SHELL, PYTHON = blocks("bash"), blocks("python")


def name(block: Block) -> str:
    return f"line {block.line}"


def test_every_block_of_the_readme_is_of_a_kind_that_is_run() -> None:
    assert len(SHELL) >= 5
    assert len(PYTHON) >= 2
    lines = {line.partition("  ")[0] for block in SHELL for line in block.text.splitlines()}
    assert set(NOT_RUN) <= lines, "a line that something else runs has changed: look who does"
    words = {line.split()[0] for block in SHELL for line in block.script.splitlines() if line}
    assert words <= {"uv", "curl", "-d"}


@pytest.mark.parametrize("block", PYTHON, ids=name)
def test_a_python_block_is_python(block: Block) -> None:
    assert ast.parse(block.text).body


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a reader would stand: README's files around them, the demo already run."""
    place = tmp_path_factory.mktemp("readme")
    (place / "corpus").symlink_to(ROOT / "corpus")
    samples.lines(place / "search_contents_2026-01-01.jsonl", [samples.mediacrawler()])
    samples.database(place / "ExploreData.db", explore_data=[samples.XHS_DOWNLOADER])
    tool = place / "bin" / "uv"  # `uv run` of an environment that is there already
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\n[ "$1" = run ] && shift\nexec "$@"\n')
    tool.chmod(0o755)
    done = shell("uv run noterank demo", place)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """`noterank serve` over the demo's library."""
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        number = int(any_port.getsockname()[1])
    command = ["noterank", "serve", "--library", "demo-library", "--port", str(number), "--quiet"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(folder), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    assert f"127.0.0.1:{number}" in process.stderr.readline()
    try:
        yield number
    finally:
        process.kill()
        process.communicate()


def environment(folder: Path) -> dict[str, str]:
    tools = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent)])
    kept = {key: value for key, value in os.environ.items() if not key.startswith("NOTERANK_")}
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return kept | {"PATH": path, "PYTHONPATH": str(ROOT), "no_proxy": "127.0.0.1"}


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder, env=environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("block", [b for b in SHELL if not b.asks_a_server], ids=name)
def test_a_shell_block_runs_as_printed(folder: Path, block: Block) -> None:
    done = shell(block.script, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout or not block.script.strip()


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("block", [b for b in SHELL if b.asks_a_server], ids=name)
def test_a_curl_block_is_answered_as_printed(folder: Path, port: int, block: Block) -> None:
    done = shell("curl() { command curl -sS --fail-with-body \"$@\"; }\n"
                 + block.script.replace(":8080", f":{port}"), folder)  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "敏感肌" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("block", [b for b in PYTHON if not b.asks_a_server], ids=name)
def test_a_python_block_runs_as_printed(folder: Path, block: Block) -> None:
    done = subprocess.run(
        [sys.executable, "-c", block.text],
        cwd=folder, env=environment(folder), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 5


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("block", [b for b in PYTHON if b.asks_a_server], ids=name)
def test_a_pandas_block_gives_a_frame(port: int, block: Block) -> None:
    pytest.importorskip("pandas", reason="needs `uv sync --group bench`")
    tree = ast.parse(block.text.replace(":8080", f":{port}"))
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    names: dict[str, object] = {}
    exec(compile(tree, "README.md", "exec"), names)
    frame = eval(compile(ast.Expression(last.value), "README.md", "eval"), names)
    assert list(frame.columns[:3]) == ["position", "note_id", "title"]
    assert frame["title"].str.contains("面霜").any()
