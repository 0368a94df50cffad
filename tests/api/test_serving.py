"""serve and `python -m api`: one line where to look, or one line why not."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from api.serving import _listening, serve
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


class Accepted(asyncio.Protocol):
    """Says of each connection whether small answers wait for an acknowledgement before them."""

    def __init__(self, delayed: asyncio.Future[bool]) -> None:
        self._delayed = delayed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = transport.get_extra_info("socket")
        nodelay = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        self._delayed.set_result(not nodelay)
        transport.close()


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


def test_small_answers_are_sent_at_once() -> None:
    async def delayed() -> bool:
        loop = asyncio.get_running_loop()
        known: asyncio.Future[bool] = loop.create_future()
        listener = _listening("127.0.0.1", 0)
        async with await loop.create_server(lambda: Accepted(known), sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            writer.close()
            return await known

    assert not asyncio.run(delayed())


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


def answered(port: int, *parts: bytes) -> tuple[bytes, bytes]:
    """(head, body) of the answer to a request that is sent in parts, as bytes on the wire."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


RAW = "/api/v1/search?q=面霜&limit=2&shape=rows".encode()
ENCODED = b"/api/v1/search?q=%E9%9D%A2%E9%9C%9C&limit=2&shape=rows"
REST = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def test_a_word_in_raw_utf_8_is_the_word_percent_encoded(served: int) -> None:
    """curl and a browser's address line send the bytes as they are typed."""
    head, body = answered(served, b"GET " + ENCODED + REST)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert "面霜" in body.decode()
    assert answered(served, b"GET " + RAW + REST)[1] == body


def whole_answer(connection: socket.socket) -> bytes:
    """One answer of a connection that stays open, however it arrives."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(65_536)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536)
    return head + body


def test_raw_utf_8_may_arrive_in_pieces_and_on_a_kept_connection(served: int) -> None:
    _, body = answered(served, b"GET " + ENCODED + REST)
    request = b"GET " + RAW + REST
    for cut in (1, 3, 4, request.index("面".encode()) + 1, request.index(b" HTTP")):
        assert answered(served, request[:cut], request[cut:])[1] == body
    with socket.create_connection(("127.0.0.1", served), timeout=10) as connection:
        kept = request.replace(b"Connection: close\r\n", b"")
        for _ in range(2):
            connection.sendall(kept)
            assert whole_answer(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "line",
    [
        "GÉT /healthz HTTP/1.1".encode(),
        "GET /healthz?q=面 霜 HTTP/1.1".encode(),
        b"GET /healthz?q=a\x01b HTTP/1.1",
        b"GET /healthz?q=a\x00b HTTP/1.1",
        b"GET /healthz?q=a\x7fb HTTP/1.1",
        b"GET /healthz?q=a\tb HTTP/1.1",
        "GET /healthz?q=面\x01 HTTP/1.1".encode(),
        "GET /healthz HTTP/１.1".encode(),
        "GET /healthz?q=面\r\nX-Injected: 1 HTTP/1.1".encode(),
        "GET /healthz?q=面\rX-Injected: 1 HTTP/1.1".encode(),
        "GET\u3000/healthz HTTP/1.1".encode(),
    ],
)
def test_spaces_controls_and_line_ends_in_a_request_line_are_refused(
    served: int, line: bytes
) -> None:
    head, body = answered(served, line + REST.removeprefix(b" HTTP/1.1"))
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"Injected" not in head + body


@pytest.mark.parametrize("name", ["é", "面"])
def test_a_header_s_name_in_raw_utf_8_is_refused(served: int, name: str) -> None:
    sent = REST.replace(b"Connection", name.encode() + b": 1\r\nConnection")
    assert answered(served, b"GET " + RAW + sent)[0].startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("end", ["%0d%0aX-Injected:%201", "%0aX-Injected:%201", "面%0d%0aX-I: 1"])
def test_an_encoded_line_end_stays_in_the_query(served: int, end: str) -> None:
    sent = f"GET /healthz?q={end.replace(' ', '%20')}".encode()
    head, _ = answered(served, sent + REST)
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"x-i" not in head.lower()


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
        serve(tmp_path, host, free_port(), None)


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
