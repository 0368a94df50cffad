"""Bytes of a connection -> requests; what is no HTTP gets a problem document, as every error."""

from __future__ import annotations

import re

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.middleware.border import new_id
from api.problems import MEDIA_TYPE, document

_CURE = "send HTTP/1.1 with one Host header and at most 64 KiB before the body"
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Wire(H11Protocol):
    """uvicorn's protocol, with request targets as curl and browsers send them, in raw UTF-8.

    What it cannot parse is answered here, because no app ever sees it.
    """

    def data_received(self, data: bytes) -> None:
        """Hand bytes to the parser, those of a request target that are no ASCII percent-encoded.

        A request that is sent before the one before it is answered (pipelining) must encode its
        target itself.
        """
        if not data.isascii() and self.conn.their_state is h11.IDLE:
            data = _encoded(data, self.conn.trailing_data[0])
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Answer and hang up; only hang up when an answer has begun."""
        begun = self.cycle and self.cycle.response_started and not self.cycle.response_complete
        if not begun:
            self.transport.write(_answer(msg))
        self.transport.close()


def _encoded(data: bytes, before: bytes) -> bytes:
    """The next bytes of a request's head, of which `before` is there already; only its target
    changes: spaces, controls, the method and the headers stay as they are, to be refused."""
    if b"\n" in before:
        return data
    line, end, rest = data.partition(b"\n")
    method, space, target = (b"", b"", line) if b" " in before else line.partition(b" ")
    target = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], target)
    return method + space + target + end + rest


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
