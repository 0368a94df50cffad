"""The table of commands: the module of each, loaded when it is called, and what `--help` says."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

COMMANDS = {
    "search": ("answers", "The page that a query would show, ranked by named rules."),
    "explain": (
        "answers",
        "Why a note stands where it stands: numbers that add up, and one sentence.",
    ),
    "suggest": ("answers", "Complete what is being typed from the words of the notes."),
    "stats": ("answers", "Count what a library holds."),
    "import": (
        "notes",
        "Import exports: MediaCrawler, XHS-Downloader, Spider_XHS, 聚光, search API, any table.",
    ),
    "imports": ("imports", "What came in and what it did: file, hash, time, rows, effects."),
    "undo": ("imports", "Take one import back exactly; later imports are kept."),
    "tidy": ("imports", "Let go what the keeping policy no longer keeps, and say what."),
    "draft": (
        "draft",
        "Where a draft would stand for each keyword of a set, before it is published.",
    ),
    "demo": (
        "demo",
        "Build a library from the sample notes and walk through it: page, why, "
        "words, share, draft.",
    ),
    "extract": ("extract", "Keyword phrases of a note or draft, best first."),
    "opportunity": (
        "opportunity",
        "Where to fight: demand, supply, difficulty of the incumbents, and room, by keyword.",
    ),
    "visibility": (
        "opportunity",
        "Share of voice: what part of the attention on the pages of a set each brand holds.",
    ),
    "expand": (
        "opportunity",
        "Words near a keyword: long tail, related, lifestyle angles, up- and downstream searches.",
    ),
    "verify": (
        "keep",
        "Read every stored byte of notes and index and say whether it is what was written.",
    ),
    "rebuild": (
        "keep",
        "Make the index again from notes.db, after a changed lexicon or a damaged file.",
    ),
    "export": (
        "keep",
        "All notes as one table, with floors and precision of counts beside them.",
    ),
    "evaluate": (
        "keep",
        "nDCG, MRR, recall on judged queries (ideal cut at k, linear gain), several at once.",
    ),
    "keywords": (
        "keywords",
        "A portrait of the people to reach -> the keywords to stand for, each "
        "with where it is from.",
    ),
    "snapshot": (
        "rank_changes",
        "Keep notes, counts, lexicon and rules as they are now, to compare with later.",
    ),
    "moves": (
        "rank_changes",
        "Why a note moved since a snapshot, in parts that sum to the move (minus is up).",
    ),
    "watch": (
        "rank_changes",
        "What happened on the pages of a set since the last look: entered, left, first places.",
    ),
    "serve": (
        "serve",
        "Run the pages and the HTTP API until Ctrl-C. Open on this machine; with a key "
        "(`noterank keys add`) every request needs one, and other addresses can be bound.",
    ),
    "fidelity": (
        "trust",
        "How far to trust the order: its agreement with pages really observed, per keyword.",
    ),
    "calibrate": (
        "trust",
        "Fit field boosts, k1, b and rule weights to observed pages; keep them only if better.",
    ),
    "keys": (
        "keys",
        "Keys for HTTP: with one, `serve` asks for it and may leave this machine.",
    ),
    "lexicon": ("lexicon", "Words that stay whole: check one, or add your own."),
}


class Commands(TyperGroup):
    """The commands of the table; `--help` loads none of them."""

    _listing = False

    @property  # type: ignore[override]
    def commands(self) -> dict[str, Any]:
        """All of them, loaded: for suggestions, and for whoever looks at each."""
        return {name: self._load(name) for name in COMMANDS}

    @commands.setter
    def commands(self, registered: dict[str, Any]) -> None:
        self._registered = registered  # of the modules that are loaded

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        if self._listing:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])
        return self._load(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False

    def _load(self, name: str) -> Any:
        from engine.cli.app import app

        if name not in self._registered:
            importlib.import_module(f"engine.cli.{COMMANDS[name][0]}")
            self._registered = typer.main.get_group(app)._registered  # type: ignore[attr-defined]
        return self._registered[name]
