"""Answers that were just given, for who asks the same again while the library stays as it was.

Dashboards ask the same questions every minute, and a page is asked for again by whoever opens the
link. Such an answer passes neither the framework nor the engine: it is as quick as an empty one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.answers import knows

PATHS = frozenset(f"/api/v1/{name}" for name in ("search", "explain", "suggest"))
_MOST_BYTES, _LARGEST = 64 << 20, 1 << 20  # of all answers, and of one
_OVERHEAD = 1000  # bytes that an answer takes besides its body, about
_TOOK = re.compile(rb'"took_ms":[0-9.e-]+\}\}\Z')
_NOT_MODIFIED = (b"vary", b"etag", b"cache-control")

Key = tuple[str, bytes, str]


@dataclass(frozen=True, slots=True)
class Template:
    """What took a request instead of a route, for the counters."""

    path: str


@dataclass(slots=True)
class Answer:
    """A whole answer as the app gave it; a JSON body ends before the time it took."""

    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    status: int = 0
    timed: bool = False

    def take(self, message: Message) -> None:
        """Add a message of the app's."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif len(self.body) <= _LARGEST:
            self.body += message.get("body", b"")

    def close(self) -> None:
        """All has been taken: cut off the time that this one took, as it tells of no other."""
        found = _TOOK.search(self.body)
        self.timed = found is not None and (b"content-type", b"application/json") in self.headers
        if found and self.timed:
            self.body = self.body[: found.start()]

    @property
    def worth_keeping(self) -> bool:
        return self.status == 200 and len(self.body) <= _LARGEST

    def again(self, known: str, begun: float) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """(status, headers, body) for who has the ETags in `known`, asked at `begun`."""
        told = [(b"cache-status", b"noterank; hit")]
        tag = dict(self.headers).get(b"etag", b"").decode("latin-1")
        if tag and knows(known, tag):
            return 304, [pair for pair in self.headers if pair[0] in _NOT_MODIFIED] + told, b""
        body = self.body
        if self.timed:
            body += b'"took_ms":%.1f}}' % ((time.perf_counter() - begun) * 1000)
        size = (b"content-length", str(len(body)).encode())
        headers = [pair for pair in self.headers if pair[0] != b"content-length"]
        return 200, [*headers, size, *told], body


class ResponseCache:
    """ASGI middleware: answers to GETs of PATHS, the last asked ones, of one state of the library.

    `state` says what answers are made of; when it says something else, all are forgotten.
    """

    def __init__(self, app: ASGIApp, state: Callable[[], Hashable]) -> None:
        self._app = app
        self._state = state
        self._of: Hashable = None
        self._answers: dict[Key, Answer] = {}  # the one asked for last stands last
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in PATHS:
            await self._app(scope, receive, send)
            return
        begun, headers = time.perf_counter(), Headers(scope=scope)
        before = self._state()
        if before != self._of:
            self._of, self._answers, self._bytes = before, {}, 0
        key = (scope["path"], scope["query_string"], headers.get("accept", ""))
        found = self._answers.pop(key, None)
        if found:
            self._answers[key] = found
            scope["route"] = Template(scope["path"])
            status, own, body = found.again(headers.get("if-none-match", ""), begun)
            await send({"type": "http.response.start", "status": status, "headers": own})
            await send({"type": "http.response.body", "body": body})
            return
        made = Answer()

        async def noted(message: Message) -> None:
            made.take(message)
            await send(message)

        await self._app(scope, receive, noted)
        if made.worth_keeping and self._state() == before == self._of:
            made.close()
            self._keep(key, made)

    def _keep(self, key: Key, made: Answer) -> None:
        if key in self._answers:  # asked twice at once
            return
        self._answers[key] = made
        self._bytes += _size(key, made)
        while self._bytes > _MOST_BYTES:
            oldest = next(iter(self._answers))
            self._bytes -= _size(oldest, self._answers.pop(oldest))


def _size(key: Key, answer: Answer) -> int:
    return len(answer.body) + len(key[1]) + len(key[2]) + _OVERHEAD
