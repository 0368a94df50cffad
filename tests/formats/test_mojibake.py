"""Text in an older or a wrong encoding: mended, or refused with the encoding named."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.formats.files.mojibake import mender
from tests.formats.samples import array, database, mediacrawler, notes, read, rows_of, sheets, table

WORDS = "换季干皮油皮面霜防晒清单三款好用推荐护肤敏感肌通勤平价学生党，。！“”——ABC123 "
TEXTS = st.text(alphabet=WORDS, min_size=4, max_size=60).filter(lambda text: text.strip() == text)


def twice(text: str) -> str:
    """UTF-8 that was read as windows-1252, as most programs read it."""
    known = {0x81, 0x8D, 0x8F, 0x90, 0x9D}
    return "".join(
        chr(byte) if byte in known else bytes([byte]).decode("cp1252") for byte in text.encode()
    )


@given(title=TEXTS, body=TEXTS, latin=st.booleans())
@settings(max_examples=40)
def test_utf8_that_was_read_twice_is_mended(title: str, body: str, latin: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = table(
            Path(folder) / "a.csv", [{"笔记ID": "n1", "标题": title, "正文": body}], "utf-8"
        )
        text = path.read_text("utf-8")
        path.write_text(text.encode().decode("latin-1") if latin else twice(text), "utf-8")
        (row,) = notes(read(path))
    assert (row.note.title, row.note.body) == (title.strip(), body.strip())


@pytest.mark.parametrize("kind", ["xlsx", "json", "sqlite"])
def test_cells_that_were_read_twice_are_mended_in_every_file(tmp_path: Path, kind: str) -> None:
    rows = [{"note_id": "n1", "title": twice("换季清单"), "desc": twice("干皮换季用的三款")}]
    path = tmp_path / "a"
    if kind == "xlsx":
        sheets(path, Sheet1=rows_of(rows))
    elif kind == "json":
        array(path, rows)
    else:
        database(path, notes=rows)
    (row,) = notes(read(path))
    assert (row.note.title, row.note.body) == ("换季清单", "干皮换季用的三款")


def test_utf8_that_was_read_as_gbk_is_refused_by_name(tmp_path: Path) -> None:
    text = "笔记ID,标题,正文,点赞\nn1,换季清单,干皮换季用的三款面霜,12\n"
    path = tmp_path / "a.csv"
    path.write_text(text.encode().decode("gbk", "replace"), "utf-8")
    with pytest.raises(BadFile, match=r"a\.csv: the text is UTF-8 that was read as GBK"):
        read(path)


TRADITIONAL = "換季清單乾皮油皮用的三款面霜防曬推薦給大家學生黨平價通勤護膚敏感肌，。！"


@given(st.text(alphabet=TRADITIONAL, min_size=8, max_size=60))
@settings(max_examples=40)
def test_big5_is_told_from_gb18030(body: str) -> None:
    text = f"筆記ID,標題,內容,按讚數\nn1,換季清單,乾皮換季用的面霜推薦給大家{body},12\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(text.encode("big5"))
        (row,) = notes(read(path))
    assert (row.note.title, row.note.body) == ("換季清單", f"乾皮換季用的面霜推薦給大家{body}")


@given(TEXTS)
@settings(max_examples=60)
def test_a_good_text_is_left_alone(text: str) -> None:
    assert mender(text) is None
    with tempfile.TemporaryDirectory() as folder:
        rows = [mediacrawler(1, title="清单", desc=f"换季{text}")]
        path = table(Path(folder) / "a.csv", rows, encoding="gb18030")
        assert notes(read(path))[0].note.body == f"换季{text}"


@pytest.mark.parametrize(
    "text", ["café crème à la carte", "Ångström Ölçü", "“——”……", "😀✅📍", "ÃÂ"]
)
def test_foreign_words_and_signs_are_no_mojibake(text: str) -> None:
    assert mender(text) is None
