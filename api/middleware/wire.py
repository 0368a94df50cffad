"""What is no HTTP -> a problem document, as every other error."""

from __future__ import annotations

from uvicorn.protocols.http.h11_impl import H11Protocol

from api.middleware.border import new_id
from api.problems import MEDIA_TYPE, document

_CURE = "send HTTP/1.1 with one Host header and at most 64 KiB before the body"


class Wire(H11Protocol):
    """uvicorn's protocol; what it cannot parse is answered here, because no app ever sees it."""

    def send_400_response(self, msg: str) -> None:
        """Answer and hang up; only hang up when an answer has begun."""
        begun = self.cycle and self.cycle.response_started and not self.cycle.response_complete
        if not begun:
            self.transport.write(_answer(msg))
        self.transport.close()


def _answer(detail: str) -> bytes:
    request_id = new_id()
    body = document(400, detail, _CURE, request_id)
    head = (
        "HTTP/1.1 400 Bad Request",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(body)}",
        "x-content-type-options: nosniff",
        f"x-request-id: {request_id}",
        "connection: close",
    )
    return "\r\n".join([*head, "", ""]).encode() + body
