"""Phrases: better than single words on what authors tag, whole, explained."""

from __future__ import annotations

import math

import jieba
import jieba.analyse
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.insight.candidates import Text
from engine.insight.extract import BASE, Extractor
from engine.text.normalise import fold_key
from tests.insight.library import f1, gold, reader

EXTRACTOR = Extractor(reader())


def phrases(title: str, body: str, tags: tuple[str, ...] = (), most: int = 8) -> list[str]:
    found = EXTRACTOR.extract([Text(title, body, tags)], most)[0]
    return [phrase.keyword for phrase in found]


def test_tags_of_authors_are_found_twice_as_well_as_by_tf_idf() -> None:
    jieba.setLogLevel(60)
    wanted = [tags for _, tags in gold()]
    texts = [text for text, _ in gold()]
    ours = [[p.keyword for p in own] for own in EXTRACTOR.extract(texts, 5)]
    peers = [jieba.analyse.extract_tags(f"{t.title}\n{t.body}", topK=5) for t in texts]
    assert f1(wanted, ours, 5) > 2 * f1(wanted, peers, 5)
    assert f1(wanted, ours, 5) > 0.30


def test_a_phrase_beats_its_fragments() -> None:
    found = phrases("敏感肌面霜怎么选", "敏感肌面霜我用了三款，敏感肌面霜要看屏障修护。")
    assert "敏感肌面霜" in found
    assert "感肌面霜" not in found


def test_a_name_that_jieba_cuts_through_is_found_whole() -> None:
    body = "经济学家提出了“科斯定理”。怎么看待“科斯定理”，是伦理问题。"
    assert "科斯定理" in phrases("“外部性”与“科斯定理”的伦理追问", body)


def test_boilerplate_filler_and_signs_are_no_phrases() -> None:
    body = "姐妹们小红书种草！真的绝绝子，大家一定要收藏～～～ 敏感肌面霜推荐，yyds!!! 2026 3.5"
    found = phrases("", body)
    assert found
    assert not {"姐妹们", "小红书", "种草", "绝绝子", "真的", "大家", "2026", "3.5"} & set(found)


def test_phrases_are_spelt_as_the_text_spells_them() -> None:
    assert "SK-II" in phrases("SK-II空瓶", "神仙水用了三年")
    assert "防曬霜" in phrases("防曬霜怎麼選", "防曬霜要補塗")


def test_tags_are_candidates_and_count_more() -> None:
    without, tagged = phrases("周末", "去了一趟"), phrases("周末", "去了一趟", ("露营咖啡",))
    assert "露营咖啡" not in without
    assert "露营咖啡" in tagged


def test_the_parts_of_a_score_sum_to_its_logit() -> None:
    for phrase in EXTRACTOR.extract([Text("油皮粉底液", "控油持妆，油皮亲妈")], 10)[0]:
        logit = BASE + sum(value * weight for _, value, weight in phrase.parts)
        assert phrase.score == pytest.approx(1 / (1 + math.exp(-logit)))


def test_scores_fall_and_nothing_comes_twice() -> None:
    for text, _ in gold()[:60]:
        found = EXTRACTOR.extract([text], 10)[0]
        assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
        assert len({fold_key(p.keyword) for p in found}) == len(found)


def test_scores_are_right_on_average_on_the_sample_corpus() -> None:
    texts = [text for text, _ in gold()]
    expected = hits = 0.0
    for (_, tags), own in zip(gold(), EXTRACTOR.extract(texts, 10), strict=True):
        expected += sum(p.score for p in own)
        hits += sum(fold_key(p.keyword) in tags for p in own)
    assert expected == pytest.approx(hits, rel=0.25)


def test_nothing_in_nothing_out() -> None:
    assert EXTRACTOR.extract([], 5) == []
    assert EXTRACTOR.extract([Text("", "")], 5) == [[]]
    assert EXTRACTOR.extract([Text("", "！！！ 的 了 \n\n🥵")], 5) == [[]]


@given(st.text(max_size=80), st.text(max_size=200))
def test_any_text_gives_phrases_that_it_holds(title: str, body: str) -> None:
    whole = fold_key(title) + " " + fold_key(body)
    for phrase in EXTRACTOR.extract([Text(title, body)], 10)[0]:
        assert fold_key(phrase.keyword) in whole
        assert 0 < phrase.score < 1


def test_the_same_texts_give_the_same_phrases() -> None:
    texts = [text for text, _ in gold()[:40]]
    assert EXTRACTOR.extract(texts, 5) == Extractor(reader()).extract(texts, 5)
