"""Rows, shapes and formats: what a dashboard relies on."""

from __future__ import annotations

import csv
import io
import json

import pytest
from starlette.testclient import TestClient

from api import schemas

SEARCH_KEYS = [
    "position",
    "note_id",
    "title",
    "snippet",
    "score",
    "bm25",
    "kind",
    "author",
    "published_at",
    "likes",
    "collects",
    "comments",
    "shares",
    "tags",
    "brands",
    "channel",
    "url",
]


def test_a_search_answers_promised_keys_in_an_envelope(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "敏感肌面霜", "limit": 3})
    assert answer.status_code == 200
    body = answer.json()
    assert list(body) == ["data", "meta"]
    assert list(body["data"][0]) == SEARCH_KEYS
    first = body["data"][0]
    assert (first["note_id"], first["position"], first["collects"]) == ("n01", 1, 10_000)
    assert first["published_at"].endswith("+08:00")
    assert first["comments"] is None
    meta = body["meta"]
    assert {"total", "limit", "offset", "next", "index_version", "rule_set", "took_ms"} <= set(meta)
    assert (meta["limit"], meta["next"], meta["rule_set"]) == (3, 3, "balanced@1")


def test_no_row_nests(client: TestClient) -> None:
    for path in (
        "search?q=面霜",
        "explain?q=面霜&note_id=n02",
        "suggest?q=面",
        "stats",
        "notes/n01",
    ):
        for row in client.get(f"/api/v1/{path}").json()["data"]:
            assert all(not isinstance(value, dict | list) for value in row.values()), path


def test_following_next_visits_every_place_once(client: TestClient) -> None:
    seen, offset = [], 0
    while offset is not None:
        params = {"q": "面霜", "limit": 2, "offset": offset}
        body = client.get("/api/v1/search", params=params).json()
        seen += [row["note_id"] for row in body["data"]]
        offset = body["meta"]["next"]
    whole = client.get("/api/v1/search", params={"q": "面霜", "shape": "rows"}).json()
    assert seen == [row["note_id"] for row in whole]
    assert len(set(seen)) == len(seen) > 3


def test_why_and_marks_come_only_when_asked(client: TestClient) -> None:
    params = {"q": "面霜", "explain": "true", "marks": "true", "facets": "true"}
    body = client.get("/api/v1/search", params=params).json()
    row = next(row for row in body["data"] if row["note_id"] == "n01")
    assert row["why"].startswith("标题命中“面霜”")
    start, end = map(int, row["title_marks"].split("-"))
    assert row["title"][start:end] == "面霜"
    assert {"value": "image", "notes": 3} in body["meta"]["facets"]["kind"]


def test_filters_and_sorts_of_the_app(client: TestClient) -> None:
    def ids(**params: str) -> list[str]:
        found = client.get("/api/v1/search", params={"q": "面霜", "shape": "rows", **params}).json()
        return [row["note_id"] for row in found]

    assert ids(type="image") == [i for i in ids() if i in {"n02", "n04", "n08"}]
    assert ids(sort="likes")[0] == "n08"
    assert ids(within="week") == []
    assert ids(brand="沐禾集") == ["n08"]
    assert ids(tag="空瓶") == ["n08"]


def test_csv_opens_in_excel_and_runs_nothing(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "面霜", "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.startswith("\ufeff".encode())
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0] == SEARCH_KEYS
    titles = [row[2] for row in table[1:]]
    assert any(title.startswith("'=cmd") for title in titles)


def test_jsonl_by_accept_and_format_wins_over_accept(client: TestClient) -> None:
    params = {"q": "面霜"}
    lines = client.get(
        "/api/v1/search", params=params, headers={"Accept": "application/x-ndjson"}
    ).text.splitlines()
    assert [json.loads(line)["position"] for line in lines] == list(range(1, len(lines) + 1))
    forced = client.get(
        "/api/v1/search", params={**params, "format": "json"}, headers={"Accept": "text/csv"}
    )
    assert forced.headers["content-type"] == "application/json"


def test_explain_rows_reproduce_the_score(client: TestClient) -> None:
    body = client.get("/api/v1/explain", params={"note_id": "n01", "q": "敏感肌面霜"}).json()
    parts = {row["part"]: row for row in body["data"]}
    summed = sum(row["value"] for row in body["data"] if row["part"].startswith("bm25."))
    assert summed == parts["sum"]["value"]
    product = summed
    for row in body["data"]:
        product *= 1 if row["factor"] is None else row["factor"]
    assert product == parts["product"]["value"] == body["meta"]["score"]


def test_suggest_and_stats(client: TestClient) -> None:
    words = client.get("/api/v1/suggest", params={"q": "mingan"}).json()["data"]
    assert "敏感肌" in [row["keyword"] for row in words]
    stats = client.get("/api/v1/stats").json()["data"][0]
    assert (stats["notes"], stats["authors"]) == (8, 8)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("search?q=面霜&explain=true&marks=true", schemas.SearchAnswer),
        ("search?q=面霜&shape=rows", schemas.SearchAnswer),
        ("explain?q=面霜&note_id=n01", schemas.ExplainAnswer),
        ("suggest?q=面", schemas.SuggestAnswer),
        ("stats", schemas.StatsAnswer),
        ("notes/n01", schemas.NoteAnswer),
    ],
)
def test_answers_are_what_the_schema_says(client: TestClient, path: str, model: type) -> None:
    answer = client.get(f"/api/v1/{path}")
    model.model_validate_json(answer.content, strict=True)  # type: ignore[attr-defined]


def test_the_documentation_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text.replace("http://www.w3.org", "")
    assert client.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200
