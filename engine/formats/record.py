"""One record of a file before anybody knows what it means, and the table it stands in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r"(xsec_token=)[^&\s\"',]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """Header -> value as the file holds it; `fault` says why a record could not be taken apart.

    `line` counts from 1: line of a text file, row of a sheet, element of an array or table.
    `text` is the record as it stands in the file; "" when `values` say everything.
    """

    line: int
    values: Mapping[str, object] = field(default_factory=dict)
    fault: str = ""
    text: str = ""

    def raw(self) -> str:
        """The whole record as text, without the platform's access token."""
        text = self.text or json.dumps(dict(self.values), ensure_ascii=False, default=str)
        token = self.values.get("xsec_token")
        if isinstance(token, str) and len(token) > 8:
            text = text.replace(token, "…")
        return encodable(_TOKEN.sub(r"\1…", text))


class Meter:
    """How far a reader is; the reader moves `done`, the progress bar calls the meter."""

    def __init__(self, whole: int) -> None:
        self.done = 0
        self.whole = whole

    def __call__(self) -> float:
        """Fraction read, 0..1."""
        return min(1.0, self.done / self.whole) if self.whole else 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Records that share their keys: a text file, one sheet, one table of a database.

    `file` is jsonl, json, csv, xlsx, html or sqlite. `heads` are the kinds of keys at its
    beginning: the one header of a sheet, or the keys of the first JSON objects. `first` are its
    first records, `read` gives all of them, each time from the beginning. `banner` is the text
    above the header. `left_out` says why a table that cannot be read has no records.
    """

    file: str
    name: str
    heads: tuple[tuple[str, ...], ...]
    first: tuple[Record, ...]
    read: Callable[[Meter], Iterator[Record]]
    total: int | None
    meter: Meter
    banner: str = ""
    left_out: str = ""

    def records(self) -> Iterator[Record]:
        """All records; the table's meter moves with them."""
        return self.read(self.meter)

    def again(self) -> Iterator[Record]:
        """All records for another look, which moves no meter that anybody watches."""
        return self.read(Meter(self.meter.whole))


def encodable(text: str) -> str:
    """`text` without lone surrogates: undecoded bytes become \\xNN, half characters U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub(_shown, text)
    return text


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else "\ufffd"
