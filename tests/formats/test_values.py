"""Every way in which exports write a count, a tag, a kind, a text, an id."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadRow
from engine.formats import values
from engine.model import Count

ANYTHING = st.one_of(
    st.text(),
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.lists(st.text(), max_size=5),
    st.dictionaries(st.text(), st.text(), max_size=3),
    st.text(alphabet="0123456789.,+-万千亿wkWK １２３＋ "),
    st.text(alphabet="[]'\"#{}\\,u[话题] | ab"),
)


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        ("1.2万", Count(12000, precision=500)),
        ("2万", Count(20000, precision=5000)),
        ("1.5w", Count(15000, precision=500)),
        ("8K", Count(8000, precision=500)),
        ("2.31亿", Count(231_000_000, precision=500_000)),
        ("1,234", Count(1234)),
        ("1,234,567", Count(1_234_567)),
        ("１２３", Count(123)),
        ("１.２万", Count(12000, precision=500)),
        (" 42 ", Count(42)),
        ("0", Count(0)),
        (0, Count(0)),
        (12, Count(12)),
        (12.0, Count(12)),
        ("12.0", Count(12)),
        ("10+", Count(10, at_least=True)),
        ("100+", Count(100, at_least=True)),
        ("999+", Count(999, at_least=True)),
        ("1千+", Count(1000, at_least=True)),
        ("1k+", Count(1000, at_least=True)),
        ("1w+", Count(10_000, at_least=True)),
        ("10w+", Count(100_000, at_least=True)),
        ("10万+", Count(100_000, at_least=True)),
        ("10万＋", Count(100_000, at_least=True)),
    ],
)
def test_a_count_is_read_as_it_is_shown(shown: object, count: Count) -> None:
    assert values.count(shown) == count


@pytest.mark.parametrize(
    "shown",
    ["", " ", None, "None", "null", "-1", -1, -1.0, "-", "nan", float("nan"), "赞", "未知"],
)
def test_a_missing_count_is_none_and_not_zero(shown: object) -> None:
    assert values.count(shown) is None


@pytest.mark.parametrize(
    "shown",
    ["abc", "1.2.3", "-5", "12.5", "1,2", "万", "+", "1e5", "9" * 30, True, float("inf"), "1 2"],
)
def test_what_is_no_count_is_a_bad_row_that_quotes_it(shown: object) -> None:
    with pytest.raises(BadRow, match="is not a count"):
        values.count(shown)


@given(ANYTHING)
def test_no_cell_makes_count_raise_anything_but_bad_row(cell: object) -> None:
    try:
        count = values.count(cell)
    except BadRow:
        return
    assert count is None or 0 <= count.value <= 10**15


@given(st.integers(0, 10**15))
def test_a_plain_number_comes_back_exactly(number: int) -> None:
    assert values.count(str(number)) == values.count(number) == Count(number)
    assert values.count(f"{number:,}") == Count(number)


@given(st.integers(1, 9999), st.integers(0, 9))
def test_a_rounded_count_lies_within_its_precision(whole: int, tenth: int) -> None:
    count = values.count(f"{whole}.{tenth}万")
    assert count == Count(whole * 10_000 + tenth * 1000, precision=500)


# --- tags --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        "油皮,早C晚A",
        "油皮, 早C晚A",
        "油皮，早C晚A",
        "油皮、早C晚A",
        "油皮 早C晚A",
        "#油皮 | #早C晚A",
        "#油皮 #早C晚A",
        "#油皮#早C晚A",
        "#油皮##早C晚A",
        "#油皮[话题]##早C晚A[话题]#",
        "#油皮[话题]# #早C晚A[话题]#",
        "['油皮', '早C晚A']",
        '["油皮", "早C晚A"]',
        json.dumps("油皮,早C晚A"),
        json.dumps(json.dumps("油皮,早C晚A")),
        json.dumps(["油皮", "早C晚A"]),
        ["油皮", "早C晚A"],
        ["#油皮", "早C晚A", "油皮", ""],
        [{"id": "1", "name": "油皮", "type": "topic"}, {"name": "早C晚A"}],
    ],
)
def test_tags_are_the_same_in_every_spelling(shown: object) -> None:
    assert values.tags(shown) == ("油皮", "早C晚A")


@pytest.mark.parametrize("shown", ["", None, "[]", "None", "nan", "-1", [], {}, "#", "'']"[:2]])
def test_no_tags_are_no_tags(shown: object) -> None:
    assert values.tags(shown) == ()


def test_a_tag_with_a_blank_stays_whole_between_commas_and_in_lists() -> None:
    assert values.tags("city walk, 咖啡") == ("city walk", "咖啡")
    assert values.tags(["city walk"]) == ("city walk",)


def test_a_sticker_is_no_list() -> None:
    assert values.tags("[笑哭R]") == ("[笑哭R]",)


@given(ANYTHING)
def test_no_cell_makes_tags_raise(cell: object) -> None:
    found = values.tags(cell)
    assert len(set(found)) == len(found)
    assert all(tag and tag == tag.strip() and not tag.startswith("#") for tag in found)


@given(st.lists(st.text(alphabet="油皮控早晚AC防晒ab1", min_size=1, max_size=8), unique=True))
def test_tags_come_back_from_text_and_from_lists(written: list[str]) -> None:
    assert values.tags(",".join(written)) == tuple(written)
    assert values.tags(repr(written)) == tuple(written)
    assert values.tags(json.dumps(",".join(written))) == tuple(written)
    assert values.tags("".join(f"#{tag}[话题]#" for tag in written)) == tuple(written)


def test_a_deeply_nested_literal_is_only_text() -> None:
    assert values.tags("[" * 90_000)


# --- kinds, channels, orders -------------------------------------------------------------------


def test_kinds_have_many_names() -> None:
    assert {values.kind(word) for word in ("normal", "图文", "图集", "image")} == {"image"}
    assert {values.kind(word) for word in ("video", "视频", "Video ")} == {"video"}
    assert {values.kind(word) for word in ("未知", "", None, "商业笔记", 3)} == {""}


def test_a_plain_no_is_organic_and_silence_is_unknown() -> None:
    assert values.channel(True) == values.channel("是") == "declared"
    assert values.channel(False) == values.channel("否") == "organic"
    assert values.channel("") == values.channel(None) == values.channel("也许") == ""


def test_orders_are_read_in_both_languages() -> None:
    words = ("综合", "最新", "最多点赞", "最多评论", "最多收藏", "随便")
    assert [values.sort(word) for word in words] == [
        *("general", "latest", "likes", "comments", "collects"),
        "",
    ]
    assert values.sort("popularity_descending") == "likes"


# --- texts, ids, authors -----------------------------------------------------------------------


def test_a_text_keeps_its_marks_and_loses_file_residue() -> None:
    assert values.text("\ufeff早C晚A_x000D_\n✅ ＯＯＴＤ\0\r\n[笑哭R]\u200b") == (
        "早C晚A\n✅ ＯＯＴＤ\n[笑哭R]\u200b"
    )


def test_half_an_emoji_cannot_break_the_store() -> None:
    assert values.text("好\ud83d") == "好\ufffd"


def test_placeholders_are_no_texts() -> None:
    assert values.title("无标题") == values.title("\u3164") == values.title(None) == ""
    assert values.body("有话要说，快来评论") == values.body("留下你的想法吧") == ""
    assert values.body("爱评论的人运气都不差") == ""
    assert values.body("无标题") == "无标题"


def test_a_number_cell_of_a_sheet_is_text_without_a_fraction() -> None:
    assert values.title(618.0) == "618"


def test_a_note_id_comes_from_a_cell_or_from_an_address() -> None:
    hexed = "65f0a1b2c3d4e5f607182930"
    host = "https://www.xiaohongshu.com"
    for address in (
        f"{host}/explore/{hexed}?xsec_token=abc",
        f"{host}/discovery/item/{hexed}",
        f"{host}/user/profile/5f00aa11bb22cc33dd44ee55/{hexed}",
    ):
        assert values.note_id("", address) == hexed
        assert values.note_id(address) == hexed
    assert values.note_id("own-1", f"{host}/explore/{hexed}") == "own-1"
    assert values.note_id(None, "http://xhslink.com/a/Xyz1") == ""


def test_an_id_that_a_spreadsheet_rounded_is_refused_unless_the_address_has_it() -> None:
    hexed = "650000000000000000000001"
    with pytest.raises(BadRow, match="rounded"):
        values.note_id("6.5E+23")
    assert values.note_id("6.5E+23", f"https://www.xiaohongshu.com/explore/{hexed}") == hexed


def test_the_access_token_never_stays_in_an_address() -> None:
    assert values.note_url("https://a.com/explore/1?xsec_token=abc#x") == "https://a.com/explore/1"
    assert values.note_url("javascript:alert(1)") == ""


def test_an_author_key_is_sixteen_hex_digits_of_the_sha256() -> None:
    assert values.author_key("5f00aa") == "69fe66601bf3ad0c"
    assert values.author_key("") == ""
    assert values.user_id("https://www.xiaohongshu.com/user/profile/5f00aa?x=1") == "5f00aa"


@given(ANYTHING)
def test_no_cell_breaks_a_text_or_an_address(cell: object) -> None:
    values.text(cell).encode()
    values.title(cell).encode()
    values.body(cell).encode()
    assert "?" not in values.note_url(cell)
    values.kind(cell), values.channel(cell), values.sort(cell), values.user_id(cell)
