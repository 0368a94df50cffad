"""The order of a page, the passage of a note, the sentence about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.index.hits import DocColumns, Hits
from engine.index.protocol import TermScore
from engine.model import CHINA, SORTS, Signals
from engine.ranking.order import arrange
from engine.ranking.ruleset import PageRules
from engine.ranking.sentence import PagePosition, sentence
from engine.ranking.snippet import snippet

NOW = datetime(2026, 10, 31, 12, tzinfo=CHINA)


def hits(signals: list[Signals], names: list[str] | None = None) -> Hits:
    names = names or [f"n{number:03d}" for number in range(len(signals))]
    bm25 = np.arange(len(signals), 0, -1).astype(np.float32)
    return Hits(bm25, DocColumns.of(names, signals), len(signals))


def order(known: Hits, scores: list[float], sort: str = "general", **rules: object) -> list[int]:
    covered = np.ones(len(known))
    page = PageRules(**rules)  # type: ignore[arg-type]
    return arrange(known, np.array(scores), covered, sort, page).rows  # type: ignore[arg-type]


def test_equal_scores_go_by_note_id() -> None:
    known = hits([Signals(cluster=c) for c in "abc"], ["c", "a", "b"])
    assert order(known, [1, 1, 1]) == [1, 2, 0]


def test_other_sorts_put_unknown_last_and_leave_out_half_matches() -> None:
    known = hits([Signals(likes=v, cluster=str(v)) for v in (5, None, 9)])
    assert order(known, [3, 2, 1], "likes") == [2, 0, 1]
    covered = np.array([1.0, 1.0, 0.4])
    found = arrange(known, np.ones(3), covered, "likes", PageRules())
    assert found.rows == [0, 1]


def test_of_near_copies_the_first_stands_and_counts_the_others() -> None:
    known = hits([Signals(cluster=c) for c in ("x", "y", "x", "x")])
    found = arrange(known, np.array([1.0, 2, 3, 0]), np.ones(4), "general", PageRules())
    assert found.rows == [2, 1]
    assert found.copies == {2: 2}
    whole = arrange(
        known, np.array([1.0, 2, 3, 0]), np.ones(4), "general", PageRules(collapse_copies=False)
    )
    assert whole.rows == [2, 1, 0, 3]


@given(
    st.lists(st.sampled_from(["", "a", "b", "c", "d", "e", "f"]), max_size=60),
    st.integers(1, 3),
)
def test_each_place_takes_the_first_note_whose_author_may_stand_there(
    authors: list[str], most: int
) -> None:
    known = hits([Signals(author=a, cluster=str(i)) for i, a in enumerate(authors)])
    waiting, wanted = list(range(len(authors))), list[int]()
    while waiting:
        near = [authors[row] for row in wanted[-9:]]
        free = [row for row in waiting if not authors[row] or near.count(authors[row]) < most]
        wanted.append((free or waiting)[0])
        waiting.remove(wanted[-1])
    assert order(known, list(range(len(authors), 0, -1)), same_author=most) == wanted


@pytest.mark.parametrize("sort", SORTS)
def test_an_empty_page_is_empty(sort: str) -> None:
    assert order(hits([]), [], sort) == []


TEXT = "今天很好。" * 30 + "敏感肌用的面霜，换季不泛红！" + "后来又下雨。" * 30


def test_the_passage_holds_the_matches_and_says_what_is_left_out() -> None:
    start = TEXT.index("敏感肌")
    marks = [(start, start + 3), (start + 5, start + 7)]
    found = snippet(TEXT, marks)
    assert [found.text[s:e] for s, e in found.marks] == ["敏感肌", "面霜"]
    assert found.text.startswith("…敏感肌")
    assert found.text.endswith("…")
    assert len(found.text) <= 66


def test_a_text_without_matches_shows_its_beginning() -> None:
    assert snippet("第一行\n\n第二行", []).text == "第一行 第二行"


@given(st.text(st.sampled_from("敏感肌面霜。 \n！a😀"), max_size=200), st.data())
def test_marks_always_stand_on_the_same_characters(text: str, data: st.DataObject) -> None:
    marks = []
    done = 0
    while done < len(text) and data.draw(st.booleans()):
        start = data.draw(st.integers(done, len(text) - 1))
        end = data.draw(st.integers(start + 1, min(len(text), start + 6)))
        marks.append((start, end))
        done = end
    found = snippet(text, marks, width=20)
    originals = ["".join(text[s:e].split()) for s, e in marks]
    for start, end in found.marks:
        shown = "".join(found.text[start:end].split())
        assert 0 <= start <= end <= len(found.text)
        assert any(shown in original for original in originals)


def term(field: str, word: str, value: float = 1.0) -> TermScore:
    return TermScore(field, word, value, 1.0, 1.0, 1, 5, 1, 9)


def say(signals: list[Signals], terms: list[TermScore], row: int = 0) -> str:
    known = hits(signals)
    standing = PagePosition(known.columns, row, list(range(len(signals))))
    return sentence(terms, {"油皮": "油皮", "sk2": "SK2"}, standing, NOW)


def test_the_sentence_of_the_issue() -> None:
    three_days = int((NOW - timedelta(days=3)).timestamp())
    signals = [Signals(published=three_days, collects=230)] + [Signals(collects=100)] * 4
    said = say(signals, [term("title", "油皮"), term("body", "油皮")])
    assert said == "标题命中“油皮”，3 天前发布，收藏是同页中位数的 2.3 倍。"


@pytest.mark.parametrize(
    ("signals", "terms", "said"),
    [
        (Signals(), [term("tags", "sk2")], "话题命中“SK2”，发布时间未知，互动数未知。"),
        (
            Signals(published=int(NOW.timestamp()) - 3600, likes=1),
            [term("body", "油皮")],
            "正文命中“油皮”，一天内发布，互动在同页不突出。",
        ),
        (
            Signals(published=int(NOW.timestamp()) + 99999),
            [term("body", "皮肤")],
            "只命中了查询里的零散字词，发布时间在所选时刻之后，互动数未知。",
        ),
        (
            Signals(published=int((NOW - timedelta(days=800)).timestamp())),
            [term("title", "油皮")],
            "标题命中“油皮”，2 年前发布，互动数未知。",
        ),
    ],
)
def test_sentences_say_unknown_where_it_is_unknown(
    signals: Signals, terms: list[TermScore], said: str
) -> None:
    assert say([signals], terms) == said
