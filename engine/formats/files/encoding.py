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
_OLD = ("gb18030", "big5hkscs")  # the first wins when both fit as well


def encoding_of(path: Path) -> str:
    """By the byte order mark, else utf-8 when the whole file or most of it is, else an older one.

    gb18030 or big5hkscs, whichever makes more common characters of the bytes; utf-16 without its
    mark is told by its zero bytes.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if unmarked := _utf_16(head):
        return unmarked
    try:
        for _ in _decoded(path, "utf-8", "strict"):
            pass
    except UnicodeDecodeError:
        return _of_damaged(path)
    return "utf-8"


def _utf_16(head: bytes) -> str:
    """ASCII in two bytes: every other byte is zero, and not just for a while."""
    for name, zero in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = head[zero::2], head[1 - zero :: 2]
        if len(head) > 16 and zeros.count(0) * 8 > len(zeros) and not others.count(0):
            return name
    return ""


def _of_damaged(path: Path) -> str:
    """Some bytes are no utf-8: a few damaged rows, or another encoding throughout."""
    good = bad = 0
    for text in _decoded(path, "utf-8", "surrogateescape"):
        good += len(_GOOD.findall(text))
        bad += len(_BAD.findall(text))
    if good > 4 * bad:
        return "utf-8"
    with path.open("rb") as file:
        sample = file.read(_CHUNK)
    return max(_OLD, key=lambda name: _likeness(sample, name))


def _likeness(sample: bytes, name: str) -> float:
    """The share of characters outside ASCII that are among the common ones of an encoding."""
    text = sample.decode(name, "replace")
    foreign = [char for char in text if ord(char) > 0x7F]
    common = sum(_is_common(char, name) for char in foreign)
    return common / len(foreign) if foreign else 0.0


def _is_common(char: str, name: str) -> bool:
    """Level 1 of GB 2312 or of Big5: the few thousand characters that texts are made of."""
    try:
        code = char.encode("gb2312" if name == "gb18030" else "big5")
    except UnicodeEncodeError:
        return False
    low, high = (0xA1, 0xD7) if name == "gb18030" else (0xA1, 0xC6)
    return len(code) == 2 and low <= code[0] <= high


def _decoded(path: Path, name: str, errors: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(name)(errors)
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
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    with path.open("rb") as file:
        yield io.TextIOWrapper(file, encoding, errors, newline), file.tell


def has_undecoded(text: str) -> bool:
    """Whether bytes of the file could not be decoded into this text."""
    return not text.isascii() and _BAD.search(text) is not None


def is_text(sample: str) -> bool:
    """Whether control characters and undecoded bytes are rare enough for a text."""
    return len(_NOT_TEXT.findall(sample)) * 10 <= len(sample)
