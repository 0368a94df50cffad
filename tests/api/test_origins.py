"""CORS: off unless a site is named, and then for that site alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.keys import Keys
from api.middleware.origins import checked
from api.serving import Manner, serve
from engine.engine import Engine
from engine.errors import BadOption

SITE = "https://dash.example.com"
ASKS = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "x-api-key"}


@pytest.fixture
def named(engine: Engine) -> Iterator[TestClient]:
    with TestClient(create_app(engine, origins=[SITE]), "http://127.0.0.1") as opened:
        yield opened


def test_without_a_name_no_answer_is_for_another_site(client: TestClient) -> None:
    answer = client.get("/api/v1/stats", headers={"Origin": SITE})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert client.options("/api/v1/stats", headers={"Origin": SITE, **ASKS}).status_code == 405


def test_a_named_site_may_ask_with_its_key_and_read_the_headers(
    named: TestClient, engine: Engine
) -> None:
    secret = Keys(engine.library.folder).add("dashboard", "read")
    before = named.options("/api/v1/stats", headers={"Origin": SITE, **ASKS})
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in before.headers
    answer = named.get("/api/v1/stats", headers={"Origin": SITE, "X-API-Key": secret})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "Origin" in answer.headers["vary"]
    refused = named.get("/api/v1/stats", headers={"Origin": SITE})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, SITE)


def test_another_site_is_refused_by_a_problem_document(named: TestClient) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Origin": SITE, "x": "y"}):
        asks = {**ASKS, "Access-Control-Request-Headers": "x-other" if "x" in headers else ""}
        answer = named.options("/api/v1/stats", headers={**headers, **asks})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["cure"] == "serve with --allow-origin"
    answer = named.get("/api/v1/stats", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("wrong", ["*", "dash.example.com", "https://a.com/path", "null", ""])
def test_what_is_no_origin_is_refused(wrong: str, engine: Engine) -> None:
    with pytest.raises(BadOption, match="is no origin"):
        serve(engine.library.folder, "127.0.0.1", 0, None, Manner(origins=[wrong]))


def test_origins_are_compared_as_browsers_send_them() -> None:
    given = ["https://Dash.Example.com:8443", "http://[::1]:3000"]
    assert checked(given) == ["https://dash.example.com:8443", "http://[::1]:3000"]
