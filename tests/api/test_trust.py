"""The endpoints about trust: promised rows, refusals as problems."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas import answers as schemas
from engine.engine import Engine
from engine.model import Captured
from engine.rows.column import columns
from engine.rows.trust_rows import FidelityRow
from tests.api.conftest import NOW
from tests.insight.library import notes

WORDS = [
    *("面霜", "精华", "防晒", "通勤", "咖啡", "粉底液", "推荐", "换季", "敏感肌", "油皮", "口红"),
    *("穿搭", "收纳", "猫", "早八"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with Engine.open(tmp_path_factory.mktemp("trust"), create=True) as engine:
        engine.import_rows("corpus", (Captured(n, x) for n, x in enumerate(notes(), 1)), NOW)
    with Engine.open(engine.library.folder) as engine:
        yield TestClient(create_app(engine), base_url="http://127.0.0.1")


def pages(client: TestClient) -> list[dict[str, object]]:
    """What the library itself shows, as if somebody had observed it."""
    found: list[dict[str, object]] = []
    for word in WORDS:
        rows = client.get(f"/api/v1/search?q={word}&limit=50&shape=rows").json()
        found.append({"keyword": word, "notes": [row["note_id"] for row in rows]})
    return found


def test_fidelity_of_our_own_pages_is_whole(client: TestClient) -> None:
    answer = client.post("/api/v1/fidelity", json={"pages": pages(client)})
    assert answer.status_code == 200, answer.text
    schemas.FidelityAnswer.model_validate_json(answer.content, strict=True)
    assert tuple(answer.json()["data"][0]) == columns(FidelityRow)
    assert {row["kendall_tau"] for row in answer.json()["data"]} == {1.0}


def test_a_calibration_on_our_own_pages_is_not_kept(client: TestClient) -> None:
    answer = client.post("/api/v1/calibrate?keep=true", json={"pages": pages(client)})
    assert answer.status_code == 200, answer.text
    schemas.CalibrateAnswer.model_validate_json(answer.content, strict=True)
    meta = answer.json()["meta"]
    assert (meta["better"], meta["kept"]) == (False, False)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("fidelity", {"pages": []}, "observed no general page"),
        ("calibrate", {"pages": [{"keyword": "面霜", "notes": ["a"]}]}, "too few to learn from"),
        ("fidelity", {"pages": [{"keyword": "", "notes": ["a"]}]}, "keyword"),
    ],
)
def test_what_teaches_nothing_is_a_problem(
    client: TestClient, path: str, body: object, said: str
) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert answer.status_code == 422
    assert said in answer.text
