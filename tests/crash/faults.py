"""What the fault suites share: generated exports, the command in a process, what a library says."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from engine.engine import Engine
from engine.model import CHINA

NOW = datetime(2026, 11, 1, tzinfo=CHINA)
WORDS = [
    "面霜",
    "防晒霜",
    "敏感肌",
    "油皮",
    "神仙水",
    "平替",
    "早八",
    "通勤",
    "猫砂",
    "露营",
    "咖啡",
]
ON_CI = bool(os.environ.get("CI"))


def export(path: Path, rows: int, first: int = 0, words: int = 30) -> Path:
    """Generated notes as jsonl."""
    dice = random.Random(first)
    with path.open("w", encoding="utf-8") as file:
        for number in range(first, first + rows):
            body = "，".join(dice.choices(WORDS, k=words)) + f"，第{number}篇"
            row = {"note_id": f"n{number:06d}", "title": dice.choice(WORDS), "body": body}
            file.write(json.dumps(row | {"likes": number}, ensure_ascii=False) + "\n")
    return path


def command(
    library: Path, *words: str | Path, prefix: Sequence[str] = (), timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """`noterank …` over a library, in a process of its own."""
    line = [*prefix, sys.executable, "-m", "engine", *map(str, words), "--library", str(library)]
    return subprocess.run(line, capture_output=True, text=True, timeout=timeout, check=False)


def assert_refused(answer: subprocess.CompletedProcess[str]) -> str:
    """Exit 1 and one line that says what is wrong and what to do; the line."""
    lines = [line for line in answer.stderr.splitlines() if line.strip()]
    assert answer.returncode == 1, answer.stderr
    assert "Traceback" not in answer.stderr, answer.stderr
    assert lines
    assert ";" in lines[-1], answer.stderr
    return lines[-1]


def says(library: Path) -> list[object]:
    """Everything that a reader can see of a library, as bytes would be compared."""
    with Engine.open(library) as engine:
        notes = [(n.note_id, n.title, n.body, n.counts) for n in engine.notes()]
        found: list[object] = [notes]
        for words in WORDS:
            page = engine.search(words, now=NOW)
            found.append([(r.note.note_id, r.score, r.bm25) for r in page.results])
            found.append(page.total)
        return found
