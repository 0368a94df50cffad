"""A zip archive or a folder -> the files in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from engine.errors import BadFile

_LARGEST = 4_000_000_000  # bytes unpacked
_DENSEST = 200  # times larger than packed
_MOST = 2_000  # files
_CHUNK = 1 << 20
Member = tuple[str, Path | BadFile]  # the file's name inside, and where it lies or why not


def unpacked(path: Path) -> Iterator[Member] | None:
    """The files of an archive or a folder in name order; None when `path` is neither.

    Files of an archive are unpacked one at a time into a temporary folder that goes with the last
    reference to them.
    """
    if path.is_dir():
        return iter([(str(file.relative_to(path)), file) for file in files_in(path)])
    try:
        if not zipfile.is_zipfile(path):
            return None
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if "[Content_Types].xml" in names or "xl/workbook.xml" in names or "mimetype" in names:
        return None
    return _in_archive(path)


def files_in(path: Path) -> list[Path]:
    """The files of a folder and its folders, in name order; any other path is itself.

    Raises BadFile when a folder is empty.
    """
    if not path.is_dir():
        return [path]
    files = [file for file in sorted(path.rglob("*")) if file.is_file() and not _hidden(file, path)]
    if not files:
        raise BadFile(f"{path} has no files", "name a folder that holds exports")
    if len(files) > _MOST:
        raise BadFile(f"{path} holds {len(files):,} files", f"name at most {_MOST:,} at a time")
    return files


def _hidden(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    return any(part.startswith((".", "~$", "__MACOSX")) for part in parts)


class _Folder:
    """A temporary folder that is removed with its last reference."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="noterank-"))

    def __del__(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class _Unpacked(type(Path())):  # type: ignore[misc]
    """The path of a file that lives as long as somebody holds it."""

    folder: _Folder


def _in_archive(path: Path) -> Iterator[Member]:
    folder = _Folder()
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not _residue(m)]
            _check(path, members)
            for number, member in enumerate(members):
                yield _name(member), _unpack(archive, member, folder, number)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError) as error:
        raise BadFile(f"{path.name} is a damaged archive ({error})", "copy it once more") from error


def _residue(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.split("/")
    return any(part.startswith((".", "~$", "__MACOSX")) for part in parts)


def _check(path: Path, members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if size > min(_LARGEST, packed * _DENSEST + 10_000_000) or len(members) > _MOST:
        raise BadFile(
            f"{path.name} unpacks to {size / 1e6:,.0f} MB in {len(members):,} files",
            "unpack it and import the files you need",
        )
    if not members:
        raise BadFile(f"{path.name} is an empty archive", "export it once more")


def _name(member: zipfile.ZipInfo) -> str:
    """A name that an older Windows wrote is GBK, which the archive does not say."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return member.filename


def _unpack(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: _Folder, number: int
) -> Path | BadFile:
    if member.flag_bits & 1:
        return BadFile(f"{_name(member)} has a password", "unpack it and import the file")
    if Path(member.filename).suffix.lower() == ".zip":
        return BadFile(f"{_name(member)} is an archive in an archive", "unpack it once")
    place = _Unpacked(folder.path / f"{number}-{os.path.basename(_name(member))[-80:]}")
    place.folder = folder
    with archive.open(member) as source, place.open("wb") as target:
        shutil.copyfileobj(source, target, _CHUNK)
    return place
