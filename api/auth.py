"""Who may do what: keys by three carriers, roles by route, a rate for each key."""

from __future__ import annotations

import base64
import binascii
import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from api.keys import ROLES, Key, Keys, Role
from api.problems import problem

_OPEN = ("/healthz", "/readyz")
_QUESTIONS = frozenset(
    f"/api/v1/{name}"
    for name in ("extract", "portraits:keywords", "opportunity", "visibility", "drafts:rank",
                 "drafts:advise", "fidelity", "calibrate")
)  # fmt: skip
_NO = ("false", "0", "no", "off", "f", "n")  # what FastAPI reads as false
_RATE, _BURST = 50.0, 200.0  # requests a second in the long run, and at once
_ASK = {"WWW-Authenticate": 'Basic realm="noterank", charset="UTF-8"'}


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled: float


class Guard:
    """Checks each request against the library's keys; without any, all is open (on loopback)."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._buckets: dict[str, _Bucket] = {}

    def refusal(self, request: Request) -> Response | None:
        """401, 403 or 429, or None where the request may go on."""
        if request.url.path in _OPEN or not self._keys.all():
            return None
        secret = presented(request)
        key = self._keys.holder(secret) if secret else None
        if key is None:
            why = "this key is not known" if secret else "a key is needed"
            cure = "send X-API-Key, Authorization: Bearer, or Basic with the key as password"
            return problem(request, 401, why, cure, headers=_ASK)
        request.state.key = key.name
        role = needed(request)
        if ROLES.index(key.role) < ROLES.index(role):
            why = f"a {key.role} key may not do this"
            return problem(request, 403, why, f"use a key of the role {role}")
        wait = self._wait(key)
        if wait:
            headers = {"Retry-After": str(wait)}
            cure = "wait as long as Retry-After says"
            return problem(request, 429, "too many requests by this key", cure, headers=headers)
        return None

    def _wait(self, key: Key) -> int:
        """Seconds to wait, 0 for none; a token bucket for each key."""
        now = time.monotonic()
        bucket = self._buckets.setdefault(key.sha256, _Bucket(_BURST, now))
        bucket.tokens = min(_BURST, bucket.tokens + (now - bucket.filled) * _RATE)
        bucket.filled = now
        if bucket.tokens < 1:
            return max(1, round((1 - bucket.tokens) / _RATE))
        bucket.tokens -= 1
        return 0


def needed(request: Request) -> Role:
    """The role that a request needs: to ask is read, to change the library write."""
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return "read"
    keeps = request.query_params.get("keep", "false").lower() not in _NO
    asks = request.method == "POST" and request.url.path in _QUESTIONS and not keeps
    return "read" if asks else "write"


def presented(request: Request) -> str:
    """The key that a request carries, "" for none; never one in the query string."""
    if given := request.headers.get("x-api-key"):
        return given
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return ""
        return text.partition(":")[2]
    return ""
