"""notes.db and its write-ahead log cut off or flipped: an earlier whole state, or a refusal."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from engine.errors import Damaged
from engine.model import Note
from engine.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]
_STATES = 12
_FRAME_HEADER, _WAL_HEADER = 24, 32


def text(number: int, state: int) -> str:
    return f"第{number}篇，写于{state}。" * 8


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with commits that are only in its log yet; each commit writes all notes anew."""
    folder = tmp_path_factory.mktemp("written")
    alive = tmp_path_factory.mktemp("alive") / "notes.db"
    store = Store(alive)
    for state in range(_STATES):
        with store.writing():
            for number in range(20):
                store.put(Note(f"n{number:02d}", f"标题{state}", text(number, state)), "", ())
    for path in alive.parent.glob("notes.db*"):
        shutil.copyfile(path, folder / path.name)
    store.close()
    assert (folder / "notes.db-wal").stat().st_size > 100_000
    return folder


def state_of(folder: Path) -> int | None:
    """The commit that a copy shows, -1 for none yet; None when it is refused or named by a check.

    Any mixture of two commits, any changed text and any foreign error fails the test.
    """
    try:
        store = Store(folder / "notes.db")
    except Damaged:
        return None
    try:
        notes = {stored.note.note_id: stored.note for stored in store.all()}
        store.check()
    except Damaged:
        return None
    finally:
        store.close()
    if not notes:
        return -1
    (state,) = {int(note.title.removeprefix("标题")) for note in notes.values()}
    assert sorted(notes) == [f"n{number:02d}" for number in range(20)]
    for note_id, note in notes.items():
        assert note.body == text(int(note_id[1:]), state)
    return state


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    return folder


def lay(written: Path, folder: Path, wal: bytes, database: bytes | None = None) -> None:
    for path in folder.iterdir():
        path.unlink()
    content = (written / "notes.db").read_bytes() if database is None else database
    (folder / "notes.db").write_bytes(content)
    (folder / "notes.db-wal").write_bytes(wal)


def test_the_whole_log_shows_the_last_commit(written: Path, copy: Path) -> None:
    lay(written, copy, (written / "notes.db-wal").read_bytes())
    assert state_of(copy) == _STATES - 1


def test_every_prefix_of_the_log_shows_a_commit_and_longer_ones_no_earlier(
    written: Path, copy: Path
) -> None:
    wal = (written / "notes.db-wal").read_bytes()
    page = int.from_bytes(wal[8:12], "big")
    frame = _FRAME_HEADER + page
    borders = [_WAL_HEADER + frame * n for n in range((len(wal) - _WAL_HEADER) // frame + 1)]
    dice = random.Random(1)
    lengths = {*range(0, _WAL_HEADER + 40, 7), *borders, *(b - 1 for b in borders if b)}
    lengths |= {dice.randrange(len(wal)) for _ in range(150)}
    last = -1
    for length in sorted(lengths):
        lay(written, copy, wal[:length])
        state = state_of(copy)
        assert state is None or state >= last, length
        last = last if state is None else state
    assert last >= _STATES - 2


def test_flipped_bits_of_the_log_never_change_what_a_commit_said(written: Path, copy: Path) -> None:
    wal = (written / "notes.db-wal").read_bytes()
    dice = random.Random(2)
    seen = set()
    for _ in range(500):
        spoilt = bytearray(wal)
        spoilt[dice.randrange(len(wal))] ^= 1 << dice.randrange(8)
        lay(written, copy, bytes(spoilt))
        seen.add(state_of(copy))
    assert len(seen) > 3


def test_flipped_bits_of_the_database_are_refused_named_or_harmless(
    written: Path, copy: Path
) -> None:
    store = Store(written / "notes.db")  # closing it moves the log into the database
    store.close()
    database = (written / "notes.db").read_bytes()
    dice = random.Random(3)
    for _ in range(200):
        spoilt = bytearray(database)
        spoilt[dice.randrange(len(database))] ^= 1 << dice.randrange(8)
        lay(written, copy, b"", bytes(spoilt))
        assert state_of(copy) in (None, -1, _STATES - 1)
