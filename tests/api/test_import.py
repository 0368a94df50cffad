"""notes:import: lines in, a report out, searchable at once."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import Message

from engine.engine import Engine

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
    assert answer["meta"]["rejected"] == [{"line": 1, "reason": "longer than 2,097,152 bytes"}]


def test_a_line_of_just_the_longest_length_is_taken(client: TestClient) -> None:
    line = lines(note("z3")).rstrip()
    full = line + b" " * ((2 << 20) - len(line)) + b"\r\n"
    answer = client.post("/api/v1/notes:import", content=full + lines(note("z4")), headers=KIND)
    assert answer.json()["data"][0]["added"] == 2


def test_an_array_on_a_line_is_rejected_at_once_however_long(client: TestClient) -> None:
    body = b"[" + b"0," * 500_000 + b"0]\n" + lines(note("a1")) + b"[]\n"
    answer = client.post("/api/v1/notes:import", content=body, headers=KIND).json()
    assert (answer["data"][0]["added"], answer["data"][0]["rejected"]) == (1, 2)
    assert [entry["line"] for entry in answer["meta"]["rejected"]] == [1, 3]
    assert "one object a line" in answer["meta"]["rejected"][0]["reason"]


def test_a_hundred_rejected_lines_are_named_and_all_are_counted(client: TestClient) -> None:
    answer = client.post("/api/v1/notes:import", content=b"{\n" * 250, headers=KIND).json()
    assert answer["data"][0]["rejected"] == 250
    assert [entry["line"] for entry in answer["meta"]["rejected"]] == list(range(1, 101))


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
    assert_all_can_be_read(client)


def assert_all_can_be_read(client: TestClient) -> None:
    """Whatever was stored can be answered in every format."""
    for form in ("json", "csv", "jsonl"):
        params = {"q": "t 面霜 type:image type:video", "format": form, "facets": "true"}
        assert client.get("/api/v1/search", params=params).status_code == 200
    for path in ("stats", "suggest?q=t"):
        assert client.get(f"/api/v1/{path}").status_code == 200


NAMES = ["note_id", "id", "title", "body", "desc", "tags", "likes", "liked_count", "published_at"]
NAMES += ["time", "kind", "type", "author", "url", "channel", "fans", "note_card", "captured_at"]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(st.characters(exclude_categories=())),  # lone surrogates too
    st.sampled_from(["1.2万", "10万+", "-1", "2026-13-45", "9999-12-31", "0001-01-01", "∞"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(row=st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=2))
def test_any_object_is_taken_or_rejected(client: TestClient, row: dict[str, object]) -> None:
    line = json.dumps({"note_id": "any", "title": "t", **row}).encode()
    answer = client.post("/api/v1/notes:import", content=line, headers=KIND)
    assert answer.status_code == 200, line
    assert_all_can_be_read(client)


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


def test_a_deletion_that_has_to_wait_stops_no_search(client: TestClient, engine: Engine) -> None:
    done: list[int] = []
    thread = threading.Thread(
        target=lambda: done.append(client.delete("/api/v1/notes/n01").status_code)
    )
    with engine.library.writing("a long import"):
        thread.start()
        for _ in range(20):  # a search that waited for the deletion would wait for itself
            assert client.get("/api/v1/search?q=面霜").status_code == 200
        assert done == []
    thread.join()
    assert done == [200]


def test_only_ndjson_is_taken_so_that_no_foreign_page_can_post_a_form(client: TestClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = client.post("/api/v1/notes:import", content=b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 415
        assert "x-ndjson" in answer.json()["cure"]
    zipped = {**KIND, "Content-Encoding": "gzip"}
    assert client.post("/api/v1/notes:import", content=b"{}", headers=zipped).status_code == 415


async def sent(app: FastAPI, *coming: Message) -> list[Message]:
    """What the app sends for an import whose body comes like this, and then is silent."""
    heads = [(b"host", b"127.0.0.1"), (b"content-type", b"application/x-ndjson")]
    scope: dict[str, object] = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/notes:import",
        "headers": heads,
    }
    scope |= {"query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1"}
    parts, answered = iter(coming), list[Message]()

    async def receive() -> Message:
        for message in parts:
            return message
        await asyncio.sleep(60)
        raise AssertionError("nobody waits that long")

    async def send(message: Message) -> None:
        answered.append(message)

    await app(scope, receive, send)
    return answered


def part(body: bytes) -> Message:
    return {"type": "http.request", "body": body, "more_body": True}


def test_a_body_that_stops_coming_is_given_up(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.notes._PATIENCE", 0.05)
    start, content = asyncio.run(sent(app, part(lines(note("slow")))))
    assert start["status"] == 408
    assert b'"cure"' in content["body"]


def test_a_sender_who_leaves_imports_nothing_and_is_no_fault(
    app: FastAPI, engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    gone = {"type": "http.disconnect"}
    assert asyncio.run(sent(app, part(lines(note("gone"))), gone)) == []
    assert engine.store.get("gone") is None
    assert caplog.records == []


def test_an_import_that_finds_the_line_full_is_told_when_to_come_again(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.notes._PATIENCE", 0.5)

    async def crowd() -> list[int]:
        answers = await asyncio.gather(*(sent(app) for _ in range(6)))
        return sorted(start["status"] for start, _ in answers)

    assert asyncio.run(crowd()) == [408] * 4 + [503] * 2
