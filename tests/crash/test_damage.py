"""Index files cut off, flipped, lost or torn: named, or harmless, and mended by a rebuild."""

from __future__ import annotations

import contextlib
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from engine.errors import Damaged, StaleIndex
from engine.index.embedded import EmbeddedIndex
from engine.index.hits import NUMBERS
from engine.index.protocol import Scoring
from engine.model import Clause, Document, Query, Signals

WORDS = ["面霜", "防晒", "油皮", "敏感肌", "露营", "咖啡", "通勤", "猫咪", "口红", "香水"]
SCORING = Scoring()
Answer = list[object]


def document(number: int) -> Document:
    dice = random.Random(number)
    signals = Signals(
        kind="video" if number % 3 else "image",
        author=f"{number % 7:016x}",
        published=1_760_000_000 + number,
        likes=number,
        tags=(dice.choice(WORDS),),
        brands=("sk-ii",) if number % 5 == 0 else (),
        cluster=f"n{number:04d}",
    )
    title = tuple(dice.choices(WORDS, k=3))
    return Document(
        f"n{number:04d}", title, signals.tags, tuple(dice.choices(WORDS, k=20)), signals
    )


def make(folder: Path) -> EmbeddedIndex:
    """Two segments, each with dead documents."""
    index = EmbeddedIndex(folder, "test")
    index.apply([document(n) for n in range(120)], [], 1)
    index.apply([document(n) for n in range(200, 230)], ["n0003", "n0050"], 2)
    index.apply([], ["n0210", "n0004"], 3)
    return index


def answer(index: EmbeddedIndex) -> Answer:
    """All that an index says."""
    snapshot = index.snapshot()
    found: Answer = [len(snapshot), snapshot.version, list(snapshot.vocabulary())]
    found += [snapshot.facets("tags"), snapshot.facets("brands")]
    for word in WORDS:
        query = Query(word, (Clause(word, word),))
        (hits,) = snapshot.search_many([query], SCORING, 500, total=True)
        rows = range(len(hits))
        columns = hits.columns
        found.append([hits.note_ids, hits.bm25.tolist(), hits.total])
        found += [getattr(columns, name).tolist() for name in (*NUMBERS, "kinds", "channels")]
        found.append([(columns.author(r), columns.cluster(r), columns.brands(r)) for r in rows])
    ids = [f"n{number:04d}" for number in range(230)]
    return [*found, snapshot.columns(ids).note_ids]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    folder = tmp_path_factory.mktemp("sound")
    make(folder)
    return folder, answer(EmbeddedIndex(folder, "test"))


@pytest.fixture
def folder(sound: tuple[Path, Answer], tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound[0], tmp_path / "index"))


def kinds(folder: Path) -> list[Path]:
    """One file of each kind."""
    return [next(iter(sorted(folder.glob(f"*.{end}")))) for end in ("nrs", "dead", "json")]


def checked(folder: Path) -> str:
    """What opening and verifying name; "" when nothing is wrong. No other error may come."""
    try:
        EmbeddedIndex(folder, "test").verify()
    except Damaged as error:
        told = str(error)
    else:
        told = ""
    assert not told or ("noterank rebuild" in told and "\n" not in told)
    return told


@contextlib.contextmanager
def spoilt(path: Path, change: Callable[[bytearray], object]) -> Iterator[None]:
    """The file with a change, and back as it was."""
    before = path.read_bytes()
    content = bytearray(before)
    change(content)
    path.write_bytes(content)
    yield
    path.write_bytes(before)


def borders(content: bytes) -> list[int]:
    """Where magic, header and each section of a segment begin and end."""
    size = int.from_bytes(content[8:12], "little")
    start = 8192
    sections = orjson.loads(content[16 : 16 + size])["sections"].values()
    return [0, 8, 12, 16, 16 + size, start] + [
        start + edge for offset, length, *_ in sections for edge in (offset, offset + length)
    ]


def test_the_sound_index_is_sound(sound: tuple[Path, Answer]) -> None:
    folder, _ = sound
    assert checked(folder) == ""
    assert EmbeddedIndex(folder, "test").verify().files == 2
    assert {path.suffix for path in folder.iterdir()} == {".nrs", ".dead", ".json"}


def test_every_file_notices_that_it_was_cut_off(folder: Path) -> None:
    dice = random.Random(5)
    for path in kinds(folder):
        whole = path.read_bytes()
        lengths = {dice.randrange(len(whole)) for _ in range(50)}
        if path.suffix == ".nrs":
            lengths |= {border for border in borders(whole) if border < len(whole)}
        for length in sorted(lengths):
            path.write_bytes(whole[:length])
            assert path.name in checked(folder), (path.name, length)
        path.write_bytes(whole)


def test_a_file_of_zeros_behind_its_first_bytes_is_named(folder: Path) -> None:
    """As a file system leaves it that had the length but not the blocks."""
    for path in kinds(folder):
        whole = path.read_bytes()
        for kept in (0, 8, 12, 16, 500):
            path.write_bytes(whole[:kept].ljust(len(whole), b"\0"))
            assert path.name in checked(folder) or path.read_bytes() == whole, (path.name, kept)
        path.write_bytes(whole)


def test_every_file_notices_flipped_bits(folder: Path) -> None:
    dice = random.Random(6)
    for path in kinds(folder):
        size = path.stat().st_size
        for _ in range(200):
            place, bit = dice.randrange(size), 1 << dice.randrange(8)

            def flip(content: bytearray, place: int = place, bit: int = bit) -> None:
                content[place] ^= bit

            with spoilt(path, flip):
                assert path.name in checked(folder), (path.name, place, bit)


def test_every_file_notices_bytes_behind_its_end(folder: Path) -> None:
    for path in kinds(folder):
        with spoilt(path, lambda content: content.extend(b"more")):
            assert path.name in checked(folder)


def test_a_lost_file_is_named(folder: Path) -> None:
    for path in [*folder.glob("*.nrs"), *folder.glob("*.dead")]:
        away = path.rename(folder / "away")
        assert path.name in checked(folder)
        away.rename(path)


def test_a_lost_manifest_is_an_index_that_has_seen_nothing(folder: Path) -> None:
    (folder / "MANIFEST.json").unlink()
    index = EmbeddedIndex(folder, "test")
    assert (len(index.snapshot()), index.snapshot().version) == (0, 0)
    index.apply([document(1)], [], 4)
    assert len(EmbeddedIndex(folder, "test").snapshot()) == 1
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"{}", b'{"crc": 1}', b'{"crc": 1, "manifest": {}}']
)
def test_a_torn_manifest_is_named_and_a_rebuild_mends_it(folder: Path, content: bytes) -> None:
    (folder / "MANIFEST.json").write_bytes(content)
    assert "MANIFEST.json" in checked(folder)
    index = EmbeddedIndex(folder, "test")
    index.rebuild([[document(1), document(2)]], 9)
    again = EmbeddedIndex(folder, "test")
    assert (len(again.snapshot()), again.snapshot().version, again.verify().files) == (2, 9, 1)
    assert len(list(folder.iterdir())) == 2


def test_what_a_killed_writer_left_behind_is_ignored_and_swept(
    sound: tuple[Path, Answer], folder: Path
) -> None:
    (folder / "MANIFEST.json.tmp").write_bytes(b'{"crc": 0, "mani')
    (folder / "segment-00000077.nrs").write_bytes(b"NRSEG\x00\x01\nhalf")
    (folder / "segment-00000077-00000004.dead").write_bytes(b"\xff")
    assert checked(folder) == ""
    index = EmbeddedIndex(folder, "test")
    assert answer(index) == sound[1]
    index.apply([document(300)], [], 4)
    assert len(EmbeddedIndex(folder, "test").snapshot()) == len(index.snapshot()) == sound[1][0] + 1  # type: ignore[operator]
    left = {path.name for path in folder.iterdir()}
    assert not left & {"segment-00000077.nrs", "segment-00000077-00000004.dead"}
    assert "MANIFEST.json.tmp" not in left


def test_files_of_two_generations_do_not_mix(sound: tuple[Path, Answer], folder: Path) -> None:
    """An old manifest over new files, as a half-restored copy has it."""
    old = (folder / "MANIFEST.json").read_bytes()
    EmbeddedIndex(folder, "test").rebuild([[document(1)]], 4)
    (folder / "MANIFEST.json").write_bytes(old)
    assert "segment" in checked(folder)


def test_a_segment_in_the_place_of_another_is_named(folder: Path) -> None:
    """Each file is whole by itself, but not the one that the manifest means."""
    first, second = sorted(folder.glob("*.nrs"))
    with spoilt(first, lambda content: content.__setitem__(slice(None), second.read_bytes())):
        assert checked(folder) != ""


def test_another_analysis_is_refused_and_a_rebuild_cures(folder: Path) -> None:
    other = EmbeddedIndex(folder, "another")
    with pytest.raises(StaleIndex, match="rebuild"):
        other.snapshot()
    other.rebuild([[document(1)]], 4)
    assert len(other.snapshot()) == 1


def test_a_failed_publication_leaves_the_old_state(
    sound: tuple[Path, Answer], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = EmbeddedIndex(folder, "test")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for place in ("os.replace", "os.fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            with pytest.raises(OSError, match="No space"):
                index.apply([document(400)], ["n0001"], 4)
        assert answer(index) == answer(EmbeddedIndex(folder, "test")) == sound[1]
    index.apply([document(400)], [], 4)
    assert len(EmbeddedIndex(folder, "test").snapshot()) == sound[1][0] + 1  # type: ignore[operator]
    assert checked(folder) == ""
