"""Whatever the bytes and the name: rows or a BadFile, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.formats import ReadOptions, open_export, read_stream
from engine.model import (
    Captured,
    Comment,
    Creator,
    Demand,
    Outcome,
    Rejected,
    Related,
    Skipped,
)
from tests.formats.samples import (
    SPIDER,
    XHS_DOWNLOADER,
    array,
    database,
    lines,
    mediacrawler,
    rows_of,
    sheets,
    table,
)
from tests.formats.test_readers import CARD, KEYWORDS, OWN, RELATED

SUFFIXES = st.sampled_from([".csv", ".xlsx", ".json", ".jsonl", ".db", ".txt", ""])
ROWS = Captured | Comment | Creator | Outcome | Demand | Related | Skipped | Rejected
OPTIONS = st.sampled_from([ReadOptions(), ReadOptions(columns={"note_id": "a", "title": "b"})])
HEADS = st.sampled_from(
    [
        *(b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"[", b"{", b"PK\x03\x04", b"a,b\n"),
        *(b"SQLite format 3\0", "笔记ID,标题\n".encode(), b'{"note_id":"1","title":"a"}\n', b'"'),
    ]
)


def rows_or_refusal(folder: Path, content: bytes, suffix: str, options: ReadOptions) -> None:
    path = folder / f"notes_2026-01-01{suffix}"
    path.write_bytes(content)
    try:
        export = open_export(path, options)
        for row in export.rows:
            assert isinstance(row, ROWS)
            assert 0 <= export.progress() <= 1
            if isinstance(row, Captured):
                repr(row).encode()
                assert row.note.note_id
            if isinstance(row, Rejected):
                (row.reason + row.raw).encode()
    except BadFile:
        return


@given(HEADS, st.binary(max_size=300), SUFFIXES, OPTIONS)
@settings(max_examples=400)
def test_any_bytes_give_rows_or_a_refusal(
    head: bytes, tail: bytes, suffix: str, options: ReadOptions
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows_or_refusal(Path(folder), head + tail, suffix, options)


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("valid")
    crawled = [mediacrawler(1), mediacrawler(2)]
    files = [
        lines(folder / "a", crawled),
        array(folder / "b", crawled),
        table(folder / "c", crawled),
        table(folder / "d", [XHS_DOWNLOADER], encoding="gb18030"),
        table(folder / "e", [KEYWORDS], encoding="utf-16", delimiter="\t"),
        sheets(folder / "f.xlsx", Contents=rows_of([SPIDER, SPIDER])),
        database(folder / "g", explore_data=[XHS_DOWNLOADER]),
        array(folder / "h", {"data": {"items": [CARD, RELATED]}}),
        lines(folder / "i", [OWN, OWN]),
    ]
    return [file.read_bytes() for file in files]


@given(data=st.data(), suffix=SUFFIXES)
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_export_gives_rows_or_a_refusal(
    valid: list[bytes], data: st.DataObject, suffix: str
) -> None:
    content = bytearray(data.draw(st.sampled_from(valid)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(content)))
        length = data.draw(st.sampled_from([0, 1, 1, 2, 40, 4000]))
        content[start : start + length] = data.draw(st.binary(max_size=4))
    with tempfile.TemporaryDirectory() as folder:
        rows_or_refusal(Path(folder), bytes(content), suffix, ReadOptions())


@given(st.lists(st.binary(max_size=80) | st.sampled_from([b"[]", b"{}", b'{"data": [1]}', b"1"])))
def test_any_stream_gives_rows(body: list[bytes]) -> None:
    for row in read_stream(body):
        assert isinstance(row, Rejected | Skipped)
