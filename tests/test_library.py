"""A library folder has one writer at a time, and names it."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from engine.errors import LibraryBusy, NotFound
from engine.library import Library, default_folder


def hold(folder: str, ready: object, go: object) -> None:
    with Library(Path(folder)).writing("noterank import"):
        ready.set()  # type: ignore[attr-defined]
        go.wait(30)  # type: ignore[attr-defined]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path / "library")
    made.create()
    return made


def test_a_second_writer_is_told_who_holds_the_library(library: Library) -> None:
    context = multiprocessing.get_context("fork")
    ready, go = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(str(library.folder), ready, go))
    holder.start()
    assert ready.wait(30)
    named = rf"`noterank import` \(process {holder.pid}, since 20.*try again"
    with pytest.raises(LibraryBusy, match=named), library.writing("noterank rebuild", wait=0.05):
        pass
    go.set()
    holder.join(30)
    with library.writing("noterank rebuild", wait=5):
        pass


def test_a_killed_writer_frees_the_library(library: Library) -> None:
    context = multiprocessing.get_context("fork")
    ready, go = context.Event(), context.Event()
    holder = context.Process(target=hold, args=(str(library.folder), ready, go))
    holder.start()
    assert ready.wait(30)
    assert holder.pid
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(30)
    with library.writing("noterank verify", wait=5):
        known = json.loads((library.folder / "writer.json").read_text())
        assert (known["process"], known["task"]) == (os.getpid(), "noterank verify")
    assert not (library.folder / "writer.json").exists()


def test_a_writer_that_fails_frees_the_library(library: Library) -> None:
    with pytest.raises(ValueError, match="boom"), library.writing("one"):
        raise ValueError("boom")
    with library.writing("two", wait=0.05):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_an_unreadable_holder_is_another_process(library: Library, text: str) -> None:
    busy = pytest.raises(LibraryBusy, match="another process")
    with library.writing("one"):
        (library.folder / "writer.json").write_text(text)
        with busy, library.writing("two", wait=0.05):
            pass


def test_a_folder_without_notes_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="noterank import FILE"):
        Library(tmp_path).demand()
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_the_default_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTERANK_LIBRARY", raising=False)
    assert default_folder() == Path("library")
    monkeypatch.setenv("NOTERANK_LIBRARY", "")
    assert default_folder() == Path("library")
    monkeypatch.setenv("NOTERANK_LIBRARY", "elsewhere")
    assert default_folder() == Path("elsewhere")
