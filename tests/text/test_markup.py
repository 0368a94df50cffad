"""Topics, mentions and stickers in the spellings that exports really hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.normalise import blank_markup, blank_stickers, fold, topics

LETTERS = st.text("油皮好物ootd3CE早晚·-", min_size=1, max_size=8).filter(
    lambda name: any(char.isalpha() for char in name)
)
BITS = st.text(
    st.sampled_from("#＃@[]话题RH笑哭doge 油皮aC1\n，.\u200b\ufe0f\u20e3\ud800"), max_size=40
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#A#B##C", ["A", "B", "C"]),
        ("#ootd#穿搭#3CE##口红", ["ootd", "穿搭", "3CE", "口红"]),
        ("#早C晚A#护肤[话题]#", ["早C晚A", "护肤"]),
        ("#ootd[话题]##穿搭[话题]#", ["ootd", "穿搭"]),
        ("#A#，之后", ["A"]),
        ("喜欢C#的人 #编程", ["编程"]),
        ("第1️⃣步 #清洁", ["清洁"]),
        ("按#️⃣键", []),
        ("#\u200b 空的", []),
        ("#２０２４ #2024 #①", []),
        ("#油皮 [话题]#", ["油皮"]),
        ("见 &#39;x&#39; 和 http://x.cn/a#b", []),
    ],
)
def test_topics_run_together_are_all_found(text: str, found: list[str]) -> None:
    assert list(topics(text)) == found


@given(st.lists(LETTERS, min_size=1, max_size=6, unique=True))
def test_the_spelling_of_a_list_of_topics_does_not_matter(names: list[str]) -> None:
    spellings = (
        "".join(f"#{name}[话题]#" for name in names),
        " ".join(f"#{name}" for name in names),
        "".join(f"#{name}" for name in names),
        " ".join(f"＃{name}＃" for name in names),
        "#" + "##".join(names) + "#",
    )
    for text in spellings:
        assert list(topics(text)) == names
        assert not any(char.isalnum() for char in blank_markup(text))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("@abc@def 来看", "来看"),
        ("谢谢@小红🌟(真) 推荐", "谢谢 (真) 推荐"),
        ("问 a.b@mail.cn 或 x_y@mail.cn", "问 a.b@mail.cn 或 x_y@mail.cn"),
        ("[doge][赞R]#油皮[话题]#好", "好"),
        ("[敲黑板]先看[重点]", "[敲黑板]先看[重点]"),
        ("[ 空格R]", "[ 空格R]"),
    ],
)
def test_what_is_no_word_leaves_and_the_rest_stays(text: str, left: str) -> None:
    assert " ".join(blank_markup(text).split()) == left


@given(BITS)
def test_blanking_changes_nothing_but_to_blanks(text: str) -> None:
    for blanked in (blank_markup(text), blank_stickers(text)):
        assert len(blanked) == len(text)
        assert all(new in (" ", old) for new, old in zip(blanked, text, strict=True))


@given(BITS)
def test_every_topic_stands_in_the_text_and_says_something(text: str) -> None:
    for name in topics(text):
        assert name in text
        assert fold(name).text.strip()
        assert not set(name) & set("#＃[]")


@pytest.mark.parametrize("piece", ["#", "#a", "#a#", "@a", "@a@", "[a", "#a[话", "＃##", "[aR"])
def test_hundreds_of_thousands_of_signs_are_read_once(piece: str) -> None:
    """Reading each again from each would never end here."""
    text = piece * (400_000 // len(piece))
    assert len(blank_markup(text)) == len(blank_stickers(text)) == len(text)
    assert len(topics(text)) <= len(text) // 2
