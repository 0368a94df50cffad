"""A body of NDJSON -> rows, each line bounded and judged by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from engine.formats import ReadOptions, read_stream
from engine.model import Rejected, Row

LINE = 2 << 20  # bytes of one note
_SHOWN = 200  # bytes of a refused line that are kept


def rows(body: IO[bytes]) -> Iterator[Row]:
    """The rows of a body, in order; a line that cannot be used is a Rejected with its number."""
    refused: dict[int, str] = {}
    shown: dict[int, str] = {}

    def lines() -> Iterator[bytes]:
        for number, line in enumerate(_lines(body), 1):
            fault = _fault(line)
            if fault:
                refused[number] = fault
                shown[number] = line[:_SHOWN].decode("utf-8", "replace")
            yield b"{}" if fault else line  # keeps the numbers of the lines after it

    for row in read_stream(lines(), ReadOptions()):
        fault = refused.pop(row.line, "")
        yield Rejected(row.line, fault, shown.pop(row.line)) if fault else row


def _fault(line: bytes) -> str:
    if len(line.rstrip(b"\r\n")) > LINE:
        return f"longer than {LINE:,} bytes"
    if line.lstrip().startswith(b"["):  # a long one of non-notes would be kept once an element
        return "an array; send one object a line"
    return ""


def _lines(body: IO[bytes]) -> Iterator[bytes]:
    """Lines; of one that is too long only the beginning, never all of it in memory."""
    most = LINE + 2  # its end may be CR LF
    while line := body.readline(most):
        yield line
        while len(line) == most and not line.endswith(b"\n"):
            line = body.readline(most)
