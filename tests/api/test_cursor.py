"""Cursors: every place once, however far; of one question and one state of the index only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from engine.engine import Engine
from engine.model import Captured, Note
from tests.api.conftest import NOW

MANY = 10_500


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """More notes of one tag than an offset reaches."""

    def rows() -> Iterator[Captured]:
        for line in range(1, MANY + 1):
            moment = NOW - timedelta(minutes=line)
            note = Note(f"n{line:05d}", f"第{line}篇", tags=("通勤",), published_at=moment)
            yield Captured(line, note)

    with Engine.open(tmp_path_factory.mktemp("far"), create=True) as engine:
        engine.import_rows("far", rows(), NOW)
        with TestClient(create_app(engine), "http://127.0.0.1") as client:
            yield client


def follow(client: TestClient, **params: str | int) -> list[str]:
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        body = client.get("/api/v1/search", params={**params, "cursor": cursor}).json()
        seen += [row["note_id"] for row in body["data"]]
        cursor = body["meta"]["cursor"]
    return seen


def test_cursors_lead_to_every_place_once_beyond_any_offset(far: TestClient) -> None:
    seen = follow(far, q="tag:通勤", limit=1000, sort="latest")
    assert seen == [f"n{line:05d}" for line in range(1, MANY + 1)]
    last = far.get("/api/v1/search", params={"q": "tag:通勤", "offset": 10_000, "limit": 100})
    assert last.json()["meta"]["next"] is None
    assert last.json()["meta"]["cursor"] is not None


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_a_cursor_and_an_offset_show_the_same_page(client: TestClient, limit: int) -> None:
    whole = client.get("/api/v1/search", params={"q": "面霜", "shape": "rows"}).json()
    assert follow(client, q="面霜", limit=limit) == [row["note_id"] for row in whole]


def first_cursor(client: TestClient, **more: str) -> str:
    meta = client.get("/api/v1/search", params={"q": "面霜", "limit": 2, **more}).json()["meta"]
    return str(meta["cursor"])


def test_the_same_question_has_the_same_cursor(client: TestClient) -> None:
    assert first_cursor(client) == first_cursor(client, explain="true")


@pytest.mark.parametrize(
    "changed",
    [{"q": "防曬"}, {"sort": "latest"}, {"type": "video"}, {"brand": "沐禾集"},
     {"now": "2026-12-01T00:00:00+08:00"}],
)  # fmt: skip
def test_a_cursor_of_another_question_is_refused(
    client: TestClient, changed: dict[str, str]
) -> None:
    params = {"q": "面霜", "limit": "2", "cursor": first_cursor(client), **changed}
    answer = client.get("/api/v1/search", params=params)
    assert answer.status_code == 422
    assert answer.json()["cure"] == "begin again without `cursor`"


def test_a_cursor_ends_with_the_state_of_the_index(client: TestClient, engine: Engine) -> None:
    cursor = first_cursor(client)
    params = {"q": "面霜", "limit": "3", "cursor": cursor}
    assert client.get("/api/v1/search", params=params).status_code == 200
    engine.delete("n10")  # not on the page at all
    assert client.get("/api/v1/search", params=params).status_code == 422


@pytest.mark.parametrize("at", range(0, 18, 3))
def test_a_changed_cursor_is_refused(client: TestClient, at: int) -> None:
    cursor = first_cursor(client)
    other = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
    for wrong in (other, cursor[:at], cursor + "AAAA", "面", "-", "=" * 40):
        params = {"q": "面霜", "cursor": wrong, "limit": "2"}
        if wrong:
            assert client.get("/api/v1/search", params=params).status_code == 422, wrong


def test_a_cursor_and_an_offset_together_are_refused(client: TestClient) -> None:
    params = {"q": "面霜", "limit": "2", "offset": "2", "cursor": first_cursor(client)}
    assert client.get("/api/v1/search", params=params).json()["cure"] == "give one of them"
