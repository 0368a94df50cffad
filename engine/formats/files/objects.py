"""A text of JSON (one object a line, an array, or one answer of an interface) -> records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from engine.formats.files.encoding import has_undecoded, reading
from engine.formats.record import Meter, Record, Table

_DECODER = json.JSONDecoder(strict=False)  # crawlers leave raw control characters in texts
_CHUNK = 1 << 16
_FIRST = 100  # records to look at before saying what a file holds
_ENVELOPES = ("data", "result", "items", "notes", "feeds", "records", "list")
_ITEM_KEYS = {"note_id", "noteId", "id", "note_card", "noteCard", "model_type", "title", "作品ID"}
_KEYWORDS = ("keyword", "source_keyword", "search_keyword")


def json_lines(path: Path, encoding: str) -> Table:
    """The objects of a file with one JSON value a line; a bad line is one bad record."""
    meter = Meter(path.stat().st_size)
    return _table("jsonl", _lines(path, encoding, meter), meter)


def json_array(path: Path, encoding: str) -> Table:
    """The elements of an array, one in memory at a time; or those inside one answer."""
    meter = Meter(path.stat().st_size)
    return _table("json", _elements(path, encoding, meter), meter)


def is_json_lines(sample: str) -> bool:
    """Whether one of the first lines is an object by itself."""
    if sample.lstrip("\ufeff \t\r\n").startswith("["):
        return False
    lines = islice((line for line in sample.splitlines() if line.startswith("{")), 50)
    return any(isinstance(loads(line), dict) for line in lines if len(line) > 2)


def loads(text: str) -> object:
    """The JSON value; a ValueError, not raised, when the text is none."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return ValueError(str(error))


def records_in(text: str, line: int) -> Iterator[Record]:
    """The records of one line: one, or as many as an answer of an interface holds."""
    value = loads(text)
    if isinstance(value, ValueError):
        yield Record(line, fault=f"not valid JSON: {value}", text=text)
        return
    for item in unwrapped(value):
        if isinstance(item, dict):
            yield Record(line, item)
        else:  # of an array only the element: its whole line each time would be quadratic
            kept = text if item is value else json.dumps(item, ensure_ascii=False)
            yield Record(line, fault="not a JSON object", text=kept)


def _table(file: str, records: Iterator[Record], meter: Meter) -> Table:
    first = list(islice(records, _FIRST))
    heads = tuple(dict.fromkeys(tuple(record.values) for record in first if record.values))
    return Table(file, "", heads, chain(first, records), None, meter)


def _lines(path: Path, encoding: str, meter: Meter) -> Iterator[Record]:
    with reading(path, encoding, "\n") as (file, done):
        for number, line in enumerate(file, 1):
            meter.done = done()
            text = line.strip().removeprefix("\ufeff")
            if has_undecoded(text):
                yield Record(number, fault=f"bytes that are not {encoding}", text=text)
            elif text.strip("\0"):
                yield from records_in(text, number)


# --- arrays ------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"[\s,\[\]\0\ufeff]*")
_START = re.compile(r'\{\s*("(?:[^"\\]|\\.)*")\s*:')


def _elements(path: Path, encoding: str, meter: Meter) -> Iterator[Record]:
    number = 0
    with reading(path, encoding, "") as (file, done):
        for value, text in _Scan(file).values():
            meter.done = done()
            for item in unwrapped(value):
                number += 1
                yield _element(number, item, text, encoding)


def _element(number: int, item: object, text: str, encoding: str) -> Record:
    if has_undecoded(text):
        return Record(number, fault=f"bytes that are not {encoding}", text=text)
    if isinstance(item, dict):
        return Record(number, item)
    fault = f"not valid JSON: {item}" if isinstance(item, ValueError) else "not a JSON object"
    return Record(number, fault=fault, text=text)


class _Scan:
    """Reads the values of a JSON text one after another; the brackets of arrays count as blanks.

    After a broken value it goes on where the next one seems to start.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._place = 0

    def values(self) -> Iterator[tuple[object, str]]:
        """(value, its text); (a ValueError, the text) where the JSON is broken."""
        while self._skip():
            yield self._value()

    def _more(self) -> bool:
        """Forgets what was read, reads on; each time twice as much, so that this stays linear."""
        chunk = self._file.read(max(_CHUNK, len(self._text) - self._place))
        self._text = self._text[self._place :] + chunk
        self._place = 0
        return bool(chunk)

    def _skip(self) -> bool:
        """Goes to the next value; False at the end of the file."""
        while True:
            between = _BETWEEN.match(self._text, self._place)
            self._place = between.end() if between else self._place
            if self._place < len(self._text):
                return True
            if not self._more():
                return False

    def _value(self) -> tuple[object, str]:
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._place)
            except (ValueError, RecursionError) as error:
                if self._is_cut(error) and self._more():
                    continue
                return self._broken(str(error))
            text, self._place = self._text[self._place : end], end
            return value, text

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


# --- answers of an interface -------------------------------------------------------------------


def unwrapped(value: object) -> list[object]:
    """The items of a list or of an answer (`data.items[]`); any other value is its own item."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or _ITEM_KEYS & value.keys():
        return [value]
    inside = _inside(value, depth=2)
    return [value] if inside is None else [_asked(item, value) for item in inside]


def _inside(answer: dict[str, object], depth: int) -> list[object] | None:
    for key in _ENVELOPES:
        found = answer.get(key)
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            return list(found)
        if isinstance(found, dict) and depth:
            deeper = _inside(found, depth - 1)
            return [found] if deeper is None else deeper
    return None


def _asked(item: object, answer: dict[str, object]) -> object:
    """An item with the keyword that the answer says it was asked for."""
    keyword = next((answer[key] for key in _KEYWORDS if isinstance(answer.get(key), str)), None)
    if keyword is None or not isinstance(item, dict):
        return item
    return {"source_keyword": keyword, **item}
