"""The bytes of a text file -> the name of its encoding."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

_CHUNK = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BAD = re.compile("[\udc80-\udcff]")
_GOOD = re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]")
_NOT_TEXT = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f\x7f\udc80-\udcff]")


def encoding_of(path: Path) -> str:
    """By the byte order mark, else utf-8 when the whole file or most of it is, else gb18030."""
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    try:
        for _ in _decoded(path, "strict"):
            pass
    except UnicodeDecodeError:
        return _of_damaged(path)
    return "utf-8"


def _of_damaged(path: Path) -> str:
    """Some bytes are no utf-8: a few damaged rows, or another encoding throughout."""
    good = bad = 0
    for text in _decoded(path, "surrogateescape"):
        good += len(_GOOD.findall(text))
        bad += len(_BAD.findall(text))
    return "utf-8" if good > 4 * bad else "gb18030"


def _decoded(path: Path, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


@contextmanager
def reading(
    path: Path, encoding: str, newline: str | None = None
) -> Iterator[tuple[TextIO, Callable[[], int]]]:
    """The file as text, and how many of its bytes are read; undecoded bytes are lone surrogates.

    UTF-16 has no byte left to escape: there they become U+FFFD.
    """
    errors = "replace" if encoding == "utf-16" else "surrogateescape"
    with path.open("rb") as file:
        yield io.TextIOWrapper(file, encoding, errors, newline), file.tell


def has_undecoded(text: str) -> bool:
    """Whether bytes of the file could not be decoded into this text."""
    return not text.isascii() and _BAD.search(text) is not None


def is_text(sample: str) -> bool:
    """Whether control characters and undecoded bytes are rare enough for a text."""
    return len(_NOT_TEXT.findall(sample)) * 10 <= len(sample)
