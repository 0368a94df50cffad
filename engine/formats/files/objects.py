"""A text of JSON (one object a line, an array, or one answer of an interface) -> records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from engine.errors import BadFile
from engine.formats.files.encoding import has_undecoded, reading
from engine.formats.files.envelopes import unwrapped
from engine.formats.files.grid import FIRST
from engine.formats.files.mojibake import Mend, mender
from engine.formats.files.nesting import flat
from engine.formats.plain import plain
from engine.formats.record import Meter, Record, Table

_DECODER = json.JSONDecoder(strict=False)  # crawlers leave raw control characters in texts
_CHUNK = 1 << 16
_LONGEST = 32 << 20  # characters of one line or one value
_LARGE = 4 << 20  # bytes; a smaller answer is taken apart whole, with what it says of itself
_DEEPEST = 60  # brackets in brackets


def json_lines(path: Path, encoding: str) -> Table:
    """The objects of a file with one JSON value a line; a bad line is one bad record."""
    return _table("jsonl", path, encoding)


def json_array(path: Path, encoding: str) -> Table:
    """The elements of an array, one in memory at a time; or those inside one answer."""
    return _table("json", path, encoding)


def is_json_lines(sample: str) -> bool:
    """Whether one of the first lines is an object by itself."""
    if sample.lstrip("\ufeff \t\r\n").startswith("["):
        return False
    lines = islice((line for line in sample.splitlines() if line.startswith("{")), 50)
    return any(isinstance(loads(line), dict) for line in lines if len(line) > 2)


def loads(text: str) -> object:
    """The JSON value; a ValueError, not raised, when the text is none."""
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return ValueError(str(error))
    return _too_deep(text) or value


def _too_deep(text: str) -> ValueError | None:
    if text.count("{") + text.count("[") <= _DEEPEST:
        return None
    depth = deepest = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[][{}]', text):
        depth += bracket in "[{" or -(bracket in "]}")
        deepest = max(deepest, depth)
    return ValueError(f"more than {_DEEPEST} brackets deep") if deepest > _DEEPEST else None


def records_in(text: str, line: int) -> Iterator[Record]:
    """The records of one line: one, or as many as an answer of an interface holds."""
    value = loads(text)
    if isinstance(value, ValueError):
        yield Record(line, fault=f"not valid JSON: {value}", text=text)
        return
    for item in unwrapped(value):
        if isinstance(item, dict):
            yield Record(line, flat(item))
        elif isinstance(item, ValueError):
            yield Record(line, fault=f"not valid JSON: {item}", text=text)
        else:  # of an array only the element: its whole line each time would be quadratic
            kept = text if item is value else json.dumps(item, ensure_ascii=False)
            yield Record(line, fault="not a JSON object", text=kept)


def _table(file: str, path: Path, encoding: str) -> Table:
    def raw(meter: Meter) -> Iterator[Record]:
        return (_lines if file == "jsonl" else _elements)(path, encoding, meter)

    first = list(islice(raw(Meter(0)), FIRST))
    mend = mender(" ".join(_text(record) for record in first[:30]))

    def read(meter: Meter) -> Iterator[Record]:
        return (_mended(record, mend) for record in raw(meter)) if mend else raw(meter)

    first = [_mended(record, mend) for record in first] if mend else first
    heads = tuple(dict.fromkeys(tuple(record.values) for record in first if record.values))
    return Table(file, "", heads, tuple(first), read, None, Meter(path.stat().st_size))


def _text(record: Record) -> str:
    return " ".join(f"{key} {plain(cell)}" for key, cell in record.values.items())


def _mended(record: Record, mend: Mend) -> Record:
    values = {
        mend(key): mend(cell) if isinstance(cell, str) else cell
        for key, cell in record.values.items()
    }
    return Record(record.line, values, record.fault, record.text)


def _lines(path: Path, encoding: str, meter: Meter) -> Iterator[Record]:
    with reading(path, encoding, "\n") as (file, done):
        number = 0
        while line := file.readline(_LONGEST):
            number += 1
            meter.done = done()
            if len(line) >= _LONGEST and not line.endswith("\n"):
                yield _too_long(number, line, file)
                continue
            text = line.strip().removeprefix("\ufeff")
            if has_undecoded(text):
                yield Record(number, fault=f"bytes that are not {encoding}", text=text)
            elif text.strip("\0"):
                yield from records_in(text, number)


def _too_long(number: int, line: str, file: TextIO) -> Record:
    """A line past the limit: passed over to its end, of which nothing stays in memory."""
    while (more := file.readline(_LONGEST)) and not more.endswith("\n"):
        pass
    fault = f"a line longer than {_LONGEST >> 20} million characters; write one object a line"
    return Record(number, fault=fault, text=line[:1000])


# --- arrays ------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"[\s,\[\]\0\ufeff]*")
_START = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')
_KEY = re.compile(r'[\s,\0\ufeff]*"((?:[^"\\]|\\.){0,200})"\s*:\s*')
_ROWS = re.compile(r"\[\s*\{")


def _elements(path: Path, encoding: str, meter: Meter) -> Iterator[Record]:
    number = 0
    with reading(path, encoding, "") as (file, done):
        for value, text in _Scan(file, path).values():
            meter.done = done()
            for item in unwrapped(value):
                number += 1
                yield _element(number, item, text, encoding)


def _element(number: int, item: object, text: str, encoding: str) -> Record:
    if has_undecoded(text):
        return Record(number, fault=f"bytes that are not {encoding}", text=text)
    if isinstance(item, dict):
        return Record(number, flat(item))
    fault = f"not valid JSON: {item}" if isinstance(item, ValueError) else "not a JSON object"
    return Record(number, fault=fault, text=text)


class _Scan:
    """Reads the values of a JSON text one after another; the brackets of arrays count as blanks.

    After a broken value it goes on where the next one seems to start. An object whose first
    member is a list of objects (`{"RECORDS": [{`) is gone through a row at a time, each row as
    the answer `{"RECORDS": [row]}`.
    """

    def __init__(self, file: TextIO, path: Path) -> None:
        self._file = file
        self._path = path
        self._text = ""
        self._place = 0
        self._key: str | None = None

    def values(self) -> Iterator[tuple[object, str]]:
        """(value, its text); (a ValueError, the text) where the JSON is broken."""
        self._open()
        while self._skip():
            if self._key is not None and self._next_key():
                continue
            value, text = self._value()
            if self._key is not None and not isinstance(value, ValueError):
                value = {self._key: [value]}
            yield value, text

    def _open(self) -> None:
        """Steps into a large object that is an envelope for rows."""
        if self._path.stat().st_size < _LARGE:
            return
        self._skip_blank()
        while len(self._text) - self._place < 1000 and self._more():
            pass
        if self._text[self._place : self._place + 1] != "{":
            return
        key = _KEY.match(self._text, self._place + 1)
        if key and _ROWS.match(self._text, key.end()):
            self._key, self._place = json.loads(f'"{key[1]}"', strict=False), key.end()

    def _next_key(self) -> bool:
        """Between the lists of an envelope: goes to the next list, or over other members."""
        while len(self._text) - self._place < 1000 and self._more():
            pass
        if self._text[self._place] == "}":
            self._place += 1
            return True
        key = _KEY.match(self._text, self._place)
        if key is None:
            return False
        self._place = key.end()
        if _ROWS.match(self._text, self._place):
            self._key = json.loads(f'"{key[1]}"', strict=False)
        else:
            self._value()
        return True

    def _more(self) -> bool:
        """Forgets what was read, reads on; each time twice as much, so that this stays linear."""
        size = len(self._text) - self._place
        if size > _LONGEST:
            before = self._text[self._place : self._place + 30]
            raise BadFile(
                f"{self._path.name}: the value that begins {before!r} is longer than"
                f" {_LONGEST >> 20} million characters",
                "write one object a line (jsonl), or a list of objects",
            )
        chunk = self._file.read(max(_CHUNK, size))
        self._text = self._text[self._place :] + chunk
        self._place = 0
        return bool(chunk)

    def _skip_blank(self) -> None:
        while self._skip_run(_BLANK) and self._more():
            pass

    def _skip(self) -> bool:
        """Goes to the next value; False at the end of the file."""
        while self._skip_run(_BETWEEN):
            if not self._more():
                return False
        return True

    def _skip_run(self, run: re.Pattern[str]) -> bool:
        """Passes over a run; True when nothing stands behind it yet."""
        between = run.match(self._text, self._place)
        self._place = between.end() if between else self._place
        return self._place >= len(self._text)

    def _value(self) -> tuple[object, str]:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except (ValueError, RecursionError) as error:
                if self._is_cut(error) and self._more():
                    continue
                return self._broken(str(error))
            text, self._place = self._text[self._place : end], end
            return _too_deep(text) or value, text

    def _is_cut(self, error: Exception) -> bool:
        """Whether the text read so far just ends too early for the value."""
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos >= len(self._text) - 16

    def _broken(self, problem: str) -> tuple[object, str]:
        start = _START.match(self._text, self._place)
        again = re.compile(r"\{\s*" + (re.escape(start[1]) + r"\s*:" if start else '"'))
        while True:
            found = again.search(self._text, self._place + 1)
            if found or not self._more():
                break
        end = found.start() if found else len(self._text)
        text, self._place = self._text[self._place : end].rstrip(" ,\r\n\t"), end
        return ValueError(problem), text


_BLANK = re.compile(r"[\s\0\ufeff]*")
