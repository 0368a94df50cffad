"""serve and `python -m api`: one line where to look, or one line why not."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from api.serving import serve
from engine.engine import Engine
from engine.errors import BadOption


def run(library: Path, port: int, **more: str) -> subprocess.Popen[str]:
    known = {"NOTERANK_LIBRARY": str(library), "NOTERANK_PORT": str(port), **more}
    return subprocess.Popen(
        [sys.executable, "-m", "api"],
        env={**os.environ, **known},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a background job hands on an ignored Ctrl-C
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def free_port() -> int:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return int(any_port.getsockname()[1])


@contextmanager
def running(library: Path) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """A server, the line it printed, its port."""
    port = free_port()
    process = run(library, port)
    assert process.stderr is not None
    try:
        yield process, process.stderr.readline(), port
    finally:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(made: Path) -> Iterator[int]:
    """The port of a server that is only read."""
    with running(made) as (_, _, port):
        yield port


def seconds_of_twenty_answers(port: int) -> float:
    """On one connection, as a dashboard keeps it; the best of three."""

    def once() -> float:
        started = time.perf_counter()
        for _ in range(20):
            client.get("/healthz")
        return time.perf_counter() - started

    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        return min(once() for _ in range(3))


def test_a_server_says_where_answers_and_stops_quietly(engine: Engine) -> None:
    with running(engine.library.folder) as (process, line, port):
        assert f"http://127.0.0.1:{port}/docs" in line
        assert "15 notes, balanced@1; Ctrl-C stops" in line
        answer = httpx2.get(f"http://127.0.0.1:{port}/api/v1/search?q=面霜", trust_env=False)
        assert answer.status_code == 200
        assert "server" not in answer.headers
        process.send_signal(signal.SIGINT)
        said, complained = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
        (logged,) = map(json.loads, complained.splitlines())
        assert (logged["event"], logged["route"]) == ("answer", "/api/v1/search")


def test_small_answers_are_sent_at_once(served: int) -> None:
    assert seconds_of_twenty_answers(served) < 0.5  # 0.9 and more when each waits for an ACK


@pytest.mark.parametrize(
    "sent",
    [
        b"NONSENSE\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /healthz?" + b"a" * 200_000,
        b"POST /api/v1/notes:import HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    ],
)
def test_what_is_no_http_gets_a_problem_document(served: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served), timeout=10) as connection:
        connection.sendall(sent)
        answer = connection.recv(4096)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/problem+json" in answer
    assert b'"cure"' in answer


@pytest.mark.parametrize(
    ("more", "cure"),
    [
        ({"NOTERANK_PORT": "http"}, "from 1 to 65535"),
        ({"NOTERANK_PORT": "70000"}, "from 1 to 65535"),
        ({"NOTERANK_HOST": "0.0.0.0"}, "keys"),
        ({"NOTERANK_RULES": "no-such-rules"}, "use"),
        ({"NOTERANK_LIBRARY": "no-such-library"}, "noterank import"),
    ],
)
def test_what_cannot_be_served_is_one_line_with_a_cure(
    engine: Engine, more: dict[str, str], cure: str
) -> None:
    process = run(engine.library.folder, free_port(), **more)
    said, complained = process.communicate(timeout=120)
    assert (process.returncode, said) == (1, "")
    assert complained.startswith("noterank: ")
    assert complained.count("\n") == 1
    assert cure in complained


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", ""])
def test_serving_elsewhere_than_here_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadOption, match="the library has no key"):
        serve(tmp_path, host, 8080, None)


def test_a_busy_port_is_one_line(engine: Engine) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BadOption, match="choose another"):
            serve(engine.library.folder, "127.0.0.1", port, None)
        said, complained = run(engine.library.folder, port).communicate(timeout=20)
    assert (said, complained.count("\n")) == ("", 1)
    assert f"port {port}" in complained
