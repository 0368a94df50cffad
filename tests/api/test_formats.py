"""Formats, ETags and counters: what dashboards and Excel need."""

from __future__ import annotations

import io

import openpyxl
import pytest
from starlette.testclient import TestClient

from api.answers import XLSX

SEARCH = "/api/v1/search?q=面霜"


def test_a_workbook_opens_with_the_right_types_and_runs_nothing(client: TestClient) -> None:
    answer = client.get(f"{SEARCH}&format=xlsx")
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == 'attachment; filename="search.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    head, *rows = sheet.iter_rows(values_only=True)
    notes = [dict(zip(head, row, strict=True)) for row in rows]
    assert [note["position"] for note in notes] == list(range(1, len(notes) + 1))
    assert isinstance(notes[0]["score"], float)
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=cmd|' /C calc'!A0"] == "s"  # a text, no formula
    assert cells["<img src=x onerror=alert(1)>"] == "s"
    assert client.get(f"{SEARCH}&format=xlsx").content == answer.content


def test_accept_asks_for_a_workbook_too(client: TestClient) -> None:
    assert client.get(SEARCH, headers={"Accept": XLSX}).headers["content-type"] == XLSX


@pytest.mark.parametrize("more", ["", "&format=csv", "&format=xlsx", "&shape=rows"])
def test_who_has_the_answer_gets_304(client: TestClient, more: str) -> None:
    first = client.get(SEARCH + more)
    tag = first.headers["etag"]
    again = client.get(SEARCH + more, headers={"If-None-Match": f'"x", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert client.get(SEARCH + more, headers={"If-None-Match": '"x"'}).status_code == 200
    client.delete("/api/v1/notes/n01")
    assert client.get(SEARCH + more, headers={"If-None-Match": tag}).status_code == 200


def test_other_questions_and_formats_have_other_tags(client: TestClient) -> None:
    paths = [SEARCH, f"{SEARCH}&limit=1", f"{SEARCH}&format=csv", "/api/v1/stats"]
    assert len({client.get(path).headers["etag"] for path in paths}) == len(paths)
    answer = client.post("/api/v1/extract", json={"text": "面霜"}, headers={"If-None-Match": "*"})
    assert answer.status_code == 200
    assert "etag" not in answer.headers


def test_counters_are_by_route_and_hold_no_query(client: TestClient) -> None:
    client.get("/api/v1/search?q=秘密词")
    client.get("/api/v1/notes/n01")
    client.get("/nowhere/秘密词")
    text = client.get("/metrics").text
    assert 'noterank_requests_total{method="GET",route="/api/v1/search",status="200"} 1.0' in text
    assert 'route="/api/v1/notes/{note_id}"' in text
    assert 'route="none",status="404"' in text
    assert "noterank_notes 15.0" in text
    assert "秘密词" not in text
    assert "n01" not in text
