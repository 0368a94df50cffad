"""Answers that were given before: the same bytes, until the library says something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from api import response_cache
from api.keys import Keys
from engine.engine import Engine
from engine.model import Captured
from tests.api.conftest import NOW, rows

ASKED = "/api/v1/search?q=油皮&limit=3"


def hit(answer) -> bool:  # type: ignore[no-untyped-def]
    return answer.headers.get("cache-status") == "noterank; hit"


@pytest.mark.parametrize("more", ["", "&shape=rows", "&format=csv", "&format=jsonl"])
def test_the_second_answer_is_the_first_one(client: TestClient, more: str) -> None:
    first, second = client.get(ASKED + more), client.get(ASKED + more)
    assert not hit(first)
    assert hit(second)
    assert second.status_code == 200
    if more:
        assert second.content == first.content
    else:
        one, other = first.json(), second.json()
        assert other["meta"].pop("took_ms") >= 0
        assert one["meta"].pop("took_ms") >= 0
        assert one == other
        assert one["data"]
    own = ("x-request-id", "content-length", "cache-status")
    same = {name: value for name, value in second.headers.items() if name not in own}
    assert same == {name: value for name, value in first.headers.items() if name not in own}
    assert int(second.headers["content-length"]) == len(second.content)


def test_formats_are_kept_apart(client: TestClient) -> None:
    for accept in ("application/json", "text/csv", "application/json", "text/csv"):
        answer = client.get(ASKED, headers={"Accept": accept})
        assert answer.headers["content-type"].startswith(accept)
    assert hit(answer)


def test_who_has_it_gets_304_without_a_body(client: TestClient) -> None:
    tag = client.get(ASKED).headers["etag"]
    answer = client.get(ASKED, headers={"If-None-Match": f"W/{tag}"})
    assert answer.status_code == 304
    assert answer.content == b""
    assert hit(answer)
    assert answer.headers["etag"] == tag
    assert "content-type" not in answer.headers
    assert client.get(ASKED, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_change_by_another_process_is_seen(client: TestClient, engine: Engine) -> None:
    first = client.get(ASKED).json()
    assert hit(client.get(ASKED))
    with Engine.open(engine.library.folder) as other:
        other.delete(first["data"][0]["note_id"])
    answer = client.get(ASKED)
    assert not hit(answer)
    assert hit(client.get(ASKED))
    assert answer.json()["meta"]["total"] == first["meta"]["total"] - 1


def test_a_later_capture_moves_ages_and_forgets(client: TestClient, engine: Engine) -> None:
    before = client.get(ASKED).json()["meta"]
    row = next(iter(rows()))
    assert isinstance(row, Captured)
    later = NOW + timedelta(days=40)
    with Engine.open(engine.library.folder) as other:
        note = replace(other.note(row.note.note_id), captured_at=later)
        other.import_rows("later", [replace(row, note=note)], later)
    answer = client.get(ASKED)
    assert not hit(answer)
    assert answer.json()["meta"]["as_of"] > before["as_of"]


def test_other_rules_forget(client: TestClient, engine: Engine) -> None:
    client.get(ASKED)
    engine.rule_set = replace(engine.rule_set, name="other")
    answer = client.get(ASKED)
    assert not hit(answer)
    assert answer.json()["meta"]["rule_set"].startswith("other")


def test_refusals_are_made_anew(client: TestClient) -> None:
    for _ in range(2):
        answer = client.get("/api/v1/explain?q=油皮&note_id=nobody")
        assert answer.status_code == 404
        assert not hit(answer)


def test_a_kept_answer_needs_a_key_as_any_other(client: TestClient, engine: Engine) -> None:
    client.get(ASKED)
    secret = Keys(engine.library.folder).add("reader", "read")
    assert client.get(ASKED).status_code == 401
    assert hit(client.get(ASKED, headers={"X-API-Key": secret}))


def test_kept_answers_are_counted_by_their_route(client: TestClient) -> None:
    for _ in range(2):
        client.get(ASKED)
    line = 'noterank_requests_total{method="GET",route="/api/v1/search",status="200"} 2.0'
    assert line in client.get("/metrics").text


def test_what_was_asked_longest_ago_makes_room(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response_cache, "_MOST_BYTES", 5_000)
    words = ("油皮", "粉底液", "面霜", "敏感肌", "平价", "防晒")
    for word in words:
        client.get(f"/api/v1/search?q={word}&limit=2")
    assert hit(client.get(f"/api/v1/search?q={words[-1]}&limit=2"))
    assert not hit(client.get(f"/api/v1/search?q={words[0]}&limit=2"))
