"""The endpoints about drafts: promised rows, refusals as problems, nothing written."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.schemas import answers as schemas
from engine.rows.column import columns
from engine.rows.draft_rows import AdviceRow, DraftRow

BODY = {
    "draft": {"title": "换季好物分享", "body": "晚上只留一层面霜。", "tags": ["换季", "日常"]},
    "keywords": ["敏感肌面霜", {"keyword": "换季", "weight": 2}],
    "own": ["沐禾集"],
    "banned": ["好物"],
}


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("rank", schemas.DraftAnswer),
        ("rank?shape=rows", schemas.DraftAnswer),
        ("advise?most=2", schemas.AdviceAnswer),
    ],
)
def test_answers_are_what_the_schema_says(client: TestClient, path: str, model: type) -> None:
    answer = client.post(f"/api/v1/drafts:{path}", json=BODY)
    assert answer.status_code == 200, answer.text
    model.model_validate_json(answer.content, strict=True)  # type: ignore[attr-defined]


def test_a_draft_is_placed_and_nothing_is_written(client: TestClient) -> None:
    before = client.get("/api/v1/stats?shape=rows").json()
    answer = client.post("/api/v1/drafts:rank", json=BODY).json()
    assert client.get("/api/v1/stats?shape=rows").json() == before
    assert tuple(answer["data"][0]) == columns(DraftRow)
    meta = answer["meta"]
    assert 0 < meta["attention"] <= 1
    assert set(meta["share_after"]) == {"沐禾集"}
    assert any(line.startswith("banned word: 好物") for line in meta["warnings"])


def test_edits_add_up(client: TestClient) -> None:
    answer = client.post("/api/v1/drafts:advise?most=2", json=BODY).json()
    assert tuple(answer["data"][0]) == columns(AdviceRow)
    gains = [row["gain"] for row in answer["data"] if row["field"] != "split"]
    assert answer["meta"]["together"] == pytest.approx(sum(gains), abs=1e-5)


@pytest.mark.parametrize(
    ("draft", "said"),
    [({}, "no text"), ({"titel": "面霜"}, "titel"), ({"title": "好", "likes": "x"}, "likes")],
)
def test_a_bad_draft_is_a_problem_with_a_cure(
    client: TestClient, draft: dict[str, str], said: str
) -> None:
    answer = client.post("/api/v1/drafts:rank", json={**BODY, "draft": draft})
    assert answer.status_code == 422
    problem = answer.json()
    assert said in problem["detail"]
    assert problem["cure"]
