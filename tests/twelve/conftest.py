"""The twelve notes as a library, made once to be asked, and anew for a test that changes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Engine
from engine.model import Demand
from tests.twelve.notes import NOTES, NOW


def filled(folder: Path) -> Engine:
    """An engine over the twelve notes and one imported demand."""
    engine = Engine.open(folder, create=True)
    engine.import_rows("twelve", [*NOTES, Demand(13, "精华", 999, bag="护肤")], NOW)
    return engine


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Only asked, never changed."""
    with filled(tmp_path_factory.mktemp("twelve")) as opened:
        yield opened


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Engine]:
    """A library of the test's own."""
    with filled(tmp_path / "library") as opened:
        yield opened
