"""BEIR and TREC files read alike, and a bad line named."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadFile
from engine.insight.judgments import read_corpus, read_qrels, read_queries
from engine.model import Note

QUERIES = {"q1": "油皮 面霜", "q2": "早C晚A"}
QRELS = {"q1": {"n1": 2, "n2": 0}, "q2": {"n1": -1, "n3": 1}}

BEIR_QUERIES = "".join(
    json.dumps({"_id": query_id, "text": text}, ensure_ascii=False) + "\n"
    for query_id, text in QUERIES.items()
)
TREC_TOPICS = "q1\t油皮 面霜\nq2\t早C晚A\n"
BEIR_QRELS = "query-id\tcorpus-id\tscore\nq1\tn1\t2\nq1\tn2\t0\nq2\tn1\t-1\nq2\tn3\t1\n"
TREC_QRELS = "q1 0 n1 2\nq1 0 n2 0\nq2 0  n1 -1\nq2\t0\tn3\t1\n"

ids = st.from_regex(r"[0-9A-Za-z_\u4e00-\u9fff]+-[0-9]+", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1)


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "given"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- what the formats share --------------------------------------------------------------------


@pytest.mark.parametrize("content", [BEIR_QUERIES, TREC_TOPICS, "qid\ttext\n" + TREC_TOPICS])
def test_queries_of_both_formats_read_the_same(tmp_path: Path, content: str) -> None:
    assert read_queries(written(tmp_path, content)) == QUERIES


@pytest.mark.parametrize(
    "content",
    [BEIR_QRELS, TREC_QRELS, BEIR_QRELS.partition("\n")[2], "qid - pid rel\n" + TREC_QRELS],
)
def test_judgments_of_both_formats_read_the_same(tmp_path: Path, content: str) -> None:
    assert read_qrels(written(tmp_path, content)) == QRELS


@pytest.mark.parametrize("content", [BEIR_QUERIES, TREC_TOPICS])
def test_a_byte_order_mark_windows_lines_and_empty_lines_do_no_harm(
    tmp_path: Path, content: str
) -> None:
    spaced = content.replace("\n", "\r\n\r\n").encode("utf-8-sig")
    assert read_queries(written(tmp_path, spaced)) == QUERIES


def test_judgments_with_a_byte_order_mark_read_the_same(tmp_path: Path) -> None:
    assert read_qrels(written(tmp_path, BEIR_QRELS.encode("utf-8-sig"))) == QRELS


def test_a_judgment_said_twice_counts_once(tmp_path: Path) -> None:
    assert read_qrels(written(tmp_path, TREC_QRELS + "q1 0 n1 2\n")) == QRELS


def test_an_id_between_tabs_may_hold_a_blank(tmp_path: Path) -> None:
    assert read_qrels(written(tmp_path, "q 1\t n 1 \t2\n")) == {"q 1": {"n 1": 2}}


@given(st.dictionaries(ids, texts, min_size=1))
def test_queries_written_in_both_formats_come_back(
    tmp_path_factory: pytest.TempPathFactory, queries: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("queries")
    beir = "".join(json.dumps({"_id": key, "text": text}) + "\n" for key, text in queries.items())
    trec = "".join(f"{key}\t{text}\n" for key, text in queries.items())
    assert read_queries(written(folder, beir)) == queries
    assert read_queries(written(folder, trec)) == queries


# --- a corpus ----------------------------------------------------------------------------------


def test_a_corpus_line_is_a_note_with_title_and_body(tmp_path: Path) -> None:
    content = (
        '{"_id":"n1","title":"早C晚A","text":"真的\\n好用","metadata":{}}\n{"_id":2,"text":""}\n'
    )
    assert list(read_corpus(written(tmp_path, content))) == [
        Note("n1", title="早C晚A", body="真的\n好用"),
        Note("2"),
    ]


def test_a_corpus_is_read_as_it_is_needed(tmp_path: Path) -> None:
    path = written(tmp_path, '{"_id":"n1","title":null,"text":"好"}\nbroken\n')
    assert list(islice(read_corpus(path), 1)) == [Note("n1", body="好")]
    with pytest.raises(BadFile, match="line 2: not a JSON object"):
        list(read_corpus(path))


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}\n", "line 1: no _id"),
        ('{"_id":" ","text":"a"}\n', "line 1: no _id"),
        ('{"_id":true,"text":"a"}\n', "line 1: no _id"),
        ('\n{"_id":"1"}\n', "line 2: text is not a text"),
        ('{"_id":"1","text":["a"]}\n', "line 1: text is not a text"),
        ('{"_id":"1","text":"a\\ud83d"}\n', "line 1: half a character"),
        ('{"_id":"1","text":"a"}\n1\ta\n', "line 2: not a JSON object"),
        ('{"_id":"1","text":"a"}\n[1]\n', "line 2: not a JSON object"),
        ('{"_id":"1","text":"a"}\n' + "[" * 100_000, "line 2: not a JSON object"),
        ("1\ta\n1\tb\n", "line 2: query 1 is given twice"),
        ("1\ta\n2\n", "line 2: not a query"),
        ("1\ta\n\tb\n", "line 2: not a query"),
        (b"1\ta\n2\t\xb7\xc0\n", "line 2: not UTF-8"),
        ("1\ta\n".encode("utf-16"), "line 1: not UTF-8"),
        ("", "holds no queries"),
        ("qid\ttext\n", "holds no queries"),
    ],
)
def test_a_bad_line_of_queries_is_named(tmp_path: Path, content: str | bytes, problem: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadFile) as refused:
        read_queries(path)
    assert problem in refused.value.problem
    assert str(path) in refused.value.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("q1 n1\n", "line 1: 2 columns"),
        ("q1 0 n1 1 x\n", "line 1: 5 columns"),
        ("q1 0 n1 1\nq1 n2 1\n", "line 2: 3 columns"),
        ("q1\t\t1\n", "line 1: an empty column"),
        ("q1 0 n1 1\nq1 0 n2 good\n", "line 2: grade good is not a number"),
        ("q1 0 n1 1.5\n", "line 1: grade 1.5 is not a number"),
        ("q1 0 n1 100\n", "line 1: grade 100 is not a number"),
        ("q1 0 n1 １\n", "line 1: grade １ is not a number"),
        ("q1 0 n1 1\nq1 0 n1 2\n", "line 2: q1 and n1 have two grades"),
        ("query-id\tcorpus-id\tscore\n", "holds no judgments"),
        (" \n", "holds no judgments"),
    ],
)
def test_a_bad_line_of_judgments_is_named(tmp_path: Path, content: str, problem: str) -> None:
    path = written(tmp_path, content)
    with pytest.raises(BadFile) as refused:
        read_qrels(path)
    assert problem in refused.value.problem
    assert str(path) in refused.value.problem


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="holds no notes"):
        list(read_corpus(written(tmp_path, "\n")))


def test_a_file_that_is_not_there_is_refused_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="give the path of a file"):
        read_queries(tmp_path / "absent")
    with pytest.raises(BadFile, match="cannot be read"):
        read_qrels(tmp_path)
