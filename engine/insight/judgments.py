"""Reads BEIR and TREC files: queries, judgments and notes.

The content decides the format: a line that begins with `{` is BEIR's JSON (`_id`, `title`, `text`),
other queries are TREC topics (`id<TAB>text`). Judgments have three columns in BEIR (query, note,
grade) and four in TREC (query, 0, note, grade); a first line of column names is skipped. Files are
UTF-8 with or without a byte order mark; empty lines are skipped. Every reader raises BadFile with
file, line and cure.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadFile
from engine.model import Note

NAMES = frozenset({"query-id", "query_id", "qid"})  # how a line of column names begins
_GRADE = re.compile(r"-?[0-9]{1,2}")
_WIDTHS = (3, 4)  # columns of BEIR and of TREC judgments


def read_queries(path: Path) -> dict[str, str]:
    """Reads query id -> text, in the order of the file. Raises BadFile for a repeated id."""
    queries: dict[str, str] = {}
    beir: bool | None = None
    for line in _lines(path):
        if beir is None:
            beir = line.text.lstrip().startswith("{")
        query_id, text = _beir_query(line) if beir else _trec_topic(line)
        if not beir and not queries and query_id in NAMES:
            continue
        if query_id in queries:
            raise line.refused(f"query {query_id} is given twice", "keep one of the two")
        queries[query_id] = text
    if not queries:
        raise _empty(path, "queries")
    return queries


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Reads query id -> note id -> grade; above 0 is relevant.

    Raises BadFile for a pair that is judged twice with different grades.
    """
    qrels: dict[str, dict[str, int]] = {}
    width = 0
    for line in _lines(path):
        cells = _cells(line, width)
        if not width and cells[0] in NAMES:
            width = len(cells)
            continue
        width = len(cells)
        grade = _grade(line, cells[-1])
        judged = qrels.setdefault(cells[0], {})
        if judged.setdefault(cells[-2], grade) != grade:
            raise line.refused(f"{cells[0]} and {cells[-2]} have two grades", "keep one of the two")
    if not qrels:
        raise _empty(path, "judgments")
    return qrels


def read_corpus(path: Path) -> Iterator[Note]:
    """Yields the notes of a BEIR corpus one at a time: `text` is the body; `title` may be absent.

    Each line is checked when it is read. Repeated ids are not detected, because the file may be far
    larger than memory.
    """
    empty = True
    for line in _lines(path):
        empty = False
        row = _object(line)
        note_id = _identifier(line, row)
        yield Note(note_id, title=_text(line, row, "title"), body=_text(line, row, "text"))
    if empty:
        raise _empty(path, "notes")


# --- lines -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    number: int
    text: str

    def refused(self, problem: str, cure: str) -> BadFile:
        return BadFile(f"{self.path}, line {self.number}: {problem}", cure)


def _lines(path: Path) -> Iterator[_Line]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                line = _decoded(path, number, raw)
                if line.text.strip():
                    yield line
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}"
        raise BadFile(problem, "give the path of a file that you may read") from error


def _decoded(path: Path, number: int, raw: bytes) -> _Line:
    """Decodes a line; removes a byte order mark at the start of the file only."""
    content = raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw
    try:
        return _Line(path, number, content.decode().rstrip("\r\n"))
    except UnicodeDecodeError as error:
        raise _Line(path, number, "").refused("not UTF-8", "save the file as UTF-8") from error


def _empty(path: Path, what: str) -> BadFile:
    return BadFile(f"{path} holds no {what}", "give a BEIR or TREC file with at least one line")


# --- BEIR --------------------------------------------------------------------------------------


def _object(line: _Line) -> dict[str, object]:
    cure = 'write one object a line: {"_id": "1", "text": "防晒"}'
    try:
        row = json.loads(line.text)
    except (ValueError, RecursionError) as error:
        raise line.refused("not a JSON object", cure) from error
    if not isinstance(row, dict):
        raise line.refused("not a JSON object", cure)
    return row


def _beir_query(line: _Line) -> tuple[str, str]:
    row = _object(line)
    return _identifier(line, row), _text(line, row, "text")


def _identifier(line: _Line, row: Mapping[str, object]) -> str:
    value = row.get("_id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise line.refused("no _id", 'give each object an id: {"_id": "1", ...}')
    return _whole(line, value.strip())


def _text(line: _Line, row: Mapping[str, object], key: str) -> str:
    """Returns a text value. A title may be absent or null, a text may not."""
    value = row.get(key)
    if value is None and key == "title":
        return ""
    if not isinstance(value, str):
        raise line.refused(f"{key} is not a text", f'give it in quotes: {{"{key}": "防晒"}}')
    return _whole(line, value)


def _whole(line: _Line, text: str) -> str:
    """Refuses half a character, which JSON can escape but no file can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise line.refused("half a character", "write the character itself") from error
    return text


# --- TREC --------------------------------------------------------------------------------------


def _trec_topic(line: _Line) -> tuple[str, str]:
    query_id, tab, text = line.text.partition("\t")
    if not (query_id.strip() and tab and text.strip()):
        raise line.refused("not a query", "write its id, a tab and its text")
    return query_id.strip(), text.strip()


def _cells(line: _Line, width: int) -> list[str]:
    """Splits a line into columns: by tabs, so that an id may hold a blank, or else by blanks."""
    tabbed = [cell.strip() for cell in line.text.split("\t")]
    cells = tabbed if len(tabbed) in _WIDTHS else line.text.split()
    if len(cells) not in _WIDTHS or (width and len(cells) != width) or not all(cells):
        problem = f"{len(cells)} columns" if all(cells) else "an empty column"
        cure = "write query, note, grade (BEIR) or query, 0, note, grade (TREC) on every line"
        raise line.refused(problem, cure)
    return cells


def _grade(line: _Line, text: str) -> int:
    if not _GRADE.fullmatch(text):
        raise line.refused(f"grade {text} is not a number", "write a whole number from -99 to 99")
    return int(text)
