"""The endpoints about keywords: promised rows, refusals as problems."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.schemas import answers as schemas
from engine.rows.column import columns
from engine.rows.keyword_rows import KeywordRow
from engine.rows.visibility_rows import VisibilityRow

PORTRAIT = {
    "name": "通勤",
    "who": {"traits": ["敏感肌"]},
    "what": {"interests": ["面霜", "早C晚A"]},
    "brands": {"own": ["沐禾集"]},
}
LIST = {"keywords": ["面霜", {"keyword": "早C晚A", "weight": 3, "demand": 5000}]}
ASKS = [
    ("extract", {"title": "敏感肌面霜怎么选", "text": "屏障修护"}, schemas.ExtractAnswer),
    ("portraits:keywords", PORTRAIT, schemas.KeywordAnswer),
    ("portraits:keywords?detail=true", PORTRAIT, schemas.KeywordAnswer),
    ("opportunity", LIST, schemas.KeywordAnswer),
    ("opportunity?detail=true&shape=rows", LIST, schemas.KeywordAnswer),
    ("visibility", {**LIST, "own": ["沐禾集"]}, schemas.VisibilityAnswer),
    ("visibility?by=kind", {**LIST, "own": ["沐禾集"]}, schemas.VisibilityAnswer),
]


@pytest.mark.parametrize(("path", "body", "model"), ASKS)
def test_answers_are_what_the_schema_says(
    client: TestClient, path: str, body: object, model: type
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text
    model.model_validate_json(answer.content, strict=True)  # type: ignore[attr-defined]


def test_a_portrait_gives_its_keywords(client: TestClient) -> None:
    answer = client.post("/api/v1/portraits:keywords?top=5", json=PORTRAIT).json()
    assert answer["meta"]["portrait"] == "通勤"
    rows = answer["data"]
    assert tuple(rows[0]) == columns(KeywordRow)
    assert {"面霜", "早C晚A"} <= {row["keyword"] for row in rows}
    assert sum(row["weight"] for row in rows) == pytest.approx(1, abs=1e-4)


def test_demand_of_the_request_makes_an_opportunity(client: TestClient) -> None:
    plain, known = client.post("/api/v1/opportunity?shape=rows", json=LIST).json()
    assert plain["demand"] is plain["opportunity"] is None
    assert known["demand"] == 5000
    assert known["opportunity"] > 0
    assert (plain["weight"], known["weight"]) == (0.5, 0.5)


def test_shares_come_as_csv_too(client: TestClient) -> None:
    body = {"keywords": ["面霜"], "own": ["沐禾集"], "rivals": ["SK2"]}
    text = client.post("/api/v1/visibility?format=csv", json=body).content.decode("utf-8-sig")
    head, first, second, *_ = text.splitlines()
    assert tuple(head.split(",")) == columns(VisibilityRow)
    assert first.split(",")[2] == "沐禾集"
    assert second.split(",")[2] == "SK2"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("portraits:keywords", {"name": "a"}, "nothing to look for"),
        ("portraits:keywords", {"name": "a", "who": {"traits": "油皮"}}, "traits is no list"),
        ("opportunity", {"keywords": []}, "no keyword is given"),
        ("opportunity", {"keywords": ["x" * 101]}, "one of 101 characters"),
        ("visibility", {"keywords": ["面霜"]}, "body/own"),
        ("extract", {"title": 3}, "body/title"),
        ("extract?top=0", {"title": "面霜"}, "top is 0"),
    ],
)
def test_a_bad_body_is_a_problem_that_names_the_place(
    client: TestClient, path: str, body: object, said: str
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422
    problem = answer.json()
    assert said in problem["detail"]
    assert problem["cure"]
