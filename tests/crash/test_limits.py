"""A full disk, little memory, a folder that cannot be written, clocks that jump."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.engine import Engine
from tests.crash.faults import NOW, ON_CI, assert_refused, command, export, says

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@contextmanager
def disk(place: Path, size: str) -> Iterator[Path]:
    """A small file system of its own; skips where this user may not mount one."""
    place.mkdir(exist_ok=True)
    line = ["mount", "-t", "tmpfs", "-o", f"size={size}", "noterank-test", str(place)]
    try:
        mounted = subprocess.run(line, capture_output=True, text=True, check=False)
        failed = mounted.returncode != 0
    except FileNotFoundError:
        failed = True
    if failed:
        assert not ON_CI, "CI must be able to mount a tmpfs"
        pytest.skip("mounting a tmpfs is not allowed here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object]]:
    """An export, and what a library says that took it in undisturbed."""
    folder = tmp_path_factory.mktemp("whole")
    path = export(folder / "notes.jsonl", 3000)
    assert command(folder / "library", "import", path).returncode == 0
    return path, says(folder / "library")


@pytest.mark.parametrize("size", ["300k", "1200k", "3m", "5m", "6m", "7m"])
def test_an_import_onto_a_full_disk_refuses_and_goes_on_when_there_is_room(
    whole: tuple[Path, list[object]], tmp_path: Path, size: str
) -> None:
    path, wanted = whole
    with disk(tmp_path / "disk", size) as place:
        answer = command(place / "library", "import", path)
        if answer.returncode:
            line = assert_refused(answer)
            assert "space" in line or "full" in line, line
        roomy = tmp_path / "roomy"
        if (place / "library").is_dir():
            shutil.copytree(place / "library", roomy)
    again = command(roomy, "import", path)
    assert again.returncode == 0, again.stderr
    assert command(roomy, "verify").returncode == 0
    assert says(roomy) == wanted


def test_a_rebuild_onto_a_full_disk_leaves_the_index_as_it_was(
    whole: tuple[Path, list[object]], tmp_path: Path
) -> None:
    path, wanted = whole
    with disk(tmp_path / "disk", "40m") as place:
        library = place / "library"
        assert command(library, "import", path).returncode == 0
        free = shutil.disk_usage(place).free
        (place / "ballast").write_bytes(b"x" * (free - 200_000))
        assert_refused(command(library, "rebuild"))
        (place / "ballast").unlink()
        assert command(library, "verify").returncode == 0
        assert says(library) == wanted
        assert command(library, "rebuild").returncode == 0
        assert says(library) == wanted


_LITTLE = """
import resource, runpy, sys
limit = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
sys.argv = ["noterank", *sys.argv[2:]]
runpy.run_module("engine", run_name="__main__")
"""


@pytest.mark.parametrize("megabytes", [250, 400, 500, 600, 700, 900])
def test_an_import_with_little_memory_ends_and_loses_nothing(
    whole: tuple[Path, list[object]], tmp_path: Path, megabytes: int
) -> None:
    """Whatever it dies of: what it leaves is whole, and the import goes on with more.

    At the very edge of its memory LLVM may spin while it loads a kernel: then it is killed.
    """
    path, wanted = whole
    library = tmp_path / "library"
    line = [sys.executable, "-c", _LITTLE, str(megabytes), "import", str(path)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
    code = -signal.SIGKILL
    with contextlib.suppress(subprocess.TimeoutExpired):
        code = subprocess.run(
            [*line, "--library", str(library)],
            capture_output=True, text=True, timeout=60, check=False, env=environment,
        ).returncode  # fmt: skip
    if code == 0:
        assert says(library) == wanted
    again = command(library, "import", path)
    assert again.returncode == 0, again.stderr
    assert command(library, "verify").returncode == 0
    assert says(library) == wanted


def test_a_library_on_a_read_only_disk_is_searched_but_not_written(
    whole: tuple[Path, list[object]], tmp_path: Path
) -> None:
    path, wanted = whole
    more = export(tmp_path / "more.jsonl", 10, first=9000)
    with disk(tmp_path / "disk", "60m") as place:
        library = place / "library"
        assert command(library, "import", path).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
        for words in (("search", "面霜"), ("stats",)):
            answer = command(library, *words)
            if answer.returncode:
                assert_refused(answer)
        assert_refused(command(library, "import", more))
        assert_refused(command(library, "rebuild"))
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
        assert says(library) == wanted


def test_clocks_that_jump_hide_nothing(tmp_path: Path) -> None:
    """File times far in the past, in the future, and twice the same."""
    library = tmp_path / "library"
    reader: Engine | None = None
    for number, moment in enumerate((4_000_000_000, 100, 100, 2_000_000_000, 5)):
        path = export(tmp_path / f"{number}.jsonl", 20, first=number * 100)
        assert command(library, "import", path).returncode == 0
        for file in (library / "notes.db", library / "index" / "MANIFEST.json"):
            os.utime(file, (moment, moment))
        reader = reader or Engine.open(library)
        assert len(list(reader.notes())) == 20 * (number + 1)
        assert reader.search("第", now=NOW).total >= 0
        assert reader.ready()[0] == 20 * (number + 1)
    assert reader is not None
    reader.close()
