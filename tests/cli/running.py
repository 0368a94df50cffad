"""Commands as a user types them: in a process of their own, or quicker in this one."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from engine.cli import main

ROOT = Path(__file__).parents[2]
Done = subprocess.CompletedProcess[str]


def apart(*words: str, library: Path) -> Done:
    """Run a command in a process of its own, on a library."""
    return subprocess.run(
        [sys.executable, "-m", "engine", *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "NOTERANK_LIBRARY": str(library), "PYTHONPATH": str(ROOT)},
        cwd=library.parent,
        timeout=120,
        check=False,
    )


def noterank(*words: str, library: Path) -> Done:
    """Run a command in this process by the same door: its exit code and what it printed."""
    out, err = io.BytesIO(), io.BytesIO()
    code: object = 0
    with _streams(out, err), contextlib.chdir(library.parent):
        environment = {"NOTERANK_LIBRARY": str(library)}
        with patch.dict(os.environ, environment), patch.object(sys, "argv", ["noterank", *words]):
            try:
                main()
            except SystemExit as end:
                code = end.code or 0
    status = code if isinstance(code, int) else 1
    texts = (stream.getvalue().decode("utf-8") for stream in (out, err))
    return subprocess.CompletedProcess(list(words), status, *texts)


@contextlib.contextmanager
def _streams(out: io.BytesIO, err: io.BytesIO) -> Iterator[None]:
    texts = [io.TextIOWrapper(raw, "utf-8", write_through=True) for raw in (out, err)]
    with contextlib.redirect_stdout(texts[0]), contextlib.redirect_stderr(texts[1]):
        yield
    for text in texts:
        text.flush()
        text.detach()
