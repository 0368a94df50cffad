"""Folding: other characters, the same meaning, and always a way back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.normalise import bare_letters, blank_markup, fold, fold_key, topics

HARD = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("㎡①ﬁＯ防曬妳İ\u200b\ufe0f\ue000\ud800\u20e3ẞ面霜 \n😀👨\u200d👩"),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＯＯＴＤ", "ootd"),
        ("防曬霜", "防晒霜"),
        ("敏感肌膚", "敏感肌肤"),
        ("SK-II", "sk-ii"),
        ("㎡①", "m21"),
        ("a\u200bb\ufeffc", "abc"),
        ("1\ufe0f\u20e3", "1"),
        ("\ue123x", "x"),
        ("a\x00b", "a b"),
        ("妳好", "你好"),
    ],
)
def test_width_case_and_traditional_forms_fold(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(HARD)
def test_every_folded_character_leads_back_to_its_original(text: str) -> None:
    folded = fold(text)
    for position in range(len(folded.text)):
        start, end = folded.span(position, position + 1)
        assert 0 <= start < end <= len(text)
        assert folded.text[position] in fold(text[start:end]).text


@given(HARD, st.data())
def test_spans_grow_with_their_ends(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    if not folded.text:
        return
    start = data.draw(st.integers(0, len(folded.text) - 1))
    end = data.draw(st.integers(start + 1, len(folded.text)))
    low, high = folded.span(start, end)
    assert low <= folded.span(start, start + 1)[0]
    assert folded.text[start:end] in fold(text[low:high]).text


@given(HARD)
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once or unicodedata.normalize("NFKC", once) != once


@given(HARD)
def test_blanking_mark_up_keeps_every_position(text: str) -> None:
    assert len(blank_markup(text)) == len(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#油皮护肤[话题]#", ["油皮护肤"]),
        ("#油皮[话题]##敏感肌[话题]#", ["油皮", "敏感肌"]),
        ("#防曬[話題]#", ["防曬"]),
        ("今天 #高中物理 #物理", ["高中物理", "物理"]),
        ("#日常#日常分享#家人##聊天记录", ["日常", "日常分享", "家人", "聊天记录"]),
        ("#好物#", ["好物"]),
        ("＃ＯＯＴＤ 出门", ["ＯＯＴＤ"]),
        ("#1 选择", []),
        ("C#语言和a#b", []),
        ("#平价，真的便宜", ["平价"]),
        ("#油皮 又一次 #油皮", ["油皮"]),
        ("没有话题", []),
    ],
)
def test_topics_are_found_in_every_spelling(text: str, found: list[str]) -> None:
    assert list(topics(text)) == found


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("好用[笑哭R]真的", "好用 真的"),
        ("[哭惹R][蹲后续H]面霜[doge]", " 面霜 "),
        ("[重点]先看成分", "[重点]先看成分"),
        ("谢谢@小红叔 推荐", "谢谢 推荐"),
        ("写信到 abc@example.com", "写信到 abc@example.com"),
        ("#油皮[话题]#日常", " 日常"),
    ],
)
def test_stickers_and_mentions_are_no_words(text: str, left: str) -> None:
    assert " ".join(blank_markup(text).split()) == " ".join(left.split())


def test_a_key_ignores_outer_and_doubled_white_space() -> None:
    assert fold_key("  Louis\u3000 Vuitton ") == "louis vuitton"


def test_two_copies_share_their_letters_however_they_are_marked_up() -> None:
    assert bare_letters("[赞R] #油皮 好用！") == bare_letters("油皮好用[飞吻")
