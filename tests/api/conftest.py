"""A small library behind the API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from engine.engine import Engine
from engine.model import CHINA, Captured, Count, Counts, Note

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
    ("n09", "冬天骑车上班怎么穿", "抓绒里面加一件速干，等红灯也不冷。", ("通勤",)),
    ("n10", "三十平小家收纳", "洞洞板挂锅铲，床下放换季被子。", ("收纳", "租房")),
    ("n11", "第一次养猫要买什么", "猫砂盆比猫大一倍，碗要宽口。", ("新手养猫",)),
    ("n12", "手冲咖啡总是酸", "水温升两度，研磨细一格。", ("咖啡",)),
    ("n13", "防曬怎麼補塗", "噴霧搖勻，離臉二十公分。", ("防曬",)),
    ("n14", "ＯＯＴＤ｜小个子周末", "短上衣高腰裤，鞋子同色。", ("小个子",)),
    ("n15", "杭州两天一夜", "早上走苏堤，下午灵隐人少。[笑哭R]", ("杭州旅行",)),
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


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that is only copied."""
    folder = tmp_path_factory.mktemp("made")
    with Engine.open(folder, create=True) as opened:
        opened.import_rows("test", rows(), NOW)
    return folder


@pytest.fixture
def engine(made: Path, tmp_path: Path) -> Iterator[Engine]:
    folder = tmp_path / "library"
    shutil.copytree(made, folder)
    with Engine.open(folder) as opened:
        yield opened


@pytest.fixture
def app(engine: Engine) -> FastAPI:
    return create_app(engine)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened
