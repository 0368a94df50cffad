"""Edits that a person would make, each where it may be made."""

from __future__ import annotations

from engine.insight.edits import Edit, edits, halves
from engine.model import Note
from tests.insight.library import reader


def made(draft: Note, *keywords: str, every: tuple[str, ...] = ()) -> list[Edit]:
    return list(edits(draft, keywords, every or keywords, reader(), lambda keyword: keyword))


def afters(found: list[Edit], field: str) -> list[str]:
    return [edit.after for edit in found if edit.field == field]


def test_a_keyword_that_is_nowhere_gets_title_tag_and_first_line() -> None:
    title, tag, body = made(Note("d", title="防晒", body="今天的防晒"), "早八")
    assert (title.before, title.after, title.sentence) == (
        "防晒", "早八｜防晒", "在标题前加上“早八”（5/20 字）",
    )  # fmt: skip
    assert (tag.before, tag.after, tag.sentence) == ("", "#早八", "加话题 #早八")
    assert tag.draft.tags == ("早八",)
    assert (body.before, body.after) == ("今天的防晒", "【早八】今天的防晒")
    assert body.draft.body == "【早八】\n今天的防晒"
    assert title.draft.title == "早八｜防晒"
    assert title.draft.body == "今天的防晒"


def test_an_empty_title_becomes_the_keyword() -> None:
    assert afters(made(Note("d", body="防晒"), "早八"), "title") == ["早八"]


def test_what_stands_there_is_not_put_there_again() -> None:
    there = Note("d", title="早八防晒", body="早八", tags=("早八",))
    assert made(there, "早八") == []
    assert afters(made(Note("d", title="早八"), "早八"), "title") == []
    assert [edit.field for edit in made(Note("d", title="早八"), "早八")] == ["tags", "body"]


def test_a_category_or_brand_is_put_in_only_where_the_draft_speaks_of_it() -> None:
    assert made(Note("d", title="防晒"), "面霜", "沐禾集") == []
    assert made(Note("d", title="防晒", body="面霜"), "面霜")
    assert made(Note("d", title="防晒", tags=("面霜",)), "面霜")
    mixed = Note("d", title="防晒", body="面霜")
    assert made(mixed, "敏感肌面霜")  # a crowd may be added to what is spoken of
    assert made(Note("d", title="防晒"), "敏感肌面霜") == []


def test_a_title_that_holds_part_of_a_keyword_is_completed() -> None:
    draft = Note("d", title="粉底液分享", body="")
    (first, *_) = made(draft, "油皮粉底液")
    assert (first.after, first.sentence) == (
        "油皮粉底液分享", "把标题中的“粉底液”换成“油皮粉底液”（7/20 字）",
    )  # fmt: skip


def test_who_and_when_take_the_front_and_a_weaker_word_goes() -> None:
    titles = made(Note("d", title="面霜分享"), "早八")
    assert titles[0].after == "早八面霜"
    assert titles[0].sentence.startswith("标题以“早八”开头，去掉“分享”")
    other = made(Note("d", title="早八分享", body="面霜"), "面霜")
    assert other[0].after == "早八面霜"
    assert other[0].sentence.startswith("把标题中的“分享”换成“面霜”")


def test_no_title_is_longer_than_twenty_and_none_has_two_bars() -> None:
    full = Note("d", title="霜" * 17)
    assert afters(made(full, "早八"), "title") == ["早八｜" + "霜" * 17]
    assert afters(made(Note("d", title="霜" * 18), "早八"), "title") == []
    assert afters(made(Note("d", title="通勤｜防晒"), "早八"), "title") == []


def test_tags_that_say_nothing_of_the_draft_are_swapped_the_last_first() -> None:
    draft = Note("d", title="防晒", tags=("防晒", "日常", "旅行", "美食"))
    assert afters(made(draft, "早八"), "tags") == ["#早八"] * 3
    swapped = [edit.before for edit in made(draft, "早八") if edit.field == "tags"]
    assert swapped == ["#美食", "#旅行", ""]
    first = next(edit for edit in made(draft, "早八") if edit.field == "tags")
    assert first.draft.tags == ("防晒", "日常", "旅行", "早八")
    assert first.sentence == "把话题 #美食 换成 #早八"


def test_a_tag_of_another_keyword_stays() -> None:
    draft = Note("d", title="防晒", tags=("通勤妆",))
    swapped = [e.before for e in made(draft, "早八", every=("早八", "通勤")) if e.field == "tags"]
    assert swapped == [""]


def test_eight_tags_are_full() -> None:
    eight = Note("d", title="防晒", tags=("防晒",) * 8)
    assert afters(made(eight, "早八"), "tags") == []
    assert afters(made(Note("d", title="防晒", tags=("防晒",) * 7), "早八"), "tags") == ["#早八"]


def test_a_first_line_takes_one_more_and_no_third() -> None:
    one = made(Note("d", title="防晒", body="【通勤】\n面霜"), "早八")[-1]
    assert (one.before, one.after, one.draft.body) == (
        "【通勤】", "【通勤｜早八】", "【通勤｜早八】\n面霜",
    )  # fmt: skip
    assert afters(made(Note("d", title="防晒", body="【通勤｜换季】\n面霜"), "早八"), "body") == []


def test_no_body_grows_beyond_a_thousand() -> None:
    assert afters(made(Note("d", title="防晒", body="霜" * 995), "早八"), "body") != []
    assert afters(made(Note("d", title="防晒", body="霜" * 996), "早八"), "body") == []


# --- one draft into two ------------------------------------------------------------------------


def test_paragraphs_and_tags_go_to_the_keywords_that_they_name() -> None:
    draft = Note("d", title="分享", body="早八通勤\n\n面霜测评\n别的", tags=("早八", "面霜"))
    two = halves(draft, ["早八", "通勤"], ["面霜"])
    assert two is not None
    first, second = two
    assert (first.note_id, first.title, first.body, first.tags) == (
        "d-1", "早八｜分享", "早八通勤\n别的", ("早八",),
    )  # fmt: skip
    assert (second.note_id, second.title, second.body, second.tags) == (
        "d-2", "面霜｜分享", "面霜测评", ("面霜",),
    )  # fmt: skip


def test_the_shorter_side_takes_what_names_neither() -> None:
    two = halves(Note("d", title="x", body="早八\n一\n二"), ["早八"], ["面霜"])
    assert two is not None
    assert (two[0].body, two[1].body) == ("早八\n二", "一")


def test_a_half_without_text_is_none() -> None:
    assert halves(Note("d", title="x", body="早八"), ["早八"], ["面霜"]) is None


def test_a_title_that_holds_a_keyword_or_has_no_room_stays() -> None:
    two = halves(Note("d", title="早八分享", body="早八\n面霜"), ["早八"], ["面霜"])
    assert two is not None
    assert (two[0].title, two[1].title) == ("早八分享", "面霜｜早八分享")
    full = halves(Note("d", title="霜" * 18, body="早八\n面膜"), ["早八"], ["面膜"])
    assert full is not None
    assert full[0].title == "霜" * 18
