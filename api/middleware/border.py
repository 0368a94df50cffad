"""What each request and answer passes: host, body limit, request id, security headers, the log."""

from __future__ import annotations

import ipaddress
import logging
import re
import secrets
import time
from urllib.parse import unquote_plus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import Guard
from api.middleware.metrics import Metrics
from api.problems import fault, problem

_LOG = logging.getLogger("noterank.answers")
_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DOCS = ("/docs", "/redoc", "/static-offline-docs")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'none'"
)


def new_id() -> str:
    """A request id of our own."""
    return secrets.token_hex(8)


class Border:
    """ASGI middleware around the whole app; `limits` are bytes of body by path, else `most`."""

    def __init__(
        self,
        app: ASGIApp,
        most: int,
        limits: dict[str, int],
        guard: Guard,
        metrics: Metrics,
        hosts: frozenset[str] = frozenset(),
        log_queries: bool = False,
    ) -> None:
        self._app = app
        self._most = most
        self._limits = limits
        self._guard = guard
        self._metrics = metrics
        self._hosts = hosts
        self._log_queries = log_queries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        given = request.headers.get("x-request-id", "")
        request.state.request_id = given if _REQUEST_ID.fullmatch(given) else new_id()
        started, status, begun = False, 0, time.perf_counter()

        async def stamped(message: Message) -> None:
            nonlocal started, status
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                message["headers"] = [*message.get("headers", []), *_stamps(request)]
            await send(message)

        try:
            refusal = self._refusal(request)
            if refusal:
                await refusal(scope, receive, stamped)
                return
            await self._app(scope, self._counted(request, receive), stamped)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except Exception as error:
            if started:
                raise  # too late for another answer: the server cuts the connection
            await fault(request, error)(scope, receive, stamped)
        finally:
            seconds = time.perf_counter() - begun
            self._metrics.answered(request.method, _template(scope), status, seconds)
            self._note(request, status, seconds)

    def _note(self, request: Request, status: int, seconds: float) -> None:
        """A line of the log: what was asked by its template, never by its words unless wanted."""
        said = {
            "method": request.method,
            "route": _template(request.scope) or "none",
            "status": status,
            "ms": round(seconds * 1000, 1),
            "request_id": request.state.request_id,
        }
        if key := getattr(request.state, "key", ""):
            said["key"] = key
        if self._log_queries:
            said["query"] = unquote_plus(request.url.query)
        _LOG.info("answer", extra=said)

    def _refusal(self, request: Request) -> Response | None:
        if not self._served(request.headers.get("host", "")):
            cure = "use 127.0.0.1, or serve with --allow-host"
            return problem(request, 421, "this host name is not served", cure)
        if refusal := self._guard.refusal(request):
            return refusal
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._limit(request):
            return problem(request, 413, self._too_long(request), "send less in one request")
        return None

    def _served(self, host: str) -> bool:
        name = re.sub(r":\d+$", "", host).strip("[]").lower()
        return name in self._hosts or _local(name)

    def _counted(self, request: Request, receive: Receive) -> Receive:
        """`receive`, with 413 once the body is longer than allowed, whatever its header said."""
        seen = 0

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit(request):
                raise HTTPException(413, self._too_long(request))
            return message

        return counting

    def _limit(self, request: Request) -> int:
        return self._limits.get(request.url.path, self._most)

    def _too_long(self, request: Request) -> str:
        return f"the body is longer than {self._limit(request):,} bytes"


def _local(name: str) -> bool:
    """Whether a host name names this machine: the guard against DNS rebinding."""
    if name in ("localhost", "testserver"):  # the second: Starlette's TestClient; no DNS has it
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _template(scope: Scope) -> str:
    """The path of the route that took a request, with its parameters' names."""
    return str(getattr(scope.get("route"), "path", ""))


def _stamps(request: Request) -> list[tuple[bytes, bytes]]:
    headers = {**_HEADERS, "X-Request-ID": request.state.request_id}
    if request.url.path.startswith(_DOCS):
        headers["Content-Security-Policy"] = _DOCS_POLICY
    elif not request.url.path.startswith("/api/"):
        headers["Content-Security-Policy"] = _PAGE_POLICY
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
