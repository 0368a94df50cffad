"""Keys: none needed on this machine; with one, every route × every role × every carrier."""

from __future__ import annotations

import base64
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api import auth as guard
from api.keys import ROLES, Keys
from engine.engine import Engine
from engine.errors import BadOption, Damaged, NotFound


@pytest.fixture
def secrets(engine: Engine) -> dict[str, str]:
    keys = Keys(engine.library.folder)
    return {role: keys.add(f"{role}-holder", role) for role in ROLES}


def basic(secret: str) -> str:
    return "Basic " + base64.b64encode(f"excel:{secret}".encode()).decode()


def routes(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """(method, path, role that it needs) of every declared operation."""
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            plain = path.replace("{note_id}", "n01").replace("{job_id}", "0123456789abcdef")
            write = method == "delete" or plain.endswith("notes:import")
            yield method.upper(), plain, "write" if write else "read"


OPEN = ("/healthz", "/readyz")


def test_every_route_with_every_role_and_without_a_key(
    app: FastAPI, client: TestClient, secrets: dict[str, str]
) -> None:
    checked = 0
    for method, path, role in routes(app):
        for holder, secret in {"none": "", "wrong": "nr_x", **secrets}.items():
            headers = {"X-API-Key": secret} if secret else {}
            status = client.request(method, path, headers=headers).status_code
            if path in OPEN:
                allowed = True
                assert status == 200
            elif holder in ("none", "wrong"):
                allowed = False
                assert status == 401, (method, path, holder)
            else:
                allowed = ROLES.index(holder) >= ROLES.index(role)
                assert (status not in (401, 403)) == allowed, (method, path, holder, status)
            checked += 1
    assert checked == 5 * len(list(routes(app))) > 100


@pytest.mark.parametrize("carrier", ["X-API-Key", "Bearer", "Basic"])
def test_a_key_comes_by_three_carriers(
    client: TestClient, secrets: dict[str, str], carrier: str
) -> None:
    secret = secrets["read"]
    headers = {
        "X-API-Key": {"X-API-Key": secret},
        "Bearer": {"Authorization": f"Bearer {secret}"},
        "Basic": {"Authorization": basic(secret)},
    }[carrier]
    assert client.get("/api/v1/stats", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
        "Basic ",
        "Digest x",
        "Bearer ",
    ],
)
def test_what_is_no_key_is_401_and_says_how_to_send_one(
    client: TestClient, secrets: dict[str, str], given: str
) -> None:
    answer = client.get("/api/v1/stats", headers={"Authorization": given})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert "X-API-Key" in answer.json()["cure"]


def test_a_key_in_the_query_string_is_none(client: TestClient, secrets: dict[str, str]) -> None:
    answer = client.get(f"/api/v1/stats?api_key={secrets['read']}")
    assert answer.status_code == 401
    assert secrets["read"] not in answer.text


def test_the_forms_of_the_pages_need_to_write(client: TestClient, secrets: dict[str, str]) -> None:
    for path in ("/data/upload", "/data/word", "/keywords/keep"):
        statuses = [
            client.post(path, headers={"X-API-Key": secrets[role]}).status_code for role in ROLES
        ]
        assert statuses[0] == 403, path
        assert 403 not in statuses[1:]
    for path in ("/", "/data", "/draft"):
        assert client.get(path).status_code == 401
        answer = client.get(path, headers={"Authorization": basic(secrets["read"])})
        assert answer.status_code == 200


def test_keeping_rules_needs_to_write(client: TestClient, secrets: dict[str, str]) -> None:
    headers = {"X-API-Key": secrets["read"]}
    for said, status in (("true", 403), ("1", 403), ("yes", 403), ("false", 422), ("0", 422)):
        path = f"/api/v1/calibrate?keep={said}"
        assert client.post(path, json={"pages": []}, headers=headers).status_code == status


def test_a_key_has_its_rate(
    client: TestClient, secrets: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_BURST", 3.0)
    monkeypatch.setattr(guard, "_RATE", 0.5)
    headers = {"X-API-Key": secrets["read"]}
    statuses = [client.get("/api/v1/stats", headers=headers).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    answer = client.get("/api/v1/stats", headers=headers)
    assert int(answer.headers["retry-after"]) >= 1
    other = client.get("/api/v1/stats", headers={"X-API-Key": secrets["write"]})
    assert other.status_code == 200


def test_without_keys_all_is_open_on_this_machine(client: TestClient) -> None:
    assert client.get("/api/v1/stats").status_code == 200


def test_keys_that_cannot_be_read_let_nobody_in(
    client: TestClient, engine: Engine, secrets: dict[str, str]
) -> None:
    (engine.library.folder / "keys.json").write_text("{", "utf-8")
    answer = client.get("/api/v1/stats", headers={"X-API-Key": secrets["admin"]})
    assert answer.status_code == 503
    assert "make new keys" in answer.json()["cure"]


# --- the keys themselves -----------------------------------------------------------------------


def test_a_key_is_kept_as_a_hash_only(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    secret = keys.add("grafana", "read")
    text = (tmp_path / "keys.json").read_text("utf-8")
    assert secret not in text
    assert secret[3:] not in text
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    found = keys.holder(secret)
    assert found is not None
    assert (found.name, found.role) == ("grafana", "read")
    assert keys.holder(secret + "x") is None
    assert keys.holder("\ud800密") is None
    keys.drop("grafana")
    assert keys.holder(secret) is None


def test_bad_names_roles_and_files_are_refused(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.add("a", "read")
    for name, role, told in (("a", "read", "there is a key"), ("a b", "read", "no name"),
                             ("b", "king", "no role")):  # fmt: skip
        with pytest.raises(BadOption, match=told):
            keys.add(name, role)
    with pytest.raises(NotFound):
        keys.drop("b")
    (tmp_path / "keys.json").write_text("{", "utf-8")
    with pytest.raises(Damaged, match=r"keys\.json"):
        keys.all()
