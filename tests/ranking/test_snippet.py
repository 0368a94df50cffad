"""The passage: never wider than asked, always with a match in it, marks on the same characters."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking.snippet import Span, snippet

TEXT = st.text(st.sampled_from("敏感肌面霜。！\n \t\u3000a😀\u0301"), min_size=1, max_size=300)


@st.composite
def marked(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """A text, and spans in it as `engine.text.spans` gives them: apart, without outer blanks."""
    text = draw(TEXT)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    spans = zip(cuts[::2], cuts[1::2], strict=False)
    return text, [(s, e) for s, e in spans if text[s:e] == text[s:e].strip()]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


@given(marked(), st.integers(1, 80))
def test_a_passage_is_a_piece_of_the_text_and_no_wider_than_asked(
    known: tuple[str, list[Span]], width: int
) -> None:
    text, spans = known
    shown = snippet(text, spans, width).text
    passage = shown.removeprefix("…").removesuffix("…")
    assert len(passage) <= width
    assert passage.strip() in squeezed(text)
    assert shown.startswith("…") or squeezed(text).startswith(passage)
    assert shown.endswith("…") or squeezed(text).endswith(passage)


@given(marked(), st.integers(1, 80))
def test_every_mark_shows_what_matched(known: tuple[str, list[Span]], width: int) -> None:
    text, spans = known
    found = snippet(text, spans, width)
    originals = [squeezed(text[start:end]) for start, end in spans]
    for start, end in found.marks:
        assert 0 <= start < end <= len(found.text)
        assert any(found.text[start:end] in original for original in originals)
    assert bool(found.marks) == bool(spans)


@given(marked())
def test_a_text_that_fits_is_shown_whole_with_all_its_marks(
    known: tuple[str, list[Span]],
) -> None:
    text, spans = known
    found = snippet(text, spans, width=len(text))
    assert found.text == squeezed(text)
    assert [found.text[s:e] for s, e in found.marks] == [squeezed(text[s:e]) for s, e in spans]


@pytest.mark.parametrize(
    ("text", "spans", "width", "shown", "marks"),
    [
        ("", [], 10, "", ()),
        ("一二三四五六", [], 3, "一二三…", ()),
        ("一二三。四五六七八", [(6, 7)], 4, "…四五六七…", ((3, 4),)),
        ("一二三四五六七八", [(7, 8)], 4, "…七八", ((2, 3),)),
        ("甲一二三乙四五丙六七", [(0, 1), (4, 5), (7, 8)], 4, "…乙四五丙…", ((1, 2), (4, 5))),
        ("一\n\n\n二", [(0, 1), (4, 5)], 10, "一 二", ((0, 1), (2, 3))),
        ("开头" + "长" * 20 + "结尾", [(2, 22)], 8, "…" + "长" * 8 + "…", ((1, 9),)),
        (
            "甲。" * 9 + "乙甲。",
            [(0, 1), (2, 3), (18, 19), (19, 20)],
            4,
            "…乙甲。",
            ((1, 2), (2, 3)),
        ),
    ],
)
def test_passages_by_hand(
    text: str, spans: list[Span], width: int, shown: str, marks: tuple[Span, ...]
) -> None:
    found = snippet(text, spans, width)
    assert (found.text, found.marks) == (shown, marks)


def test_hundreds_of_thousands_of_matches_are_looked_at_once() -> None:
    """Looking at each again for each would never end here."""
    text = "油皮，" * 300_000
    shown = snippet(text, [(at * 3, at * 3 + 2) for at in range(300_000)])
    assert shown.text.startswith("油皮，油皮")
    assert shown.marks[:2] == ((0, 2), (3, 5))
