"""What a server says while it runs, a line a thing: the only file that knows structlog.

JSON lines, or plain text on a terminal, on stderr. A thread of its own writes them, so that nobody
who fails to read them can stop an answer; lines that find no room are counted and left out.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import sys
import threading
from logging.handlers import QueueHandler
from typing import Any, TextIO

import orjson
import structlog

_ROOM = 10_000  # lines that wait to be written
_LAST = 1.0  # seconds for them at the end


class _Waiting(QueueHandler):
    """Puts records into the line as they are; counts those that find no room."""

    lost = 0

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            self.lost += 1
            return
        if self.lost:
            lost, self.lost = self.lost, 0
            said = logging.makeLogRecord({
                "name": "noterank", "levelno": logging.WARNING, "levelname": "WARNING",
                "msg": "lines of the log left out", "lines": lost,
            })  # fmt: skip
            self.enqueue(said)


class Log:
    """A server's log on a stream, from the moment it is made until `close`."""

    def __init__(self, stream: TextIO | None = None, answers: bool = True) -> None:
        stream = stream or sys.stderr
        self._handler = logging.StreamHandler(stream)
        self._handler.setFormatter(_formatter(stream.isatty()))
        self._records: queue.Queue[logging.LogRecord | None] = queue.Queue(_ROOM)
        self._waiting = _Waiting(self._records)
        root = logging.getLogger()
        root.addHandler(self._waiting)
        root.setLevel(logging.WARNING)
        logging.getLogger("noterank").setLevel(logging.INFO if answers else logging.WARNING)
        self._writer = threading.Thread(target=self._write, name="noterank-log", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Take in nothing more; write what waits, for a moment."""
        logging.getLogger().removeHandler(self._waiting)
        with contextlib.suppress(queue.Full):
            self._records.put_nowait(None)
        self._writer.join(_LAST)

    def _write(self) -> None:
        while record := self._records.get():
            self._handler.handle(record)


def _formatter(terminal: bool) -> logging.Formatter:
    stdlib = structlog.stdlib
    last: list[Any] = [stdlib.ProcessorFormatter.remove_processors_meta]
    if terminal:
        last.append(structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0))
    else:
        last += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(_line)]
    return stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper("iso"),
            stdlib.add_log_level,
            stdlib.ExtraAdder(),
        ],
        processors=last,
    )


def _line(fields: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(fields, default=str).decode()
