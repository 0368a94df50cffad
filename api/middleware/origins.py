"""Which sites' scripts may ask: none but our own, unless the operator names them."""

from __future__ import annotations

import re
from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from api.middleware.border import new_id
from api.problems import MEDIA_TYPE, document
from engine.errors import BadOption

_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?|https?://\[[0-9A-Fa-f:]+\](:\d{1,5})?")
_SENT = ("Authorization", "X-API-Key", "Content-Type", "If-None-Match", "Prefer", "X-Request-ID")
_READ = ("ETag", "Location", "Retry-After", "X-Request-ID", "Cache-Status", "Content-Disposition")


def checked(origins: Collection[str]) -> list[str]:
    """Origins as a browser sends them; BadOption for `*` and for what is no origin."""
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise BadOption(
                f"'{origin}' is no origin",
                "name each site, without a path: https://dash.example.com",
            )
    return [origin.lower() for origin in origins]


class Origins(CORSMiddleware):
    """CORS for named origins, without cookies: scripts send their key in a header."""

    def __init__(self, app: ASGIApp, origins: Collection[str]) -> None:
        super().__init__(
            app,
            allow_origins=checked(origins),
            allow_methods=("GET", "POST", "DELETE"),
            allow_headers=_SENT,
            expose_headers=_READ,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """As Starlette's, with a problem document where it refuses."""
        answer = super().preflight_response(request_headers)
        if answer.status_code == 200:
            return answer
        detail = bytes(answer.body).decode()
        said = document(400, detail, "serve with --allow-origin", new_id())
        kept = {k: v for k, v in answer.headers.items() if not k.startswith("content-")}
        return Response(said, 400, kept, MEDIA_TYPE)
