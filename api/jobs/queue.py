"""Long work as jobs: kept in the library's `jobs/`, one after the other, resumed after a restart.

A job is a file of JSON, replaced whole at each change; its input lies beside it. Whatever ends the
process, a job that had not ended is begun again at the next start: an import goes on where its
stored rows end, an analysis starts anew. Only what the file says is acknowledged.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import orjson

from engine.errors import BadOption, LibraryBusy, NoterankError, NotFound
from engine.model import CHINA, Progress

State = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED = ("done", "failed", "cancelled")
_ID = re.compile(r"[0-9a-f]{16}")
_KEPT = 200  # ended jobs
_WAITING = 20  # jobs that may wait
_NAME_BYTES = 255  # that a file system takes
_EVERY = 0.3  # seconds between two notes of progress

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; `result` are the rows it ended with, `resumed` how often it began anew."""

    job_id: str
    kind: str
    state: State
    progress: float
    created_at: str
    started_at: str | None
    ended_at: str | None
    error: str | None
    resumed: int
    parameters: Mapping[str, Any]
    result: Rows


Work = Callable[[Job, Path, Progress], Rows]


class _Cancelled(Exception):
    """Ends a job that its owner no longer wants."""


class Jobs:
    """The jobs of one library; `works` does each kind of them."""

    def __init__(self, folder: Path, works: Mapping[str, Work]) -> None:
        self._folder = folder / "jobs"
        self._works = works
        self._lock = threading.Lock()
        self._wanted_off: set[str] = set()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="noterank-jobs")
        self._closing = threading.Event()

    def start(self) -> None:
        """Take up the jobs that had not ended when the process did."""
        for job in reversed(self.all()):
            if job.state not in ENDED:
                again = replace(job, state="queued", resumed=job.resumed + 1)
                self._write(again)
                self._pool.submit(self._run, job.job_id)

    def close(self) -> None:
        """Stop between two steps; what runs is resumed at the next start."""
        self._closing.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, kind: str, parameters: Mapping[str, Any], content: bytes | Path = b"") -> Job:
        """Keep a job and its input, then let it wait for its turn; LibraryBusy when many do."""
        if sum(job.state not in ENDED for job in self.all()) >= _WAITING:
            raise LibraryBusy(f"{_WAITING} jobs wait already", "try again when some have ended")
        job_id = secrets.token_hex(8)
        job = Job(job_id, kind, "queued", 0.0, _now(), None, None, None, 0, dict(parameters), [])
        place = self.input_of(job)
        place.parent.mkdir(parents=True)
        if isinstance(content, Path):
            os.replace(content, place)
        else:
            place.write_bytes(content)
        self._write(job)
        self._forget_old()
        self._pool.submit(self._run, job_id)
        return job

    def get(self, job_id: str) -> Job:
        """A job; NotFound when there is none."""
        if _ID.fullmatch(job_id):
            with contextlib.suppress(FileNotFoundError, ValueError, TypeError):
                return Job(**orjson.loads(self._path(job_id).read_bytes()))
        raise NotFound(f"no job {job_id[:40]}", "see GET /api/v1/jobs")

    def all(self) -> list[Job]:
        """Every job that is kept, the newest first."""
        found = []
        for path in self._folder.glob("*.json"):
            with contextlib.suppress(NotFound):
                found.append(self.get(path.stem))
        return sorted(found, key=lambda job: (job.created_at, job.job_id), reverse=True)

    def cancel(self, job_id: str) -> Job:
        """End a job between two steps; what it has stored stays. An ended one is forgotten."""
        job = self.get(job_id)
        if job.state in ENDED:
            self._forget(job)
            return job
        with self._lock:
            self._wanted_off.add(job_id)
        if job.state == "queued":
            job = replace(job, state="cancelled", ended_at=_now())
            self._write(job)
        return job

    def input_of(self, job: Job) -> Path:
        """Where a job's input lies, under the name that it came with."""
        return self._folder / job.job_id / str(job.parameters.get("name", "input"))

    @contextlib.contextmanager
    def incoming(self) -> Iterator[Path]:
        """A place for a body that is still coming; what no job has taken by then is dropped."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f".{secrets.token_hex(8)}.part"
        try:
            yield place
        finally:
            place.unlink(missing_ok=True)

    def _run(self, job_id: str) -> None:
        job = self.get(job_id)
        if job.state != "queued" or self._closing.is_set():
            return
        job = replace(job, state="running", started_at=_now())
        self._write(job)
        try:
            rows = self._works[job.kind](job, self.input_of(job), self._ticking(job))
            job = replace(job, state="done", progress=1.0, result=rows, ended_at=_now())
        except _Cancelled:
            if self._closing.is_set():
                return  # its file says that it runs: the next start takes it up
            job = replace(self.get(job_id), state="cancelled", ended_at=_now())
        except NoterankError as error:
            said = f"{error.problem}; {error.cure}"
            job = replace(self.get(job_id), state="failed", error=said, ended_at=_now())
        except Exception as error:  # a fault of ours ends the job, not the worker
            said = f"a fault of noterank ({type(error).__name__})"
            job = replace(self.get(job_id), state="failed", error=said, ended_at=_now())
        self._write(job)
        shutil.rmtree(self._folder / job_id, ignore_errors=True)

    def _ticking(self, job: Job) -> Progress:
        told = 0.0

        def tick(share: float) -> None:
            nonlocal told
            with self._lock:
                off = job.job_id in self._wanted_off
            if off or self._closing.is_set():
                raise _Cancelled
            if time.monotonic() - told >= _EVERY:
                told = time.monotonic()
                self._write(replace(job, progress=round(min(max(share, 0.0), 1.0), 4)))

        return tick

    def _write(self, job: Job) -> None:
        temporary = self._path(job.job_id).with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(orjson.dumps(asdict(job)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, self._path(job.job_id))

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"

    def _forget_old(self) -> None:
        for job in [job for job in self.all() if job.state in ENDED][_KEPT:]:
            self._forget(job)

    def _forget(self, job: Job) -> None:
        self._path(job.job_id).unlink(missing_ok=True)
        shutil.rmtree(self._folder / job.job_id, ignore_errors=True)


def job_row(job: Job) -> dict[str, Any]:
    """A job as a flat row, without its input and its result."""
    row = asdict(job)
    rows = len(row.pop("result"))
    row.pop("parameters")
    return {**row, "rows": rows}


def wants_job(prefer: str) -> bool:
    """Whether a Prefer header asks for an answer later (RFC 7240)."""
    return any(part.strip().lower() == "respond-async" for part in prefer.split(","))


def checked_name(name: str) -> str:
    """The name of an uploaded file, without a path; BadOption for what is none."""
    base = re.split(r"[/\\]", name)[-1].strip()
    fits = base.isprintable() and len(os.fsencode(base)) <= _NAME_BYTES
    if not base or base.startswith(".") or not fits:
        raise BadOption(f"'{name[:40]}' is no file name", "send name=export.xlsx")
    return base


def _now() -> str:
    return datetime.now(CHINA).isoformat(timespec="milliseconds")
