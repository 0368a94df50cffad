"""One library behind three doors."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from engine.engine import Engine
from tests.api.conftest import NOW, rows
from tests.three_doors.doors import Doors


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that is only copied."""
    folder = tmp_path_factory.mktemp("made") / "library"
    with Engine.open(folder, create=True) as engine:
        engine.import_rows("test", rows(), NOW)
    return folder


@pytest.fixture
def doors(made: Path, tmp_path: Path) -> Iterator[Doors]:
    folder = tmp_path / "library"
    shutil.copytree(made, folder)
    with (
        Engine.open(folder) as engine,
        TestClient(create_app(engine), "http://127.0.0.1", raise_server_exceptions=False) as client,
    ):
        yield Doors(client, folder)
