"""notes:import: lines in, a report out, searchable at once."""

from __future__ import annotations

import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from engine.pipeline import Engine

KIND = {"Content-Type": "application/x-ndjson"}


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def note(note_id: str, **known: object) -> dict[str, object]:
    return {"note_id": note_id, "title": "冬日面霜", "body": "保湿第一名", **known}


def test_imported_notes_are_found_at_once_and_again_is_nothing_new(client: TestClient) -> None:
    body = lines(note("x1", likes="1.2万"), note("x2", body="另一篇"))
    first = client.post("/api/v1/notes:import", content=body, headers=KIND).json()["data"][0]
    assert (first["rows"], first["added"], first["rejected"]) == (2, 2, 0)
    found = client.get("/api/v1/search", params={"q": "冬日面霜", "shape": "rows"}).json()
    assert "x1" in [row["note_id"] for row in found]
    again = client.post("/api/v1/notes:import", content=body, headers=KIND).json()["data"][0]
    assert (again["added"], again["unchanged"]) == (0, 2)
    stored = client.get("/api/v1/notes/x1").json()["data"][0]
    assert (stored["likes"], stored["likes_precision"]) == (12_000, 500)


def test_a_bad_line_is_named_and_the_rest_goes_on(client: TestClient, engine: Engine) -> None:
    body = lines(note("y1")) + b"{nonsense\n\xff\xfe\n" + lines({"title": "no id"}, note("y2"))
    answer = client.post("/api/v1/notes:import", content=body, headers=KIND).json()
    row, rejected = answer["data"][0], answer["meta"]["rejected"]
    assert (row["added"], row["rejected"]) == (2, 3)
    assert [entry["line"] for entry in rejected] == [2, 3, 4]
    assert all(entry["reason"] for entry in rejected)
    (kept,) = engine.library.rejected.glob("*.jsonl")
    assert "nonsense" in kept.read_text("utf-8")


def test_a_line_too_long_is_rejected_alone(client: TestClient) -> None:
    body = lines(note("z1", body="长" * 1_500_000), note("z2"))
    answer = client.post("/api/v1/notes:import", content=body, headers=KIND).json()
    assert (answer["data"][0]["added"], answer["data"][0]["rejected"]) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        b'{"note_id": "s1", "title": "\\ud800"}',
        b'{"note_id": "\\ud800", "title": "t"}',
        b'{"note_id": "s2", "title": "a\\u0000b", "likes": 1e999}',
        b'{"note_id": "s3", "title": "t", "likes": ' + b"9" * 400 + b"}",
        b'{"note_id": 12345678901234567890, "title": "t"}',
        b"[" * 5000 + b"]" * 5000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b'{"note_id": "s4", "title": {"x": 1}, "tags": {"y": []}}',
        b'{"note_id": "s5", "title": "t", "published_at": "9999-99-99"}',
        b"null",
        b'"text"',
        b"12",
    ],
)
def test_no_line_brings_the_server_down(client: TestClient, line: bytes) -> None:
    answer = client.post("/api/v1/notes:import", content=line + b"\n", headers=KIND)
    assert answer.status_code == 200
    assert answer.json()["data"][0]["rows"] == 1
    assert client.get("/api/v1/search?q=t").status_code == 200


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=300))
def test_any_bytes_are_answered(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/v1/notes:import", content=body, headers=KIND)
    assert answer.status_code == 200


def test_a_deleted_note_is_gone_from_the_page(client: TestClient) -> None:
    assert client.delete("/api/v1/notes/n01").status_code == 200
    assert client.get("/api/v1/notes/n01").status_code == 404
    found = client.get("/api/v1/search", params={"q": "敏感肌面霜", "shape": "rows"}).json()
    assert "n01" not in [row["note_id"] for row in found]


def test_searches_are_answered_while_an_import_runs(client: TestClient) -> None:
    many = lines(*(note(f"m{number}", body=f"第{number}篇 面霜 推荐") for number in range(1500)))
    done: list[int] = []

    def send() -> None:
        answer = client.post("/api/v1/notes:import", content=many, headers=KIND)
        done.append(answer.status_code)

    thread = threading.Thread(target=send)
    thread.start()
    answered = 0
    while thread.is_alive() and answered < 200:
        assert client.get("/api/v1/search?q=面霜").status_code == 200
        answered += not done
    thread.join()
    assert done == [200]
    assert answered > 0
