"""Every error is a problem document that says what to do."""

from __future__ import annotations

import threading

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from engine.engine import Engine
from engine.errors import LibraryBusy

KEYS = {"type", "title", "status", "code", "detail", "cure", "request_id"}


def assert_problem(answer, status: int) -> dict:  # type: ignore[no-untyped-def,type-arg]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) >= KEYS
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/api/v1/notes/unknown", 404),
        ("DELETE", "/api/v1/notes/unknown", 404),
        ("GET", "/api/v1/explain?note_id=unknown&q=面霜", 404),
        ("POST", "/api/v1/search", 405),
        ("GET", "/api/v1/search", 422),
        ("GET", "/api/v1/search?q=a&limit=0", 422),
        ("GET", "/api/v1/search?q=a&limit=1001", 422),
        ("GET", "/api/v1/search?q=a&offset=1000000000", 422),
        ("GET", "/api/v1/search?q=a&sort=popular", 422),
        ("GET", "/api/v1/search?q=a&now=yesterday", 422),
        ("GET", "/api/v1/search?q=a&now=0001-01-01T00:00:00", 422),
        ("GET", "/api/v1/search?q=" + "长" * 201, 422),
        ("GET", "/api/v1/search?q=" + "+".join(f"w{n}" for n in range(40)), 422),
        ("GET", "/api/v1/search?q=a&format=xml", 422),
        ("GET", "/api/v1/search?q=a" + "".join(f"&tag=t{n}" for n in range(21)), 422),
        ("GET", "/api/v1/search?q=a&brand=" + "b" * 101, 422),
        ("GET", "/api/v1/search/?q=a", 404),
        ("GET", "/api/v1/notes/%ff%00", 404),
        ("GET", "/api/v1/explain?q=a", 422),
        ("GET", "/api/v1/suggest?q=", 422),
        ("GET", "/api/v1/suggest?q=a&limit=101", 422),
        ("OPTIONS", "/api/v1/search", 405),
    ],
)
def test_each_error_is_a_problem_with_a_cure(
    client: TestClient, method: str, path: str, status: int
) -> None:
    body = assert_problem(client.request(method, path), status)
    assert body["cure"]


def test_a_refused_parameter_is_pointed_at(client: TestClient) -> None:
    body = assert_problem(client.get("/api/v1/search?q=a&limit=all"), 422)
    assert body["errors"][0]["pointer"] == "query/limit"


def test_an_unknown_type_in_accept_is_not_acceptable(client: TestClient) -> None:
    answer = client.get("/api/v1/search?q=a", headers={"Accept": "image/png"})
    assert_problem(answer, 406)


def test_a_body_that_is_no_ndjson_is_refused(client: TestClient) -> None:
    assert_problem(client.post("/api/v1/notes:import", json={"note_id": "x"}), 415)


def test_a_long_body_is_refused_with_and_without_its_length(client: TestClient) -> None:
    kind = {"Content-Type": "application/x-ndjson"}
    long = {**kind, "Content-Length": str(65 << 20)}
    assert_problem(client.post("/api/v1/notes:import", content=b"{}", headers=long), 413)

    def blocks():  # type: ignore[no-untyped-def]
        for _ in range(66):
            yield b" " * (1 << 20)

    assert_problem(client.post("/api/v1/notes:import", content=blocks(), headers=kind), 413)


def test_a_long_body_elsewhere_is_refused_at_a_megabyte(client: TestClient) -> None:
    long = {"Content-Length": str((1 << 20) + 1)}
    assert_problem(client.request("GET", "/api/v1/stats", headers=long), 413)


def test_an_index_that_cannot_be_read_is_not_ready_until_it_is_made_again(
    client: TestClient, engine: Engine
) -> None:
    (engine.library.index / "MANIFEST.json").write_bytes(b"{")
    with engine.library.writing("an import"):  # nobody may make it again now
        for path in ("/readyz", "/api/v1/search?q=a", "/api/v1/stats"):
            assert "rebuild" in assert_problem(client.get(path), 503)["cure"]
        assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/search?q=a").status_code == 200
    assert (engine.library.index / "damaged" / "MANIFEST.json").read_bytes() == b"{"


def test_a_busy_library_says_when_to_come_again(client: TestClient, engine: Engine) -> None:
    def busy(*_: object) -> None:
        raise LibraryBusy("it is being written", "try again when it is done")

    engine.ask = busy  # type: ignore[method-assign,assignment]
    answer = client.get("/api/v1/search?q=a")
    assert_problem(answer, 503)
    assert int(answer.headers["retry-after"]) > 0


def test_no_other_page_may_read_answers(client: TestClient) -> None:
    headers = client.get("/api/v1/stats", headers={"Origin": "http://evil.example"}).headers
    assert not [name for name in headers if name.startswith("access-control-")]
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_a_foreign_host_name_is_refused(client: TestClient) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "10.0.0.1", ""):
        assert_problem(client.get("/healthz", headers={"Host": host}), 421)
    assert client.get("/healthz", headers={"Host": "[::1]:8080"}).status_code == 200


def test_a_fault_of_ours_shows_no_stack(app: FastAPI, engine: Engine) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret place")

    engine.ask = broken  # type: ignore[method-assign,assignment]
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/api/v1/search?q=a")
    body = assert_problem(answer, 500)
    assert "secret" not in answer.text
    assert "request_id" in body


def test_every_answer_carries_security_headers_and_a_request_id(client: TestClient) -> None:
    for path in ("/healthz", "/nowhere", "/docs"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
    mine = client.get("/healthz", headers={"X-Request-ID": "abc-1"})
    assert mine.headers["x-request-id"] == "abc-1"
    odd = client.get("/healthz", headers={"X-Request-ID": "a b"})
    assert odd.headers["x-request-id"] != "a b"


def test_too_many_waiting_requests_are_told_when_to_come_again(
    app: FastAPI, engine: Engine
) -> None:
    import anyio

    from api.jobs.workers import Worker

    gate = threading.Event()

    async def crowd() -> list[int]:
        worker = Worker(most_waiting=1)
        codes: list[int] = []

        async def one() -> None:
            try:
                await worker.run(gate.wait)
                codes.append(200)
            except Exception as error:
                codes.append(error.status_code)  # type: ignore[attr-defined]
                gate.set()

        async with anyio.create_task_group() as group:
            group.start_soon(one)
            group.start_soon(one)
        return codes

    assert sorted(anyio.run(crowd)) == [200, 503]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(q=st.text(max_size=220), note_id=st.text(min_size=1, max_size=30))
def test_any_text_gets_an_answer_or_a_problem(client: TestClient, q: str, note_id: str) -> None:
    try:
        q.encode(), note_id.encode()
    except UnicodeEncodeError:
        return  # no HTTP client can send a lone surrogate
    for path, params in (
        ("search", {"q": q}),
        ("suggest", {"q": q}),
        ("explain", {"q": q, "note_id": note_id}),
    ):
        assert client.get(f"/api/v1/{path}", params=params).status_code in (200, 404, 422)
