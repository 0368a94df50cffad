"""kill -9 of a server during an import job: the next start resumes it, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from engine.engine import Engine
from tests.exports import row

ROOT = Path(__file__).parents[2]
NOTES, KILLS = 4_000, 3


def server(library: Path) -> tuple[subprocess.Popen[str], str]:
    """A server on a free port, and its address once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "engine", "serve", "--library", str(library), "--port", "18473"],
        cwd=ROOT, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://[^/]+", line):
            return process, found[0]
    raise AssertionError("the server did not come up")


def asked(address: str, path: str) -> Any:
    with urllib.request.urlopen(f"{address}/api/v1/{path}", timeout=30) as answer:
        return json.loads(answer.read())


@pytest.mark.slow
def test_a_killed_server_resumes_its_import(tmp_path: Path) -> None:
    library = tmp_path / "library"
    Engine.open(library, create=True).close()
    dice = random.Random(3)
    lines = "".join(json.dumps(row(n), ensure_ascii=False) + "\n" for n in range(NOTES))
    process, address = server(library)
    request = urllib.request.Request(
        f"{address}/api/v1/notes:import?name=export.jsonl", lines.encode(),
        {"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202
        job_id = json.loads(answer.read())["data"][0]["job_id"]
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.1, 0.8))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process, address = server(library)
    try:
        end = time.monotonic() + 120
        while (job := asked(address, f"jobs/{job_id}")["data"][0])["ended_at"] is None:
            assert time.monotonic() < end, job
            time.sleep(0.2)
        assert (job["state"], job["error"]) == ("done", None)
        assert job["resumed"] >= 1
        (done,) = asked(address, f"jobs/{job_id}/rows?shape=rows")
        assert done["rows"] == NOTES
        assert asked(address, "stats?shape=rows")[0]["notes"] == NOTES
    finally:
        process.terminate()
        process.wait()
