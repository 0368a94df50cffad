"""Note -> Document: what counts in which field, and once."""

from __future__ import annotations

from datetime import datetime

from engine.model import CHINA, Count, Counts, Document, Note
from engine.text import lexicon
from engine.text.document import all_tags, documents, scored_title
from engine.text.segment import Segmenter

SEGMENTER = Segmenter(lexicon.load())


def document(**known: object) -> Document:
    (found,) = documents([Note("n1", **known)], [""], SEGMENTER)  # type: ignore[arg-type]
    return found


def test_a_long_title_that_is_the_bodys_beginning_is_no_title() -> None:
    body = "敏感肌姐妹看过来，这瓶面霜我用了三年，真的从不泛红，强烈建议你们也试试看"
    found = document(title=body[:30], body=body)
    assert found.title == ()
    assert found.body.count("面霜") == 1


def test_a_short_title_repeated_by_the_body_counts_once_as_title() -> None:
    found = document(title="敏感肌面霜", body="敏感肌面霜！！换季泛红的看这里")
    assert "面霜" in found.title
    assert "面霜" not in found.body
    assert "泛红" in found.body


def test_mark_up_does_not_hide_that_the_title_is_the_body() -> None:
    title = "[赞R] #油皮 今日妆容分享：想要妆容立体，高光必不可少！[偷笑"
    body = "油皮今日妆容分享：想要妆容立体，高光必不可少！试了很多家"
    assert scored_title(Note("n", title=title, body=body))[0] == ""


def test_a_title_of_its_own_stays() -> None:
    assert scored_title(Note("n", title="面霜测评", body="换季必备"))[0] == "面霜测评"


def test_topics_of_the_text_join_the_tags_and_leave_the_body() -> None:
    found = document(title="夏天", body="出油 #油皮[话题]##控油[话题]# 快看", tags=("油皮", "夏日"))
    assert all_tags(Note("n", body="#油皮 #控油", tags=("油皮",))) == ("油皮", "控油")
    assert found.signals.tags == ("油皮", "夏日", "控油")
    assert "控油" in found.tags
    assert "控油" not in found.body


def test_brands_come_from_any_spelling_and_from_nicknames() -> None:
    assert document(body="神仙水用完了").signals.brands == ("sk-ii",)
    assert document(body="Creti真香").signals.brands == ("克蕾缇",)


def test_signals_keep_unknown_as_unknown() -> None:
    counts = Counts(likes=Count(12_000, precision=500), comments=Count(10, at_least=True))
    moment = datetime(2026, 5, 1, tzinfo=CHINA)
    signals = document(body="面霜", counts=counts, published_at=moment, kind="video").signals
    assert (signals.likes, signals.comments, signals.collects) == (12_000, 10, None)
    assert signals.published == int(moment.timestamp())
    assert (signals.kind, signals.cluster) == ("video", "n1")
