"""A small library behind the API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from engine.model import CHINA, Captured, Count, Counts, Note
from engine.pipeline import Engine

NOW = datetime(2026, 10, 31, 9, tzinfo=CHINA)
TEXTS = [
    ("n01", "敏感肌面霜怎么选", "换季泛红，屏障修护最要紧。", ("敏感肌",)),
    ("n02", "油皮夏天", "面霜太厚，我只用凝露。", ()),
    ("n03", "SK-II 空瓶", "神仙水用了三年。", ("空瓶",)),
    ("n04", "<img src=x onerror=alert(1)>", "面霜测评 <script>alert(2)</script>", ()),
    ("n05", "=cmd|' /C calc'!A0", "面霜 好用", ("+1",)),
    ("n06", "早C晚A 第一周", "早上维C，晚上A醇。", ("早C晚A",)),
    ("n07", "", "#通勤妆[话题]# 十分钟出门", ()),
    ("n08", "沐禾集面霜空瓶", "无广，自费。", ("空瓶", "沐禾集")),
]


def rows() -> Iterator[Captured]:
    for line, (note_id, title, body, tags) in enumerate(TEXTS, 1):
        yield Captured(
            line,
            Note(
                note_id,
                title,
                body,
                tags,
                kind="video" if line % 2 else "image",
                author=f"author{line}",
                published_at=NOW - timedelta(days=line * 20),
                captured_at=NOW,
                counts=Counts(likes=Count(line * 10), collects=Count(10_000 * line, precision=500)),
            ),
        )


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Engine.open(tmp_path_factory.mktemp("library"), create=True) as opened:
        opened.import_rows("test", rows(), NOW)
        yield opened


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    return create_app(engine)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened
