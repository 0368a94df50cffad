"""README -> its fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOT_RUN = {  # how a line of a shell block begins -> who runs it
    "pip install uv && uv run noterank demo": ".ci/run, in an empty environment",
    "uv run pytest": "these are the tests",
    "uv run noterank serve": "a fixture of `test_blocks`",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its language, the line of README at which it begins, its text."""

    language: str
    line: int
    text: str

    @property
    def asks_a_server(self) -> bool:
        return "127.0.0.1:8080" in self.script

    @property
    def script(self) -> str:
        """The text without the lines that something else runs."""
        return "".join(
            line
            for line in self.text.splitlines(keepends=True)
            if line.partition("  ")[0].rstrip() not in NOT_RUN
        )


def blocks(*languages: str) -> list[Block]:
    """Blocks of these languages, in README's order."""
    text = README.read_text("utf-8")
    return [
        Block(found[1], text.count("\n", 0, found.start()) + 1, found[2])
        for found in _FENCED.finditer(text)
        if found[1] in languages
    ]
