"""Rows, shapes and formats: what a dashboard relies on."""

from __future__ import annotations

import csv
import io
import json

import pytest
from starlette.testclient import TestClient

from api.schemas import answers as schemas
from api.schemas.examples import EXAMPLES
from engine.engine import Engine

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
META = ["total", "limit", "offset", "next", "index_version", "rule_set", "took_ms"]
PATHS = ["search?q=面霜", "explain?q=面霜&note_id=n02", "suggest?q=面", "stats", "notes/n01"]


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
    assert (meta["limit"], meta["next"], meta["rule_set"]) == (3, 3, "balanced@1")


def test_every_meta_says_where_and_by_what_it_was_answered(client: TestClient) -> None:
    kind = {"Content-Type": "application/x-ndjson"}
    answers = [client.get(f"/api/v1/{path}") for path in PATHS]
    answers.append(client.post("/api/v1/notes:import", content=b"", headers=kind))
    answers.append(client.delete("/api/v1/notes/n15"))
    for answer in answers:
        meta = answer.json()["meta"]
        assert set(META) <= set(meta), answer.url
        assert meta["rule_set"] == "balanced@1"
    assert [answer.json()["meta"]["index_version"] for answer in answers[-2:]] == [15, 16]


def test_every_answer_can_be_had_as_rows_csv_and_lines(client: TestClient) -> None:
    for path in PATHS:
        known = f"/api/v1/{path}" + ("&" if "?" in path else "?")
        rows = client.get(f"{known}shape=rows").json()
        lines = client.get(f"{known}format=jsonl").text.splitlines()
        table = client.get(f"{known}format=csv").content
        assert [json.loads(line) for line in lines] == rows, path
        cells = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
        assert cells[0] == list(rows[0]), path
        assert len(cells) == len(rows) + 1


def test_a_wide_answer_is_compressed_for_who_takes_it(client: TestClient) -> None:
    path = "/openapi.json"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert packed.json() == plain.json()
    assert "Accept-Encoding" in plain.headers["vary"]


def test_no_row_nests(client: TestClient) -> None:
    for path in PATHS:
        for row in client.get(f"/api/v1/{path}").json()["data"]:
            assert all(not isinstance(value, dict | list) for value in row.values()), path


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_following_next_visits_every_place_once(client: TestClient, limit: int) -> None:
    seen, offset, pages = [], 0, 0
    while offset is not None:
        pages += 1
        params: dict[str, str | int] = {"q": "面霜", "limit": limit, "offset": offset}
        body = client.get("/api/v1/search", params=params).json()
        seen += [row["note_id"] for row in body["data"]]
        offset = body["meta"]["next"]
    whole = client.get("/api/v1/search", params={"q": "面霜", "shape": "rows"}).json()
    assert seen == [row["note_id"] for row in whole]
    assert len(set(seen)) == len(seen) == 5
    assert pages == -(-5 // limit)  # no empty page at the end


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


def test_a_table_without_rows_still_has_the_columns_asked_for(client: TestClient) -> None:
    params = {"q": "查无此词", "format": "csv", "explain": "true", "marks": "true"}
    table = client.get("/api/v1/search", params=params).content.decode("utf-8-sig")
    assert table.strip().split(",") == [*SEARCH_KEYS, "why", "title_marks", "snippet_marks"]


def test_markup_in_a_note_stays_text_and_is_served_as_no_page(client: TestClient) -> None:
    answer = client.get("/api/v1/search", params={"q": "面霜"}, headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    titles = [row["title"] for row in answer.json()["data"]]
    assert "<img src=x onerror=alert(1)>" in titles


def test_explain_takes_the_filters_of_the_page(client: TestClient) -> None:
    params = {"q": "面霜", "type": "image", "sort": "likes"}
    page = client.get("/api/v1/search", params=params).json()["data"]
    for row in page:
        told = client.get("/api/v1/explain", params={**params, "note_id": row["note_id"]}).json()
        assert told["meta"]["position"] == row["position"]
    absent = client.get("/api/v1/explain", params={**params, "note_id": "n01"}).json()
    assert (absent["meta"]["position"], absent["data"]) == (None, [])


@pytest.mark.parametrize("path", ["stats", "suggest?q=面", "notes/n01", "explain?q=a&note_id=n01"])
def test_answers_go_on_after_somebody_else_changed_the_lexicon(
    client: TestClient, engine: Engine, path: str
) -> None:
    with Engine.open(engine.library.folder) as other:
        other.add_to_lexicon(other.lexicon_lines("空瓶记", "category", []))
    assert client.get(f"/api/v1/{path}").status_code == 200
    assert client.get("/readyz").status_code == 200


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
    assert (stats["notes"], stats["authors"]) == (15, 15)


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("search?q=面霜&explain=true&marks=true&facets=true", schemas.SearchAnswer),
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


@pytest.mark.parametrize("name", EXAMPLES)
def test_documented_examples_are_what_the_schema_says(client: TestClient, name: str) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    (operation,) = (each for each in operations if each["operationId"] == name)
    shown = operation["responses"]["200"]["content"]["application/json"]
    name_of = shown["schema"]["$ref"].rsplit("/")[-1]
    getattr(schemas, name_of).model_validate_json(json.dumps(shown["example"]), strict=True)


def test_the_documentation_loads_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "://" not in page.text.replace("http://www.w3.org", "")
    assert "://" not in page.headers["content-security-policy"]
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert client.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200
