"""Bytes -> tables of records: one file for each way of keeping rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from engine.errors import BadFile
from engine.formats.files.database import database
from engine.formats.files.delimited import delimited
from engine.formats.files.encoding import encoding_of, is_text, reading
from engine.formats.files.objects import is_json_lines, json_array, json_lines
from engine.formats.files.web_page import is_web_page, web_page
from engine.formats.files.workbook import workbook
from engine.formats.record import Table

_SAMPLE = 1 << 17  # characters
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OTHERS = (b"\x1f\x8b", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf")


def tables(path: Path, wanted: Collection[str] = ()) -> Iterable[Table]:
    """The tables a file holds, told by its first bytes; `wanted` are headers the user named.

    Raises BadFile on a missing, empty or binary file.
    """
    head = _head(path)
    if head.startswith(b"SQLite format 3\0"):
        return database(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return workbook(path, wanted)
    if head.startswith(_OLD_OFFICE):
        raise BadFile(
            f"{path.name} is an old .xls or a workbook with a password",
            "open it in a spreadsheet program and save it as xlsx without a password",
        )
    if head.startswith(_OTHERS):
        raise _no_export(path)
    return _text(path, wanted)


def _text(path: Path, wanted: Collection[str]) -> Iterable[Table]:
    encoding = encoding_of(path)
    with reading(path, encoding, "") as (file, _):
        sample = file.read(_SAMPLE)
    if not sample.strip("\0\ufeff \t\r\n"):
        raise BadFile(f"{path.name} is empty", "export it once more")
    if not is_text(sample):
        raise _no_export(path)
    if is_web_page(sample):
        return web_page(path, encoding, wanted)
    if is_json_lines(sample):
        return [json_lines(path, encoding)]
    if sample.lstrip("\0\ufeff \t\r\n").startswith(("{", "[")):
        return [json_array(path, encoding)]
    table = delimited(path, encoding, wanted)
    return [table] if table else []


def _head(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise BadFile(f"{path} is a folder or a device", "name the files in it")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or str(error)
        raise BadFile(f"{path} cannot be opened ({problem})", "look at its path") from error
    if not head:
        raise BadFile(f"{path.name} is empty", "export it once more")
    return head


def _no_export(path: Path) -> BadFile:
    return BadFile(
        f"{path.name} is neither a text nor a workbook nor a database",
        "unpack it, or export it as csv, xlsx, json or sqlite",
    )
