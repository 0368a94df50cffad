"""A title that is the body's beginning counts once, wherever mark-up stands in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model import Note
from engine.text import lexicon
from engine.text.document import all_tags, documents, scored_title
from engine.text.normalise import bare_letters
from engine.text.segment import Segmenter

PIECES = st.sampled_from(
    [
        "油皮",
        "面霜",
        "好用",
        "ＯＯＴＤ",
        "㎡",
        "防曬",
        "[笑哭R]",
        "#控油[话题]#",
        "！",
        " ",
        "\n",
        "😀",
        "3",
    ]
)


@given(st.lists(PIECES, min_size=1, max_size=30).map("".join), st.integers(1, 60))
def test_no_letter_of_the_body_is_lost_or_counted_twice(body: str, cut: int) -> None:
    title = body[:cut]
    shown, rest = scored_title(Note("n", title=title, body=body))
    assert bare_letters(shown) + bare_letters(rest) == bare_letters(body)
    if bare_letters(title) and len(title) > 20:
        assert shown == ""


@pytest.mark.parametrize(
    ("title", "body", "left"),
    [
        ("油皮面霜", "油皮面霜", ("油皮面霜", "")),
        ("油皮面霜", "[赞R]油皮，#面霜[话题]# 清爽", ("油皮面霜", "[话题]# 清爽")),
        ("油皮面霜", "面霜油皮", ("油皮面霜", "面霜油皮")),
        ("ＳＫ２", "sk2好用", ("ＳＫ２", "好用")),
        ("[笑哭R]", "[笑哭R]好用", ("[笑哭R]", "[笑哭R]好用")),
        ("", "好用", ("", "好用")),
        ("好用", "", ("好用", "")),
        ("一" * 20, "一" * 20 + "二", ("一" * 20, "二")),
        ("一" * 21, "一" * 21 + "二", ("", "一" * 21 + "二")),
        ("一" * 21, "二", ("一" * 21, "二")),
    ],
)
def test_the_limit_is_the_platforms(title: str, body: str, left: tuple[str, str]) -> None:
    assert scored_title(Note("n", title=title, body=body)) == left


def test_tags_come_in_reading_order_each_once_and_none_empty() -> None:
    note = Note(
        "n",
        title="#夏天 出门",
        body="#油皮[话题]# #控油 #ＯＯＴＤ#️⃣",
        tags=("油皮", "", "\u200b", "ootd", "油皮"),
    )
    assert all_tags(note) == ("油皮", "ootd", "夏天", "控油")


def test_a_batch_of_notes_is_the_notes_one_by_one() -> None:
    segmenter = Segmenter(lexicon.load())
    notes = [
        Note("a", title="油皮", body="油皮面霜", tags=("控油", "夏天")),
        Note("b"),
        Note("c", body="#只有话题[话题]#"),
        Note("d", title="防曬", tags=("防晒",)),
    ]
    together = documents(notes, ["", "a", "c", "d"], segmenter)
    alone = [documents([note], [""], segmenter)[0] for note in notes]
    for one, other in zip(together, alone, strict=True):
        assert (one.note_id, one.title, one.tags, one.body) == (
            other.note_id,
            other.title,
            other.tags,
            other.body,
        )
    assert [document.signals.cluster for document in together] == ["a", "a", "c", "d"]
    assert together[2].body == ()
    assert together[2].tags
