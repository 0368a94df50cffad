"""The addresses behind the cells of a workbook, which its texts do not show."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from posixpath import join, normpath

Links = dict[tuple[int, int], str]  # (row from 1, column from 0) -> address

_CHUNK = 1 << 20
_KEPT = 4096  # bytes of one chunk that the next one sees again
_MOST = 2_000_000
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_LINK = re.compile(rb"<(?:\w+:)?hyperlink\s([^>]*?)/?>")
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f[^>]*>\s*(?:_xlfn\.)?HYPERLINK\(\s*(?:"|&quot;)(.*?)(?:"|&quot;)""",
    re.IGNORECASE | re.DOTALL,
)
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


def hyperlinks(path: Path) -> dict[str, Links]:
    """Sheet name -> the web addresses behind its cells, of links and of HYPERLINK formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: _of_sheet(archive, part) for name, part in _sheets(archive)}
    except (KeyError, ValueError, zipfile.BadZipFile):
        return {}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = _relations(archive, "xl/workbook.xml")
    for tag in re.findall(r"<(?:\w+:)?sheet\s([^>]*?)/?>", _text(archive, "xl/workbook.xml")):
        about = _attributes(tag)
        target = targets.get(about.get("r:id", ""))
        if target and target in archive.namelist():
            yield about.get("name", ""), target


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Id -> what a part of the archive refers to: another part, or an address outside."""
    folder, _, name = part.rpartition("/")
    place = f"{folder}/_rels/{name}.rels"
    if place not in archive.namelist():
        return {}
    found: dict[str, str] = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\s([^>]*?)/?>", _text(archive, place)):
        about = _attributes(tag)
        target = about.get("Target", "")
        outside = about.get("TargetMode") == "External"
        inside = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
        found[about.get("Id", "")] = target if outside else inside
    return found


def _text(archive: zipfile.ZipFile, part: str) -> str:
    return archive.read(part).decode("utf-8", "replace")


def _attributes(tag: str) -> dict[str, str]:
    return {key: unescape(a or b) for key, a, b in _ATTRIBUTE.findall(tag)}


def _of_sheet(archive: zipfile.ZipFile, part: str) -> Links:
    targets = _relations(archive, part)
    links: Links = {}
    for text in _overlapping(archive, part):
        for formula in _FORMULA.finditer(text):
            _put(links, _attributes(_decoded(formula[1])).get("r", ""), _decoded(formula[2]))
        for tag in _LINK.finditer(text) if targets else ():
            about = _attributes(_decoded(tag[1]))
            _put(links, about.get("ref", ""), targets.get(about.get("r:id", ""), ""))
        if len(links) > _MOST:
            break
    return links


def _put(links: Links, reference: str, address: str) -> None:
    """The address of a cell, or of the first cell of an area."""
    place = _REFERENCE.match(reference)
    if place and re.match(r"https?://", address):
        links[int(place[2]), _column(place[1])] = unescape(address)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _decoded(part: bytes) -> str:
    return part.decode("utf-8", "replace")


def _overlapping(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        before = b""
        while chunk := file.read(_CHUNK):
            text = before + chunk
            yield text
            before = text[-_KEPT:]
