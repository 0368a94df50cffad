"""A library folder: notes.db, index/, lexicon/, rejected/, rules.toml, and who writes to it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.errors import BadOption, LibraryBusy, NotFound
from engine.model import CHINA

_NAME = re.compile(r"[\w-]{1,60}")
_WAIT = 10.0  # seconds that a second writer waits before it gives up


@dataclass(frozen=True, slots=True)
class Library:
    """Where a library keeps what; nothing is opened by making one."""

    folder: Path

    @property
    def notes(self) -> Path:
        return self.folder / "notes.db"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    @property
    def lexicon(self) -> Path:
        return self.folder / "lexicon"

    @property
    def rejected(self) -> Path:
        return self.folder / "rejected"

    @property
    def rules(self) -> Path:
        return self.folder / "rules.toml"

    def snapshot(self, name: str) -> Path:
        """Where a snapshot of a name lies; BadOption for what is no name."""
        if not _NAME.fullmatch(name):
            raise BadOption(f"'{name}' is no name", "use letters, figures, - and _, at most 60")
        return self.folder / "snapshots" / name

    @property
    def exists(self) -> bool:
        return self.notes.is_file()

    def demand(self) -> None:
        """NotFound when there is no library here."""
        if not self.exists:
            raise NotFound(
                f"no library in {self.folder}",
                f"make one with `noterank import FILE --library {self.folder}` or `noterank demo`",
            )

    def create(self) -> None:
        """Make the folder and the places in it."""
        for folder in (self.folder, self.lexicon, self.rejected):
            folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def writing(self, task: str, wait: float = _WAIT) -> Iterator[None]:
        """Be the only writer; LibraryBusy names the holder when it stays busy for `wait` seconds.

        The system frees the lock when a process dies, however it dies.
        """
        from filelock import FileLock, Timeout  # slow to load, and most commands only read

        holder = self.folder / "writer.json"
        lock = FileLock(self.folder / "writer.lock")
        try:
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise LibraryBusy(
                f"{self.folder} is being written by {_holder(holder)}", "try again when it is done"
            ) from error
        try:
            since = datetime.now(CHINA).isoformat(timespec="seconds")
            content = {"process": os.getpid(), "task": task, "since": since}
            holder.write_text(json.dumps(content), "utf-8")
            yield
        finally:
            holder.unlink(missing_ok=True)
            lock.release()


def _holder(path: Path) -> str:
    try:
        lock = json.loads(path.read_text("utf-8"))
        return f"`{lock['task']}` (process {lock['process']}, since {lock['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


def default_folder() -> Path:
    """`$NOTERANK_LIBRARY`, else `./library`."""
    return Path(os.environ.get("NOTERANK_LIBRARY") or "library")


def this_task() -> str:
    """The running command, as a holder is named to others."""
    return " ".join(["noterank", *sys.argv[1:2]])
