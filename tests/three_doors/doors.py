"""The three doors of a library: what each answers to a question, rows or a refusal."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.testclient import TestClient

from api.web import shell
from tests.cli.running import noterank

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Refusal:
    """What is the same at every door: the kind of refusal, what is wrong, what to do."""

    code: str
    detail: str
    cure: str

    @classmethod
    def of(cls, problem: Row) -> Refusal:
        return cls(problem["code"], problem["detail"], problem["cure"])


@dataclass(frozen=True)
class Request:
    """A request to an endpoint: with a body it is a POST."""

    path: str
    body: object = None


@dataclass(frozen=True)
class Doors:
    """One library behind a command, an endpoint and a page."""

    client: TestClient
    library: Path

    def command(self, *words: str) -> list[Row] | Refusal:
        """Rows of `--json`; a refusal is exit 1, one line, and the problem document."""
        done = noterank(*words, "--json", library=self.library)
        assert done.returncode in (0, 1), done.stderr
        answer = json.loads(done.stdout)
        if done.returncode == 0:
            rows: list[Row] = answer["data"]
            return rows
        refusal = Refusal.of(answer)
        assert done.stderr == f"noterank: {refusal.detail}; {refusal.cure}\n"
        return refusal

    def endpoint(self, request: Request) -> list[Row] | Refusal:
        """Rows of the envelope; a refusal is a problem document."""
        path = f"/api/v1/{request.path}"
        if request.body is None:
            answer = self.client.get(path)
        else:
            answer = self.client.post(path, json=request.body)
        if answer.status_code == 200:
            rows: list[Row] = answer.json()["data"]
            return rows
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        assert answer.json()["status"] == answer.status_code
        return Refusal.of(answer.json())

    def page(self, path: str, fields: Mapping[str, Any]) -> Page:
        """The page of an address."""
        return Page.of(self.client.get(f"{path}?{urlencode(fields, doseq=True, safe=',')}"))

    def file(self, path: str, fields: Mapping[str, Any]) -> list[dict[str, str]]:
        """The rows that a page gives as csv."""
        answer = self.client.get(f"{path}?{urlencode({**fields, 'format': 'csv'}, doseq=True)}")
        assert answer.headers["content-type"].startswith("text/csv"), answer.text
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


class Page(HTMLParser):
    """A page read as a browser shows it: its table by column names, its refusal, its links."""

    def __init__(self) -> None:
        super().__init__()
        self.columns: list[str] = []
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.code = ""
        self._open: str | None = None

    @classmethod
    def of(cls, answer: Any) -> Page:
        page = cls()
        page.feed(answer.text)
        assert (answer.status_code == 200) == (not page.code), answer.text
        return page

    @property
    def refusal(self) -> Refusal | None:
        """The refusal that the page shows instead of rows."""
        if not self.code:
            return None
        texts = [text for text in self.texts if text]
        at = texts.index("\x00") + 1
        cure = texts[at + 1].partition(" ")[2]
        return Refusal(self.code, texts[at], cure)

    def handle_starttag(self, tag: str, attributes: Sequence[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        if "data-code" in known:
            self.code = known["data-code"]
            self.texts.append("\x00")
        if tag == "a":
            self.links.append(known.get("href", ""))
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self._open = tag
            if tag == "td":
                self.rows[-1].append("")
        elif tag == "a" and self._open == "th":
            ordered = parse_qs(urlsplit(known["href"]).query)
            self.columns.append(ordered["o"][0].removeprefix("-"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._open = None
        if tag == "table" and not self.columns:
            self.rows.clear()

    def handle_data(self, text: str) -> None:
        if self._open == "td":
            self.rows[-1][-1] += text.strip() + (" " if text.endswith(" ") else "")
        self.texts.append(text.strip())

    def table(self) -> list[dict[str, str]]:
        """The rows of the first table by column."""
        whole = [row for row in self.rows if len(row) >= len(self.columns) > 0]
        return [dict(zip(self.columns, row, strict=False)) for row in whole]


def as_file(row: Row, columns: Sequence[str]) -> dict[str, str]:
    """A row as a csv file has it."""
    return {name: "" if row[name] is None else str(row[name]) for name in columns}


def as_shown(row: Row, columns: Sequence[str], digits: int = 3) -> dict[str, str]:
    """A row as a Chinese page shows it."""
    return {name: _cell(name, row[name], digits) for name in columns}


def _cell(name: str, value: Any, digits: int) -> str:
    if name in ("examples", "displaces") and value:
        return " ".join(note_id[:8] for note_id in value.split(","))
    if name in ("kind", "intent") and value:
        return shell.catalogue("zh")[f"is_{value}"]
    return shell.number(value, digits)
