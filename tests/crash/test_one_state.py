"""Every answer is of one state of the library, whatever is written while it is made."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from engine.engine import Engine
from engine.formats.keywords import KeywordLine
from engine.insight.opportunity_of_keywords import opportunity_of_keywords
from engine.insight.share_of_voice import share_of_voice
from engine.snapshot import LibrarySnapshot
from tests.crash.faults import NOW, WORDS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ASKED = 200
NOTES = 60
KEYWORDS = [a + b for a in WORDS for b in (*WORDS, "")]
BRANDS = ("兰蔻", "科颜氏")


def version(name: str) -> list[dict[str, object]]:
    """The same sixty notes with other texts, brands and counts."""
    brand, shift = (BRANDS[0], 0) if name == "a" else (BRANDS[1], 5)
    rows = []
    for number in range(NOTES):
        words = [WORDS[(number * step + shift) % len(WORDS)] for step in (1, 3, 7)]
        rows.append(
            {
                "note_id": f"n{number:03d}",
                "title": f"{words[0]}{brand}{number}",
                "body": "，".join([*words, name * 3, f"第{number}篇，版本{name}"]),
                "likes": number * (1 if name == "a" else 7),
            }
        )
    return rows


def lines(name: str) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in version(name))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with (
        Engine.open(tmp_path / "library", create=True) as engine,
        TestClient(create_app(engine), base_url="http://127.0.0.1") as opened,
    ):
        yield opened


def put(client: TestClient, name: str) -> None:
    headers = {"Content-Type": "application/x-ndjson"}
    answer = client.post("/api/v1/notes:import", content=lines(name).encode(), headers=headers)
    assert answer.status_code == 200, answer.text


def ask(client: TestClient) -> Any:
    body = {"keywords": KEYWORDS, "own": [BRANDS[0]], "rivals": [BRANDS[1]]}
    answer = client.post("/api/v1/visibility", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_answers_beside_imports_are_of_one_state_each(client: TestClient) -> None:
    states = []
    for name in "ab":
        put(client, name)
        states.append(ask(client))
    assert states[0] != states[1]
    done = threading.Event()
    imports: list[str] = []

    def alternate() -> None:
        while not done.is_set():
            name = "ab"[len(imports) % 2]
            put(client, name)
            imports.append(name)

    writer = threading.Thread(target=alternate)
    writer.start()
    try:
        seen = [states.index(ask(client)) for _ in range(ASKED)]  # ValueError for neither state
    finally:
        done.set()
        writer.join()
    assert len(imports) > 20
    assert {0, 1} == set(seen)


def test_pages_and_their_texts_are_of_one_state(client: TestClient) -> None:
    put(client, "a")
    done = threading.Event()

    def alternate() -> None:
        for turn in range(1000):
            if done.is_set():
                break
            put(client, "ab"[turn % 2])

    writer = threading.Thread(target=alternate)
    writer.start()
    try:
        for _ in range(ASKED):
            answer = client.get("/api/v1/search", params={"q": "面霜", "limit": 40, "facets": True})
            page = answer.json()
            brands = {row["brands"] for row in page["data"]}
            assert len(brands) == 1, brands
            assert all(brands.pop() in row["title"] for row in page["data"][:1])
    finally:
        done.set()
        writer.join()


def test_a_held_analysis_answers_the_same_through_an_import_of_another_process(
    tmp_path: Path,
) -> None:
    library = tmp_path / "library"
    exports = {name: tmp_path / f"{name}.jsonl" for name in "ab"}
    for name, path in exports.items():
        path.write_text(lines(name), "utf-8")
    command = [sys.executable, "-m", "engine", "import", "--library", str(library)]
    subprocess.run([*command, str(exports["a"])], check=True, capture_output=True)
    keywords = [KeywordLine(word) for word in KEYWORDS[:40]]

    def all_of(state: LibrarySnapshot) -> object:
        voice = share_of_voice(state, keywords, BRANDS)
        report = opportunity_of_keywords(state, keywords)
        texts = state.texts([f"n{number:03d}" for number in range(NOTES)])
        return voice.brand_shares, report.opportunities, texts, state.ranker.page("防晒霜", 20)

    with Engine.open(library) as engine:
        held = engine.snapshot(NOW)
        before, state = all_of(held), held.state_id
        subprocess.run([*command, str(exports["b"])], check=True, capture_output=True)
        assert all_of(held) == before
        assert held.state_id == state
        fresh = engine.snapshot(NOW)
        assert all_of(fresh) != before
        assert fresh.state_id != state
