"""Jobs: kept, done one after the other, told as they go, cancelled, and resumed after a restart."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.jobs.queue import Job, Jobs
from api.schemas import answers as schemas
from engine.engine import Engine
from engine.errors import BadInput, LibraryBusy, NotFound
from engine.model import Progress

NDJSON = {"Content-Type": "application/x-ndjson", "Prefer": "respond-async"}
FILE = {"Content-Type": "application/octet-stream"}


def until(ask: Callable[[], Any], seconds: float = 30.0) -> Any:
    """What a question gives once it gives something."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := ask():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come about")


def ended(client: TestClient, job_id: str) -> dict[str, Any]:
    def ask() -> dict[str, Any] | None:
        row: dict[str, Any] = client.get(f"/api/v1/jobs/{job_id}?shape=rows").json()[0]
        return row if row["ended_at"] else None

    found: dict[str, Any] = until(ask)
    return found


def test_an_import_as_a_job_is_accepted_done_and_searched(client: TestClient) -> None:
    lines = '{"note_id": "j1", "title": "青苔绿穿搭", "body": "周末"}\nnonsense\n'
    answer = client.post("/api/v1/notes:import", content=lines.encode(), headers=NDJSON)
    assert answer.status_code == 202
    place = answer.headers["location"]
    job = ended(client, place.rsplit("/")[-1])
    assert (job["state"], job["progress"], job["rows"]) == ("done", 1.0, 1)
    (row,) = client.get(f"{place}/rows?shape=rows").json()
    assert (row["added"], row["rejected"]) == (1, 1)
    found = client.get("/api/v1/search?q=青苔绿&shape=rows").json()
    assert [note["note_id"] for note in found] == ["j1"]
    answer = client.get("/api/v1/jobs")
    schemas.JobAnswer.model_validate_json(answer.content, strict=True)
    assert [row["job_id"] for row in answer.json()["data"]] == [job["job_id"]]


def test_any_export_is_taken_as_a_file(client: TestClient) -> None:
    table = "note_id,title,desc,liked_count\nc1,露营咖啡,好喝,1.2万\n"
    answer = client.post(
        "/api/v1/notes:import?name=../../export.csv", content=table.encode(), headers=FILE
    )
    assert answer.status_code == 202
    job = ended(client, answer.json()["data"][0]["job_id"])
    assert job["error"] is None
    (row,) = client.get(f"/api/v1/jobs/{job['job_id']}/rows?shape=rows").json()
    assert (row["path"], row["added"]) == ("export.csv", 1)


@pytest.mark.parametrize("name", ["", "..", "/", "a%00b.csv", "%C2%9B.csv", "%E7%AC%94" * 86])
def test_a_file_needs_a_name(client: TestClient, engine: Engine, name: str) -> None:
    answer = client.post(f"/api/v1/notes:import?name={name}", content=b"x", headers=FILE)
    assert answer.status_code == 422
    assert "no file name" in answer.json()["detail"]
    assert not list(engine.library.folder.glob("jobs/.*"))


def test_a_job_that_cannot_be_done_says_why_and_has_no_rows(client: TestClient) -> None:
    answer = client.post("/api/v1/notes:import?name=x.csv", content=b"\x00\x01", headers=FILE)
    job = ended(client, answer.json()["data"][0]["job_id"])
    assert job["state"] == "failed"
    assert "; " in job["error"]
    assert client.get(f"/api/v1/jobs/{job['job_id']}/rows").status_code == 422


def test_long_analyses_are_jobs_too(client: TestClient) -> None:
    headers = {"Prefer": "respond-async, wait=5"}
    body: dict[str, object] = {"keywords": ["面霜"], "own": ["沐禾集"]}
    answer = client.post("/api/v1/visibility?by=total", json=body, headers=headers)
    job = ended(client, answer.json()["data"][0]["job_id"])
    rows = client.get(f"/api/v1/jobs/{job['job_id']}/rows?shape=rows").json()
    now = client.post("/api/v1/visibility?by=total&shape=rows", json=body).json()
    assert rows == now
    body = {"pages": [{"keyword": "面霜", "notes": ["n01"]}]}
    answer = client.post("/api/v1/calibrate", json=body, headers=headers)
    job = ended(client, answer.json()["data"][0]["job_id"])
    assert "too few to learn from" in job["error"]


def test_progress_comes_as_events(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/notes:import", content=b'{"note_id": "e1", "title": "x"}\n', headers=NDJSON
    )
    place = answer.headers["location"]
    with client.stream("GET", f"{place}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert events[-1]["state"] == "done"


def test_a_job_that_is_not_there_is_404(client: TestClient) -> None:
    for path in ("0123456789abcdef", "0123456789abcdef/rows", "..", "x/events"):
        assert client.get(f"/api/v1/jobs/{path}").status_code == 404


# --- the queue itself --------------------------------------------------------------------------


class Slow:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.done: list[str] = []

    def __call__(self, job: Job, path: Path, tick: Progress) -> list[dict[str, Any]]:
        self.begun.set()
        while not self.go.wait(0.01):
            tick(0.5)
        self.done.append(path.read_text("utf-8"))
        return [{"text": path.read_text("utf-8")}]


def test_jobs_wait_for_one_another_and_can_be_cancelled(tmp_path: Path) -> None:
    slow = Slow()
    jobs = Jobs(tmp_path, {"slow": slow})
    first, second, third = (jobs.submit("slow", {}, text.encode()) for text in "abc")
    slow.begun.wait(10)
    until(lambda: jobs.get(first.job_id).progress == 0.5)
    assert jobs.get(second.job_id).state == "queued"
    assert jobs.cancel(second.job_id).state == "cancelled"
    jobs.cancel(first.job_id)
    until(lambda: jobs.get(first.job_id).state == "cancelled")
    slow.go.set()
    until(lambda: jobs.get(third.job_id).state == "done")
    assert slow.done == ["c"]
    assert jobs.cancel(third.job_id).state == "done"  # forgotten now
    with pytest.raises(NotFound):
        jobs.get(third.job_id)
    jobs.close()


def test_what_had_not_ended_is_resumed_in_its_order(tmp_path: Path) -> None:
    slow = Slow()
    jobs = Jobs(tmp_path, {"slow": slow})
    first, second = (jobs.submit("slow", {"name": "x.txt"}, text.encode()) for text in "ab")
    slow.begun.wait(10)
    jobs.close()
    assert [jobs.get(job.job_id).state for job in (first, second)] == ["running", "queued"]
    slow.go.set()
    again = Jobs(tmp_path, {"slow": slow})
    again.start()
    until(lambda: again.get(second.job_id).state == "done")
    assert slow.done == ["a", "b"]
    assert again.get(first.job_id).resumed == 1
    again.close()


def test_a_fault_ends_the_job_and_not_the_worker(tmp_path: Path) -> None:
    def broken(job: Job, path: Path, tick: Progress) -> list[dict[str, Any]]:
        raise ZeroDivisionError if job.parameters else BadInput("wrong", "mend it")

    jobs = Jobs(tmp_path, {"broken": broken})
    one, two = jobs.submit("broken", {"a": 1}), jobs.submit("broken", {})
    assert until(lambda: jobs.get(two.job_id).error) == "wrong; mend it"
    assert jobs.get(one.job_id).error == "a fault of noterank (ZeroDivisionError)"
    jobs.close()


def test_the_line_is_bounded(tmp_path: Path) -> None:
    slow = Slow()
    jobs = Jobs(tmp_path, {"slow": slow})
    for _ in range(20):
        jobs.submit("slow", {})
    with pytest.raises(LibraryBusy, match="20 jobs wait"):
        jobs.submit("slow", {})
    jobs.close()


def test_an_app_takes_up_jobs_of_the_one_before(engine: Engine) -> None:
    folder = engine.library.folder / "jobs" / ("0" * 16)
    folder.mkdir(parents=True)
    (folder / "late.jsonl").write_text('{"note_id": "late", "title": "x"}\n', "utf-8")
    job = {"job_id": "0" * 16, "kind": "import", "state": "running", "progress": 0.1,
           "created_at": "2026-01-01", "started_at": None, "ended_at": None, "error": None,
           "resumed": 0, "parameters": {"name": "late.jsonl"}, "result": []}  # fmt: skip
    (folder.parent / f"{'0' * 16}.json").write_text(json.dumps(job), "utf-8")
    app: FastAPI = create_app(engine)
    with TestClient(app, "http://127.0.0.1") as client:
        row = ended(client, "0" * 16)
        assert (row["state"], row["resumed"]) == ("done", 1)
        assert client.get("/api/v1/notes/late").status_code == 200
