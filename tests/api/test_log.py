"""The log: a JSON line an answer, without what was asked, and never in an answer's way."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.keys import Keys
from api.middleware import log as logs
from api.middleware.log import Log
from engine.engine import Engine


@contextmanager
def logged(answers: bool = True) -> Iterator[list[dict[str, object]]]:
    """The lines that are written until the end of the block, there after it."""
    stream, lines = io.StringIO(), []  # type: ignore[var-annotated]
    log = Log(stream, answers)
    try:
        yield lines
    finally:
        log.close()
        lines += map(json.loads, stream.getvalue().splitlines())


def test_an_answer_is_a_line_without_its_question(client: TestClient) -> None:
    with logged() as lines:
        answer = client.get("/api/v1/search?q=敏感肌", headers={"X-Request-ID": "abc-1"})
        client.get("/secret/敏感肌")
    assert answer.status_code == 200
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/api/v1/search", 200),
        ("none", 404),
    ]
    assert (lines[0]["request_id"], lines[0]["method"]) == ("abc-1", "GET")
    assert lines[0]["ms"] > 0  # type: ignore[operator]
    assert {"timestamp", "level", "event"} <= set(lines[0])
    assert "敏感肌" not in json.dumps(lines, ensure_ascii=False)


def test_questions_are_told_when_they_are_wanted(engine: Engine) -> None:
    with (
        logged() as lines,
        TestClient(create_app(engine, log_queries=True), "http://127.0.0.1") as client,
    ):
        client.get("/api/v1/search?q=敏感肌&limit=3")
    assert lines[-1]["query"] == "q=敏感肌&limit=3"


def test_a_key_is_told_by_its_name_alone(client: TestClient, engine: Engine) -> None:
    secret = Keys(engine.library.folder).add("dashboard", "read")
    with logged() as lines:
        client.get("/api/v1/stats", headers={"X-API-Key": secret})
        client.get("/api/v1/stats", headers={"X-API-Key": "nr_wrong"})
    assert [(line["status"], line.get("key")) for line in lines] == [
        (200, "dashboard"),
        (401, None),
    ]
    assert secret not in json.dumps(lines)
    assert "nr_wrong" not in json.dumps(lines)


def test_a_fault_has_its_stack_in_the_log_and_its_id_in_the_answer(
    app: FastAPI, client: TestClient
) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a bug")

    with logged(answers=False) as lines:
        answer = client.get("/broken")
        client.get("/healthz")
    (line,) = lines
    assert (answer.status_code, line["level"]) == (500, "error")
    assert line["request_id"] == answer.json()["request_id"]
    assert "RuntimeError: a bug" in str(line["exception"])
    assert "a bug" not in answer.text


def test_a_terminal_gets_plain_lines(client: TestClient) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    log = Log(stream)
    client.get("/healthz")
    log.close()
    assert "answer" in stream.getvalue()
    assert "status=200" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_who_does_not_read_the_log_stops_nothing(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_ROOM", 20)
    monkeypatch.setattr(logs, "_LAST", 0.1)
    reading, writing = os.pipe()  # 64 KiB, then a write waits
    stream = os.fdopen(writing, "w")
    log = Log(stream)
    logger = logging.getLogger("noterank.answers")
    for _ in range(200):
        logger.info("x" * 10_000)
    assert client.get("/healthz").status_code == 200
    log.close()
    lines: list[str] = []
    with os.fdopen(reading) as read:
        reader = threading.Thread(target=lambda: lines.extend(read))
        reader.start()
        log._records.put(None)  # once there is room again
        log._writer.join(10)
        stream.close()
        reader.join(10)
    assert 20 <= len(lines) < 200
