"""Where terms stand: every place, in the original's own characters, in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.normalise import fold
from engine.text.spans import spans

TEXT = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("油皮防曬防晒霜㎡①ﬁＯＯＴＤ\u200b\ufe0f\ue000\ud800e\u0301 3ce-IIa_\n😀"),
    ),
    max_size=60,
)
TERMS = st.lists(
    st.sampled_from(["油皮", "防晒", "防晒霜", "晒霜", "ootd", "3ce", "m2", "sk-ii", "a_b", "😀"]),
    max_size=6,
)


@given(TEXT, TERMS)
def test_spans_stand_apart_in_order_and_hold_a_term(text: str, terms: list[str]) -> None:
    end_before = -1
    for start, end in spans(text, terms):
        assert end_before < start < end <= len(text)
        end_before = end
        shown = "_".join(fold(text[start:end]).text.split())
        assert any(term in shown for term in terms)


@given(TEXT, st.sampled_from(["油皮", "防晒", "霜", "😀"]))
def test_no_place_of_a_term_is_missed(text: str, term: str) -> None:
    folded = fold(text)
    marked = {place for start, end in spans(text, [term]) for place in range(start, end)}
    at = folded.text.find(term)
    while at >= 0:
        start, end = folded.span(at, at + len(term))
        assert set(range(start, end)) <= marked
        at = folded.text.find(term, at + 1)


@given(TEXT, TERMS)
def test_the_order_of_terms_does_not_matter(text: str, terms: list[str]) -> None:
    assert spans(text, terms) == spans(text, terms[::-1])


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("神仙水平替", ["神仙水", "水平"], ["神仙水平"]),
        ("license里的ces和CES", ["ces"], ["ces", "CES"]),
        ("防\u200b曬！", ["防晒"], ["防\u200b曬"]),
        ("防曬\u200b！", ["防晒"], ["防曬"]),
        ("㎡㎡", ["m2m2"], ["㎡㎡"]),
        ("La\u3000\n Mer", ["la_mer"], ["La\u3000\n Mer"]),
        ("foo_bar", ["foo_bar"], ["foo_bar"]),
        ("油皮，油皮", ["油皮"], ["油皮", "油皮"]),
        ("油皮防晒", ["油皮", "防晒"], ["油皮防晒"]),
        ("防晒霜", ["防晒", "防晒霜"], ["防晒霜"]),
        ("c++和a.c", ["c++", "a.c"], ["c++", "a.c"]),
        ("abc", ["a.c"], []),
    ],
)
def test_marks_are_what_the_reader_sees(text: str, terms: list[str], marked: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, terms)] == marked


@pytest.mark.parametrize("piece", ["油皮防晒", "abc ", "louis ", " ", "louis\n\n"])
def test_hundreds_of_thousands_of_characters_are_read_once(piece: str) -> None:
    """Reading each again from each would never end here."""
    terms = ["louis_vuitton", *(f"词{number}油" for number in range(60)), "防晒"]
    text = piece * (400_000 // len(piece))
    marked = spans(text, terms)
    assert len(marked) == (text.count("防晒") if "防晒" in piece else 0)
